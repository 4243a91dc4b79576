# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cinder: volumes, their types, and what Nova does to them. Snapshots and backups are in volume_copy.py.

A volume carries its content as text in ``_data``, so that a test can tell whether the data came through.
"""

from __future__ import annotations

import uuid
from typing import Any

from . import offering, quota_class, volume_copy, volume_quota
from .server import Service
from .state import Answer, Document, Fault, Request, State
from .volume_base import error, listing, moved, now, owned, show, started, view

DELETABLE = ("available", "error", "error_restoring", "error_extending", "error_managing")
NOT_DELETABLE = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing "
    "and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated "
    "from snapshots after volume transfer."
)


def seed(state: State) -> None:
    """Make the volume types: the default one and another."""
    for name in ("__DEFAULT__", "ssd"):
        document = {"name": name, "description": None, "is_public": True, "extra_specs": {}, "qos_specs_id": None}
        state.add("volume_types", {**document, "os-volume-type-access:is_public": True})


def find_type(state: State, wanted: str | None) -> Document:
    """Return a volume type by name or id, or the default one."""
    for row in state.table("volume_types").values():
        if (wanted or "__DEFAULT__") in (row["id"], row["name"]):
            return row
    raise Fault(404, f"Volume type with name {wanted} could not be found.", "itemNotFound")


def make_volume(state: State, project_id: str, user_id: str = "", **more: Any) -> Document:
    """Add a volume without a request, as a test does that needs one."""
    kind = find_type(state, more.pop("volume_type", None))
    document = {
        "status": "available",
        "size": 1,
        "availability_zone": "nova",
        "created_at": now(),
        "updated_at": None,
        "name": None,
        "description": None,
        "volume_type": kind["name"],
        "volume_type_id": kind["id"],
        "snapshot_id": None,
        "source_volid": None,
        "metadata": {},
        "user_id": user_id,
        "bootable": "false",
        "encrypted": False,
        "replication_status": None,
        "consistencygroup_id": None,
        "group_id": None,
        "multiattach": False,
        "attachments": [],
        "migration_status": None,
        "shared_targets": False,
        "service_uuid": None,
        "cluster_name": None,
        "provider_id": None,
        "consumes_quota": True,
        "os-vol-tenant-attr:tenant_id": project_id,
        "_project": project_id,
        "_data": "",
        **more,
    }
    return state.add("volumes", document)


def content(state: State, request: Request, wanted: Document) -> tuple[Document, Document | None]:
    """Return what a new volume takes over from its source, and the backup that it is restored from."""
    if wanted.get("imageRef"):
        image = state.get("images", wanted["imageRef"], "Image")
        if int(wanted["size"]) < int(image.get("min_disk") or 0):
            words = (
                f"Volume size {wanted['size']}GB cannot be smaller than the image minDisk size {image['min_disk']}GB."
            )
            raise Fault(400, f"Invalid input received: {words}", "badRequest")
        properties = {"image_id": image["id"], "image_name": image["name"], "min_disk": str(image.get("min_disk") or 0)}
        return {"bootable": "true", "volume_image_metadata": properties, "_data": f"image {image['name']}"}, None
    table, key = next(((table, wanted[key]) for table, key in volume_copy.SOURCES if wanted.get(key)), ("", ""))
    if not table:
        return {}, None
    source = owned(state, request, table, key)
    if table == "backups" and source["status"] != "available":
        raise Fault(400, f"Invalid backup: Invalid backup status {source['status']}.", "badRequest")
    wanted.setdefault("size", source["size"])
    if int(wanted["size"] or 0) < source["size"]:
        words = f"Volume size '{wanted['size']}'GB cannot be smaller than the source's size {source['size']}GB."
        raise Fault(400, f"Invalid input received: {words}", "badRequest")
    taken = {key: source[f"_{key}"] for key in ("bootable", "volume_image_metadata") if source.get(f"_{key}")}
    return {**taken, "_data": source["_data"]}, source if table == "backups" else None


def create(state: State, request: Request) -> Answer:
    """Start to make a volume: empty, from an image, a snapshot, a backup or a volume."""
    wanted = dict(request.body["volume"])
    taken, backup = content(state, request, wanted)
    size = int(wanted.get("size") or 0)
    if size < 1:
        raise Fault(400, "Invalid input received: Invalid volume size provided for create request", "badRequest")
    project_id = request.scope()
    volume_quota.reserve(state, project_id, volumes=1, gigabytes=size)
    volume = make_volume(
        state,
        project_id,
        request.token.user_id,
        status="creating",
        size=size,
        volume_type=wanted.get("volume_type"),
        snapshot_id=wanted.get("snapshot_id"),
        source_volid=wanted.get("source_volid"),
        name=wanted.get("name"),
        description=wanted.get("description"),
        metadata={key: str(value) for key, value in (wanted.get("metadata") or {}).items()},
        availability_zone=wanted.get("availability_zone") or "nova",
    )
    ready = {key: value for key, value in taken.items() if key != "_data" or not backup}
    started(state, volume, "volume", "creating", "available", lambda: volume.update(ready) or restored(volume, backup))
    if backup:
        backup["status"] = "restoring"
        moved(state, backup, "restoring", "available")
    return 202, {"volume": view(volume, request)}


def restored(volume: Document, backup: Document | None) -> None:
    """Put a backup's content into a volume, with the metadata that the backed-up volume had."""
    if backup:
        volume_copy.take_over(volume, backup)


