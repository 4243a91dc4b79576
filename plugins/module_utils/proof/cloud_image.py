# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Glance: what is uploaded comes back the same."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from .proof import Proof, expect, is_left, new_name

SIZE = 1024 * 1024


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Upload random data, download it, compare, delete."""
    for image in cloud.list("image", "/v2/images", "images", owner=cloud.project_id):
        if is_left(image["name"]):
            cloud.delete("image", f"/v2/images/{image['id']}")
    data = secrets.token_bytes(SIZE)
    body = {"name": new_name(), "disk_format": "raw", "container_format": "bare", "visibility": "private"}
    path = f"/v2/images/{cloud.post('image', '/v2/images', body)['id']}"
    try:
        cloud.send("PUT", "image", f"{path}/file", data, "application/octet-stream")
        image = cloud.get("image", path)
        expect(image["status"] == "active", f"an uploaded image has the status {image['status']}.")
        digest = hashlib.sha512(data).hexdigest()
        expect(image["os_hash_value"] == digest, "the checksum in Glance is not that of what was uploaded.")
        expect(cloud.content("image", f"{path}/file") == data, "an image came back different from what was uploaded.")
    finally:
        cloud.delete("image", path)
    expect(cloud.find("image", path) is None, "a deleted image is still there.")
    return {"bytes": SIZE, "sha512": digest}


PROOF = Proof(("Upload 1 MiB of random data as an image, download it, compare, and delete it",), prove)
