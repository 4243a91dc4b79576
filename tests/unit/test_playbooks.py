# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks are what people and AWX start: each says what it takes, and each is started by the tests."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.checks import ROOT, jobs

PLAYBOOKS = sorted(jobs.PLAYBOOKS.glob("*.yml"))


def specs(role: str) -> dict[str, dict]:
    """Return the argument specs of a role by entry point."""
    path = ROOT / "roles" / role / "meta" / "argument_specs.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]


def switches() -> list[str]:
    """Return the options of all roles that are true or false."""
    roles = sorted(path.parents[1].name for path in ROOT.glob("roles/*/meta/argument_specs.yml"))
    options = (option for role in roles for spec in specs(role).values() for option in spec.get("options", {}).items())
    return sorted({name for name, option in options if option.get("type") == "bool"})


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_role_of_a_playbook_checks_its_options(playbook) -> None:
    plays = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    found = [point for play in plays for point in jobs.role_entries(play)]
    assert found or all(jobs.IMPORT in play for play in plays)
    assert [(role, entry) for role, entry in found if entry not in specs(role)] == []


def test_every_playbook_is_run_as_a_job_of_awx_or_says_why_not() -> None:
    assert jobs.forgotten() == set()
    assert jobs.forgotten(jobs.JOBS[:1]) != set()


def test_every_job_is_of_a_playbook_that_exists() -> None:
    names = {job.playbook for job in jobs.JOBS} | set(jobs.ELSEWHERE)
    assert names <= {path.stem for path in PLAYBOOKS}


@pytest.mark.parametrize("option", switches())
def test_a_switch_may_be_given_as_text_as_a_survey_gives_it(option: str) -> None:
    """The text "false" is true for a template, unless it is told that this is a switch."""
    uses = re.compile(rf"\b{option}\b(?!:)(?! \| bool\b)")
    files = [path for kind in ("tasks", "vars", "templates") for path in ROOT.glob(f"roles/*/{kind}/**/*.*")]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if uses.search(line)
    ]
    assert found == []
