# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The load of a game day, on a service in memory that loses what it is told to lose."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from tests.checks import ROOT

LOAD = ROOT / "roles" / "gameday" / "files" / "load"


class Service:
    """Numbers that were written. It refuses some, forgets some, and writes some twice."""

    name, needs, period, errors = "service", "service", 0.01, (OSError,)

    def __init__(self, refuses=(), forgets=(), doubles=()):
        self.refuses, self.forgets, self.doubles = refuses, forgets, doubles
        self.kept, self.opened, self.cleared = [], 0, 0

    def open(self, turn):
        """Note that somebody came."""
        self.opened += 1
        return "connection"

    def write(self, connection, number):
        """Keep a number, or not."""
        if number in self.refuses:
            raise OSError("no")
        self.kept += [number] * (1 + (number in self.doubles)) * (number not in self.forgets)

    def close(self, connection):
        """Nothing to close."""

    def found(self):
        """Return what is there."""
        return {"one": self.kept, "other": [*self.kept]}

    def clear(self):
        """Note that somebody tidied up."""
        self.cleared += 1


@pytest.fixture
def program(monkeypatch):
    """Return the program, without the libraries that only a node has."""
    for name in ("api", "guest", "infrastructure"):
        stand_in = SimpleNamespace(KINDS=(), Session=lambda settings, patience: settings, silent=list)
        monkeypatch.setitem(sys.modules, name, stand_in)
    spec = importlib.util.spec_from_file_location("gameday_load", LOAD / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(program, tmp_path, capsys, service):
    """Run the load for a moment, and return its figures."""
    file = str(tmp_path / "kept.json")
    program.write([service], file, 0.5)
    program.compare([service], file)
    return json.loads(capsys.readouterr().out)["service"]


def test_nothing_is_lost_where_nothing_was_lost(program, tmp_path, capsys):
    service = Service()
    found = measure(program, tmp_path, capsys, service)
    assert found["acknowledged"] > 5
    assert (found["lost"], found["twice"], found["failed"], found["errors"]) == (0, 0, 0, {})
    assert (service.opened, service.cleared) == (1, 2)


def test_what_is_lost_or_done_twice_is_found(program, tmp_path, capsys):
    found = measure(program, tmp_path, capsys, Service(forgets=(2, 3), doubles=(5,)))
    assert (found["lost"], found["twice"]) == (2, 1)


def test_a_refused_write_is_a_failure_and_makes_a_gap(program, tmp_path, capsys):
    service = Service(refuses=(3, 4, 5))
    found = measure(program, tmp_path, capsys, service)
    assert (found["failed"], found["lost"]) == (3, 0)
    assert found["errors"] == {"OSError: no": 3}
    assert service.opened == 4
    assert found["gap"] >= 0.04


def test_what_a_load_needs_to_begin_is_no_gap(program, tmp_path, capsys):
    service = Service()
    service.open = lambda turn: time.sleep(0.3) or "connection"
    assert measure(program, tmp_path, capsys, service)["gap"] < 0.2


def test_a_load_that_falls_has_no_good_answer_from_then_on(program, tmp_path, capsys, monkeypatch):
    service = Service()

    def write(connection, number):
        if number > 3:
            raise KeyError("nobody expects this")

    monkeypatch.setattr(threading, "excepthook", lambda found: None)
    service.write = write
    file = str(tmp_path / "kept.json")
    program.write([service], file, 0.5)
    assert json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))["service"]["gap"] > 0.3


def test_what_is_not_measured_is_tried_again(program, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(program.time, "sleep", lambda seconds, sleep=time.sleep: sleep(min(seconds, 0.05)))
    service, fails = Service(), [OSError("not yet"), OSError("not yet")]

    def found():
        if fails:
            raise fails.pop()
        return {"one": service.kept}

    service.found = found
    assert measure(program, tmp_path, capsys, service)["lost"] == 0
    assert not fails


def test_kinds_without_a_good_answer_are_named_with_their_error(program, tmp_path, capsys):
    file = tmp_path / "kept.json"
    entries = {"read": {"acknowledged": [1], "errors": {}}, "write": {"acknowledged": [], "errors": {"no": 2}}}
    file.write_text(json.dumps(entries), encoding="utf-8")
    program.waiting([], str(file))
    assert capsys.readouterr().out == "waiting: write ['no']\n"


def test_a_load_waits_for_the_one_before(program, tmp_path):
    file = str(tmp_path / "kept.json")
    first, second = Service(), Service()
    before = threading.Thread(target=program.write, args=([first], file, 0.5))
    before.start()
    time.sleep(0.1)
    program.write([second], file, 0.1)
    assert not before.is_alive()
    assert second.kept


def test_a_load_is_stopped_by_a_file(program, tmp_path):
    (tmp_path / "kept.json.stop").touch()
    service = Service()
    program.write([service], str(tmp_path / "kept.json"), 3600)
    assert json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))["service"]["acknowledged"]


def test_what_was_acknowledged_outlives_a_fall(program, tmp_path):
    file = tmp_path / "kept.json"
    program.keep({"service": {"acknowledged": [1, 2], "errors": {"no": 1}}}, str(file))
    assert json.loads(file.read_text(encoding="utf-8")) == {"service": {"acknowledged": [1, 2], "errors": {"no": 1}}}


def test_settings_come_from_a_file(program, tmp_path, capsys):
    """A command line and standard input are recorded with a run; the file is not."""
    settings = tmp_path / "settings"
    settings.write_text('{"worker@b": 1, "worker@a": 1}', encoding="utf-8")
    program.main(str(settings), "silent")
    assert capsys.readouterr().out == "silent: worker@a worker@b\n"
