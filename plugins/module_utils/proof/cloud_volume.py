# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cinder: a volume is made, grows, has a snapshot and a backup, and goes."""

from __future__ import annotations

from typing import Any

from .proof import Proof, expect, is_left, new_name, wait_for


def settled(cloud: Any, path: str, kind: str, wanted: str = "available") -> Any:
    """Return the object once it has the wanted status; an error status ends the proof."""
    found = cloud.get("block-storage", path)[kind]
    expect(not found["status"].startswith("error"), f"the {kind} went to the status {found['status']}.")
    return found if found["status"] == wanted else None


def wait(cloud: Any, path: str, kind: str) -> Any:
    """Wait until an object is available."""
    return wait_for(f"the {kind} to become available", lambda: settled(cloud, path, kind))


def remove(cloud: Any, path: str) -> None:
    """Remove an object and wait until it is gone."""
    cloud.delete("block-storage", path)
    wait_for(f"{path} to go", lambda: cloud.find("block-storage", path) is None)


def clear(cloud: Any) -> None:
    """Remove what a proof left that was stopped: copies first."""
    for kind in ("backups", "snapshots", "volumes"):
        for left in cloud.list("block-storage", f"/{kind}", kind):
            if is_left(left["name"]):
                remove(cloud, f"/{kind}/{left['id']}")


def copy(cloud: Any, volume_id: str, kind: str) -> None:
    """Make a snapshot or a backup, and remove it."""
    body = {kind: {"name": new_name(), "volume_id": volume_id}}
    path = f"/{kind}s/{cloud.post('block-storage', f'/{kind}s', body)[kind]['id']}"
    try:
        wait(cloud, path, kind)
    finally:
        remove(cloud, path)


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Make a volume, let it grow, copy it, remove it."""
    services = cloud.get("block-storage", "/os-services")["services"]
    down = [f"{s['binary']} on {s['host']}" for s in services if s["status"] == "enabled" and s["state"] != "up"]
    expect(not down, f"not up: {', '.join(down)}.")
    clear(cloud)
    volume = cloud.post("block-storage", "/volumes", {"volume": {"name": new_name(), "size": 1}})["volume"]
    path = f"/volumes/{volume['id']}"
    try:
        wait(cloud, path, "volume")
        cloud.post("block-storage", f"{path}/action", {"os-extend": {"new_size": 2}})
        size = wait(cloud, path, "volume")["size"]
        expect(size == 2, f"a volume that was extended to 2 GiB has {size} GiB.")
        copy(cloud, volume["id"], "snapshot")
        if any(service["binary"] == "cinder-backup" for service in services):
            copy(cloud, volume["id"], "backup")
    finally:
        remove(cloud, path)
    return {"services": sorted(f"{service['binary']} on {service['host']}" for service in services)}


PROOF = Proof(("Make a volume of 1 GiB, extend it to 2 GiB, make a snapshot and a backup, and remove all",), prove)
