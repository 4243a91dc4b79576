# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose volume it is while it is being restored.

When Cinder has restored a backup it replaces the metadata of the new volume with those that the backed-up
volume had, marks included. What stays is the description, so the journal of a restore stands there: written
in the request that creates the volume, replaced by a sentence when the new instance runs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

PREFIX = "conductor.cloud restore"
# How the description of a volume begins when its restore has ended.
FINISHED = "Restored from the backup"
# What Cinder notes in the metadata of a volume that got the content of another one's backup.
SOURCE = "src_backup_id"
# A description has 255 characters, and the name of the instance is not all that stands there.
LONGEST_NAME = 150


class Journal(NamedTuple):
    """What a volume is restored from, what it will be, and for which instance."""

    source: str
    role: str
    instance: str


def write_journal(journal: Journal) -> str:
    """Return the description of a volume that is being restored."""
    return f"{PREFIX} {journal.source} {journal.role} {journal.instance}"


def read_journal(volume: dict[str, Any]) -> Journal | None:
    """Return the journal of a volume, or None when it is not being restored."""
    description = volume.get("description") or ""
    parts = description[len(PREFIX) + 1 :].split(" ", 2)
    return Journal(*parts) if description.startswith(f"{PREFIX} ") and len(parts) == 3 else None


def has_copied_marks(volume: dict[str, Any]) -> bool:
    """Tell whether the marks came with the content of a backup that a person restored into this volume."""
    is_ours = (volume.get("description") or "").startswith(FINISHED)
    return SOURCE in volume["metadata"] and not volume.get("attachments") and not is_ours
