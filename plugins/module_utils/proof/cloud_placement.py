# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement: an inventory that is made is offered up to its size and no further; every compute node offers one."""

from __future__ import annotations

from typing import Any

from .proof import Proof, expect, is_left, new_name

OFFERED = ("VCPU", "MEMORY_MB")


def candidates(cloud: Any, resources: str) -> list[Any]:
    """Return the ways in which Placement would serve a request."""
    return cloud.get("placement", "/allocation_candidates", resources=resources)["allocation_requests"]


def clear(cloud: Any) -> None:
    """Remove what a proof left that was stopped: providers first, then the classes that they had."""
    for provider in cloud.get("placement", "/resource_providers")["resource_providers"]:
        if is_left(provider["name"]):
            cloud.delete("placement", f"/resource_providers/{provider['uuid']}")
    for resource in cloud.get("placement", "/resource_classes")["resource_classes"]:
        if is_left(resource["name"].removeprefix("CUSTOM_")):
            cloud.delete("placement", f"/resource_classes/{resource['name']}")


def offer(cloud: Any) -> None:
    """Make a provider with four of a resource of its own, ask for four and for five, and remove both."""
    name = new_name()
    # A class of its own, so that nothing is ever placed on what the proof makes.
    resource = f"CUSTOM_{name.upper().replace('-', '_')}"
    cloud.put("placement", f"/resource_classes/{resource}")
    provider = cloud.post("placement", "/resource_providers", {"name": name})
    path = f"/resource_providers/{provider['uuid']}"
    try:
        body = {"resource_provider_generation": provider["generation"], "inventories": {resource: {"total": 4}}}
        cloud.put("placement", f"{path}/inventories", body)
        expect(candidates(cloud, f"{resource}:4"), "an inventory of 4 is not offered to a request for 4.")
        expect(not candidates(cloud, f"{resource}:5"), "an inventory of 4 is offered to a request for 5.")
    finally:
        cloud.delete("placement", path)
        cloud.delete("placement", f"/resource_classes/{resource}")


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Make an inventory and ask for it, and look at those of the compute nodes."""
    clear(cloud)
    offer(cloud)
    hosts = {host["hypervisor_hostname"]: host["id"] for host in cloud.get("compute", "/os-hypervisors")["hypervisors"]}
    expect(hosts, "Nova knows no compute node.")
    for name, host in hosts.items():
        inventories = cloud.get("placement", f"/resource_providers/{host}/inventories")["inventories"]
        missing = [resource for resource in OFFERED if not inventories.get(resource, {}).get("total")]
        expect(not missing, f"the compute node {name} offers no {' and no '.join(missing)}.")
    return {"compute_nodes": sorted(hosts)}


PROOF = Proof(
    (
        "Make a provider with four of a resource, ask for four and for five, and remove it",
        "See that every compute node offers processors and memory",
    ),
    prove,
)
