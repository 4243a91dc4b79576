# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the data volumes of an instance back as they were in a backup, one after the other, each where it was.

That a restore is done cannot be seen from what a volume holds, as its guest goes on writing. So each volume says from
which copy it was restored, and in which operation; a later run with the same backup has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Plan, ResourceError, Step
from . import backup_set as sets
from . import journal
from .backup_in_place_steps import (
    RESET,
    RESTORING,
    Ending,
    Restored,
    mark_step,
    read_restored,
    rest_step,
    restore_step,
    turn_step,
)
from .backup_removal import BUSY, rested
from .backup_view import BackupView
from .instance_power import settle_steps, stop_running_step
from .instance_steps import VOLUME_BUSY, nothing
from .journal_note import VOLUME_RESTORE, Note
from .server_fault import raise_volume_error
from .server_state import attached_elsewhere, attachment, fault_of, find_server
from .volume_resize import describe_part
from .volume_swap import attach_step, detach_step

SPEC = (
    ArgSpec(
        {
            "in_place": {"type": "bool", "default": False},
            "force": {"type": "bool", "default": False},
            "stop": {"type": "bool", "default": False},
        }
    )
    | journal.SPEC
)
NEW = "state=restored with new_name makes a new instance of the whole backup."


class InPlace:
    """An instance whose data volumes shall hold what a backup of them holds."""

    def __init__(self, view: BackupView, params: Document) -> None:
        self.name = params["instance"] or params["name"]
        self.view = view
        self.params = params
        self.journal = journal.Journal(view.reader, "server", params)
        self.entry: Document = {}
        # The copy of each volume, by the volume's id.
        self.members: dict[str, Document] = {}
        self.copies: dict[str, Document] = {}
        self.names: dict[str, str] = {}
        self.restored: dict[str, Restored] = {}
        # Whether an earlier run has left its work to this one.
        self.inherits = False

    def read(self) -> Document:
        """Return the instance with those of its volumes that are restored; the first time also find the backup."""
        if not self.entry:
            self.entry = self._find()
            self.members = {member["volume_id"]: member for member in in_order(self.entry)}
        owner = self.entry["instance"]
        server = find_server(self.view, owner["id"], "instance")
        if server is None:
            raise ResourceError(f"instance: {owner['name']} ({owner['id']}), which was backed up, is gone. {NEW}")
        rows = {row["id"]: row for row in self.view.lookup.rows("volume")}
        self.journal.look(server, server["id"], rows.values())
        self.copies = {row["id"]: row for row in self.view.copies("backup")}
        self.names = {copy["id"]: entry["name"] for entry in self.view.sets() for copy in entry["members"]}
        return {
            "id": server["id"],
            "name": server["name"],
            "status": server["status"],
            "task_state": server.get("OS-EXT-STS:task_state"),
            "fault": fault_of(self.view, server),
            "volumes": [self._volume(server, member, rows.get(key)) for key, member in self.members.items()],
        }

    def _find(self) -> Document:
        entry = self.view.get(self.params["name"], self.params["instance"])
        name = entry["name"]
        if entry["method"] != "backup":
            raise ResourceError(f"in_place: {name} is a {entry['method']}. Only a backup is restored in place. {NEW}")
        if not entry["complete"]:
            raise ResourceError(
                f"name: the backup {name} is not complete ({entry['status']}). Only a complete one can be restored;"
                " running it with state=present completes it."
            )
        if not in_order(entry):
            raise ResourceError(
                f"in_place: {name} holds only a root volume, and Nova lets no root volume off its server. {NEW}"
            )
        return entry

    def _volume(self, server: Document, member: Document, row: Document | None) -> Document:
        if row is None or attached_elsewhere(row, server["id"]):
            where = "gone" if row is None else "attached to another instance"
            raise ResourceError(f"instance: the {member['role']} volume {member['volume_id']} is {where}. {NEW}")
        part, left = describe_part(server, row), self.left
        if attachment(row, server["id"]) is None:
            is_noted = left and self.copies.get(left.backup or "", {}).get("volume_id") == row["id"]
            part["device"] = left.device if left and is_noted else member["device"]
        self.restored[row["id"]] = read_restored(row["metadata"])
        source, moment = self.restored[row["id"]]
        return {**part, "restored_from": self.names.get(source or "", source), "restored_at": moment}

    @property
    def left(self) -> Note | None:
        """Return what is noted of a restore."""
        return self.journal.left_of(VOLUME_RESTORE)

    def plan(self, current: Document | None) -> Plan:
        """Return the way to volumes that hold what the backup holds; it ends as it began, running or stopped."""
        current = current or {}
        waiting = self.journal.waiting_plan(current, f"instance {current['name']}")
        if waiting:
            return waiting
        left = self.left
        self.inherits |= bool(left and not self.journal.is_mine)
        pending = self._pending(current)
        self._check_volumes(current, pending)
        if not pending and not left:
            return Plan(current, current)
        settle, status = settle_steps(self.view.reader, current)
        # The one that is off comes first: where it was is known as long as the note is about it.
        todo = [volume for volume in current["volumes"] if volume in pending or not volume["attached"]]
        todo.sort(key=lambda volume: volume["attached"])
        self._check(current, status, bool(todo))
        was_running = bool(left and left.power == "running") or status == "ACTIVE"
        rests = [step for volume in todo if volume in pending for step in self._rest_steps(volume)]
        steps = [*settle, *rests, *self._note_steps(current, todo, was_running, status)]
        if todo and status == "ACTIVE":
            steps.append(self.journal.hold(stop_running_step(self.view.reader, current)))
            status = "SHUTOFF"
        noted = left.backup if left and self.journal.is_mine else todo and self.members[todo[0]["id"]]["id"]
        for volume in todo:
            if self.members[volume["id"]]["id"] != noted:
                note = self._note(current, volume, was_running)
                steps.append(self.journal.hold(turn_step(self.journal, current, volume, note)))
                noted = note.backup
            steps += self._volume_steps(current, volume, volume in pending)
        ending = Ending(self.journal, current, self._goal(pending), was_running)
        steps += ending.steps(self.view.reader, was_running and status == "SHUTOFF")
        after = {**current, "status": "ACTIVE" if was_running else status, "task_state": None}
        after["volumes"] = [self._after(volume, volume in pending) for volume in current["volumes"]]
        return Plan(current, after, tuple(steps))

    def _pending(self, current: Document) -> list[Document]:
        """Return the volumes that are still to be restored: those of one operation belong together."""
        began = self.left.since if self.left else self.journal.began
        volumes, found = current["volumes"], set(self.restored.values())
        is_on = self.inherits or self.params["force"] or began in [moment for _source, moment in found]
        if began and is_on:
            return [v for v in volumes if self.restored[v["id"]] != (self.members[v["id"]]["id"], began)]
        # Where this run has only noted what it will do, another one may have done it before.
        are_ours = {source for source, _moment in found} == {member["id"] for member in self.members.values()}
        is_one = len({moment for _source, moment in found}) == 1
        return [] if are_ours and is_one and not self.params["force"] else list(volumes)

    def _goal(self, pending: list[Document]) -> dict[str, Restored]:
        """Return what the volumes say of themselves in the end; no time stands for that of this operation."""
        if not pending:
            return dict(self.restored)
        return {key: (member["id"], None) for key, member in self.members.items()}

    def _note_steps(self, current: Document, todo: list[Document], was_running: bool, status: str) -> list[Step]:
        left = self.left
        note = self._note(current, todo[0], was_running) if todo else left
        if note is None:
            return []
        if left:
            note = replace(note, since=left.since)
        return self.journal.note_steps(current["name"], note, holds_for(current, status))

    def _note(self, current: Document, volume: Document, was_running: bool) -> Note:
        power, copy = "running" if was_running else "stopped", self.members[volume["id"]]["id"]
        return Note(VOLUME_RESTORE, current["id"], power, volume["device"], backup=copy)

    def _rest_steps(self, volume: Document) -> list[Step]:
        """Return the steps that wait for what others do with a volume or its copy, before anything is stopped."""
        member, steps = self.members[volume["id"]], []
        if volume["status"] in VOLUME_BUSY and volume["status"] not in (RESTORING, "detaching"):
            steps.append(rest_step(volume))
        if volume["status"] != RESTORING and self.copies[member["id"]]["status"] in BUSY:
            what = f"Wait for the backup {self.entry['name']} of the volume {volume['name']}"
            steps.append(Step(f"copy {volume['id']}", what, nothing, None, rested(self.view, "backup", member)))
        return steps

    def _volume_steps(self, current: Document, volume: Document, restores: bool) -> list[Step]:
        """Return the steps for one volume, of which the note speaks by then."""
        reader, member, name = self.view.reader, self.members[volume["id"]], self.entry["name"]
        steps = []
        if restores and volume["listed"]:
            steps.append(detach_step(reader, current, volume))
        if restores:
            steps.append(restore_step(reader, current, volume, member, name))
            steps.append(mark_step(self.journal, volume, member))
        steps.append(attach_step(reader, current, volume))
        return [self.journal.hold(step) for step in steps]

    def _after(self, volume: Document, restores: bool) -> Document:
        after = {**volume, "status": "in-use", "attached": True, "listed": True}
        if restores:
            after.update(restored_from=self.entry["name"], restored_at=None)
        return after

    def _check(self, current: Document, status: str, stops: bool) -> None:
        """Check what has to hold before the first write, also where an earlier run left its note."""
        name, left = current["name"], self.left
        self._check_others(current)
        if status not in ("ACTIVE", "SHUTOFF"):
            raise ResourceError(f"instance: {name} is {status}; it has to be SHUTOFF or ACTIVE.")
        if stops and status == "ACTIVE" and not self.params["stop"]:
            raise ResourceError(
                f"instance: {name} is running. Stop it first, or give stop: true and it is started again."
            )
        if left and left.power == "running" and status == "SHUTOFF" and not self.params["stop"]:
            raise ResourceError(
                f"instance: a restore that was left unfinished has stopped {name} and would start it again."
                " Give stop: true for that."
            )

    def _check_others(self, current: Document) -> None:
        left, name = self.left, current["name"]
        others = sorted({note.title for note in self.journal.unfinished if note.operation != VOLUME_RESTORE})
        if others and left is None:
            raise ResourceError(f"instance: a {' and a '.join(others)} of {name} was left unfinished. Finish it first.")
        copy = self.copies.get(left.backup or "") if left else None
        if copy and copy["volume_id"] not in self.members:
            found = sets.backup_sets([copy], [])
            raise ResourceError(
                f"name: a restore of {name} from the backup {found[0]['name'] if found else copy['id']} was left"
                f" unfinished, with a volume that {self.entry['name']} does not hold. Finish that first."
            )

    def _check_volumes(self, current: Document, pending: list[Document]) -> None:
        for volume in current["volumes"]:
            member = self.members[volume["id"]]
            what = f"instance: the volume {volume['name']} of {current['name']}"
            if not (volume["attached"] or self.left):
                raise ResourceError(f"{what} is {volume['status']} and not attached to it. Attach it first.")
            if volume not in pending:
                continue
            if volume["status"] == "error_restoring":
                reader, while_doing = self.view.reader, "while it was restored"
                raise_volume_error(reader, current["name"], volume, while_doing, member["id"], RESET)
            copy = self.copies.get(member["id"], {"status": "gone"})
            if copy["status"] not in ("available", *BUSY) and volume["status"] != RESTORING:
                raise ResourceError(f"name: the copy of the {member['role']} volume is {copy['status']}. {NEW}")
            if volume["status"] not in ("in-use", "available", *VOLUME_BUSY):
                raise ResourceError(f"{what} is {volume['status']}; it has to be in-use.")
            if volume["size"] < member["size"]:
                raise ResourceError(f"{what} has {volume['size']} GiB, and its backup has {member['size']} GiB. {NEW}")


def in_order(entry: Document) -> list[Document]:
    """Return the copies of the data volumes of a set, in the order of their devices."""
    found = [member for role, member in sets.members_by_role(entry).items() if role != "root"]
    return sorted(found, key=lambda member: (len(member["device"] or ""), member["device"] or "", member["role"]))


def holds_for(current: Document, status: str) -> Callable[[Document], bool]:
    """Return the question whether the instance is still as it was when the restore was planned."""

    def shape(document: Document) -> list[Any]:
        return [(volume["id"], volume["listed"], volume["restored_at"]) for volume in document["volumes"]]

    return lambda document: document["status"] == status and shape(document) == shape(current)
