# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs make the same instance in the same moment: the oldest volume counts, the other run takes its own back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..resource import Document, ResourceError, Results, Step, UncertainError, UnsentError
from .instance_steps import BEING_ATTACHED
from .instance_wanted import Wanted
from .server_state import ProjectView, owner, role_of
from .session import ApiError

# What a volume is that a server has or will have.
TAKEN = (*BEING_ATTACHED, "in-use")


class RivalError(UncertainError, UnsentError):
    """Another run makes the same instance, and was first."""


def without_doomed(current: Document | None) -> Document | None:
    """Return an instance without the volumes that are being deleted: others of their roles take their places."""
    if current is None:
        return None
    kept = [volume for volume in current["volumes"] if volume["status"] != "deleting"]
    if current["id"] is None and not kept and not current["floating_ips"]:
        return None
    return current if len(kept) == len(current["volumes"]) else {**current, "volumes": kept}


def first_come(view: ProjectView, wanted: Wanted, made: tuple[str, ...], step: Step) -> Step:
    """Return the step that makes the server as one that is sent only by the run that was first.

    ``made`` are the roles of the volumes that this run makes. It has looked at them since, and so has seen all that are
    older: whoever made the oldest has looked before there were others, and does not count on them. Where two runs
    believe that they were first, Nova refuses one of them, as the volumes are taken.
    """

    def submit(writer: Any, results: Results) -> Any:
        mine = {results[role]["id"] for role in made}
        rows = [row for row in marked(wanted, view.lookup.rows("volume")) if role_of(row) in made]
        if doubles(rows, mine) and min(rows, key=age)["id"] not in mine:
            raise take_back(writer, wanted, [row for row in rows if row["id"] in mine])
        try:
            return step.submit(writer, results)
        except ResourceError as error:
            if isinstance(error, UncertainError) or not isinstance(error, ApiError):
                raise
            found = marked(wanted, writer.list("block-storage", "/volumes/detail", "volumes"))
            twice = doubles(found, mine)
            if not twice and not any(row["status"] in TAKEN for row in found):
                raise
            raise take_back(writer, wanted, twice, f" {error}") from error

    return replace(step, submit=submit)


def marked(wanted: Wanted, rows: list[Document]) -> list[Document]:
    """Return the volumes that were made for the instance."""
    return [row for row in rows if owner(row) == wanted.name and row["status"] != "deleting"]


def doubles(rows: list[Document], mine: set[str]) -> list[Document]:
    """Return the volumes of this run that another one has made, too."""
    others = {role_of(row) for row in rows if row["id"] not in mine}
    return [row for row in rows if row["id"] in mine and role_of(row) in others]


def take_back(writer: Any, wanted: Wanted, volumes: list[Document], why: str = "") -> RivalError:
    """Delete what was made in vain, empty or a copy of the image, and return what has the engine look again."""
    for volume in volumes:
        try:
            writer.delete("block-storage", f"/volumes/{volume['id']}")
        except ResourceError as error:
            # Somebody else is about to use it, or to delete it: the next look tells.
            if not isinstance(error, ApiError) or error.status not in (400, 404, 409):
                raise
    return RivalError(f"{wanted.name}: another run makes it, too, and was first.{why}")


def age(volume: Document) -> tuple[str, str]:
    """Return what orders volumes by their time."""
    return volume["created_at"], volume["id"]
