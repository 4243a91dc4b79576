# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws for what changes a host, on worlds in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, Step, run

from tests.laws.harness import Died, agrees, contradicts, witness
from tests.laws.hosts import HOST_CASES, HostCase, empty_folders

__all__ = ["empty_folders"]

EACH = pytest.mark.parametrize("case", HOST_CASES, ids=str)
NEVER = 1_000_000


class World:
    """A case with a world of its own."""

    def __init__(self, case: HostCase) -> None:
        self.case = case
        self.client = case.world()
        self.submitted = 0

    def run(self, check: bool = False, last: int = NEVER) -> dict[str, Any]:
        """Run the task as a module does; the process dies when the step ``last`` is done."""
        told: dict[str, Any] = {}
        ends = {"exit_json": told.update, "fail_json": told.update}
        module = SimpleNamespace(params={"concurrency": 1, "timeout": 2}, check_mode=check, **ends)
        look = Engine.look

        def look_and_count(engine: Engine) -> None:
            look(engine)
            for job in engine.jobs:
                if job.plan:
                    steps = tuple(self.counted(step, last) for step in job.plan.steps)
                    job.plan = replace(job.plan, steps=steps)

        with mock.patch.object(Engine, "look", look_and_count):
            run(module, "object", self.client(), self.case.build)
        return told

    def counted(self, step: Step, last: int) -> Step:
        """Return the step with a process that may die when it is done."""

        def submit(writer: Any, results: Any) -> Any:
            answer = step.submit(writer, results)
            self.submitted += 1
            if self.submitted > last:
                raise Died()
            return answer

        return replace(step, submit=submit)


@pytest.fixture
def world(empty_folders: Callable[[], None]) -> Callable[[HostCase], World]:
    """Return what makes a new world."""

    def make(case: HostCase) -> World:
        empty_folders()
        return World(case)

    return make


@EACH
def test_1_and_2_check_mode_tells_what_the_run_does(world: Callable[[HostCase], World], case: HostCase) -> None:
    """And changes nothing: two checks in a row say the same."""
    one = world(case)
    first, second = one.run(check=True), one.run(check=True)
    assert first["changed"]
    assert first == second
    assert one.submitted == 0
    real = one.run()
    assert "msg" not in real
    assert real["actions"] == first["actions"]
    assert [part["before"] for part in real["diff"]] == [part["before"] for part in first["diff"]]


@EACH
def test_2_a_diff_begins_with_what_there_is(world: Callable[[HostCase], World], case: HostCase) -> None:
    """Where both modes say the same, it has to be true."""
    one = world(case)
    with witness() as seen:
        told = {part["before_header"]: part["before"] for part in one.run()["diff"]}
    assert told
    for name, before in told.items():
        assert not contradicts(seen[name], before), name
        assert bool(before) == bool(seen[name]), name


@EACH
def test_3_a_second_run_has_nothing_to_do(world: Callable[[HostCase], World], case: HostCase) -> None:
    """Not a single step."""
    one = world(case)
    assert one.run()["changed"]
    seen = one.submitted
    again = one.run()
    assert (again["changed"], again["actions"], one.submitted) == (False, [], seen)


@EACH
def test_4_what_was_predicted_comes_true(world: Callable[[HostCase], World], case: HostCase) -> None:
    """With the same keys."""
    one = world(case)
    predicted, real = one.run(check=True)["results_by_name"], one.run()["results_by_name"]
    assert predicted.keys() == real.keys()
    for name, document in predicted.items():
        assert agrees(document, real[name])


@EACH
def test_6_the_next_run_finishes(world: Callable[[HostCase], World], case: HostCase) -> None:
    """After whatever step the process died."""
    calm = world(case)
    calm.run()
    steps, goal = calm.submitted, calm.run()["results_by_name"]
    for last in range(steps):
        other = world(case)
        with pytest.raises(Died):
            other.run(last=last)
        rest = other.run()
        assert "msg" not in rest, f"after step {last}: {rest.get('msg')}"
        quiet = other.run()
        assert not quiet["changed"], f"after step {last}"
        assert quiet["results_by_name"] == goal, f"after step {last}"


@pytest.mark.parametrize("case", [case for case in HOST_CASES if case.secrets], ids=str)
def test_7_secrets_stay_secret(world: Callable[[HostCase], World], case: HostCase) -> None:
    """In results and diffs, without the help of anybody who censors them."""
    one = world(case)
    text = json.dumps([one.run(check=True), one.run(), one.run()], default=str)
    assert not [secret for secret in case.secrets if secret in text]
