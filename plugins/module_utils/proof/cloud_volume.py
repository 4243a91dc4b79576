# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cinder: a volume is made, grows, has a snapshot, and goes."""

from __future__ import annotations

from typing import Any

from .proof import NAME, Proof, expect, wait_for


def settled(cloud: Any, path: str, kind: str, wanted: str = "available") -> Any:
    """Return the object once it has the wanted status; an error status ends the proof."""
    found = cloud.get("block-storage", path)[kind]
    expect(not found["status"].startswith("error"), f"the {kind} went to the status {found['status']}.")
    return found if found["status"] == wanted else None


def wait(cloud: Any, path: str, kind: str) -> Any:
    """Wait until an object is available."""
    return wait_for(f"the {kind} to become available", lambda: settled(cloud, path, kind))


def clear(cloud: Any, kind: str) -> None:
    """Remove what this proof makes of a kind, and wait until it is gone."""
    for left in cloud.list("block-storage", f"/{kind}", kind, name=NAME):
        path = f"/{kind}/{left['id']}"
        cloud.delete("block-storage", path)
        wait_for(f"{path} to go", lambda gone=path: cloud.find("block-storage", gone) is None)


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Make a volume, let it grow, take a snapshot, remove both."""
    services = cloud.get("block-storage", "/os-services")["services"]
    down = [f"{s['binary']} on {s['host']}" for s in services if s["status"] == "enabled" and s["state"] != "up"]
    expect(not down, f"not up: {', '.join(down)}.")
    clear(cloud, "snapshots")
    clear(cloud, "volumes")
    volume = cloud.post("block-storage", "/volumes", {"volume": {"name": NAME, "size": 1}})["volume"]
    path = f"/volumes/{volume['id']}"
    try:
        wait(cloud, path, "volume")
        cloud.post("block-storage", f"{path}/action", {"os-extend": {"new_size": 2}})
        size = wait(cloud, path, "volume")["size"]
        expect(size == 2, f"a volume that was extended to 2 GiB has {size} GiB.")
        body = {"snapshot": {"name": NAME, "volume_id": volume["id"]}}
        snapshot = cloud.post("block-storage", "/snapshots", body)["snapshot"]
        wait(cloud, f"/snapshots/{snapshot['id']}", "snapshot")
    finally:
        clear(cloud, "snapshots")
        clear(cloud, "volumes")
    return {"services": sorted(f"{service['binary']} on {service['host']}" for service in services)}


PROOF = Proof(("Make a volume of 1 GiB, extend it to 2 GiB, take a snapshot, and remove both",), prove)
