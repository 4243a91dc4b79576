# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""read, plan, apply, report: the one way to change a thing.

A resource reads its live state and plans, in words and in steps, what leads from there to what was
asked for. Reading and planning have no way to write. This file alone runs the steps, waits for them,
knows check mode and writes the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import NotYetError, ResourceError, RivalError, UncertainError, UnsentError
from .job import Job, last_status, summary

Document = dict[str, Any]
Results = Mapping[str, Any]

# How long to look for the effect of a write whose answer was lost, in seconds.
LOOKS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Step:
    """One write.

    ``submit`` gets the client that can write and the results of the earlier steps by key, and sends one
    request. ``done`` is asked with the newest ``read()`` until it says yes; it raises ResourceError when
    the object went to an error state. Without ``done`` the step is finished when ``submit`` returns.
    ``needs`` names the steps it waits for; None means all the steps before it.
    ``runs`` is ``normally``, ``always`` (also after a failure) or ``after_failure`` (only then).
    ``beat`` is called now and then while the step is waited for. The effect of a step that is ``unseen`` cannot be
    read, so that it is never sent twice.
    """

    key: str
    summary: str
    submit: Callable[[Any, Results], Any]
    needs: tuple[str, ...] | None = None
    done: Callable[[Document | None], bool] | None = None
    waiting_for: str = ""
    runs: str = "normally"
    beat: Callable[[Any], None] | None = None
    unseen: bool = False


@dataclass(frozen=True)
class Plan:
    """What leads from ``before`` to ``after``. ``after`` predicts what ``read()`` will return.

    A plan that only waits for somebody else's work to end is ``provisional``: after it there is another one.
    """

    before: Document | None
    after: Document | None
    steps: tuple[Step, ...] = ()
    provisional: bool = False


class Resource(Protocol):
    """One object of the real world. ``name`` is how a person calls it."""

    name: str

    def read(self) -> Document | None:
        """Return the live state, or None when there is no such object."""

    def plan(self, current: Document | None) -> Plan:
        """Return the way to the wanted state: no request, no clock, no randomness."""


@dataclass(frozen=True)
class Fleet:
    """The resources of one task, and what makes them read anew (lists that they share)."""

    resources: Sequence[Resource]
    refresh: Callable[[], None] = lambda: None


