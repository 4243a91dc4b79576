# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Nova answers while the database of a cell does not: 200, without what the cell holds.

A connection that was lost as the database moved to another host is enough, for a moment. Taken for the truth, such an
answer makes an instance a second time, and takes away what an instance still needs.
"""

from __future__ import annotations

from typing import Any

from ..resource import Document
from .answer import parsed

UNKNOWN = "UNKNOWN"
# What Nova shows of an object only when its cell has answered. The status alone does not tell: it is UNKNOWN also where
# Nova has no other word for the state of an instance that it knows well.
FIELDS = {
    "server": ("this instance", ("name",)),
    "servers": ("{} of these instances", ("name",)),
    "services": ("{} of these services", ("id", "state")),
}


def unreached(service: str, answer: Any) -> str | None:
    """Say what of an answer Nova could not look up in its cell; None where there is nothing like that."""
    if service != "compute" or UNKNOWN.encode() not in answer.content:
        return None
    document = parsed(answer) or {}
    for key, (words, fields) in FIELDS.items():
        shown = document.get(key) or []
        rows = shown if isinstance(shown, list) else [shown]
        bare = [row for row in rows if isinstance(row, dict) and not any(field in row for field in fields)]
        lost = [row for row in bare if row.get("status") == UNKNOWN]
        if lost:
            what = f"Nova does not reach the cell with {words.format(len(lost))} (status {UNKNOWN})"
            return f"{what}. Run again once the database of the cell answers."
    return None


def witness(service: str, key: str, query: Document) -> Document | None:
    """Return the query for a plain list of instances, which shows whether a listing left out a cell.

    None where the listing itself shows it: of a cell that it does not reach, Nova shows something only to who lists
    instances, without any filter but all_tenants; of moves, never. Also where a filtered listing is not empty, one cell
    of several may be missing: of a tenant's instances some would be left.

    Two things are not seen. One is what is missing where other cells fill the first page, of 1000 instances, on clouds
    whose Nova does not answer 500 then, as the role nova has it do (list_records_by_skipping_down_cells). The other is
    an instance whose deletion was asked for: Nova hides it at once.
    """
    if service != "compute":
        return None
    if key == "migrations":
        # Who may list these may list all instances.
        return {"all_tenants": 1}
    is_filtered = any(value is not None for name, value in query.items() if name != "all_tenants")
    return {"all_tenants": query.get("all_tenants")} if key == "servers" and is_filtered else None
