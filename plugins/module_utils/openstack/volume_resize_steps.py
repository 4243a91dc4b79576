# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes of a resize. Each looks before it writes: an earlier run may have come this far."""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .instance_power import start_again_step as start_server_step
from .server_fault import raise_volume_error
from .volume_swap import cinder_status


def extend_step(reader: Any, current: Document, size: int) -> Step:
    """Return the step that makes the volume larger."""
    volume = current["volume"]
    path = f"/volumes/{volume['id']}/action"

    def submit(writer: Any, results: Results) -> None:
        found = writer.get("block-storage", f"/volumes/{volume['id']}")["volume"]
        if found["status"] != "extending" and found["size"] < size:
            writer.post("block-storage", path, {"os-extend": {"new_size": size}})

    def done(document: Document | None) -> bool:
        found = (document or {})["volume"]
        if found["status"].startswith("error"):
            raise_volume_error(reader, current["name"], found, "while it was extended")
        return found["status"] == "available" and found["size"] >= size

    summary = f"Extend the volume {volume['name']} from {volume['size']} to {size} GiB"
    return Step("extend", summary, submit, None, done)


def start_again_step(reader: Any, current: Document) -> Step:
    """Return the step that starts the instance again, but not without its volume."""
    start = start_server_step(reader, current)

    def submit(writer: Any, results: Results) -> Any:
        if cinder_status(writer, current["volume"]) != "in-use":
            raise ResourceError(f"instance: {current['name']} stays stopped, as its volume is not attached.")
        return start.submit(writer, results)

    return Step(start.key, start.summary, submit, None, start.done, runs="always")


def clear_step(journal: Any, current: Document, was_running: bool) -> Step:
    """Return the step that clears the note, last of all, and only when all is as it was."""
    volume = current["volume"]

    def submit(writer: Any, results: Results) -> None:
        found = writer.get("block-storage", f"/volumes/{volume['id']}")["volume"]
        server = (writer.find("compute", f"/servers/{current['id']}") or {}).get("server")
        # Where somebody has removed the server, there is nothing to put back.
        is_back = server and found["status"] == "in-use" and (server["status"] == "ACTIVE" or not was_running)
        journal.end(writer, is_back or server is None)

    return Step("clear", f"Clear the note on {volume['name']}", submit, runs="always")
