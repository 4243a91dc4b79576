# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kill matrix: a run dies in every moment of its work, and the next one has to finish it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.laws.harness import BEFORE, Bench, Died
from tests.laws.picture import Picture, Tables, difference, unfinished

# Seconds after which nobody believes that a run which says nothing is still at work.
LONG = 40


@dataclass(frozen=True)
class Operation:
    """A row of the matrix: a line of the table with its verb. ``step`` and ``write`` find where most is at stake."""

    name: str
    case: str
    verb: str
    step: str
    write: str

    def __str__(self) -> str:
        return self.name

    def at_stake(self, when: str) -> str:
        """Return what finds the moment in which most is at stake."""
        return self.step if when == BEFORE else self.write


OPERATIONS = (
    Operation("tenant create", "tenant, whole", "make", "Create the user", "POST .*/projects$"),
    Operation("tenant absent", "tenant, whole", "absent", "Delete the network", "DELETE .*/routers/"),
    Operation(
        "tenant absent, begun work", "tenant, with unfinished work", "make", "Delete the volume", "DELETE .*/servers/"
    ),
    Operation("instance create", "instance, whole", "make", "Create the server", "POST .*/servers$"),
    Operation("instance absent", "instance, whole", "absent", "Delete the volume", "DELETE .*/servers/"),
    Operation("flavor resize, stopped", "instance, flavor while stopped", "make", "Confirm", "action resize"),
    Operation("flavor resize, stop: true", "instance, flavor while running", "make", "Confirm", "action resize"),
    Operation("volume_resize, stopped", "volume_resize, stopped", "make", "Extend", "DELETE .*/os-volume_attachments/"),
    Operation(
        "volume_resize, stop: true", "volume_resize, running", "make", "Extend", "DELETE .*/os-volume_attachments/"
    ),
    Operation("backup", "backup, the next one replaces it", "make", "Make a backup", "POST .*/backups$"),
    Operation("prune", "backup, the next one replaces it", "change", "Delete the backup", "DELETE .*/backups/"),
    Operation(
        "restore in place, stopped",
        "backup, restored in place while stopped",
        "make",
        "Attach the volume",
        "POST .*/restore$",
    ),
    Operation(
        "restore in place, stop: true",
        "backup, restored in place while running",
        "make",
        "Attach the volume",
        "POST .*/restore$",
    ),
    Operation("restore", "backup, restored", "make", "Create the server", "POST .*/servers$"),
)


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
    if verb != "absent":
        lost = contents(start_point) - contents(bench.cloud.state.tables)
        assert lost == contents(start_point, bench.case.ends), "an undisturbed run loses data"
    for number in range(len(calm.moments)):
        bench.restore(start_point)
        with bench.killer(when, number) as killer, pytest.raises(Died):
            bench.run(wanted)
        # The next run comes at once, and waits until it is sure of the death, or it comes later.
        bench.cloud.state.clock.sleep(LONG * (number % 2))
        yield Death(number, killer.moments[-1], finish(bench, verb, goal))


def contents(tables: Tables, names: tuple[str, ...] | None = None) -> set[str]:
    """Return what all volumes hold, or those of these names."""
    rows = tables.get("volumes", {}).values()
    return {volume["_data"] for volume in rows if names is None or volume["name"] in names}


def finish(bench: Bench, verb: str, goal: Picture, again: Callable[[str], dict[str, Any]] | None = None) -> str:
    """Run again after a death, and say what is wrong then. ``again`` runs a verb where the bench shall not."""
    run = again or (lambda verb: bench.run(getattr(bench.case, verb)))
    last = run(verb)
    if "msg" in last:
        return f"the next run failed: {last['msg']}"
    found = bench.picture()
    if found != goal:
        return difference(goal, found)
    if left := unfinished(bench.cloud.state.tables):
        return f"a note is left: {', '.join(left)}"
    if run(verb)["changed"]:
        return "one more run has something to do"
    return ""
