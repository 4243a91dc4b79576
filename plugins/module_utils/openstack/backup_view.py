# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup sets of a project, and why one failed."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, ResourceError
from . import backup_set as sets
from .lookup import Lookup
from .server_fault import last_message
from .server_state import ProjectView

FILTER = ArgSpec({"name": {"type": "str"}, "instance": {"type": "str"}})


class BackupView(ProjectView):
    """What a project holds, with its backups."""

    CHANGING = (*ProjectView.CHANGING, "backup")

    def copies(self, method: str) -> list[Document]:
        """Return the backups or the snapshots of volumes."""
        return self.lookup.rows(method)

    def sets(self) -> list[Document]:
        """Return the backup sets, oldest first."""
        return sets.backup_sets(self.copies("backup"), self.copies("snapshot"))

    def built_on(self) -> dict[str, list[str]]:
        """Return for each backup the ones that need it."""
        return sets.built_on(self.copies("backup"))

    def find(self, name: str, instance: str | None) -> Document | None:
        """Return the set of this name; it must be of this instance where one is given."""
        found = [entry for entry in self.sets() if entry["name"] == name]
        mine = [entry for entry in found if instance in (None, entry["instance"]["id"], entry["instance"]["name"])]
        if len(mine) > 1:
            whose = ", ".join(f"{entry['method']} of {owner(entry)}" for entry in mine)
            raise ResourceError(
                f"name: several backups are called {name}: {whose}. Give the instance's id in instance."
            )
        if found and not mine:
            raise ResourceError(
                f"name: the backup {name} is of instance {owner(found[0])}, not of {instance}. Choose another name."
            )
        return mine[0] if mine else None

    def get(self, name: str, instance: str | None) -> Document:
        """Return the set of this name, or say which ones there are."""
        found = self.find(name, instance)
        if found is None:
            names = ", ".join(sorted({entry["name"] for entry in self.sets()})) or "none"
            raise ResourceError(f"name: there is no backup {name}. The project has: {names}.")
        return found


def owner(entry: Document) -> str:
    """Return the instance of a set, as people know it."""
    return f"{entry['instance']['name']} ({entry['instance']['id']})"


def failure(reader: Any, name: str, member: Document) -> ResourceError:
    """Return the error for a copy that failed, in Cinder's words."""
    last = last_message(reader, member["id"])
    return ResourceError(
        f"{name}: the copy of the {member['role']} volume went to {member['status']}. Cinder says:"
        f" {member['reason'] or last.get('user_message') or 'nothing'}"
        f" (request {last.get('request_id') or 'unknown'}).",
        request_id=last.get("request_id"),
    )


def backup_sets_of(reader: Any, params: Document) -> list[Document]:
    """Return the sets that the options ask for, oldest first."""
    return [
        entry
        for entry in BackupView(Lookup(reader)).sets()
        if params["name"] in (None, entry["name"])
        and params["instance"] in (None, entry["instance"]["id"], entry["instance"]["name"])
    ]
