# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a data volume larger: take it from its stopped instance, extend it, put it back where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError
from . import journal
from .instance_power import settle_steps, stop_running_step
from .journal_note import VOLUME_RESIZE, Note, read_note
from .lookup import Lookup, hint
from .server_quota import Usage, check_quota, usage
from .server_state import ProjectView, attached_elsewhere, attachment, describe_volume, fault_of, find_server, mark_of
from .volume_resize_steps import clear_step, extend_step, start_again_step
from .volume_swap import attach_step, detach_step

SPEC = (
    ArgSpec(
        {
            "instance": {"type": "str", "required": True},
            "volume": {"type": "str", "required": True},
            "size": {"type": "int", "required": True},
            "stop": {"type": "bool", "default": False},
        }
    )
    | journal.SPEC
)


class VolumeResize:
    """One data volume of an instance, and the size that it shall have."""

    def __init__(self, view: ProjectView, params: Document) -> None:
        self.name = f"{params['instance']}: {params['volume']}"
        self.view = view
        self.params = params
        self.volume_id: str | None = None
        self.usage: Usage = {}
        self.journal = journal.Journal(view.reader, "volume", params)

    def read(self) -> Document:
        """Return the instance, its volume, and what an earlier run left unfinished."""
        server = find_server(self.view, self.params["instance"], "instance")
        if server is None:
            names = sorted(row["name"] for row in self.view.servers())
            given = self.params["instance"]
            raise ResourceError(f"instance: there is no instance {given}. {hint(given, names)}")
        volume = self._known(server) or find_volume(self.view, server, self.volume_id or self.params["volume"])
        if self.volume_id is None:
            self.volume_id = volume["id"]
            self.usage = usage(self.view.reader, "block-storage") if volume["size"] < self.params["size"] else {}
        others = [row for row in self.view.lookup.rows("volume") if row["id"] != volume["id"]]
        self.journal.look(volume, server["id"], [server, *others])
        found, left = describe_pair(self.view, server, volume), self.journal.left_of(VOLUME_RESIZE)
        if left and found["volume"]["device"] is None:
            # Somebody has taken the note away while the volume is off. This run still knows where it was.
            found["volume"]["device"] = left.device
        return found

    def _known(self, server: Document) -> Document | None:
        """Return the volume that this run works on, whatever became of its note, unless another server has it."""
        rows = (row for row in self.view.lookup.rows("volume") if row["id"] == self.volume_id)
        return next((row for row in rows if not attached_elsewhere(row, server["id"])), None)

    def plan(self, current: Document | None) -> Plan:
        """Return the way to the wanted size, which always ends with the volume attached."""
        current = current or {}
        volume, left, reader = current["volume"], self.journal.left_of(VOLUME_RESIZE), self.view.reader
        waiting = self.journal.waiting_plan(current, f"volume {volume['name']} of {current['name']}")
        if waiting:
            return waiting
        size = self.params["size"]
        settle, status = settle_steps(reader, current)
        self._check(current)
        grows = volume["size"] < size
        if not grows and not left:
            return Plan(current, current)
        if grows:
            self._check_growth(current, status)
        was_running = bool(left and left.power == "running") or status == "ACTIVE"
        if was_running and status == "SHUTOFF" and not self.params["stop"]:
            raise ResourceError(
                f"instance: a resize that was left unfinished has stopped {current['name']} and would start it again."
                " Give stop: true for that."
            )
        note = Note(VOLUME_RESIZE, current["id"], "running" if was_running else "stopped", volume["device"])
        note = replace(note, was=left.was if left else volume["size"], size=max(size, volume["size"]))
        steps = [*settle, *self.journal.note_steps(volume["name"], note, holds_for(volume, status))]
        if grows and volume["listed"]:
            if status == "ACTIVE":
                steps.append(self.journal.hold(stop_running_step(reader, current)))
                status = "SHUTOFF"
            steps.append(self.journal.hold(detach_step(reader, current, volume)))
        if grows:
            steps.append(self.journal.hold(extend_step(reader, current, size)))
        if grows or not volume["attached"]:
            steps.append(self.journal.hold(attach_step(reader, current, volume)))
        if was_running and status == "SHUTOFF":
            steps.append(self.journal.hold(start_again_step(reader, current)))
        steps.append(clear_step(self.journal, current, was_running))
        after = {**current, "status": "ACTIVE" if was_running else status, "task_state": None}
        after["volume"] = {**volume, "size": max(size, volume["size"]), "status": "in-use"}
        after["volume"].update(attached=True, listed=True)
        return Plan(current, after, tuple(steps))

    def _check(self, current: Document) -> None:
        volume, size = current["volume"], self.params["size"]
        self.journal.refuse_restore(current["name"])
        if volume["role"] == "root":
            raise ResourceError(
                f"volume: {volume['name']} is the root volume of {current['name']}. Only data volumes are resized."
            )
        if size < volume["size"]:
            raise ResourceError(
                f"size: {volume['name']} has {volume['size']} GiB and cannot shrink to {size} GiB. "
                f"Give {volume['size']} or more."
            )
        if not volume["attached"] and not self.journal.left_of(VOLUME_RESIZE):
            raise ResourceError(
                f"volume: {volume['name']} is {volume['status']} and not attached to {current['name']}."
                " Attach it first."
            )

    def _check_growth(self, current: Document, status: str) -> None:
        """Check what has to hold before each growth, also where an earlier run left its note: anyone can write one."""
        volume, size = current["volume"], self.params["size"]
        if status not in ("ACTIVE", "SHUTOFF"):
            raise ResourceError(f"instance: {current['name']} is {status}; it has to be SHUTOFF or ACTIVE.")
        if status == "ACTIVE" and volume["listed"] and not self.params["stop"]:
            raise ResourceError(
                f"instance: {current['name']} is running. Stop it first, or give stop: true and it is started again."
            )
        if volume["status"] != "extending":
            check_quota(self.usage, {"gigabytes": size - volume["size"]}, f"volume {volume['name']} with {size} GiB")


