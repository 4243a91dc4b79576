# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drift test takes for a change that a look made, and for a line that a person reads."""

from __future__ import annotations

import pytest

from tests.checks.drift import untold
from tests.checks.watched import HELD, HOME, PASSING, Seen

FILES = {"/etc/one.conf f 644 0 0 10 1.0"}
UNITS = {"one.service": "aaaa"}
OF_HOME = f"""\
{HOME}/.ansible/tmp d 700 0 0 4096 1.0
{HOME}/.cache/python-entrypoints/0815 f 600 0 0 10 1.0
/etc/.pwd.lock f 600 0 0 0 1.0"""
REPORT = {
    "findings": [{"host": "node-1", "what": "Change mode of /etc/memcached.conf", "actions": []}],
    "unknown": [{"host": "node-1", "task": "Offer images, flavors and networks to all tenants", "what": "no answer"}],
    "hosts": ["node-1"],
}
TABLE = """
node-1  Change mode of /etc/memcached.conf      0644  0600
node-1  Offer images, flavors and networks to all tenants
1 findings, 1 unknown, on 1 hosts
"""


def seen(**other: object) -> Seen:
    """Return how a node is, but for what is given."""
    return Seen(**{"files": FILES, "units": UNITS, "held": dict.fromkeys(HELD, "as it was"), **other})


@pytest.mark.parametrize("name", HELD)
def test_each_thing_that_is_held_is_compared(name: str) -> None:
    """And its content, in which there are secrets, is not told."""
    held = {**dict.fromkeys(HELD, "as it was"), name: "otherwise"}
    assert seen().changes(seen(held=held)) == [f"changed what {name} holds"]


def test_files_and_units_are_compared() -> None:
    """A unit that is gone counts as one that was started anew."""
    assert not seen().changes(seen())
    other = {"/etc/one.conf f 600 0 0 10 1.0"}
    assert seen().changes(seen(files=other)) == [f"wrote {line}" for line in sorted(FILES | other)]
    for units in ({"one.service": "bbbb"}, {}):
        assert seen().changes(seen(units=units)) == ["restarted one.service"]
    assert not seen().changes(seen(units={**UNITS, "another.service": "cccc"}))


@pytest.mark.parametrize("line", OF_HOME.splitlines())
def test_what_comes_by_itself_is_no_change(line: str) -> None:
    """Below another directory it would be one."""
    assert PASSING.match(line)
    assert not PASSING.match(f"/elsewhere{line}")


def test_what_lies_beside_it_is_a_change() -> None:
    """A new kind of cache, and the file whose lock comes and goes."""
    for name in ("python-entrypoints", ".pwd.lock"):
        line = next(line for line in OF_HOME.splitlines() if name in line)
        assert not PASSING.match(line.replace(name, "another"))


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_each_line_that_people_do_not_read_is_missed(line: str) -> None:
    """Also the one that counts them."""
    assert not list(untold(REPORT, TABLE))
    assert len(list(untold(REPORT, TABLE.replace(line, "")))) == 1
