# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove backup sets, what is built on another one before that one."""

from __future__ import annotations

from datetime import datetime

from ..resource import Document, Plan, ResourceError, Step
from . import backup_set as sets
from .backup_view import BackupView, failure
from .session import ApiError

PATHS = {"backup": "/backups", "snapshot": "/snapshots"}
# Cinder deletes nothing that it is working on.
BUSY = ("creating", "restoring", "backing-up")
Needs = tuple[str, ...]


def absent_plan(view: BackupView, current: Document | None) -> Plan:
    """Return the plan that removes a whole set."""
    if current is None:
        return Plan(None, None)
    children = view.built_on()
    held = sets.blockers(current, children, ())
    if held:
        names = {member["id"]: entry["name"] for entry in view.sets() for member in entry["members"]}
        what = ", ".join(sorted({names.get(child, child) for child in held}))
        raise ResourceError(f"name: {what} builds on the backup {current['name']}. Remove {what} first.")
    return Plan(current, None, tuple(removal_steps(view, [current], children)))


def retention_steps(
    view: BackupView, wanted: Document, keep: int | None, keep_days: int | None, now: datetime, after: Needs
) -> list[Step]:
    """Return the steps that remove what retention no longer wants, after the steps that make the new set."""
    if keep is None and keep_days is None:
        return []
    same = (wanted["method"], wanted["instance"]["id"])
    mine = [entry for entry in view.sets() if (entry["method"], entry["instance"]["id"]) == same]
    children = view.built_on()
    for member in wanted["members"]:
        base = sets.newest_usable(view.copies("backup"), member["volume_id"])
        if base and member["incremental"] and member["id"] is None:
            children.setdefault(base["id"], []).append(f"the increment {wanted['name']}")
    doomed = sets.outdated(mine, wanted["name"], keep, keep_days, now)
    return removal_steps(view, sets.removable(doomed, children), children, after)


def removal_steps(
    view: BackupView, going: list[Document], children: dict[str, list[str]], after: Needs = ()
) -> list[Step]:
    """Return the steps that remove these sets."""
    entries = [(entry, member) for entry in going for member in entry["members"]]
    known = {member["id"] for _entry, member in entries}
    steps = []
    for entry, member in sorted(entries, key=lambda item: item[1]["created_at"], reverse=True):
        first = tuple(f"delete-{child}" for child in children.get(member["id"], ()) if child in known)
        steps += delete_steps(view, entry["name"], entry["method"], member, (*after, *first))
    return steps


def delete_steps(view: BackupView, name: str, method: str, member: Document, needs: Needs) -> list[Step]:
    """Return the steps that remove one copy: wait for what is under way, then delete it."""
    what = f"the {method} {name} of the {member['role']} volume"
    steps = []
    if member["status"] in BUSY:
        key = f"rest-{member['id']}"
        rests = rested(view, method, member)
        steps.append(Step(key, f"Wait for {what} ({member['status']})", lambda _writer, _results: None, needs, rests))
        needs = (*needs, key)

    def submit(writer, _results):
        if member["status"] == "deleting":
            return
        path = f"{PATHS[method]}/{member['id']}"
        try:
            writer.delete("block-storage", path)
        except ApiError as error:
            # Another run may have been first.
            if (writer.find("block-storage", path) or {method: {"status": "deleting"}})[method]["status"] != "deleting":
                raise error

    steps.append(
        Step(
            key=f"delete-{member['id']}",
            summary=f"Delete {what}",
            submit=submit,
            needs=needs,
            done=gone(view, name, method, member),
            waiting_for=f"{what} to be gone",
        )
    )
    return steps


def find_copy(view: BackupView, method: str, member: Document) -> Document | None:
    """Return a copy as it is now."""
    return next((row for row in view.copies(method) if row["id"] == member["id"]), None)


def rested(view: BackupView, method: str, member: Document):
    """Return the question whether nothing works on a copy."""
    return lambda _document: (find_copy(view, method, member) or {"status": "gone"})["status"] not in BUSY


def gone(view: BackupView, name: str, method: str, member: Document):
    """Return the question whether a copy is gone."""

    def done(_document: Document | None) -> bool:
        row = find_copy(view, method, member)
        if row and row["status"] == "error_deleting":
            raise failure(view.reader, name, sets.describe_member(row))
        return row is None

    return done
