# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud holds, in words that do not differ from run to run, so that two ends of one story can be compared.

Names stand for ids. Times, counters and what Neutron and Nova choose freely are left out; everything else counts:
status, sizes, metadata, what is attached where and as which device, what the volumes contain.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

Tables = dict[str, dict[str, Any]]
Picture = dict[str, Counter[str]]

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
FREE = re.compile(
    r"^(?:created|updated|(?:created|updated|attached|conductor_restored)_at|data_timestamp|revision_number"
    r"|attachment_id|mac_address|(?:fixed_|floating_)?ip_address|_actions|_boots)$"
)
# Messages and faults tell what happened, not how things are.
TOLD = ("messages", "volume_faults", "compute_faults")
# What the metadata may say of where an object belongs. All else of ours is of an operation that is under way.
MARK = re.compile(
    r"^conductor_(?:instance|role|user_data|restored(?:_from|_at)?|backup|instance_id|device|manifest_\d+)$"
)


def labels(tables: Tables) -> dict[str, str]:
    """Return what every object is called."""
    return {
        key: f"{table}:{row.get('name') or ''}"
        for table, rows in tables.items()
        for key, row in rows.items()
        if row.get("id") == key
    }


def plain(value: Any, names: dict[str, str]) -> Any:
    """Return a value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: plain(entry, names) for key, entry in value.items() if not FREE.match(key)}
    if isinstance(value, (list, tuple)):
        entries = [plain(entry, names) for entry in value]
        return sorted(entries, key=repr)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str):
        return ID.sub(lambda found: names.get(found.group(0), "an id"), value)
    return value


def picture(tables: Tables) -> Picture:
    """Return all objects by table, each in words."""
    names = labels(tables)
    return {
        table: Counter(json.dumps(plain(row, names), sort_keys=True) for row in rows.values())
        for table, rows in tables.items()
        if rows and table not in TOLD
    }


def unfinished(tables: Tables) -> list[str]:
    """Return what metadata says of operations that are under way."""
    return [
        f"{table}:{row.get('name')}: {key}"
        for table, rows in tables.items()
        for row in rows.values()
        for key in row.get("metadata") or {}
        if key.startswith("conductor_") and not MARK.match(key)
    ]


def difference(wanted: Picture, found: Picture) -> str:
    """Say what is missing and what is too much."""
    lines = []
    for table in sorted({*wanted, *found}):
        want, have = wanted.get(table, Counter()), found.get(table, Counter())
        lines += [f"missing in {table}: {text}" for text in (want - have).elements()]
        lines += [f"too much in {table}: {text}" for text in (have - want).elements()]
    return "\n".join(lines)