def delete(state: State, request: Request) -> Answer:
    """Start to delete a volume, unless it is used or has snapshots."""
    volume = owned(state, request, "volumes")
    snapshots = [row for row in state.table("snapshots").values() if row["volume_id"] == volume["id"]]
    cascade = request.query.get("cascade", "").lower() == "true"
    if volume["status"] not in DELETABLE or volume["attachments"] or (snapshots and not cascade):
        raise Fault(400, NOT_DELETABLE, "badRequest")
    volume["status"] = "deleting"
    for row in (volume, *snapshots):
        table = "volumes" if row is volume else "snapshots"
        state.later(lambda table=table, row=row: state.table(table).pop(row["id"], None))
    return 202, None


def change(state: State, request: Request) -> Answer:
    """Change name, description or the whole metadata."""
    volume = owned(state, request, "volumes")
    wanted = request.body["volume"]
    volume.update({key: wanted[key] for key in ("name", "description", "metadata") if key in wanted}, updated_at=now())
    return 200, {"volume": view(volume, request)}


def extend(state: State, request: Request, volume: Document, wanted: Document) -> Answer:
    """Start to make a volume larger; its content stays."""
    size, before = int(wanted["new_size"]), volume["status"]
    if size <= volume["size"]:
        words = f"New size for extend must be greater than current size. (current: {volume['size']}, extended: {size})."
        raise Fault(400, f"Invalid input received: {words}", "badRequest")
    if before not in ("available", "in-use"):
        words = f"Volume {volume['id']} status must be 'available' to extend, currently {before}."
        raise Fault(400, f"Invalid volume: {words}", "badRequest")
    volume_quota.reserve(state, volume["_project"], gigabytes=size - volume["size"])
    volume["status"] = "extending"
    started(state, volume, "extend", "extending", before, lambda: volume.update(size=size), "error_extending")
    return 202, None


def act(state: State, request: Request) -> Answer:
    """Do one of a volume's actions."""
    volume = owned(state, request, "volumes")
    name, wanted = next(iter(request.body.items()))
    if name == "os-extend":
        return extend(state, request, volume, wanted)
    if name == "os-set_bootable":
        volume["bootable"] = str(wanted["bootable"]).lower()
        return 200, None
    if name == "os-reset_status":
        request.require_admin()
        volume.update({key: wanted[key] for key in ("status",) if key in wanted})
        return 202, None
    raise Fault(400, f"There is no such action: {name}", "badRequest")


def attach(state: State, volume_id: str, server_id: str, device: str, host: str | None = None) -> Document:
    """Attach an available volume, as Nova does."""
    volume = state.get("volumes", volume_id, "Volume", "itemNotFound")
    if volume["status"] not in ("available", "attaching", "reserved"):
        raise Fault(
            400, f"Invalid volume: volume {volume_id} status must be available, not {volume['status']}", "badRequest"
        )
    entry = {
        "id": volume_id,
        "attachment_id": str(uuid.uuid4()),
        "volume_id": volume_id,
        "server_id": server_id,
        "host_name": host,
        "device": device,
        "attached_at": now(),
    }
    volume.update(status="in-use", attachments=[*volume["attachments"], entry])
    return entry


def detach(state: State, volume_id: str, server_id: str) -> None:
    """Take a volume from a server, as Nova does."""
    volume = state.table("volumes").get(volume_id)
    if volume:
        left = [entry for entry in volume["attachments"] if entry["server_id"] != server_id]
        volume.update(attachments=left, status=volume["status"] if left else "available")


def version(state: State, request: Request) -> Answer:
    """Answer the version document."""
    links = [{"rel": "self", "href": f"{state.url}/volume/v3/"}]
    entry = {"id": "v3.0", "status": "CURRENT", "version": "3.71", "min_version": "3.0", "links": links}
    return 200, {"versions": [{**entry, "updated": "2023-08-31T00:00:00Z", "media-types": []}]}


TYPE = r"/types/(?P<id>[^/]+)"
VOLUME = r"/volumes/(?P<id>[^/]+)"
SERVICE = Service(
    type="block-storage",
    name="cinderv3",
    mount="volume",
    endpoint="/v3",
    error=error,
    seed=seed,
    public=(version,),
    routes=[
        ("GET", r"/v3", version),
        ("GET", r"", version),
        *[
            (method, f"/v3(?:/[0-9a-f]{{32}})?{path}", handler)
            for method, path, handler in (
                *volume_quota.ROUTES,
                *quota_class.VOLUME_ROUTES,
                *volume_copy.ROUTES,
                ("GET", r"/types", listing("volume_types")),
                ("GET", TYPE, show("volume_types", key="volume_type")),
                *offering.TYPE_ROUTES,
                ("GET", r"/os-services", offering.volume_services),
                ("GET", r"/volumes(?:/detail)?", listing("volumes")),
                ("POST", r"/volumes", create),
                ("POST", VOLUME + "/action", act),
                *volume_copy.metadata_routes("volumes"),
                ("GET", VOLUME, show("volumes")),
                ("PUT", VOLUME, change),
                ("DELETE", VOLUME, delete),
            )
        ],
    ],
)
