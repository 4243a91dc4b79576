# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kill matrix: a run dies in every moment of its work, and the next one has to finish it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.laws.harness import Bench, Died
from tests.laws.picture import difference, unfinished

# What the matrix is of: the line of the table, and the verb.
OPERATIONS = {
    "tenant create": ("tenant, whole", "make"),
    "tenant absent": ("tenant, whole", "absent"),
    "instance create": ("instance, whole", "make"),
    "instance absent": ("instance, whole", "absent"),
    "flavor resize": ("instance, flavor while stopped", "make"),
    "volume_resize, stop: false": ("volume_resize, stopped", "make"),
    "volume_resize, stop: true": ("volume_resize, running", "make"),
    "backup": ("backup, the next one replaces it", "make"),
    "prune": ("backup, the next one replaces it", "change"),
    "restore": ("backup, restored", "make"),
}


@dataclass(frozen=True)
class Death:
    """One death: its number and its moment, and what is wrong when the next run is done (nothing, it is hoped)."""

    number: int
    moment: str
    fault: str


def deaths(bench: Bench, verb: str, when: str) -> Iterator[Death]:
    """Let a run die in every moment of a kind, and say how the cloud is when the next run has finished."""
    wanted = bench.options(verb)
    start_point = bench.save()
    with bench.killer(when) as calm:
        assert "msg" not in bench.run(wanted)
    goal = bench.picture()
    for number in range(calm.seen):
        bench.restore(start_point)
        with bench.killer(when, number) as killer, pytest.raises(Died):
            bench.run(wanted)
        moment = (killer.steps if killer.steps and not killer.writes else killer.writes or killer.steps)[-1]
        yield Death(number, moment, finish(bench, verb, goal))


def finish(bench: Bench, verb: str, goal: dict) -> str:
    """Run again after a death, and say what is wrong then."""
    wanted = getattr(bench.case, verb)
    last = bench.run(wanted)
    if "msg" in last:
        return f"the next run failed: {last['msg']}"
    found = bench.picture()
    if found != goal:
        return difference(goal, found)
    if left := unfinished(bench.cloud.state.tables):
        return f"a note is left: {', '.join(left)}"
    if bench.run(wanted)["changed"]:
        return "one more run has something to do"
    return ""
