# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup sets: what their marks say, when a set is complete, what builds on what, what retention removes.

A set is all that was copied of one instance under one name. Its members are Cinder backups or snapshots, and
every member carries the whole manifest: a set can be restored when the instance, and all but one member's
metadata, are gone. Nothing here asks the cloud.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from ..resource import Document
from .server_state import INSTANCE, ROLE

SET = "conductor_backup"
INSTANCE_ID = "conductor_instance_id"
DEVICE = "conductor_device"
MANIFEST = "conductor_manifest_"
# Cinder refuses longer values.
LONGEST = 255
# What a role may look like, as it becomes part of names.
PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")
# A copy in one of these holds all its data.
WHOLE = ("available", "restoring", "backing-up")

NONE = type(None)
KINDS = {
    "flavor": str,
    "networks": list,
    "security_groups": list,
    "key_name": (str, NONE),
    "config_drive": bool,
    "availability_zone": (str, NONE),
    "volumes": list,
}
KINDS_OF_VOLUME = {"role": str, "id": str, "size": int, "type": (str, NONE), "device": str}
FROM_INSTANCE = tuple(key for key in KINDS if key != "volumes")
FROM_VOLUME = tuple(KINDS_OF_VOLUME)


def manifest_of(instance: Document) -> Document:
    """Return what is needed to build an instance like this one again."""
    volumes = [{key: volume[key] for key in FROM_VOLUME} for volume in attached(instance)]
    roles = unique_roles(volumes)
    for volume, role in zip(volumes, roles):
        volume["role"] = role
    return {**{key: instance[key] for key in FROM_INSTANCE}, "volumes": volumes}


def attached(instance: Document) -> list[Document]:
    """Return the volumes that the instance uses now, in the order of their devices."""
    volumes = [volume for volume in instance["volumes"] if volume["device"]]
    return sorted(volumes, key=lambda volume: (volume["role"] != "root", len(volume["device"]), volume["device"]))


def unique_roles(volumes: list[Document]) -> list[str]:
    """Name every volume: root, and the others as they are marked, or by the first free number."""
    roles: list[str] = []
    for volume in volumes:
        free = next(f"data-{number}" for number in range(1, len(volumes) + 1) if f"data-{number}" not in roles)
        is_own = PLAIN.fullmatch(volume["role"]) and volume["role"] not in ("root", "data", *roles)
        roles.append("root" if not roles else volume["role"] if is_own else free)
    return roles


def marks_of(name: str, instance: Document, member: Document) -> dict[str, str]:
    """Return the metadata of one member of the set of this instance."""
    manifest = {key: instance[key] for key in (*FROM_INSTANCE, "volumes")}
    text = json.dumps(manifest, separators=(",", ":"))
    parts = [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]
    return {
        SET: name,
        INSTANCE: instance["name"],
        INSTANCE_ID: instance["id"],
        ROLE: member["role"],
        DEVICE: member["device"] or "",
        **{f"{MANIFEST}{number:02}": part for number, part in enumerate(parts, 1)},
    }


def read_manifest(metadata: dict[str, str]) -> Document | None:
    """Return the manifest that a member carries, or None where somebody damaged it: whoever may, writes metadata."""
    text = "".join(metadata[key] for key in sorted(metadata) if key.startswith(MANIFEST))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not has_kinds(found, KINDS):
        return None
    if not all(isinstance(name, str) for name in found["networks"] + found["security_groups"]):
        return None
    if not all(has_kinds(entry, KINDS_OF_VOLUME) and PLAIN.fullmatch(entry["role"]) for entry in found["volumes"]):
        return None
    return {key: found[key] for key in (*FROM_INSTANCE, "volumes")}


def has_kinds(entry: Any, kinds: dict[str, Any]) -> bool:
    """Tell whether this is a document that has all that it should have, each of its kind."""
    return isinstance(entry, dict) and all(key in entry and isinstance(entry[key], kinds[key]) for key in kinds)


def backup_sets(backups: Iterable[Document], snapshots: Iterable[Document]) -> list[Document]:
    """Return the sets among the backups and snapshots of a project, oldest first."""
    found: dict[tuple[str, str, str], list[Document]] = {}
    for method, rows in (("backup", backups), ("snapshot", snapshots)):
        for row in rows:
            marks = row.get("metadata") or {}
            if marks.get(SET) and marks.get(INSTANCE_ID):
                found.setdefault((method, marks[SET], marks[INSTANCE_ID]), []).append(row)
    sets = [describe_set(method, rows) for (method, _name, _id), rows in found.items()]
    return sorted(sets, key=lambda entry: entry["created_at"])


