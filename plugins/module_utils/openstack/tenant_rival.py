# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project has once under a name, though Neutron would make it twice for two runs at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, ResourceError, Results
from .rival import again, keep_one, others_first, settled

LISTS = {"network": "networks", "subnet": "subnets", "router": "routers", "security_group": "security_groups"}
Submit = Callable[[Any, Results], Any]


def path_of(kind: str) -> str:
    """Return where the things of a kind are."""
    return f"/v2.0/{LISTS[kind].replace('_', '-')}"


def named(reader: Any, kind: str, project_id: str, *names: str) -> list[Document]:
    """Return what the project has of these names."""
    # Asked for groups by project, Neutron would make the project's default group: a read that writes.
    where = {} if kind == "security_group" else {"project_id": project_id}
    rows = reader.list("network", path_of(kind), LISTS[kind], name=[*names], **where)
    return [row for row in rows if row["project_id"] == project_id and row["name"] in names]


def read_named(reader: Any, kind: str, project_id: str, *names: str) -> list[Document]:
    """Return what the project has of these names, when nobody takes back what was made twice."""
    return settled(lambda: named(reader, kind, project_id, *names))


def make_one(kind: str, body_of: Callable[[Results], Document]) -> Submit:
    """Return the request that makes a thing, unless another run makes it, too, and was first."""
    words = kind.replace("_", " ")

    def submit(writer: Any, results: Results) -> Any:
        body = body_of(results)
        name = body["name"]

        def look() -> list[Document]:
            return named(writer, kind, body["project_id"], name)

        try:
            made = writer.post("network", path_of(kind), {kind: body})
        except ResourceError as error:
            raise others_first(f"the {words} {name}", error, lambda: bool(look())) from error
        mine = {made[kind]["id"]}
        keep_one(f"the {words} {name}", again(look), mine, lambda row: take_back(writer, kind, row))
        return made

    return submit


def take_back(writer: Any, kind: str, row: Document) -> None:
    """Delete what was made in vain."""
    writer.delete("network", f"{path_of(kind)}/{row['id']}")


def or_there(submit: Submit, what: str, is_there: Callable[[Any, Results], bool]) -> Submit:
    """Return a request that has the engine look again where the cloud refuses it, as another run was first."""

    def tried(writer: Any, results: Results) -> Any:
        try:
            return submit(writer, results)
        except ResourceError as error:
            raise others_first(what, error, lambda: is_there(writer, results)) from error

    return tried
