# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs make the same instance in the same moment: the oldest volume counts, the other run takes its own back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from ..resource import Document, ResourceError, Results, Step, UncertainError
from .instance_removal import delete_volume_steps
from .instance_steps import BEING_ATTACHED, by_role, kept_or_made
from .instance_wanted import Wanted
from .rival import RivalError, again, keep_one
from .server_state import ProjectView, owner, role_of
from .session import ApiError

# What a volume is that a server has or will have.
TAKEN = (*BEING_ATTACHED, "in-use")


def without_doomed(current: Document | None) -> Document | None:
    """Return an instance without the volumes that are being deleted: others of their roles take their places."""
    if current is None:
        return None
    kept = [volume for volume in current["volumes"] if volume["status"] != "deleting"]
    if current["id"] is None and not kept and not current["floating_ips"]:
        return None
    return current if len(kept) == len(current["volumes"]) else {**current, "volumes": kept}


def in_vain(reader: Any, wanted: Wanted, current: Document | None) -> tuple[Document | None, list[Step]]:
    """Return an instance without the volumes that this run has made in vain, and the steps that take them back.

    They are left where the run has looked again before it came to use them.
    """
    if current is None:
        return None, []
    vain = [
        volume
        for volume in current["volumes"]
        if volume["id"] in wanted.made and volume is not by_role(current, volume["role"]) and not volume["device"]
    ]
    steps = [step for volume in vain for step in delete_volume_steps(reader, wanted.name, volume, ())]
    return {**current, "volumes": [volume for volume in current["volumes"] if volume not in vain]}, steps


def first_come(view: ProjectView, wanted: Wanted, current: Document | None, step: Step, *roles: str) -> Step:
    """Return a step that uses the volumes of these roles as one that is sent only by the run that was first.

    It has looked at the volumes since it made its own, and so has seen all that are older. Where two runs use the same
    volumes, Nova refuses one of them, as they are taken.
    """

    volume_ids = kept_or_made(wanted, current)

    def submit(writer: Any, results: Results) -> Any:
        back = take_back(writer, wanted)

        def look() -> list[Document]:
            return marked(wanted, writer.list("block-storage", "/volumes/detail", "volumes"), roles)

        def looks() -> Iterator[list[Document]]:
            # The first one costs nothing.
            for rows in chain([marked(wanted, view.lookup.rows("volume"), roles)], again(look)):
                yield doubled(wanted, rows)

        keep_one(wanted.name, looks(), wanted.made, back)
        try:
            return step.submit(writer, results)
        except ResourceError as error:
            if isinstance(error, UncertainError) or not isinstance(error, ApiError):
                raise
            found = look()
            twice = [row for row in doubled(wanted, found) if row["id"] in wanted.made]
            for row in twice:
                back(row)
            # What this run has not made itself, and counted on, another one may have taken back.
            used = {volume_ids(results)[role] for role in roles}
            lost = used - {row["id"] for row in found} - wanted.made
            if not twice and not lost and not any(row["status"] in TAKEN for row in found):
                raise
            raise RivalError(f"{wanted.name}: another run makes it, too, and was first. {error}") from error

    return replace(step, submit=submit)


def marked(wanted: Wanted, rows: list[Document], roles: tuple[str, ...]) -> list[Document]:
    """Return the volumes that were made for the instance, and for these roles."""
    mine = [row for row in rows if owner(row) == wanted.name and role_of(row) in roles]
    return [row for row in mine if row["status"] != "deleting"]


def doubled(wanted: Wanted, rows: list[Document]) -> list[Document]:
    """Return the volumes that this run has made, and those of others for the same roles: all stay or go together."""
    roles = {role_of(row) for row in rows if row["id"] in wanted.made}
    both = [row for row in rows if role_of(row) in roles]
    return both if any(row["id"] not in wanted.made for row in both) else []


def take_back(writer: Any, wanted: Wanted) -> Callable[[Document], None]:
    """Return what deletes a volume that was made in vain, empty or a copy of the image or of a backup."""

    def submit(volume: Document) -> None:
        try:
            writer.delete("block-storage", f"/volumes/{volume['id']}")
        except ApiError as error:
            # Somebody else is about to use it, or Cinder is at it still: the next look tells.
            if error.status not in (400, 404, 409):
                raise
        else:
            wanted.made.discard(volume["id"])

    return submit
