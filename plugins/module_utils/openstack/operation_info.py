# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unfinished in a project: the notes that runs left on servers and volumes, and what would finish them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, ResourceError
from .backup_in_place import InPlace
from .backup_view import BackupView
from .instance import PARTS, Instance
from .journal import NOBODY, Journal
from .journal_note import FLAVOR_CHANGE, VOLUME_RESIZE, VOLUME_RESTORE, Note, note_on
from .lookup import Lookup
from .server_state import ProjectView, find_server
from .volume_resize import VolumeResize
from .volume_restore import read_journal

SPEC = ArgSpec({"instance": {"type": "str"}})
# Asked for what is left to do, a run would finish it whoever began it, and stop and start what was stopped for it.
FINISH = {"stop": True, "takeover": True}


def look_at_operations(cloud: Any, params: Document) -> list[Document]:
    """Return what is unfinished, oldest first."""
    view = BackupView(Lookup(cloud.reader()))
    wanted = params["instance"]
    server = find_server(view, wanted, "instance") if wanted else None
    found = noted(view, "server", view.servers())
    found += noted(view, "volume", view.lookup.rows("volume"))
    found += restores(view)
    if wanted:
        mine = (server["id"],) if server else (wanted,)
        found = [entry for entry in found if entry["instance"]["id"] in mine or entry["instance"]["name"] == wanted]
    return sorted(found, key=lambda entry: (entry["since"], entry["instance"]["name"] or ""))


def noted(view: BackupView, kind: str, rows: list[Document]) -> list[Document]:
    """Return the operations that are noted on objects of one kind."""
    found = [(row, note_on(row)) for row in rows]
    return [
        describe_operation(view, kind, row, note)
        for row, note in found
        if note and (kind == "volume" or note.server == row["id"])
    ]


def describe_operation(view: BackupView, kind: str, row: Document, note: Note) -> Document:
    """Return one operation as a document."""
    journal = Journal(view.reader, kind, {})
    journal.look(row, note.server)
    name = next((server["name"] for server in view.servers() if server["id"] == note.server), None)
    volume = row if kind == "volume" else restored_volume(view, note)
    entry: Document = {
        "operation": note.operation,
        "instance": {"id": note.server, "name": name},
        "volume": {"id": volume["id"], "name": volume["name"] or volume["id"]} if volume else None,
        "device": note.device,
        "from_size": note.was,
        "size": note.size,
        "flavor": note.flavor,
        "backup": backup_name(view, note),
        "power": note.power,
        "owner": None if note.owner == NOBODY else note.owner,
        "since": note.since,
        "heartbeat": note.beat,
        "alive": journal.busy is not None,
        "next_run": [],
        "problem": None,
    }
    try:
        resource = FINISHERS[note.operation](view, row, note)
        entry["next_run"] = [
            step.summary for step in resource.plan(resource.read()).steps if step.runs != "after_failure"
        ]
    except ResourceError as error:
        entry["problem"] = str(error)
    return entry


def restored_volume(view: BackupView, note: Note) -> Document | None:
    """Return the volume that a note says is restored."""
    copy: Document = next((row for row in view.copies("backup") if row["id"] == note.backup), {})
    return next((row for row in view.lookup.rows("volume") if row["id"] == copy.get("volume_id")), None)


def backup_name(view: BackupView, note: Note) -> str | None:
    """Return the name of the backup to which the copy of a note belongs."""
    found = [entry["name"] for entry in view.sets() if note.backup in [copy["id"] for copy in entry["members"]]]
    return found[0] if found else None


def resize(view: BackupView, volume: Document, note: Note) -> VolumeResize:
    """Return the resize that a note speaks of."""
    return VolumeResize(view, {"instance": note.server, "volume": volume["id"], "size": note.size, **FINISH})


def restore(view: BackupView, _server: Document, note: Note) -> InPlace:
    """Return the restore in place that a note speaks of."""
    name = backup_name(view, note)
    if name is None:
        raise ResourceError(f"There is no backup any more of which {note.backup} is a part.")
    return InPlace(view, {"name": name, "instance": note.server, "force": False, "when_busy": "wait", **FINISH})


def flavor_change(view: BackupView, _server: Document, note: Note) -> Instance:
    """Return the flavor change that a note speaks of."""
    rest = {**dict.fromkeys(PARTS), "delete_volumes": False, "state": "present"}
    return Instance(view, {**rest, "name": note.server, "flavor": note.flavor, **FINISH})


# What finishes each operation.
FINISHERS: dict[str, Callable[[BackupView, Document, Note], Any]] = {
    VOLUME_RESIZE: resize,
    FLAVOR_CHANGE: flavor_change,
    VOLUME_RESTORE: restore,
}


def restores(view: ProjectView) -> list[Document]:
    """Return the restores that are not at their end: their volumes still say in their descriptions what for."""
    found: dict[str, Document] = {}
    for volume in view.lookup.rows("volume"):
        journal = read_journal(volume)
        if journal:
            entry = found.setdefault(journal.instance, unfinished_restore(view, journal.instance))
            entry["since"] = min(filter(None, (entry["since"], volume["created_at"][:19] + "Z")))
    return list(found.values())


def unfinished_restore(view: ProjectView, name: str) -> Document:
    """Return a restore as a document; it needs no owner, as all it makes is marked."""
    unknown = ("volume", "device", "from_size", "size", "flavor", "backup", "power", "owner", "heartbeat", "problem")
    server_id = next((server["id"] for server in view.servers() if server["name"] == name), None)
    return {
        **dict.fromkeys(unknown),
        "operation": "restore",
        "instance": {"id": server_id, "name": name},
        "since": "",
        "alive": False,
        "next_run": [f"Finish the instance {name}, as conductor.cloud.backup does with state: restored"],
    }
