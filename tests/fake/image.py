# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Glance: images that can be found, made and deleted."""

from __future__ import annotations

import hashlib
from typing import Any

from .server import Service
from .state import Answer, Document, Fault, Request, State, matching, page, timestamp

MIB = 1024 * 1024


def error(fault: Fault) -> Document:
    """Write a fault as Glance does."""
    return {"message": str(fault), "code": f"{fault.status}", "title": fault.kind}


def make_image(state: State, name: str, **fields: Any) -> Document:
    """Add an image that is ready for use."""
    image = {
        "name": name,
        "status": "active",
        "visibility": "public",
        "disk_format": "raw",
        "container_format": "bare",
        "min_disk": 1,
        "min_ram": 0,
        "size": 64 * MIB,
        "virtual_size": 512 * MIB,
        "checksum": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        "os_hash_algo": "sha512",
        "os_hash_value": hashlib.sha512(name.encode()).hexdigest(),
        "protected": False,
        "os_hidden": False,
        "owner": next(row["id"] for row in state.table("projects").values() if row["name"] == "admin"),
        "created_at": timestamp(),
        "updated_at": timestamp(),
        "tags": [],
        **fields,
    }
    return state.add("images", image)


def seed(state: State) -> None:
    """Make one image to boot from."""
    make_image(state, "debian")


def visible(request: Request, row: Document) -> bool:
    """May the caller see this image?"""
    return bool(request.token.is_admin or row["visibility"] == "public" or row["owner"] == request.token.project_id)


def list_images(state: State, request: Request) -> Answer:
    """List images, 25 on a page."""
    rows = [row for row in state.table("images").values() if visible(request, row)]
    most = 25 if "limit" not in request.query else 1000
    found, more = page(request, "images", matching(rows, request.query), most=most)
    body: Document = {"images": found, "first": "/v2/images", "schema": "/v2/schemas/images"}
    if more:
        body["next"] = more.removeprefix("/image")
    return 200, body


def own(state: State, request: Request) -> Document:
    """Return an image that the caller may see, or answer 404."""
    image = state.table("images").get(request.match["id"])
    if not image or not visible(request, image):
        raise Fault(404, f"No image found with ID {request.match['id']}", "Not Found")
    return image


def show_image(state: State, request: Request) -> Answer:
    """Show one image."""
    return 200, dict(own(state, request))


def create_image(state: State, request: Request) -> Answer:
    """Make an image that waits for its content."""
    fields = {"visibility": "shared", "owner": request.token.project_id, "min_disk": 0, **request.body}
    blank: Document = {"status": "queued", "size": None, "virtual_size": None, "checksum": None}
    return 201, dict(make_image(state, fields.pop("name", ""), **{**fields, **blank}))


def upload(state: State, request: Request) -> Answer:
    """Take the content of an image."""
    image = own(state, request)
    if image["status"] != "queued":
        raise Fault(409, f"Image status transition from {image['status']} to saving is not allowed", "Conflict")
    content = request.body.get("_content", b"")
    digest = hashlib.sha512(content).hexdigest()
    image.update(status="active", size=len(content), virtual_size=len(content), os_hash_value=digest)
    state.table("image_data")[image["id"]] = {"name": "content", "content": content}
    return 204, None


def download(state: State, request: Request) -> Answer:
    """Give back the content of an image."""
    image = own(state, request)
    return 200, state.table("image_data").get(image["id"], {}).get("content", b"")


def change(state: State, request: Request) -> Answer:
    """Apply a JSON patch of plain members."""
    image = own(state, request)
    request.scope(image["owner"])
    for step in request.body:
        key = step["path"].removeprefix("/")
        if step["op"] == "replace" and key not in image:
            raise Fault(409, f"Property {key} does not exist.", "Conflict")
        image[key] = step["value"]
    return 200, dict(image)


def delete_image(state: State, request: Request) -> Answer:
    """Delete an image."""
    image = own(state, request)
    request.scope(image["owner"])
    if image["protected"]:
        raise Fault(403, f"Image {image['id']} is protected and cannot be deleted.", "Forbidden")
    del state.table("images")[image["id"]]
    return 204, None


SERVICE = Service(
    type="image",
    name="glance",
    mount="image",
    error=error,
    seed=seed,
    routes=[
        ("GET", r"/v2/images", list_images),
        ("POST", r"/v2/images", create_image),
        ("GET", r"/v2/images/(?P<id>[^/]+)", show_image),
        ("PUT", r"/v2/images/(?P<id>[^/]+)/file", upload),
        ("GET", r"/v2/images/(?P<id>[^/]+)/file", download),
        ("PATCH", r"/v2/images/(?P<id>[^/]+)", change),
        ("DELETE", r"/v2/images/(?P<id>[^/]+)", delete_image),
    ],
)
