# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that take a volume from its stopped server and put it back.

Each looks before it writes: an earlier run may have come this far.
"""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .server_fault import raise_server_error


def detach_step(reader: Any, current: Document, volume: Document) -> Step:
    """Return the step that takes the volume from the server, until both sides say that it is off."""
    path = f"/servers/{current['id']}/os-volume_attachments/{volume['id']}"

    def submit(writer: Any, results: Results) -> None:
        if cinder_status(writer, volume) != "in-use":
            return
        if writer.get("compute", f"/servers/{current['id']}")["server"]["status"] == "ACTIVE":
            raise ResourceError(f"instance: {current['name']} was started again by somebody else. Run the task again.")
        writer.delete("compute", path)

    def done(document: Document | None) -> bool:
        found = now_of(document, volume)
        if found["status"] in ("in-use", "error_detaching"):
            raise_server_error(reader, document or {}, f"the volume {volume['name']} could not be detached")
        return found["status"] == "available" and not found["listed"]

    return Step(
        f"detach {volume['id']}", f"Detach the volume {volume['name']} from {current['name']}", submit, None, done
    )


def attach_step(reader: Any, current: Document, volume: Document) -> Step:
    """Return the step that puts the volume back, whatever failed before."""
    path = f"/servers/{current['id']}/os-volume_attachments"

    def submit(writer: Any, results: Results) -> None:
        status = cinder_status(writer, volume)
        if status in ("in-use", "attaching", "reserved"):
            return
        if status != "available":
            raise ResourceError(
                f"volume: {volume['name']} is {status} and could not be attached again. Run the task again once it is "
                "available; where it stays in an error status, an administrator has to reset that."
            )
        body = {"volumeId": volume["id"], "device": volume["device"]}
        writer.post("compute", path, {"volumeAttachment": body})

    def done(document: Document | None) -> bool:
        found = now_of(document, volume)
        if found["status"] == "available" and not found["listed"]:
            raise_server_error(reader, document or {}, f"the volume {volume['name']} could not be attached again")
        if found["status"] == "in-use" and found["attached"] and found["device"] != volume["device"]:
            raise ResourceError(f"volume: {volume['name']} came back as {found['device']}, not as {volume['device']}.")
        return found["status"] == "in-use" and found["attached"]

    summary = f"Attach the volume {volume['name']} to {current['name']} as {volume['device']} again"
    return Step(f"attach {volume['id']}", summary, submit, None, done, runs="always")


def now_of(document: Document | None, volume: Document) -> Document:
    """Return what a document of a server, with one volume or with several, tells of this one now."""
    found = document or {}
    rows: list[Document] = found.get("volumes") or [found["volume"]]
    return next(row for row in rows if row["id"] == volume["id"])


def cinder_status(reader: Any, volume: Document) -> str:
    """Return the status that the volume has now."""
    return reader.get("block-storage", f"/volumes/{volume['id']}")["volume"]["status"]
