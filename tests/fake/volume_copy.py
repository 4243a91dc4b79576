# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cinder: snapshots, backups, what is restored from them, user messages, metadata."""

from __future__ import annotations

from . import volume_quota
from .server import Handler, Route
from .state import Answer, Document, Fault, Request, State
from .volume_base import listing, moved, now, owned, show, started, view

SOURCES = (("snapshots", "snapshot_id"), ("backups", "backup_id"), ("volumes", "source_volid"))
LONGEST = 255


def checked(metadata: Document | None) -> dict[str, str]:
    """Return metadata, or refuse it where a value is too long, as Cinder's schema does."""
    for key, value in (metadata or {}).items():
        if not isinstance(value, str) or len(value) > LONGEST or not 0 < len(key) <= LONGEST:
            raise Fault(
                400, f"Invalid input for field/attribute {key}. Value: {value}. '{value}' is too long", "badRequest"
            )
    return dict(metadata or {})


def copied(volume: Document) -> Document:
    """Return what a snapshot or a backup keeps of its volume."""
    return {
        "_project": volume["_project"],
        "_data": volume["_data"],
        "_bootable": volume["bootable"],
        "_metadata": dict(volume["metadata"]),
        "_volume_image_metadata": volume.get("volume_image_metadata"),
        "size": volume["size"],
        "volume_id": volume["id"],
        "created_at": now(),
        "updated_at": None,
    }


def create_snapshot(state: State, request: Request) -> Answer:
    """Start a snapshot; an attached volume needs no force since 3.66."""
    wanted = request.body["snapshot"]
    volume = owned(state, request, "volumes", wanted["volume_id"])
    if wanted.get("force", True) is False:
        words = "Since microversion 3.66 the 'force' option is invalid for this request."
        raise Fault(400, f"Invalid input received: {words}", "badRequest")
    if volume["status"] not in ("available", "in-use"):
        words = f"Volume {volume['id']} status must be available or in-use, but current status is: {volume['status']}."
        raise Fault(400, f"Invalid volume: {words}", "badRequest")
    volume_quota.reserve(state, volume["_project"], snapshots=1, gigabytes=volume["size"])
    document = {
        "status": "creating",
        "name": wanted.get("name"),
        "description": wanted.get("description"),
        "metadata": checked(wanted.get("metadata")),
        "os-extended-snapshot-attributes:project_id": volume["_project"],
        "os-extended-snapshot-attributes:progress": "0%",
        "group_snapshot_id": None,
        "user_id": request.token.user_id,
        "consumes_quota": True,
        **copied(volume),
    }
    snapshot = state.add("snapshots", document)
    progress = "os-extended-snapshot-attributes:progress"
    started(state, snapshot, "snapshot", "creating", "available", lambda: snapshot.update({progress: "100%"}))
    return 202, {"snapshot": view(snapshot, request)}


def delete_snapshot(state: State, request: Request) -> Answer:
    """Start to delete a snapshot that is not at work."""
    snapshot = owned(state, request, "snapshots")
    if snapshot["status"] not in ("available", "error"):
        words = "Snapshot status must be available or error and must not be part of a group."
        raise Fault(400, f"Invalid snapshot: {words}", "badRequest")
    snapshot["status"] = "deleting"
    state.later(lambda: state.table("snapshots").pop(snapshot["id"], None))
    return 202, None


def parent_of(state: State, volume_id: str) -> Document:
    """Return the newest usable backup of a volume: what an increment is built on."""
    rows = [
        row for row in state.table("backups").values() if row["volume_id"] == volume_id and row["status"] == "available"
    ]
    if not rows:
        raise Fault(400, "Invalid backup: No backups available to do an incremental backup.", "badRequest")
    return max(rows, key=lambda row: row["data_timestamp"])


def create_backup(state: State, request: Request) -> Answer:
    """Start a backup; an attached volume needs force."""
    wanted = request.body["backup"]
    volume = owned(state, request, "volumes", wanted["volume_id"])
    before = volume["status"]
    if before not in ("available", "in-use"):
        words = f'Volume to be backed up must be available or in-use, but the current status is "{before}".'
        raise Fault(400, f"Invalid volume: {words}", "badRequest")
    if before == "in-use" and not wanted.get("force"):
        raise Fault(400, "Invalid volume: Backing up an in-use volume must use the force flag.", "badRequest")
    volume_quota.reserve(state, volume["_project"], backups=1, backup_gigabytes=volume["size"])
    parent = parent_of(state, volume["id"]) if wanted.get("incremental") else None
    document = {
        "status": "creating",
        "name": wanted.get("name"),
        "description": wanted.get("description"),
        "metadata": checked(wanted.get("metadata")),
        "object_count": 0,
        "availability_zone": None,
        "container": wanted.get("container") or "backups",
        "fail_reason": None,
        "is_incremental": bool(parent),
        "has_dependent_backups": False,
        "snapshot_id": None,
        "data_timestamp": now(),
        "user_id": request.token.user_id,
        "os-backup-project-attr:project_id": volume["_project"],
        "_parent": parent and parent["id"],
        **copied(volume),
    }
    backup = state.add("backups", document)
    if parent:
        parent["has_dependent_backups"] = True
    volume["status"] = "backing-up"
    moved(state, volume, "backing-up", before)
    started(state, backup, "backup", "creating", "available")
    return 202, {"backup": {"id": backup["id"], "name": backup["name"], "links": []}}