class Engine:
    """Runs many resources at once: bounded writers, one poller."""

    def __init__(self, fleet: Fleet, writer: Any, concurrency: int = 8, timeout: float = 600) -> None:
        self.fleet = fleet
        self.writer = writer
        self.concurrency = max(1, concurrency)
        self.timeout = timeout
        self.jobs = [Job(resource) for resource in fleet.resources]
        self.applied = False

    def look(self) -> None:
        """Read and plan every resource; an error of one does not hide the others."""
        for job in self.jobs:
            try:
                job.plan = job.resource.plan(job.resource.read())
                job.before, job.after = job.plan.before, job.plan.after
            except ResourceError as error:
                job.error = error

    def set_aside(self) -> list[str]:
        """Return what cannot be known yet, in words, and count it as no error.

        Some know how things will be when it is their turn: their plan begins there, and shows all as new.
        """
        said = set()
        for job in self.jobs:
            if not isinstance(job.error, NotYetError):
                continue
            error, job.error = job.error, None
            if error.instead is None:
                said.add(str(error))
            else:
                job.plan = job.resource.plan(error.instead)
                job.after = job.plan.after
        return sorted(said)

    def apply(self) -> None:
        """Run all plans to their ends."""
        self.applied = True
        jobs = [job for job in self.jobs if job.plan and job.plan.steps]
        while True:
            batch = [(job, step) for job in jobs for step in job.ready()]
            if batch:
                self._submit(batch)
            if any(job.waiting for job in jobs):
                self._wait([job for job in jobs if job.waiting])
            elif not batch and not self._plan_further([job for job in jobs if job.is_provisional]):
                break
        self.fleet.refresh()
        for job in jobs:
            try:
                job.after = job.resource.read()
            except ResourceError as error:
                job.fail(error)

    def _submit(self, batch: list[tuple[Job, Step]]) -> None:
        def send(item: tuple[Job, Step]) -> Any:
            job, step = item
            try:
                return step.submit(self.writer, job.results)
            except ResourceError as error:
                return error

        if len(batch) == 1:
            answers = [send(batch[0])]
        else:
            with ThreadPoolExecutor(max_workers=min(self.concurrency, len(batch))) as pool:
                answers = list(pool.map(send, batch))
        refused = []
        for (job, step), answer in zip(batch, answers):
            is_error = isinstance(answer, ResourceError)
            job.results[step.key] = None if is_error else answer
            if is_error:
                refused.append((job, step, answer))
            elif step.done is None:
                job.finished.add(step.key)
            else:
                job.waiting[step.key] = step
        for job, step, error in refused:
            # What others were first with is in the new plan, where an earlier error of this batch has led to one.
            if not isinstance(error, RivalError) or step in job.plan.steps:
                self._not_done(job, step, error)

    def _not_done(self, job: Job, step: Step, error: Any) -> None:
        was_done = not (isinstance(error, UnsentError) or error.is_refusal)
        if not was_done and step.key not in job.waiting:
            job.unsent.add(step.key)
        is_worth_a_look = isinstance(error, UncertainError) and job.error is None and job.may_look(error)
        if not is_worth_a_look or not self._look_for_effect(job, step, error):
            job.fail(error)

    def _look_for_effect(self, job: Job, step: Step, error: Any) -> bool:
        """Plan anew from what is there after an answer was lost; a plan that has the step again saw no effect of it."""
        for pause in LOOKS:
            time.sleep(pause)
            self.fleet.refresh()
            try:
                plan = job.resource.plan(job.resource.read())
            except ResourceError:
                return False
            has_effect = (step.key, step.summary) not in [(other.key, other.summary) for other in plan.steps]
            if has_effect or isinstance(error, UnsentError):
                break
        else:
            if step.unseen or error.is_late:
                return False
        job.follow(plan)
        return True

    def _plan_further(self, jobs: list[Job]) -> bool:
        """Plan what could not be planned while somebody else was at it; tell whether there is something to do."""
        self.fleet.refresh()
        for job in jobs:
            try:
                job.follow(job.resource.plan(job.resource.read()))
            except ResourceError as error:
                job.fail(error)
        return bool(jobs)

    def _wait(self, jobs: list[Job]) -> None:
        """Poll until one of the waited-for steps is done, or the time is up."""
        started, pause = time.monotonic(), 0.2
        while True:
            self.fleet.refresh()
            looked = [self._look_at(job) for job in jobs]
            if any(looked):
                return
            if time.monotonic() - started > self.timeout:
                for job in jobs:
                    job.fail(self._too_late(job))
                return
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)

    def _look_at(self, job: Job) -> bool:
        ended, steps = [], list(job.waiting.values())
        step = steps[0]
        try:
            for step in steps:
                if step.beat:
                    step.beat(self.writer)
            current = job.resource.read()
            for step in steps:
                if step.done and step.done(current):
                    ended.append(step.key)
        except ResourceError as error:
            self._not_done(job, step, error)
            return True
        for key in ended:
            job.finished.add(key)
            del job.waiting[key]
        return bool(ended)

    def _too_late(self, job: Job) -> ResourceError:
        waited = " and ".join(step.waiting_for or step.summary for step in job.waiting.values())
        try:
            state = last_status(job.resource.read())
        except ResourceError as error:
            state = str(error)
        return ResourceError(
            f"{job.resource.name}: waited {self.timeout:.0f} s for: {waited}. The last status was {state}."
        )

    def report(self) -> list[Document]:
        """Return one entry for each object, in the order given."""
        failed = any(job.error for job in self.jobs)
        return [job.entry(self.applied, failed) for job in self.jobs]


def run(module: Any, kind: str, client: Any, build: Callable[[Any], Fleet]) -> None:
    """Run one task: plan all objects, apply unless in check mode, and leave with the result.

    ``client`` has ``reader()``, which returns the same client without the verbs that write; ``build``
    makes the resources from that reader. The result holds ``changed``, ``actions``, ``diff`` and, under
    ``kind``, the object (or, for a task with a list, ``results`` with an entry for each object). In check mode it may
    hold ``unknown``, too: sentences on what could not be read because it does not run yet.
    """
    params = module.params
    try:
        fleet = build(client.reader())
        engine = Engine(fleet, client, params.get("concurrency") or 8, params.get("timeout") or 600)
        engine.look()
        unknown = engine.set_aside() if module.check_mode else []
    except ResourceError as error:
        if module.check_mode and isinstance(error, NotYetError):
            module.exit_json(changed=False, actions=[], unknown=[str(error)], warnings=[str(error)])
            return
        module.fail_json(msg=str(error), changed=False, **error.details)
        return
    if not module.check_mode and not any(job.error for job in engine.jobs):
        engine.apply()
    entries = engine.report()
    result = summary(kind, entries)
    if unknown:
        result.update(unknown=unknown, warnings=unknown)
    if result.get("failed"):
        result.pop("failed")
        module.fail_json(**result)
    else:
        module.exit_json(**result)


def only_told(module: Any, actions: list[str], **result: Any) -> bool:
    """Leave in check mode with what would be done: for verbs that leave nothing behind which could be planned."""
    if module.check_mode:
        module.exit_json(changed=False, actions=actions, **result)
    return bool(module.check_mode)
