# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the note of an operation reads. Whoever may write metadata may write anything here: what is odd is no note."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any

from ..resource import Document

# Where the note stands in the metadata of a volume or a server.
OPERATION = "conductor_operation"
# Nova and Cinder refuse longer values.
LONGEST = 255
LARGEST = 1_000_000
LONGEST_FLAVOR = 40

VOLUME_RESIZE = "volume_resize"
FLAVOR_CHANGE = "flavor_change"
VOLUME_RESTORE = "volume_restore"
TITLES = {VOLUME_RESIZE: "resize", FLAVOR_CHANGE: "flavor change", VOLUME_RESTORE: "restore"}
# On what each is noted. What Cinder restores into a volume replaces its metadata.
PLACES = {VOLUME_RESIZE: "volume", FLAVOR_CHANGE: "server", VOLUME_RESTORE: "server"}

TIME = "%Y-%m-%dT%H:%M:%SZ"
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
SHAPES = {
    "operation": re.compile("|".join(TITLES)),
    "server": re.compile(r"[0-9a-f-]{36}"),
    "power": re.compile("running|stopped"),
    "owner": re.compile(r"[0-9a-f]{16}"),
    "since": MOMENT,
    "beat": MOMENT,
}
PARTS = {
    "device": re.compile(r"/dev/(?:vd|sd|xvd|hd)[a-z]{1,2}"),
    "flavor": re.compile(r"[^\x00-\x1f\"\\]{1,40}"),
    "backup": re.compile(r"[0-9a-f-]{36}"),
}
# What JSON writes with more characters than one.
ODD = re.compile(r"[\x00-\x1f\"\\]")
NEEDED = {
    VOLUME_RESIZE: ("device", "was", "size"),
    FLAVOR_CHANGE: ("flavor",),
    VOLUME_RESTORE: ("device", "backup"),
}


@dataclass(frozen=True)
class Note:
    """What is under way, and what another run needs to finish it. ``power`` is that of the server before."""

    operation: str
    server: str
    power: str
    device: str | None = None
    was: int | None = None
    size: int | None = None
    flavor: str | None = None
    backup: str | None = None
    owner: str = ""
    since: str = ""
    beat: str = ""

    @property
    def title(self) -> str:
        """What people call the operation."""
        return TITLES[self.operation]

    @property
    def words(self) -> str:
        """What a run with this note does."""
        if self.operation == VOLUME_RESIZE:
            return f"extends the volume at {self.device} from {self.was} to {self.size} GiB"
        if self.operation == VOLUME_RESTORE:
            return f"restores the volume at {self.device} from the backup {self.backup}"
        return f"changes the flavor to {self.flavor}"


def read_note(metadata: Document) -> Note | None:
    """Return the note in the metadata of an object; None where there is none, or nothing that could be one."""
    text = metadata.get(OPERATION)
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return Note(**found) if isinstance(found, dict) and is_sane(found) else None


def note_on(row: Document) -> Note | None:
    """Return the note on a server or a volume, if it is one that belongs there."""
    note = read_note(row["metadata"])
    place = "volume" if "attachments" in row else "server"
    return note if note and PLACES[note.operation] == place else None


def is_sane(found: Document) -> bool:
    """Tell whether all parts of a note are there, and nothing that is none."""
    if not all(isinstance(found.get(key), str) and shape.fullmatch(found[key]) for key, shape in SHAPES.items()):
        return False
    needed = NEEDED[found["operation"]]
    if set(found) != {*SHAPES, *needed}:
        return False
    texts = [isinstance(found[key], str) and PARTS[key].fullmatch(found[key]) for key in needed if key in PARTS]
    sizes = [found[key] for key in needed if key not in PARTS]
    are_sizes = all(isinstance(size, int) and size is not True and 0 < size <= LARGEST for size in sizes)
    return all(texts) and are_sizes and all(read_time(found[key]) for key in ("since", "beat"))


def write_note(note: Note) -> str:
    """Return the note as metadata."""
    parts = {key: value for key, value in asdict(note).items() if value is not None}
    if note.flavor:
        parts["flavor"] = ODD.sub("_", note.flavor)[:LONGEST_FLAVOR]
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)


def given_up(notes: Iterable[Note]) -> str:
    """Return what is added to the summary of a removal that ends what others have begun."""
    titles = " and ".join(sorted({note.title for note in notes}))
    return f" and give up its unfinished {titles}" if titles else ""


def read_time(text: Any) -> datetime | None:
    """Return a time as notes and Nova write it."""
    try:
        return datetime.strptime(str(text), TIME).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def write_time(moment: datetime) -> str:
    """Return a time as it stands in a note."""
    return moment.astimezone(timezone.utc).strftime(TIME)