def delete_backup(state: State, request: Request) -> Answer:
    """Start to delete a backup on which no other one is built."""
    backup = owned(state, request, "backups")
    if backup["status"] not in ("available", "error"):
        raise Fault(400, "Invalid backup: Backup status must be available or error", "badRequest")
    if any(row["_parent"] == backup["id"] for row in state.table("backups").values()):
        raise Fault(400, "Invalid backup: Incremental backups exist for this backup.", "badRequest")
    backup["status"] = "deleting"

    def gone() -> None:
        state.table("backups").pop(backup["id"], None)
        rows = state.table("backups").values()
        parent = state.table("backups").get(backup["_parent"] or "")
        if parent:
            parent["has_dependent_backups"] = any(row["_parent"] == parent["id"] for row in rows)

    state.later(gone)
    return 202, None


def change_backup(state: State, request: Request) -> Answer:
    """Change name, description or the whole metadata of a backup."""
    backup = owned(state, request, "backups")
    wanted = request.body["backup"] or {}
    backup.update({key: wanted[key] for key in ("name", "description", "metadata") if key in wanted})
    return 200, {"backup": {"id": backup["id"], "name": backup["name"], "links": []}}


def take_over(volume: Document, backup: Document) -> None:
    """Restore: the metadata of the backed-up volume replaces the volume's own; a given name stays."""
    volume["_data"] = backup["_data"]
    if backup["_metadata"]:
        volume["metadata"] = dict(backup["_metadata"])
    if backup["_volume_image_metadata"]:
        volume.update(volume_image_metadata=backup["_volume_image_metadata"], bootable="true")
    if backup["volume_id"] != volume["id"]:
        volume["metadata"]["src_backup_id"] = backup["id"]


def restore(state: State, request: Request) -> Answer:
    """Start to write a backup into an available volume."""
    backup = owned(state, request, "backups")
    volume = owned(state, request, "volumes", (request.body["restore"] or {}).get("volume_id"))
    if backup["status"] != "available":
        raise Fault(400, "Invalid backup: Backup status must be available", "badRequest")
    if volume["status"] != "available":
        raise Fault(400, "Invalid volume: Volume to be restored to must be available", "badRequest")
    if volume["size"] < backup["size"]:
        words = f"volume size {volume['size']} is too small to restore backup of size {backup['size']}."
        raise Fault(400, f"Invalid volume: {words}", "badRequest")
    backup["status"], volume["status"] = "restoring", "restoring-backup"
    moved(state, backup, "restoring", "available")
    after = ("restoring-backup", "available")
    started(state, volume, "restore", *after, lambda: take_over(volume, backup), "error_restoring")
    return 202, {"restore": {"backup_id": backup["id"], "volume_id": volume["id"], "volume_name": volume["name"]}}


def metadata_of(table: str) -> Handler:
    """Return a handler that shows, adds to or replaces metadata."""

    def handler(state: State, request: Request) -> Answer:
        row = owned(state, request, table)
        if request.method != "GET":
            kept = row["metadata"] if request.method == "POST" else {}
            row["metadata"] = {**kept, **checked(request.body["metadata"])}
        return 200, {"metadata": row["metadata"]}

    return handler


def drop_metadata(table: str) -> Handler:
    """Return a handler that removes one key."""

    def handler(state: State, request: Request) -> Answer:
        row = owned(state, request, table)
        if request.match["key"] not in row["metadata"]:
            raise Fault(404, f"Metadata item {request.match['key']} could not be found.", "itemNotFound")
        row["metadata"] = {key: value for key, value in row["metadata"].items() if key != request.match["key"]}
        return 200, None

    return handler


def metadata_routes(table: str) -> list[Route]:
    """Return the routes of an object's metadata."""
    path = f"/{table}/(?P<id>[^/]+)/metadata"
    routes = [(method, path, metadata_of(table)) for method in ("GET", "POST", "PUT")]
    return [*routes, ("DELETE", f"{path}/(?P<key>[^/]+)", drop_metadata(table))]


ROUTES: list[Route] = [
    ("GET", r"/messages", listing("messages")),
    ("GET", r"/snapshots(?:/detail)?", listing("snapshots")),
    ("POST", r"/snapshots", create_snapshot),
    *metadata_routes("snapshots"),
    ("GET", r"/snapshots/(?P<id>[^/]+)", show("snapshots")),
    ("DELETE", r"/snapshots/(?P<id>[^/]+)", delete_snapshot),
    ("GET", r"/backups(?:/detail)?", listing("backups")),
    ("POST", r"/backups", create_backup),
    ("POST", r"/backups/(?P<id>[^/]+)/restore", restore),
    ("GET", r"/backups/(?P<id>[^/]+)", show("backups")),
    ("PUT", r"/backups/(?P<id>[^/]+)", change_backup),
    ("DELETE", r"/backups/(?P<id>[^/]+)", delete_backup),
]
