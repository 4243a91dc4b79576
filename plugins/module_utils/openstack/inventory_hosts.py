# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of a cloud as hosts: a fixed number of listings, however many instances there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..resource import Document

# What the collection notes on servers for itself says nothing about what they are for.
OURS = "conductor_"


def read_hosts(reader: Any, all_projects: bool) -> list[Document]:
    """Return all instances of the project, or of all projects, by name."""
    if all_projects:
        servers = reader.list("compute", "/servers/detail", "servers", all_tenants="1")
        projects = {row["id"]: row["name"] for row in reader.list("identity", "/v3/projects", "projects")}
        own: dict[str, str] = {}
    else:
        servers = reader.list("compute", "/servers/detail", "servers")
        projects = {reader.project_id: reader.project_name}
        own = {"project_id": reader.project_id}
    ports = reader.list("network", "/v2.0/ports", "ports", **own)
    outside = reader.list("network", "/v2.0/floatingips", "floatingips", **own)
    floating = {row["port_id"]: row["floating_ip_address"] for row in outside if row.get("port_id")}
    addresses: dict[str, list[Document]] = {}
    for port in ports:
        addresses.setdefault(port["device_id"], []).append({**port, "floating_ip": floating.get(port["id"])})
    hosts = [host(server, addresses.get(server["id"], []), projects) for server in servers]
    return sorted(hosts, key=lambda entry: (entry["name"], entry["id"]))


def host(server: Document, ports: list[Document], projects: dict[str, str]) -> Document:
    """Return what an inventory tells of one server. Nova's addresses name the networks, Neutron's ports are newest."""
    networks = {
        entry["OS-EXT-IPS-MAC:mac_addr"]: name for name, found in server["addresses"].items() for entry in found
    }
    addresses = [
        {
            "network": networks.get(port["mac_address"], port["network_id"]),
            "fixed_ip": fixed["ip_address"],
            "mac": port["mac_address"],
            "floating_ip": port["floating_ip"] if ":" not in fixed["ip_address"] else None,
        }
        for port in ports
        for fixed in port["fixed_ips"]
    ]
    addresses.sort(key=lambda entry: (":" in entry["fixed_ip"], entry["network"], entry["fixed_ip"]))
    return {
        "id": server["id"],
        "name": server["name"],
        "status": server["status"],
        "flavor": server["flavor"]["original_name"],
        "cores": server["flavor"]["vcpus"],
        "ram": server["flavor"]["ram"],
        "project": projects.get(server["tenant_id"], server["tenant_id"]),
        "project_id": server["tenant_id"],
        "availability_zone": server.get("OS-EXT-AZ:availability_zone") or None,
        "key_name": server.get("key_name"),
        "security_groups": sorted({group["name"] for group in server.get("security_groups", ())}),
        "metadata": {key: value for key, value in server["metadata"].items() if not key.startswith(OURS)},
        "addresses": addresses,
        "fixed_ip": next((entry["fixed_ip"] for entry in addresses), None),
        "floating_ip": next((entry["floating_ip"] for entry in addresses if entry["floating_ip"]), None),
        "volumes": [entry["id"] for entry in server.get("os-extended-volumes:volumes_attached", ())],
        "created": server.get("created"),
    }


def named(hosts: list[Document]) -> Iterator[tuple[str, Document]]:
    """Give every host a name of its own: the instance's, with the id where several have it."""
    seen = Counter(entry["name"] for entry in hosts)
    for entry in hosts:
        yield (entry["name"] if seen[entry["name"]] == 1 else f"{entry['name']}_{entry['id']}"), entry


def address(entry: Document, wanted: str, network: str | None) -> str | None:
    """Return the address at which a host is reached: ``wanted`` is floating, fixed or any (floating before fixed)."""
    found = [row for row in entry["addresses"] if network in (None, row["network"])]
    floating = [row["floating_ip"] for row in found if row["floating_ip"] and wanted in ("any", "floating")]
    fixed = [row["fixed_ip"] for row in found if wanted in ("any", "fixed")]
    return next(iter(floating + fixed), None)


def groups_of(entry: Document, kinds: list[str]) -> Iterator[str]:
    """Return the names of the groups of a host."""
    for kind in kinds:
        if kind == "metadata":
            yield from (f"metadata_{key}_{value}" for key, value in entry["metadata"].items())
        else:
            yield f"{kind}_{entry[kind]}".lower() if kind == "status" else f"{kind}_{entry[kind]}"
