# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image for all tenants, with the content of a file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..resource import Document, Plan, ResourceError, Step

PATCH = "application/openstack-images-v2.1-json-patch"
COMPARED = ("visibility", "min_disk", "min_ram")
REPLACED = "(replaced,"
# What a new image is where the task does not say.
BLANK = {"disk_format": "raw", "visibility": "public", "min_disk": 0, "min_ram": 0}


class OfferedImage:
    """An image found by its name. The content of an image cannot change: a new one takes its place.

    The old image stays, because volumes may have grown from it; it is hidden and gets another name.
    """

    def __init__(self, wanted: Document, listings: Any) -> None:
        self.name = f"image {wanted['name']}"
        self._file = wanted["file"]
        self._listings = listings
        self._known = BLANK
        self.wanted = {key: value for key, value in wanted.items() if key != "file"}
        self.wanted.update(id=None, status="active", sha512=checksum(self._file))

    def read(self) -> Document | None:
        """Return the image as it is; two of one name are an error."""
        images = [
            image
            for image in self._listings.of("image", "/v2/images", "images")
            if image["name"] == self.wanted["name"] and image["visibility"] in ("public", "community", "private")
        ]
        if len(images) > 1:
            ids = ", ".join(image["id"] for image in images)
            raise ResourceError(f"images: the name {self.wanted['name']} matches {ids}. Rename or delete all but one.")
        for image in images:
            kept = {key: image[key] for key in ("name", "id", "status", "disk_format", *COMPARED)}
            properties = {key: image.get(key) for key in self.wanted["properties"]}
            return {**kept, "properties": properties, "sha512": image.get("os_hash_value")}
        self._known = self._former() or BLANK
        return None

    def _former(self) -> Document | None:
        """Return the image that was hidden last for this one: a run may have died before it made the new one."""
        hidden = self._listings.of("image", "/v2/images", "images", os_hidden="true")
        found = [image for image in hidden if image["name"].startswith(f"{self.wanted['name']} {REPLACED}")]
        return max(found, key=lambda image: image["created_at"], default=None)

    def plan(self, current: Document | None) -> Plan:
        """Create, fill, change or replace the image; what the task does not say stays as it is."""
        name = self.wanted["name"]
        known = current or self._known
        wanted = {**self.wanted, **{key: known[key] for key in BLANK if self.wanted[key] is None}}
        if current is None:
            return Plan(None, wanted, self._new_image(wanted))
        if current["status"] not in ("queued", "active"):
            raise ResourceError(
                f"images: {name} ({current['id']}) has the status {current['status']}. "
                "Wait until another upload has ended, or delete the image."
            )
        same_kind = current["disk_format"] == wanted["disk_format"]
        if current["status"] == "active" and not (same_kind and current["sha512"] == wanted["sha512"]):
            retire = Step("retire", f"Hide the former image {name}", lambda writer, results: hide(writer, current))
            return Plan(current, wanted, (retire, *self._new_image(wanted)))
        after = {**current, **wanted, "id": current["id"]}
        steps = []
        if any(current[key] != after[key] for key in (*COMPARED, "properties")):
            steps.append(Step("change", f"Change properties of the image {name}", change(current, wanted)))
        if current["status"] == "queued":
            steps.append(self._upload(lambda results: current["id"]))
        return Plan(current, after, tuple(steps))

    def _new_image(self, wanted: Document) -> tuple[Step, ...]:
        kept = {key: wanted[key] for key in ("name", "disk_format", *COMPARED)}
        body = {**kept, "container_format": "bare", **wanted["properties"]}
        create = Step(
            "create",
            f"Create the image {wanted['name']}",
            lambda writer, results: writer.post("image", "/v2/images", body),
        )
        return create, self._upload(lambda results: results["create"]["id"])

    def _upload(self, image_id: Any) -> Step:
        def submit(writer: Any, results: Any) -> Any:
            with open(self._file, "rb") as content:
                path = f"/v2/images/{image_id(results)}/file"
                return writer.send("PUT", "image", path, content, "application/octet-stream")

        return Step(
            "upload",
            f"Upload the content of the image {self.wanted['name']}",
            submit,
            done=lambda current: bool(current) and current["status"] == "active",
            waiting_for="the image to become active",
        )


def change(current: Document, wanted: Document) -> Any:
    """Return the request that changes what differs on an image."""
    changes = [{"op": "replace", "path": f"/{key}", "value": wanted[key]} for key in COMPARED]
    changes += [
        {"op": "add" if current["properties"][key] is None else "replace", "path": f"/{key}", "value": value}
        for key, value in wanted["properties"].items()
    ]
    return lambda writer, results: patch(writer, current, changes)


def hide(writer: Any, current: Document) -> Any:
    """Give an image another name and list it no longer."""
    # A legacy image may have no checksum.
    which = (current["sha512"] or current["id"])[:8]
    changes = [
        {"op": "replace", "path": "/name", "value": f"{current['name']} {REPLACED} {which})"},
        {"op": "replace", "path": "/os_hidden", "value": True},
    ]
    return patch(writer, current, changes)


def patch(writer: Any, current: Document, changes: list[Document]) -> Any:
    """Send changes as Glance takes them."""
    return writer.send("PATCH", "image", f"/v2/images/{current['id']}", json.dumps(changes).encode(), PATCH)


def checksum(path: str) -> str:
    """Return the SHA-512 of a file, which Glance keeps of every image."""
    try:
        with open(path, "rb") as content:
            return hashlib.file_digest(content, "sha512").hexdigest()
    except OSError as error:
        raise ResourceError(f"images: cannot read the file {path}: {error.strerror}.") from error
