# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back up all volumes of an instance together under one name, and keep as many backups as wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Step
from . import backup_set as sets
from . import journal
from .backup_in_place import SPEC as IN_PLACE
from .backup_in_place import InPlace
from .backup_removal import absent_plan, delete_steps, retention_steps
from .backup_restore import SPEC as RESTORE
from .backup_restore import RestoredInstance
from .backup_rival import Copies
from .backup_view import BackupView, failure
from .lookup import LONGEST, Lookup, check_length
from .server_quota import Usage, check_quota, usage
from .server_state import describe, find_server
from .volume_resize import is_taken_off

# A copy of a volume is called after the backup and the role of the volume.
LONGEST_NAME = LONGEST - len("-data-99")
# A hundred years; the calendar knows no day much further back.
MOST_DAYS = 36500
SPEC = (
    RESTORE
    | IN_PLACE
    | ArgSpec(
        {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent", "restored"]},
            "instance": {"type": "str"},
            "method": {"type": "str", "choices": ["backup", "snapshot"]},
            "incremental": {"type": "bool", "default": False},
            "keep": {"type": "int"},
            "keep_days": {"type": "int"},
        },
        required_if=(("state", "present", ("instance",)),),
    )
)


class BackupSet:
    """One backup of one instance, and what retention removes beside it."""

    def __init__(self, view: BackupView, params: dict[str, Any], clock: Callable[[], datetime] | None = None) -> None:
        self.name = params["name"]
        self.view = view
        self.params = params
        self._clock = clock or (lambda: datetime.now(timezone.utc))
        self._read_at = self._clock()
        self._server: Document | None = None
        self._instance: Document | None = None
        self._volumes: dict[str, Document] = {}
        self._usage: Usage = {}
        self._copies = Copies()

    def read(self) -> Document | None:
        """Return the set as it is; the first time, also see what making it needs."""
        current = self.view.find(self.name, self.params["instance"])
        is_whole = current is not None and current["complete"]
        if self.params["state"] == "present" and not is_whole and not self._usage:
            self._read_at = self._clock()
            self._server = find_server(self.view, self.params["instance"], option="instance")
            self._instance = describe(self.view, self.params["instance"], self._server) if self._server else None
            self._volumes = {volume["id"]: volume for volume in self.view.lookup.rows("volume")}
            self._usage = usage(self.view.reader, "block-storage")
            if any(volume["status"] == "backing-up" for volume in self._volumes.values()):
                # Another run may have begun with the same backup since the copies were looked at.
                self.view.forget()
                return self.view.find(self.name, self.params["instance"])
        return current

    def plan(self, current: Document | None) -> Plan:
        """Return the steps that make the set whole and then remove what is too old, or those that remove it."""
        if self.params["state"] == "absent":
            return absent_plan(self.view, current)
        check_length("name", self.name, LONGEST_NAME)
        keep, keep_days = self.params["keep"], self.params["keep_days"]
        for option in ("keep", "keep_days"):
            if self.params[option] is not None and self.params[option] < 1:
                raise ResourceError(
                    f"{option}: {self.params[option]} would keep nothing. Give 1 or more, or leave it out."
                )
        if (keep_days or 0) > MOST_DAYS:
            raise ResourceError(f"keep_days: {keep_days} is more than {MOST_DAYS}. Leave it out to keep all.")
        kept, lost = self._copies.apart(current)
        wanted = self._wanted(kept)
        steps = self._create_steps(kept, wanted) if wanted is not kept else []
        for member in lost:
            steps += delete_steps(self.view, self.name, wanted["method"], member, ())
        made = tuple(step.key for step in steps)
        steps += retention_steps(self.view, wanted, keep, keep_days, self._read_at, made)
        return Plan(current, wanted, tuple(steps))

    def _wanted(self, current: Document | None) -> Document:
        method = self.params["method"] or (current["method"] if current else "backup")
        if current and current["method"] != method:
            raise ResourceError(f"method: {self.name} is a {current['method']}. A {method} needs another name.")
        if current and current["complete"]:
            return current
        instance = current["instance"] if current else self._source()
        if "volumes" not in instance:
            raise ResourceError(
                f"name: the metadata of the backup {self.name} is damaged. Remove it with state=absent."
            )
        members = [self._wanted_member(current, volume, method) for volume in instance["volumes"]]
        return {
            "name": self.name,
            "method": method,
            "instance": instance,
            "complete": True,
            "status": "available",
            "size": sum(member["size"] for member in members),
            "created_at": current["created_at"] if current else None,
            "members": members,
        }

    def _source(self) -> Document:
        given, server, instance = self.params["instance"], self._server, self._instance
        if server is None or instance is None:
            names = ", ".join(sorted(entry["name"] for entry in self.view.servers())) or "none"
            raise ResourceError(f"instance: there is no instance {given}. The project has: {names}.")
        if server.get("image"):
            raise ResourceError(f"instance: the root disk of {given} is not a volume, so a backup would not hold it.")
        off = [row["name"] or row["id"] for row in self._volumes.values() if is_taken_off(row, server["id"])]
        left = journal.Journal(self.view.reader, "server", self.params)
        left.look(server, server["id"])
        left.refuse_restore(given)
        if off:
            raise ResourceError(
                f"instance: {' and '.join(sorted(off))} of {given} is being resized, or was left so, and a backup would"
                " not hold it. Let conductor.cloud.volume_resize finish first."
            )
        if not sets.attached(instance):
            raise ResourceError(f"instance: no volume is attached to {given}: there is nothing to back up.")
        return {"id": instance["id"], "name": instance["name"], **sets.manifest_of(instance)}

    def _wanted_member(self, current: Document | None, volume: Document, method: str) -> Document:
        found = sets.members_by_role(current).get(volume["role"]) if current else None
        if found and not found["status"].startswith("error"):
            return {**found, "status": "available"}
        has_base = sets.newest_usable(self.view.copies("backup"), volume["id"]) is not None
        return {
            "id": None,
            "role": volume["role"],
            "device": volume["device"],
            "volume_id": volume["id"],
            "size": volume["size"],
            "status": "available",
            "incremental": method == "backup" and self.params["incremental"] and has_base,
            "created_at": None,
            "reason": None,
        }

    def _create_steps(self, current: Document | None, wanted: Document) -> list[Step]:
        missing = [member for member in wanted["members"] if member["id"] is None]
        self._check(missing, wanted["method"])
        steps: list[Step] = []
        for member in current["members"] if current else ():
            if member["status"].startswith("error"):
                steps += delete_steps(self.view, self.name, wanted["method"], member, ())
        removed = tuple(step.key for step in steps)
        known = sets.members_by_role(current) if current else {}
        for member in wanted["members"]:
            if member["id"] is None:
                steps.append(self._create_step(wanted, member, removed))
            elif known[member["role"]]["status"] != "available":
                steps.append(self._wait_step(member))
        return steps

    def _check(self, missing: list[Document], method: str) -> None:
        for member in missing:
            volume = self._volumes.get(member["volume_id"])
            if volume is None:
                raise ResourceError(
                    f"name: the backup {self.name} is incomplete, and its {member['role']} volume {member['volume_id']}"
                    f" is gone. Remove it with state=absent and make another."
                )
            if volume["status"] not in ("available", "in-use"):
                raise ResourceError(
                    f"instance: the {member['role']} volume {member['volume_id']} is {volume['status']};"
                    f" it has to be available or in-use."
                )
        size = sum(member["size"] for member in missing)
        needs = {"backups": len(missing), "backup_gigabytes": size}
        if method == "snapshot":
            needs = {"snapshots": len(missing), "gigabytes": size}
        check_quota(self._usage, needs, f"the {method} {self.name}")

    def _create_step(self, wanted: Document, member: Document, needs: tuple[str, ...]) -> Step:
        method, instance, role = wanted["method"], wanted["instance"], member["role"]
        marks = sets.marks_of(self.name, instance, member)
        body = {"volume_id": member["volume_id"], "name": f"{self.name}-{role}", "metadata": marks}
        if method == "backup":
            body.update(force=True, incremental=member["incremental"])
        kind = "an incremental backup" if member["incremental"] else f"a {method}"
        return Step(
            key=f"create-{role}",
            summary=f"Make {kind} of the {role} volume of {instance['name']} ({member['size']} GiB)",
            submit=lambda writer, _results: self._copies.make(writer, method, body),
            needs=needs,
            done=lambda document: self._is_made(document, role),
            waiting_for=f"the {method} of the {role} volume to be available",
        )

    def _wait_step(self, member: Document) -> Step:
        return Step(
            key=f"wait-{member['role']}",
            summary=f"Wait for the copy of the {member['role']} volume that an earlier run started",
            submit=lambda _writer, _results: member["id"],
            needs=(),
            done=lambda document: self._is_made(document, member["role"]),
            waiting_for=f"the copy of the {member['role']} volume to be available",
        )

    def _is_made(self, document: Document | None, role: str) -> bool:
        member = sets.members_by_role(document).get(role) if document else None
        if member and member["status"].startswith("error"):
            raise failure(self.view.reader, self.name, member)
        return bool(member and member["status"] == "available")


def backups(reader: Any, params: dict[str, Any]) -> Fleet:
    """Return the backup of a task, or the instance that is restored from it."""
    view = BackupView(Lookup(reader))
    if params["state"] != "restored":
        return Fleet([BackupSet(view, params)], view.forget)
    given = [option for option in RESTORE.options if params[option] is not None]
    if params["in_place"] and given:
        raise ResourceError(f"{given[0]}: with in_place: true no instance is made. Leave {' and '.join(given)} out.")
    if not params["in_place"] and not params["new_name"]:
        raise ResourceError("new_name: give the name of the instance to make, or in_place: true.")
    restored = InPlace(view, params) if params["in_place"] else RestoredInstance(view, params)
    return Fleet([restored], view.forget)
