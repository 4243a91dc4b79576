# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading an instance will return once its plan is done."""

from __future__ import annotations

from ..resource import Document
from .instance_steps import by_role
from .instance_wanted import Wanted, WantedVolume
from .server_state import KEYS, volume_order


def predict(wanted: Wanted, current: Document | None, status: str) -> Document:
    """Return the document after the plan; None stands for what only the cloud decides."""
    after = dict(current) if current and current["id"] else blank(wanted.name)
    after.update(status=status, task_state=None)
    if wanted.flavor:
        after["flavor"] = wanted.flavor["name"]
        after["cores"] = wanted.flavor.get("vcpus", after["cores"])
        after["ram"] = wanted.flavor.get("ram", after["ram"])
    if wanted.image:
        after["image"] = wanted.image["name"]
    if wanted.security_groups is not None:
        names = sorted(group["name"] for group in wanted.security_groups)
        after["security_groups"] = names
        after["addresses"] = [
            entry if entry["security_groups"] is None else {**entry, "security_groups": names}
            for entry in after["addresses"]
        ]
    if wanted.networks:
        after["networks"] = sorted({*after["networks"], *(network["name"] for network in wanted.networks)})
    for key in ("key_name", "config_drive", "availability_zone"):
        if getattr(wanted, key) is not None:
            after[key] = getattr(wanted, key)
    after["metadata"] = {**after["metadata"], **wanted.metadata}
    after["user_data"] = after["user_data"] if after["id"] else wanted.user_data_digest
    after["volumes"] = predict_volumes(wanted, current)
    predict_floating_ip(wanted, after)
    return after


def blank(name: str) -> Document:
    """Return the document of an instance of which nothing is known but its name."""
    document: Document = dict.fromkeys(KEYS)
    document.update(name=name, metadata={}, config_drive=False)
    document.update({key: [] for key in ("addresses", "networks", "volumes", "floating_ips")})
    # Neutron puts a port into the group of this name when nothing else is asked for.
    document["security_groups"] = ["default"]
    return document


def predict_volumes(wanted: Wanted, current: Document | None) -> list[Document]:
    """Return the volumes after the plan: all are attached."""
    roles = {volume.role for volume in wanted.volumes}
    kept = [volume for volume in current["volumes"] if volume["role"] not in roles] if current else []
    planned = [predict_volume(wanted, volume, by_role(current, volume.role)) for volume in wanted.volumes]
    return sorted(planned + kept, key=volume_order)


def predict_volume(wanted: Wanted, volume: WantedVolume, found: Document | None) -> Document:
    """Return one volume after the plan."""
    if found:
        return {**found, "status": "in-use"}
    return {
        "id": None,
        "name": volume.name,
        "role": volume.role,
        "size": volume.size,
        "type": volume.type,
        "status": "in-use",
        "device": None,
        "image": wanted.image["name"] if volume.image_id and wanted.image else None,
        "image_id": volume.image_id,
        "made_by_us": True,
    }


def predict_floating_ip(wanted: Wanted, after: Document) -> None:
    """Write the floating IP after the plan, as far as it is known before."""
    if wanted.floating_ip == "none":
        after.update(floating_ip=None, floating_ips=[entry for entry in after["floating_ips"] if not entry["attached"]])
        after["addresses"] = [{**entry, "floating_ip": None} for entry in after["addresses"]]
    elif wanted.floating_ip not in (None, "auto"):
        after["floating_ip"] = wanted.floating_ip
