# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault tests' own program: how the cloud is made, what is asked of the playbook, and what is said of it."""

from __future__ import annotations

import json

import pytest

from tests.faults import __main__ as faults
from tests.faults.page import page, table

LOAD = {"acknowledged": 900, "failed": 3, "lost": 0, "twice": 0, "gap": 3.21, "errors": {}}
MEASURED = {"healthy": 20.4, "load": {"database": LOAD}, "problems": []}
MARIADB = {"name": "mariadb", "title": "mariadbd killed", **MEASURED}
ALL = {**MARIADB, "name": "all-lost", "title": "all lost", "problems": ["database: 2 acknowledged and lost"]}


def test_a_table_has_a_line_for_each_fault():
    lines = table([MARIADB, ALL]).splitlines()
    assert lines[2] == f"| `mariadb`: mariadbd killed | 3.2 s {'| – ' * 6}| 3 | 0 | 0 | – | 20 s | within |"
    assert lines[3].startswith("| `all-lost`: all lost | – | ")
    assert lines[3].endswith("| database: 2 acknowledged and lost |")
    assert {line.count("|") for line in lines} == {15}
    assert page([MARIADB]).startswith("# ")
    assert "\nMeasured on two cores.\n" in page([MARIADB], "two cores")
    absent = "messages, OVN, GET, POST, blocks, calls, instances"
    assert page([MARIADB]).endswith(f"Not at work when this was measured: {absent}.\n")
    rolling = {**MARIADB, "name": "rolling", "load": {"read": LOAD, "instances": {**LOAD, "failed": 0}}}
    assert "\nIn `rolling`: 903 GETs (3 failed), 900 instances (0 failed).\n" in page([rolling])


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Return the commands that would have been run, with a playbook that writes what the test wants."""
    commands, figures = [], []

    class Done:
        returncode = 0

    def run(command, **options):
        commands.append([str(word) for word in command])
        (tmp_path / "settings").write_text("name=lab\nnodes=3\n", encoding="utf-8")
        if "tests.faults.spread" in commands[-1]:
            steps = [{"step": "a guest goes", "seconds": 3.21}]
            (tmp_path / f"{commands[-1][-1]}.json").write_text(json.dumps(steps), encoding="utf-8")
        if "ansible-playbook" in commands[-1]:
            (tmp_path / "gameday.json").write_text(json.dumps(figures), encoding="utf-8")
        return Done()

    monkeypatch.setattr(faults.subprocess, "run", run)
    monkeypatch.setattr(faults, "STATE", tmp_path)
    monkeypatch.setattr(faults, "PAGE", tmp_path.parent / "page.md")
    return commands, figures


def test_a_cloud_is_made_used_and_removed(lab, capsys):
    commands, figures = lab
    figures.append(MARIADB)
    assert faults.main(["mariadb"]) == 0
    assert commands[0][-8:] == ["--name", "conductor-faults", "--prefix", "10.93", "--nodes", "3", "--disk", "40"]
    answers = json.loads(commands[1][-1])
    assert (answers["confirm"], answers["gameday_faults"]) == ("lab", ["mariadb"])
    assert answers["gameday_healthy_node"] == faults.HEALTHY_NODE
    assert answers["gameday_power"]["lose"].endswith("podman kill lab-NODE")
    assert commands[1][1].endswith("playbooks/gameday.yml")
    assert commands[2][-1] == "--destroy"
    assert "1 faults, 1 of them within" in capsys.readouterr().out


def test_a_problem_fails_the_tests_and_stands_on_the_page(lab, tmp_path):
    commands, figures = lab
    figures.extend([MARIADB, ALL])
    assert faults.main(["--keep", "--page"]) == 1
    assert "2 acknowledged and lost" in faults.PAGE.read_text(encoding="utf-8")
    assert [command[1].rpartition("/")[2] for command in commands[6:8]] == ["gameday.yml", "gameday_rolling.yml"]
    assert [command[-1] for command in commands[8:]] == ["replaced"]


def test_a_game_day_without_figures_says_nothing(lab):
    assert faults.main(["--keep"]) == 1


def test_a_cloud_that_was_named_is_neither_made_nor_removed(lab, tmp_path):
    commands, figures = lab
    figures.append(MARIADB)
    (tmp_path / "settings").write_text("name=mine\n", encoding="utf-8")
    assert faults.main(["--state", str(tmp_path)]) == 0
    assert [command[-1] for command in commands[:5]] == ["spread", "node-away", "health-checks", "address", "partition"]
    assert [command[0] for command in commands[5:7]] == ["ansible-playbook"] * 2
    assert [command[-1] for command in commands[7:]] == ["replaced"]
    commands.clear()
    assert faults.main(["--state", str(tmp_path), "rolling"]) == 0
    assert [command[1].rpartition("/")[2] for command in commands] == ["gameday_rolling.yml"]


def test_figures_of_earlier_runs_stay_until_they_are_measured_anew(lab, tmp_path):
    commands, figures = lab
    (tmp_path / "settings").write_text("name=mine\n", encoding="utf-8")
    figures.append(MARIADB)
    assert faults.main(["--state", str(tmp_path), "mariadb"]) == 0
    assert faults.main(["--state", str(tmp_path), "spread", "--page"]) == 0
    assert commands[-1][-1] == "spread"
    text = faults.PAGE.read_text(encoding="utf-8")
    assert "| `mariadb`: mariadbd killed |" in text
    assert "| `spread` | a guest goes | 3.2 s |" in text