def describe_set(method: str, rows: list[Document]) -> Document:
    """Return one set as a document."""
    marks = rows[0]["metadata"]
    manifest = next(filter(None, (read_manifest(row["metadata"]) for row in rows)), None)
    members = [describe_member(row) for row in rows]
    usable = {member["role"] for member in members if member["status"] in WHOLE}
    is_complete = manifest is not None and usable == {volume["role"] for volume in manifest["volumes"]}
    return {
        "name": marks[SET],
        "method": method,
        "instance": {"id": marks[INSTANCE_ID], "name": marks.get(INSTANCE), **(manifest or {})},
        "complete": is_complete,
        "status": set_status(is_complete, [member["status"] for member in members]),
        "size": sum(member["size"] for member in members),
        "created_at": min(member["created_at"] for member in members),
        "members": sorted(members, key=lambda member: (member["role"] != "root", member["role"], member["created_at"])),
    }


def describe_member(row: Document) -> Document:
    """Return one backup or snapshot as a document."""
    return {
        "id": row["id"],
        "role": row["metadata"].get(ROLE, ""),
        "device": row["metadata"].get(DEVICE) or None,
        "volume_id": row["volume_id"],
        "size": row["size"],
        "status": row["status"],
        "incremental": bool(row.get("is_incremental")),
        "created_at": row["created_at"],
        "reason": row.get("fail_reason") or None,
    }


def set_status(is_complete: bool, statuses: list[str]) -> str:
    """Return the status of a set: that of the member that needs attention most."""
    for status in ("deleting", "creating", "restoring"):
        if status in statuses:
            return status
    if is_complete:
        return "available"
    return next((status for status in statuses if status.startswith("error")), "incomplete")


def members_by_role(entry: Document) -> dict[str, Document]:
    """Return the member that counts for each volume: a usable one, else the newest."""
    ranked = sorted(entry["members"], key=lambda member: (member["status"] in WHOLE, member["created_at"]))
    return {member["role"]: member for member in ranked}


def newest_usable(backups: Iterable[Document], volume_id: str) -> Document | None:
    """Return the backup of a volume on which Cinder would build an incremental one."""
    rows = [row for row in backups if row["volume_id"] == volume_id and row["status"] == "available"]
    return max(rows, key=age_key, default=None)


def age_key(row: Document) -> str:
    """Order backups by the moment of their data."""
    return row.get("data_timestamp") or row["created_at"]


def built_on(backups: Iterable[Document]) -> dict[str, list[str]]:
    """Return for every backup the incremental ones that need it.

    Cinder does not tell the parent of a backup, but it always builds on the newest usable one of the volume.
    """
    newest: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    for row in sorted(backups, key=age_key):
        if row.get("is_incremental") and row["volume_id"] in newest:
            children.setdefault(newest[row["volume_id"]], []).append(row["id"])
        if not row["status"].startswith("error"):
            newest[row["volume_id"]] = row["id"]
    return children


def outdated(sets: list[Document], name: str, keep: int | None, keep_days: int | None, now: datetime) -> list[Document]:
    """Return the sets that retention no longer wants; never the one called ``name``.

    ``sets`` are those of one instance and one method. Only complete sets count; an incomplete one goes with those
    that are older than what is kept. A set that something is working on stays.
    """
    others = [entry for entry in sets if entry["name"] != name]
    named = [entry for entry in sets if entry["name"] == name]
    ranking = sorted(
        (entry for entry in sets if entry["complete"]), key=lambda entry: entry["created_at"], reverse=True
    )
    places = keep if keep is None or (named and named[0]["complete"]) else keep - 1
    doomed = []
    for entry in others:
        if entry["status"] in ("creating", "restoring"):
            continue
        newer = sum(1 for kept in ranking if kept["created_at"] > entry["created_at"])
        is_surplus = places is not None and newer >= places
        is_old = keep_days is not None and when(entry["created_at"]) < now - timedelta(days=keep_days)
        if is_surplus or is_old:
            doomed.append(entry)
    return doomed


def when(text: str) -> datetime:
    """Read a time as Cinder writes it: UTC without saying so."""
    return datetime.fromisoformat(text.replace("Z", "")).replace(tzinfo=timezone.utc)


def removable(doomed: list[Document], children: dict[str, list[str]]) -> list[Document]:
    """Leave out the sets on which something builds that stays."""
    left = list(doomed)
    while True:
        going = {member["id"] for entry in left for member in entry["members"]}
        free = [entry for entry in left if not blockers(entry, children, going)]
        if len(free) == len(left):
            return free
        left = free


def blockers(entry: Document, children: dict[str, list[str]], going: Iterable[str]) -> list[str]:
    """Return what builds on a set and is not going with it."""
    leaving: Any = {*going, *(member["id"] for member in entry["members"])}
    return [child for member in entry["members"] for child in children.get(member["id"], ()) if child not in leaving]
