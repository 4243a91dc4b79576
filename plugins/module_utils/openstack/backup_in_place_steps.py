# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that put what a backup holds back into the volume that it was made of.

Cinder restores the metadata of the volume, too, marks included: what is under way is noted on the server, and on the
volume stands afterwards from which backup it was restored, and in which operation.
"""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .instance_power import start_again_step as start_server_step
from .instance_steps import VOLUME_BUSY, nothing
from .journal_note import VOLUME_RESTORE
from .server_fault import raise_volume_error
from .server_state import INSTANCE, ROLE
from .volume_swap import cinder_status, now_of

# Stand in the metadata of a volume: the copy that it was restored from, and when that operation began.
RESTORED_FROM = "conductor_restored_from"
RESTORED_AT = "conductor_restored_at"
RESTORING = "restoring-backup"
RESET = " An administrator has to make it available again; then run the task again, which restores it anew."
# The copy and the time, where there are such.
Restored = tuple[Any, Any]


def read_restored(metadata: Document) -> Restored:
    """Return from which copy a volume was restored in place, and in which operation."""
    return metadata.get(RESTORED_FROM), metadata.get(RESTORED_AT)


def rest_step(volume: Document) -> Step:
    """Return the step that waits for what is under way with a volume."""
    summary = f"Wait for the volume {volume['name']} ({volume['status']})"

    def done(document: Document | None) -> bool:
        return now_of(document, volume)["status"] not in VOLUME_BUSY

    return Step(f"rest {volume['id']}", summary, nothing, None, done)


def turn_step(journal: Any, current: Document, volume: Document, note: Any) -> Step:
    """Return the step that notes that the next volume has its turn."""
    summary = f"Note the restore of the volume {volume['name']} on {current['name']}"
    return Step(f"turn {volume['id']}", summary, lambda writer, results: journal.turn(writer, note))


def restore_step(reader: Any, current: Document, volume: Document, member: Document, name: str) -> Step:
    """Return the step that writes a copy into its volume."""
    path, body = f"/backups/{member['id']}/restore", {"restore": {"volume_id": volume["id"]}}

    def submit(writer: Any, results: Results) -> None:
        if cinder_status(writer, volume) != RESTORING:
            writer.post("block-storage", path, body)

    def done(document: Document | None) -> bool:
        found = now_of(document, volume)
        if found["status"].startswith("error"):
            raise_volume_error(reader, current["name"], found, "while it was restored", member["id"], RESET)
        return found["status"] == "available"

    summary = f"Restore the volume {volume['name']} from the backup {name}"
    if volume["status"] == RESTORING:
        summary = f"Wait for the volume {volume['name']} to be restored"
    return Step(f"restore {volume['id']}", summary, submit, None, done, f"the volume {volume['name']} to be restored")


def mark_step(journal: Any, volume: Document, member: Document) -> Step:
    """Return the step that says on a volume what it was restored from; marks that came with the copy go."""
    path = f"/volumes/{volume['id']}"

    def submit(writer: Any, results: Results) -> None:
        found = writer.get("block-storage", path)["volume"]["metadata"]
        kept = {key: text for key, text in found.items() if key in (INSTANCE, ROLE) or not key.startswith("conductor_")}
        marks = {**kept, RESTORED_FROM: member["id"], RESTORED_AT: journal.began}
        writer.put("block-storage", f"{path}/metadata", {"metadata": marks})

    return Step(f"mark {volume['id']}", f"Note on the volume {volume['name']} what it was restored from", submit)


class Ending:
    """The last two steps: the instance runs again and the note goes, but not with volumes of two times."""

    def __init__(self, journal: Any, current: Document, goal: dict[str, Restored], was_running: bool) -> None:
        self.journal = journal
        self.current = current
        self.goal = goal
        self.was_running = was_running
        # Whether an earlier run may have restored some of the volumes.
        self.is_begun = journal.left_of(VOLUME_RESTORE) is not None

    def steps(self, reader: Any, starts: bool) -> list[Step]:
        """Return the steps."""
        start = start_server_step(reader, self.current)
        name = self.current["name"]
        clear = Step("clear", f"Clear the note on {name}", self.clear, runs="always")
        if not starts:
            return [clear]

        def submit(writer: Any, results: Results) -> Any:
            if not self.is_whole(writer, results):
                raise ResourceError(
                    f"instance: {name} stays stopped, as not all of its volumes are restored and attached. Run the"
                    " task again: it goes on."
                )
            return start.submit(writer, results)

        again = Step(start.key, start.summary, submit, None, start.done, runs="always")
        return [self.journal.hold(again), clear]

    def is_whole(self, reader: Any, results: Results) -> bool:
        """Say whether all volumes are attached, and either all are restored or none has been touched."""
        rows = [reader.get("block-storage", f"/volumes/{key}")["volume"] for key in self.goal]
        is_touched = self.is_begun or any(key.startswith("restore ") for key in results)
        wanted = {key: (source, moment or self.journal.began) for key, (source, moment) in self.goal.items()}
        are_restored = all(read_restored(row["metadata"]) == wanted[row["id"]] for row in rows)
        return all(row["status"] == "in-use" for row in rows) and (are_restored or not is_touched)

    def clear(self, writer: Any, results: Results) -> None:
        """Clear the note when all is as it should be; what is not leave to the next run."""
        server = (writer.find("compute", f"/servers/{self.current['id']}") or {}).get("server")
        # Where somebody has removed the server, its note has gone with it.
        if server:
            is_back = server["status"] == "ACTIVE" or not self.was_running
            self.journal.end(writer, is_back and self.is_whole(writer, results))
