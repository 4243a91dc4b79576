# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that remove an instance, also while somebody else is at it, or was and died."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, ResourceError, Results, Step, UncertainError, UnsentError
from .instance_steps import VOLUME_BUSY, nothing, release_step
from .instance_wanted import Wanted
from .journal_note import OPERATION, Note, given_up, read_note
from .server_fault import raise_server_error, raise_volume_error
from .server_state import GOING, INSTANCE
from .session import ApiError


class BusyError(UncertainError, UnsentError):
    """Somebody else has begun something with a volume since it was planned to delete it."""


def notes_work_on(volume: Document, server_id: str) -> bool:
    """Tell whether a volume carries the note of work for a server."""
    note = read_note(volume["metadata"])
    return bool(note and note.server == server_id)


def forget_steps(wanted: Wanted, current: Document, noted: list[Document]) -> list[Step]:
    """Return the steps that clear the notes on volumes that stay: without its server, nobody could finish the work."""
    going = [volume["id"] for volume in current["volumes"] if volume["made_by_us"] and wanted.delete_volumes]
    return [forget_step(volume) for volume in noted if volume["id"] not in going]


def forget_step(volume: Document) -> Step:
    """Return the step that clears the note on a volume."""
    path = f"/volumes/{volume['id']}/metadata/{OPERATION}"
    summary = f"Clear the note on {volume['name'] or volume['id']}"
    return Step(f"forget {volume['id']}", summary, lambda writer, results: writer.delete("block-storage", path))


def going_steps(name: str, wanted: Wanted, current: Document, marked: list[str]) -> list[Step]:
    """Return the steps that let a later run with the same ``name`` find the volumes once the server is gone.

    By the name with which it was made they are found anyway.
    """
    if current["id"] is None or name == wanted.name or not wanted.delete_volumes:
        return []
    volumes = [volume for volume in current["volumes"] if volume["made_by_us"] and volume["id"] not in marked]
    return [going_step(name, volume) for volume in volumes]


def going_step(name: str, volume: Document) -> Step:
    """Return the step that marks a volume as one that goes with its server."""
    path, body = f"/volumes/{volume['id']}/metadata", {"metadata": {GOING: name}}
    summary = f"Mark the volume {volume['name']} as one that goes"
    return Step(f"going {volume['id']}", summary, lambda writer, results: writer.post("block-storage", path, body))


def removal_steps(reader: Any, wanted: Wanted, current: Document, unfinished: list[Note]) -> list[Step]:
    """Return the steps after which nothing of the instance is left but what shall be kept.

    Work of others that is ``unfinished`` is given up with the server, and that is said.
    """
    steps = [release_step(entry) for entry in current["floating_ips"] if entry["made_by_us"]]
    ours = [volume for volume in current["volumes"] if volume["made_by_us"]]
    if not wanted.delete_volumes:
        steps += [keep_step(volume) for volume in ours]
    if current["id"]:
        path = f"/servers/{current['id']}"
        summary = f"Delete the server {current['name']}{given_up(unfinished)}"
        steps.append(
            Step(
                "server", summary, lambda writer, results: writer.delete("compute", path), None, server_is_gone(reader)
            )
        )
    if wanted.delete_volumes:
        before = tuple(step.key for step in steps)
        for volume in ours:
            steps += delete_volume_steps(reader, current["name"], volume, before)
    return steps


def server_is_gone(reader: Any) -> Callable[[Document | None], bool]:
    """Return the question whether the server is gone and has let go of its volumes."""

    def done(document: Document | None) -> bool:
        if document is None:
            return True
        if document["id"] is not None:
            if document["status"] == "ERROR" and document["task_state"] is None and document["fault"]:
                raise_server_error(reader, document, "the server could not be deleted")
            return False
        return all(volume["status"] not in ("in-use", "detaching") for volume in document["volumes"])

    return done


def keep_step(volume: Document) -> Step:
    """Return the step that makes a volume a volume of its own, so that no later instance takes it."""
    path = f"/volumes/{volume['id']}/metadata/{INSTANCE}"
    summary = f"Keep the volume {volume['name']}"
    return Step(f"keep {volume['id']}", summary, lambda writer, results: writer.delete("block-storage", path))


def delete_volume_steps(reader: Any, name: str, volume: Document, needs: tuple[str, ...]) -> list[Step]:
    """Return the steps that delete a volume, when it is at rest."""
    path, volume_id = f"/volumes/{volume['id']}", volume["id"]

    def left(document: Document | None) -> Document | None:
        return next((entry for entry in (document or {}).get("volumes", ()) if entry["id"] == volume_id), None)

    def rests(document: Document | None) -> bool:
        found = left(document)
        return found is None or found["status"] not in VOLUME_BUSY

    def gone(document: Document | None) -> bool:
        found = left(document)
        if found and found["status"] != "deleting":
            # Cinder makes a volume that is still held available again and tells why in a message.
            raise_volume_error(reader, name, found, "while it was deleted")
        return found is None

    steps = []
    if volume["status"] in VOLUME_BUSY:
        steps.append(Step(f"rest {volume_id}", f"Wait for the volume {volume['name']}", nothing, needs, rests))
        needs = (*needs, f"rest {volume_id}")

    def submit(writer: Any, results: Results) -> None:
        if volume["status"] == "deleting":
            return
        try:
            writer.delete("block-storage", path)
        except ResourceError as error:
            if not isinstance(error, ApiError):
                raise
            status = (writer.find("block-storage", path) or {}).get("volume", {}).get("status", "gone")
            # What was refused for its status may be at rest again by now.
            if error.status == 400 or status in (*VOLUME_BUSY, "in-use", "gone", "deleting"):
                raise BusyError(f"{volume['name']}: it could not be deleted, as it was {status}: {error}") from error
            raise

    steps.append(Step(f"delete {volume_id}", f"Delete the volume {volume['name']}", submit, needs, gone))
    return steps
