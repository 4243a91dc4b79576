# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the laws need: processes that die, and clouds that can be compared."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any
from unittest import mock

from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, Step

from tests.fake.server import FakeCloud
from tests.laws.cases import Case, Params
from tests.laws.picture import ID, Picture, picture
from tests.module import run_module

BEFORE, ON_ITS_WAY, AFTER = "before a step", "a request on its way", "a request that was done"
DEATHS = (BEFORE, ON_ITS_WAY, AFTER)
# Seconds of a clock on which they cost nothing: a run waits for one that may still be at work.
PATIENCE = 120
# Of all who sign in; JSON, Python, URLs and HTML each spell it in their own way.
PASSWORD = 'whoever "knows"  it\'s <may> & ënter'
# What says how the cloud is compared with a task: another task has another answer.
OF_THE_TASK = ("password_is_current",)


class Died(BaseException):
    """The process of a module came to a sudden end. Nothing in a module can catch it."""


class Killer:
    """Lets the process die at one of its steps or writes.

    ``moment`` is a number that counts from 0, or a pattern for the first one that it finds; None: never.
    """

    def __init__(self, when: str, moment: int | str | None = None) -> None:
        self.when = when
        self.moment = moment
        self.lock = threading.Lock()
        self.steps: list[str] = []
        self.writes: list[str] = []
        self.is_dead = False

    @property
    def moments(self) -> list[str]:
        """The moments to die in that there were."""
        return self.steps if self.when == BEFORE else self.writes

    def die(self) -> None:
        """End the process."""
        raise Died

    def meet(self, moment: str, is_step: bool) -> bool:
        """Count a moment, and say whether the process dies in it."""
        with self.lock:
            if self.is_dead:
                self.die()
            moments = self.steps if is_step else self.writes
            moments.append(moment)
            self.is_dead = moments is self.moments and self.is_it(len(moments) - 1, moment)
            return self.is_dead

    def is_it(self, number: int, moment: str) -> bool:
        """Say whether a moment is the one to die in."""
        if isinstance(self.moment, str):
            return bool(re.search(self.moment, moment))
        return number == self.moment

    def counted(self, step: Step) -> Step:
        """Return a step before which the process may die."""

        def submit(writer: Any, results: Any) -> Any:
            if self.meet(step.summary, is_step=True):
                self.die()
            return step.submit(writer, results)

        return replace(step, submit=submit)

    def look(self, engine: Engine) -> None:
        """Plan as the engine does, with steps that are counted."""
        LOOK(engine)
        for job in engine.jobs:
            if job.plan:
                job.plan = replace(job.plan, steps=tuple(self.counted(step) for step in job.plan.steps))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Have the steps of all engines counted."""

        def look(engine: Engine) -> None:
            self.look(engine)

        with mock.patch.object(Engine, "look", look):
            yield

    def carry(self, method: str, target: str, raw: bytes, do: Callable[[], Any], lose: Callable[[], Any]) -> Any:
        """Carry a request to the cloud: ``do`` does that, ``lose`` loses it on its way. The process may die of it."""
        if self.is_dead:
            self.die()
        is_read = method in ("GET", "HEAD") or target.endswith("/auth/tokens")
        if is_read or not self.meet(describe(method, target, raw), is_step=False):
            return do()
        (do if self.when == AFTER else lose)()
        return self.die()


@contextmanager
def witness() -> Iterator[dict[str, Any]]:
    """Have each object read once more before anything is changed, by name, whatever the plan says of it."""
    seen: dict[str, Any] = {}

    def look(engine: Engine) -> None:
        LOOK(engine)
        seen.update({job.resource.name: job.resource.read() or {} for job in engine.jobs})

    with mock.patch.object(Engine, "look", look):
        yield seen


def describe(method: str, target: str, raw: bytes) -> str:
    """Return what a request is, for people: the service, without ids, with the name of an action."""
    action = f" {next(iter(json.loads(raw)))}" if target.endswith("/action") else ""
    return f"{method} {ID.sub('...', target.partition('?')[0])}{action}"


LOOK = Engine.look


class Bench:
    """One case on one cloud. ``left`` is what the run that makes it said of the state after it, by name."""

    def __init__(self, cloud: FakeCloud, case: Case) -> None:
        self.cloud = cloud
        self.case = case
        self.left: dict[str, Any] = {}
        case.prepare(cloud)
        self.write_data()
        for row in cloud.state.table("passwords").values():
            row["password"] = PASSWORD

    def write_data(self) -> None:
        """Let each volume hold what no other one holds: data that is lost is missed."""
        for number, volume in enumerate(self.cloud.state.table("volumes").values()):
            volume["_data"] = f"data {number} of {volume['name']}"

    @property
    def login(self) -> Params:
        """The connection options of the case."""
        return self.cloud.params(self.case.project, self.case.user, PASSWORD)

    def run(self, params: Params, check: bool = False) -> dict[str, Any]:
        """Run the module with these options."""
        return run_module(self.case.module, {**self.login, "timeout": PATIENCE, **params}, check)

    def make(self, check: bool = False) -> dict[str, Any]:
        """Run the module for the first time."""
        return self.run(self.case.make, check)

    def options(self, verb: str) -> Params:
        """Return the options of a verb, with the cloud in the state in which the verb has something to do."""
        if verb != "make":
            made = self.make()
            assert "msg" not in made
            self.left = {part["after_header"]: part["after"] for part in made["diff"]}
            self.cloud.settle()
            self.write_data()
        return getattr(self.case, verb)

    @property
    def writes(self) -> int:
        """How many writes the cloud has seen."""
        return len(self.cloud.state.writes)

    @contextmanager
    def killer(self, when: str, moment: int | str | None = None) -> Iterator[Killer]:
        """Let the process die in a moment, or let its moments be counted."""
        killer, exchange = Killer(when, moment), self.cloud.exchange

        def carry(method: str, target: str, headers: Any, raw: bytes) -> Any:
            return killer.carry(method, target, raw, lambda: exchange(method, target, headers, raw), lambda: None)

        with mock.patch.object(self.cloud, "exchange", carry), killer.watching():
            yield killer

    def save(self) -> dict[str, Any]:
        """Return all that the cloud holds, to come back to."""
        self.cloud.settle()
        return deepcopy(self.cloud.state.tables)

    def restore(self, tables: dict[str, Any]) -> None:
        """Let the cloud hold what it held."""
        self.cloud.settle()
        self.cloud.state.traps.clear()
        self.cloud.state.tables = deepcopy(tables)

    def picture(self) -> Picture:
        """Return what the cloud holds when all has come to its end."""
        self.cloud.settle()
        return picture(self.cloud.state.tables)


def agrees(predicted: Any, real: Any, unknown: tuple[str, ...] = ()) -> bool:
    """Say whether what was predicted came true. None stands for what a plan cannot know, such as a new id."""
    if predicted is None:
        return True
    if isinstance(predicted, dict):
        keys = [key for key in predicted if key not in unknown]
        return isinstance(real, dict) and all(agrees(predicted[key], real.get(key), unknown) for key in keys)
    if isinstance(predicted, list):
        same_length = isinstance(real, list) and len(predicted) == len(real)
        return same_length and all(agrees(*pair, unknown) for pair in zip(predicted, real))
    return bool(predicted == real)


def contradicts(known: Any, told: Any, is_same_task: bool = True) -> bool:
    """Say whether two accounts of one state differ in what both tell. Another task may name other entries of a list."""
    if isinstance(known, dict) and isinstance(told, dict):
        both = known.keys() & told.keys() - (set() if is_same_task else {*OF_THE_TASK})
        return any(contradicts(known[key], told[key], is_same_task) for key in both)
    if not is_same_task and is_named(known) and is_named(told):
        names = [{entry["name"]: entry for entry in entries} for entries in (known, told)]
        return contradicts(*names, is_same_task)
    if isinstance(known, list) and isinstance(told, list) and len(known) == len(told):
        return any(contradicts(*pair, is_same_task) for pair in zip(known, told))
    return bool(known != told)


def is_named(value: Any) -> bool:
    """Say whether this is a list of things with names."""
    return isinstance(value, list) and all(isinstance(entry, dict) and "name" in entry for entry in value)
