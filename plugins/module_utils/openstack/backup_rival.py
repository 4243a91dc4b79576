# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs make the same backup in the same moment: each volume is copied once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..resource import Document, ResourceError, RivalError
from . import backup_set as sets
from .backup_removal import PATHS
from .rival import again, keep_one, others_first
from .server_state import ROLE


@dataclass
class Copies:
    """The copies that one run makes: those that are its own, and those of them that another run was first with."""

    own: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def make(self, writer: Any, method: str, body: Document) -> str:
        """Send the request for a copy, unless there is one by now, and return its id."""
        what = f"the {method} {body['name']}"

        def look() -> list[Document]:
            rows = writer.list("block-storage", f"{PATHS[method]}/detail", f"{method}s")
            same = [row for row in rows if is_same(row["metadata"] or {}, body["metadata"])]
            return [row for row in same if row["status"] != "deleting" and not row["status"].startswith("error")]

        if look():
            raise RivalError(f"{what}: another run makes it, too, and was first.")
        try:
            made = writer.post("block-storage", PATHS[method], {method: body})[method]["id"]
        except ResourceError as error:
            raise others_first(what, error, lambda: bool(look())) from error
        self.own.add(made)
        # Cinder deletes only what is at rest: the next plan waits for that.
        keep_one(what, again(look), {made}, lambda row: self.lost.add(row["id"]))
        return made

    def apart(self, current: Document | None) -> tuple[Document | None, list[Document]]:
        """Return a set without what this run has made in vain, and that."""
        if current is None or not self.lost:
            return current, []
        members = [member for member in current["members"] if member["id"] not in self.lost]
        lost = [member for member in current["members"] if member["id"] in self.lost]
        if not members:
            return None, lost
        usable = {member["role"] for member in members if member["status"] in sets.WHOLE}
        wanted = {volume["role"] for volume in current["instance"].get("volumes", ())}
        return {**current, "members": members, "complete": bool(wanted) and usable == wanted}, lost


def is_same(marks: Document, wanted: Document) -> bool:
    """Tell whether two copies are the same member of a set."""
    return all(marks.get(key) == wanted[key] for key in (sets.SET, sets.INSTANCE_ID, ROLE))
