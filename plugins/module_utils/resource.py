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
from dataclasses import dataclass, field
from typing import Any, Protocol

Document = dict[str, Any]
Results = Mapping[str, Any]


class ResourceError(Exception):
    """Something that a person has to know: what was wrong, and what would be right."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


@dataclass(frozen=True)
class Step:
    """One write.

    ``submit`` gets the client that can write and the results of the earlier steps by key, and sends one
    request. ``done`` is asked with the newest ``read()`` until it says yes; it raises ResourceError when
    the object went to an error state. Without ``done`` the step is finished when ``submit`` returns.
    ``needs`` names the steps it waits for; None means all the steps before it.
    ``runs`` is ``normally``, ``always`` (also after a failure) or ``after_failure`` (only then).
    """

    key: str
    summary: str
    submit: Callable[[Any, Results], Any]
    needs: tuple[str, ...] | None = None
    done: Callable[[Document | None], bool] | None = None
    waiting_for: str = ""
    runs: str = "normally"


@dataclass(frozen=True)
class Plan:
    """What leads from ``before`` to ``after``. ``after`` predicts what ``read()`` will return."""

    before: Document | None
    after: Document | None
    steps: tuple[Step, ...] = ()


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


@dataclass
class Job:
    """A resource on its way through its plan."""

    resource: Resource
    plan: Plan | None = None
    results: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, Step] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    error: ResourceError | None = None
    after: Document | None = None

    def ready(self) -> list[Step]:
        """Return the steps that may be sent now."""
        if self.plan is None:
            return []
        steps = self.plan.steps
        if self.error:
            if self.waiting:
                return []
            wanted = [s for s in steps if s.runs != "normally" and s.key not in self.results]
            return wanted[:1]
        found = []
        for index, step in enumerate(steps):
            if step.runs == "after_failure" or step.key in self.results:
                continue
            earlier = [s.key for s in steps[:index] if s.runs != "after_failure"]
            if all(key in self.finished for key in (earlier if step.needs is None else step.needs)):
                found.append(step)
        return found

    def fail(self, error: ResourceError) -> None:
        """Keep the first error: what follows from it is noise."""
        self.error = self.error or error
        self.waiting.clear()


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
                job.after = job.plan.after
            except ResourceError as error:
                job.error = error

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
            elif not batch:
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
        for (job, step), answer in zip(batch, answers):
            if isinstance(answer, ResourceError):
                job.results[step.key] = None
                job.fail(answer)
                continue
            job.results[step.key] = answer
            if step.done is None:
                job.finished.add(step.key)
            else:
                job.waiting[step.key] = step

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

    @staticmethod
    def _look_at(job: Job) -> bool:
        try:
            current = job.resource.read()
            ended = [key for key, step in job.waiting.items() if step.done and step.done(current)]
        except ResourceError as error:
            job.fail(error)
            return True
        for key in ended:
            job.finished.add(key)
            del job.waiting[key]
        return bool(ended)

    def _too_late(self, job: Job) -> ResourceError:
        waited = " and ".join(step.waiting_for or step.summary for step in job.waiting.values())
        try:
            state = (job.resource.read() or {}).get("status", "absent")
        except ResourceError as error:
            state = str(error)
        return ResourceError(
            f"{job.resource.name}: waited {self.timeout:.0f} s for: {waited}. The last status was {state}."
        )

    def report(self) -> list[Document]:
        """Return one entry for each object, in the order given."""
        return [self._entry(job) for job in self.jobs]

    def _entry(self, job: Job) -> Document:
        steps = [s for s in job.plan.steps if s.runs != "after_failure"] if job.plan else []
        before = (job.plan.before if job.plan else None) or {}
        entry: Document = {
            "name": job.resource.name,
            "changed": bool(steps),
            "actions": [step.summary for step in steps],
            "diff": {"before": before, "after": (job.after or {}) if job.plan else {}},
            "resource": job.after,
        }
        if job.error:
            entry.update(failed=True, msg=str(job.error), **job.error.details)
        if job.error or (not self.applied and any(other.error for other in self.jobs)):
            entry["changed"] = bool(job.results)
            planned = job.plan.steps if job.plan else ()
            entry["actions"] = [step.summary for step in planned if step.key in job.results]
        return entry


def run(module: Any, kind: str, client: Any, build: Callable[[Any], Fleet]) -> None:
    """Run one task: plan all objects, apply unless in check mode, and leave with the result.

    ``client`` has ``reader()``, which returns the same client without the verbs that write; ``build``
    makes the resources from that reader. The result holds ``changed``, ``actions``, ``diff`` and, under
    ``kind``, the object (or, for a task with a list, ``results`` with an entry for each object).
    """
    params = module.params
    try:
        fleet = build(client.reader())
        engine = Engine(fleet, client, params.get("concurrency") or 8, params.get("timeout") or 600)
        engine.look()
    except ResourceError as error:
        module.fail_json(msg=str(error), changed=False, **error.details)
        return
    if not module.check_mode and not any(job.error for job in engine.jobs):
        engine.apply()
    entries = engine.report()
    result = summary(kind, entries)
    if result.get("failed"):
        result.pop("failed")
        module.fail_json(**result)
    else:
        module.exit_json(**result)


def summary(kind: str, entries: list[Document]) -> Document:
    """Return what a task reports, from the entries of its objects."""
    result: Document = {
        "changed": any(entry["changed"] for entry in entries),
        "actions": [action for entry in entries for action in entry["actions"]],
        "diff": [
            {
                "before_header": entry["name"],
                "after_header": entry["name"],
                "before": entry["diff"]["before"],
                "after": entry["diff"]["after"],
            }
            for entry in entries
            if entry["changed"]
        ],
        "results_by_name": {entry["name"]: entry["resource"] for entry in entries},
    }
    if len(entries) == 1:
        result[kind] = entries[0]["resource"]
    failed = [entry for entry in entries if entry.get("failed")]
    if failed:
        result["failed"] = True
        result["msg"] = "; ".join(entry["msg"] for entry in failed)
        result["errors"] = [
            {key: value for key, value in entry.items() if key not in ("diff", "actions", "changed", "failed")}
            for entry in failed
        ]
    return result
