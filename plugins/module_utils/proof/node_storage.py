# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ceph: with the key that Cinder has, a block device keeps what is written."""

from __future__ import annotations

import json
import secrets
from typing import Any

from .proof import Proof, expect, is_left, new_name

SIZE = 512 * 1024


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Ask for health, then import, export, compare and remove a block device."""
    status = json.loads(node.output(["ceph", "status", "--format", "json"]))
    health = status["health"]
    reasons = "; ".join(check["summary"]["message"] for check in health.get("checks", {}).values())
    expect(health["status"] == "HEALTH_OK", f"{health['status']}: {reasons}.")
    client = ["rbd", "--id", params["user"], "--pool", params["pool"]]
    for image in node.output([*client, "ls"]).split():
        if is_left(image):
            node.command([*client, "rm", "--no-progress", image])
    name, text = new_name(), secrets.token_hex(SIZE)
    try:
        node.command([*client, "import", "--no-progress", "-", name], text)
        read = node.output([*client, "export", "--no-progress", name, "-"])
        expect(read == text, "a block device gave back other data.")
    finally:
        node.command([*client, "rm", "--no-progress", name])
    expect(name not in node.output([*client, "ls"]).split(), "a removed block device is still there.")
    return {"health": health["status"], "osds": status["osdmap"]["num_up_osds"], "bytes": len(text)}


PROOF = Proof(
    (
        "See Ceph healthy",
        "Write 1 MiB of random data to a block device with Cinder's own key, read it back, compare, and remove it",
    ),
    prove,
)
