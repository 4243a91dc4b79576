# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object on its way through its plan, and what a task tells of its objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .errors import RivalError

# How often one run looks again after a write whose answer was lost, and after one for which another run was first:
# that may be so with each of the things that a tenant has.
MOST_DOUBTS = 3
MOST_RIVALS = 12

Document = dict[str, Any]


@dataclass
class Job:
    """A resource on its way through its plan."""

    resource: Any
    plan: Any = None
    results: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    error: Any = None
    before: Document | None = None
    after: Document | None = None
    # What earlier plans of the same run did, and how often an answer was lost.
    past: list[str] = field(default_factory=list)
    doubts: int = 0
    rivals: int = 0
    unsent: set[str] = field(default_factory=set)

    def ready(self) -> list[Any]:
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

    def follow(self, plan: Any) -> None:
        """Go on with a new plan, made from what is there now."""
        left = {step.summary for step in plan.steps}
        self.past += [summary for summary in self.sent() if summary not in left]
        self.plan, self.after = plan, plan.after
        for memory in (self.results, self.waiting, self.finished, self.unsent):
            memory.clear()

    def sent(self) -> list[str]:
        """Return what was sent for this plan, in words."""
        steps = self.plan.steps if self.plan else ()
        return [step.summary for step in steps if step.key in self.results and step.key not in self.unsent]

    @property
    def is_provisional(self) -> bool:
        """Say whether all that was waited for has come, and the real work can be planned."""
        return bool(self.plan and self.plan.provisional and not self.error and not self.waiting)

    def may_look(self, error: Any) -> bool:
        """Count one more look, and tell whether a run may have that many."""
        if isinstance(error, RivalError):
            self.rivals += 1
            return self.rivals <= MOST_RIVALS
        self.doubts += 1
        return self.doubts <= MOST_DOUBTS

    def fail(self, error: Any) -> None:
        """Keep the first error: what follows from it is noise."""
        self.error = self.error or error
        self.waiting.clear()

    def entry(self, applied: bool, others_failed: bool) -> Document:
        """Return what happened to one object, or what would happen to it."""
        steps = [step for step in self.plan.steps if step.runs != "after_failure"] if self.plan else []
        before = (self.before or {}) if self.plan else {}
        told: Document = {
            "name": self.resource.name,
            "changed": bool(self.past or steps),
            "actions": [*self.past, *(step.summary for step in steps)],
            "diff": {"before": before, "after": (self.after or {}) if self.plan else {}},
            "resource": self.after,
        }
        if self.error:
            told.update(failed=True, msg=str(self.error), **self.error.details)
        if self.error or (not applied and others_failed):
            told["actions"] = [*self.past, *self.sent()]
            told["changed"] = bool(told["actions"])
        return told


def last_status(document: Document | None) -> str:
    """Return the last status of an object and of its parts, for whoever waited for it in vain."""
    if not document:
        return "absent"
    found = [f"{document['status']}"] if document.get("status") else []
    if document.get("task_state"):
        found[-1:] = [f"{' '.join(found)} ({document['task_state']})"]
    for key, value in document.items():
        parts = value if isinstance(value, list) else [value]
        found += [
            f"{part.get('name') or key}: {part['status']}"
            for part in parts
            if isinstance(part, dict) and part.get("status")
        ]
    return ", ".join(found) or "unknown"


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
                "actions": entry["actions"],
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
