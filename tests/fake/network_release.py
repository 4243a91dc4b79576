# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Neutron refuses to delete, and what goes with what it deletes."""

from __future__ import annotations

from .network_objects import OWN_PORTS
from .state import Document, Fault, State


def ports_of(state: State, **wanted: str) -> list[Document]:
    """Return the ports with these attributes."""
    return [row for row in state.table("ports").values() if all(row[key] == value for key, value in wanted.items())]


def busy(what: str, key: str, kind: str, reason: str) -> Fault:
    """Return the refusal to delete what is in use."""
    return Fault(409, f"Unable to complete operation on {what} {key}. {reason}", kind)


def release_network(state: State, row: Document, is_admin: bool) -> None:
    """A network goes with its subnets and with the ports that Neutron made for itself."""
    inside = ports_of(state, network_id=row["id"])
    if any(port["device_owner"] not in OWN_PORTS for port in inside):
        reason = "There are one or more ports still in use on the network."
        raise busy("network", row["id"], "NetworkInUse", reason)
    for table, ids in (("ports", [port["id"] for port in inside]), ("subnets", list(row["subnets"]))):
        for gone in ids:
            del state.table(table)[gone]


def release_subnet(state: State, row: Document, is_admin: bool) -> None:
    """A subnet goes when nobody has an address of it."""
    for port in state.table("ports").values():
        if port["device_owner"] not in OWN_PORTS and any(ip["subnet_id"] == row["id"] for ip in port["fixed_ips"]):
            reason = "One or more ports have an IP allocation from this subnet."
            raise busy("subnet", row["id"], "SubnetInUse", reason)
    state.table("networks")[row["network_id"]]["subnets"].remove(row["id"])


def release_router(state: State, row: Document, is_admin: bool) -> None:
    """A router goes when it serves no subnet."""
    if ports_of(state, device_id=row["id"], device_owner="network:router_interface"):
        raise Fault(409, f"Router {row['id']} still has ports", "RouterInUse")
    for port in ports_of(state, device_id=row["id"]):
        del state.table("ports")[port["id"]]


def release_port(state: State, row: Document, is_admin: bool) -> None:
    """A port goes, and floating IPs point nowhere then."""
    if row["device_owner"].startswith("network:router"):
        owner = row["device_owner"]
        message = f"Port {row['id']} cannot be deleted directly via the port API: has device owner {owner}."
        raise Fault(409, message, "ServicePortInUse")
    for floating in state.table("floatingips").values():
        if floating["port_id"] == row["id"]:
            floating.update(port_id=None, fixed_ip_address=None, router_id=None, status="DOWN")


def release_group(state: State, row: Document, is_admin: bool) -> None:
    """A group goes with its rules; the cloud's own one only for an administrator."""
    if row["name"] == "default" and not is_admin:
        raise Fault(409, "Insufficient rights for removing default security group.", "SecurityGroupCannotRemoveDefault")
    if any(row["id"] in port["security_groups"] for port in state.table("ports").values()):
        raise Fault(409, f"Security Group {row['id']} in use.", "SecurityGroupInUse")
    for rule in list(state.table("security_group_rules").values()):
        if rule["security_group_id"] == row["id"]:
            del state.table("security_group_rules")[rule["id"]]


RELEASE = {
    "network": release_network,
    "subnet": release_subnet,
    "router": release_router,
    "port": release_port,
    "security_group": release_group,
}
