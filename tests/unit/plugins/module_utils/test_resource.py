# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine does when answers are lost, when others are at work, and when nothing comes to its end."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.resource import (
    Engine,
    Fleet,
    Plan,
    ResourceError,
    RivalError,
    Step,
    UncertainError,
    UnsentError,
)


class Lamp:
    """Something that can be on, in a world that answers as a test tells it to."""

    name = "lamp"

    def __init__(self, *answers: Any, unseen: bool = False) -> None:
        self.is_on = False
        self.busy = 0
        self.sent = 0
        self.looks = 0
        self.beats: list[Any] = []
        self.answers = list(answers)
        self.unseen = unseen

    def read(self) -> dict[str, Any]:
        """Return what is."""
        self.looks += 1
        self.busy = max(0, self.busy - 1)
        return {"status": "on" if self.is_on else "off", "busy": self.busy}

    def plan(self, current: dict[str, Any] | None) -> Plan:
        """Turn it on; while somebody else is at it, only wait."""
        current = current or {}
        if current["busy"]:
            wait = Step("wait", "Wait for somebody", lambda writer, results: None, None, lambda now: not now["busy"])
            return Plan(current, current, (wait,), provisional=True)
        if current["status"] == "on":
            return Plan(current, current)
        more = {"waiting_for": "the light", "beat": self.beats.append, "unseen": self.unseen}
        step = Step("on", "Turn it on", self.turn_on, None, self.shines, **more)
        return Plan(current, {"status": "on", "busy": 0}, (step,))

    def turn_on(self, writer: Any, results: Any) -> None:
        """Send the write, with the effect and the answer that the test wants."""
        self.sent += 1
        if not self.answers:
            self.is_on = True
            return
        works, error = self.answers.pop(0)
        self.is_on = self.is_on or works
        if error:
            raise error

    def shines(self, document: dict[str, Any] | None) -> bool:
        """Say whether the light is on."""
        return (document or {})["status"] == "on"


def run(lamp: Lamp, timeout: float = 5) -> dict[str, Any]:
    """Return the entry of a run."""
    engine = Engine(Fleet([lamp]), "writer", timeout=timeout)
    engine.look()
    engine.apply()
    return engine.report()[0]


def late() -> UncertainError:
    """Return what a timeout looks like."""
    error = UncertainError("no answer in time")
    error.is_late = True
    return error


def test_a_write_whose_effect_is_there_is_not_sent_again() -> None:
    """The run goes on, and tells what was done once."""
    lamp = Lamp((True, UncertainError("lost")))
    entry = run(lamp)
    assert (lamp.sent, entry["actions"], entry["changed"]) == (1, ["Turn it on"], True)
    assert "msg" not in entry and entry["diff"]["before"]["status"] == "off" and entry["resource"]["status"] == "on"


def test_a_write_without_effect_is_sent_again_after_a_look() -> None:
    """The request never arrived."""
    lamp = Lamp((False, UncertainError("lost")))
    entry = run(lamp)
    assert (lamp.sent, entry["actions"]) == (2, ["Turn it on"])
    assert "msg" not in entry and lamp.is_on


def test_a_write_is_not_sent_for_ever() -> None:
    """Three doubts in one run are enough."""
    lamp = Lamp(*[(False, UncertainError("lost")) for _number in range(9)])
    entry = run(lamp)
    assert (lamp.sent, entry["msg"]) == (4, "lost")


def test_others_may_be_first_more_often_than_answers_are_lost() -> None:
    """They may be with each part of a thing; but that comes to an end, too."""
    lamp = Lamp(*[(False, RivalError("they were first")) for _number in range(9)])
    entry = run(lamp)
    assert "msg" not in entry and (lamp.sent, entry["actions"]) == (10, ["Turn it on"])
    lamp = Lamp(*[(False, RivalError("they were first")) for _number in range(99)])
    entry = run(lamp)
    assert (lamp.sent, entry["msg"], entry["changed"]) == (13, "they were first", False)


@pytest.mark.parametrize("lamp", [Lamp((False, late())), Lamp((False, UncertainError("lost")), unseen=True)])
def test_what_may_still_come_is_not_sent_twice(lamp: Lamp) -> None:
    """After a timeout the service may be at it; what leaves no trace cannot be looked for."""
    entry = run(lamp)
    assert lamp.sent == 1 and entry["failed"]


def test_a_late_effect_that_is_there_counts() -> None:
    """The service was slow, not idle."""
    assert "msg" not in run(Lamp((True, late())))


def test_a_refusal_ends_the_run() -> None:
    """Nothing is unclear about it."""
    lamp = Lamp((False, ResourceError("no")))
    assert run(lamp)["msg"] == "no" and lamp.sent == 1


def test_what_was_not_sent_was_not_done() -> None:
    """The report names writes only."""
    entry = run(Lamp((False, UnsentError("somebody else has it"))))
    assert (entry["actions"], entry["changed"], entry["msg"]) == ([], False, "somebody else has it")


def test_what_was_refused_was_not_done() -> None:
    """Where nobody says so for certain, it counts as done."""
    refusal = ResourceError("not now")
    refusal.is_refusal = True
    entry = run(Lamp((False, refusal)))
    assert (entry["actions"], entry["changed"], entry["msg"]) == ([], False, "not now")
    assert run(Lamp((False, ResourceError("broken"))))["actions"] == ["Turn it on"]


def test_somebody_else_is_waited_for() -> None:
    """After that there is a new plan."""
    lamp = Lamp()
    lamp.busy = 4
    entry = run(lamp)
    assert entry["actions"] == ["Wait for somebody", "Turn it on"]
    assert lamp.is_on and entry["diff"]["before"]["busy"] == 3


def test_nothing_is_left_to_do_when_somebody_else_did_it() -> None:
    """The wait is all there was."""
    lamp = Lamp()
    lamp.busy, lamp.is_on = 3, True
    assert run(lamp)["actions"] == ["Wait for somebody"] and lamp.sent == 0


def test_a_sign_of_life_is_given_while_waiting() -> None:
    """With the client that can write."""
    lamp = Lamp((False, None))
    entry = run(lamp, timeout=0.05)
    assert set(lamp.beats) == {"writer"}
    assert "waited 0 s for: the light. The last status was off" in entry["msg"]