def holds_for(volume: Document, status: str) -> Callable[[Document], bool]:
    """Return the question whether a volume and its server are still as they were when the resize was planned."""
    return lambda document: document["volume"] == volume and document["status"] == status


def find_volume(view: ProjectView, server: Document, wanted: str) -> Document:
    """Return the volume of a server by id, name, role or device, also one that an unfinished run took off."""
    mark = mark_of(server, server["name"])
    mine = {row["id"] for row in view.volumes_of(server["id"], mark)}
    rows = [row for row in view.lookup.rows("volume") if row["id"] in mine or left_over(row, server["id"])]
    device = wanted if wanted.startswith("/") else f"/dev/{wanted}"
    found = [row for row in rows if row["id"] == wanted] or [
        row
        for row in rows
        if wanted in (row["name"], describe_volume(row, server["id"], mark)["role"])
        or device_of(row, server["id"]) == device
    ]
    if len(found) > 1:
        ids = ", ".join(sorted(row["id"] for row in found))
        raise ResourceError(
            f"volume: {len(found)} volumes of {server['name']} are called {wanted} ({ids}). Give the id."
        )
    if not found:
        names = [f"{row['name'] or row['id']} ({device_of(row, server['id']) or 'detached'})" for row in rows]
        raise ResourceError(
            f"volume: {server['name']} has no volume {wanted}. It has: {', '.join(sorted(names)) or 'none'}."
        )
    return found[0]


def left_over(volume: Document, server_id: str) -> Note | None:
    """Return the note of an unfinished resize for this server, unless another server has the volume by now."""
    note = read_note(volume["metadata"])
    is_for_it = note and note.operation == VOLUME_RESIZE and note.server == server_id
    return note if is_for_it and not attached_elsewhere(volume, server_id) else None


def is_taken_off(volume: Document, server_id: str) -> bool:
    """Tell whether an unfinished resize has taken the volume from this server."""
    return left_over(volume, server_id) is not None and attachment(volume, server_id) is None


def device_of(volume: Document, server_id: str) -> str | None:
    """Return the device of a volume, also when an unfinished resize took it off."""
    how, note = attachment(volume, server_id), left_over(volume, server_id)
    return how["device"] if how else note.device if note else None


def describe_pair(view: ProjectView, server: Document, volume: Document) -> Document:
    """Return the instance and its volume as one document."""
    return {
        "id": server["id"],
        "name": server["name"],
        "status": server["status"],
        "task_state": server.get("OS-EXT-STS:task_state"),
        "fault": fault_of(view, server),
        "volume": describe_part(server, volume),
    }


def describe_part(server: Document, volume: Document) -> Document:
    """Return a volume of an instance as a document, as Cinder and Nova see it."""
    attached = [entry["id"] for entry in server["os-extended-volumes:volumes_attached"]]
    return {
        "id": volume["id"],
        "name": volume["name"] or volume["id"],
        "role": describe_volume(volume, server["id"], mark_of(server, server["name"]))["role"],
        "size": volume["size"],
        "status": volume["status"],
        "device": device_of(volume, server["id"]),
        "attached": bool(attachment(volume, server["id"])) and volume["id"] in attached,
        "listed": volume["id"] in attached,
    }


def resizes(reader: Any, params: Document) -> Fleet:
    """Return the resize of a task."""
    view = ProjectView(Lookup(reader))
    return Fleet([VolumeResize(view, params)], view.forget)
