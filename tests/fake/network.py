# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neutron's address table, and the verbs that make and delete."""

from __future__ import annotations

import ipaddress
from typing import Any

from . import network_objects as objects
from .network_objects import TABLES, own
from .network_release import RELEASE, ports_of
from .server import Service
from .state import Answer, Document, Fault, Request, State


def create_network(state: State, request: Request) -> Answer:
    """Make a network."""
    given = dict(request.body["network"])
    project = request.scope(given.pop("project_id", None) or given.pop("tenant_id", None))
    if given.get("router:external") or given.get("shared"):
        request.require_admin()
    objects.default_group(state, project)
    return 201, {"network": objects.make_network(state, project, **given)}


def create_subnet(state: State, request: Request) -> Answer:
    """Make a subnet."""
    given = dict(request.body["subnet"])
    given.pop("project_id", None)
    network = own(state, "network", given.pop("network_id"), request)
    request.scope(network["project_id"])
    return 201, {"subnet": objects.make_subnet(state, network, **given)}


def create_port(state: State, request: Request) -> Answer:
    """Make a port."""
    given = dict(request.body["port"])
    network = own(state, "network", given.pop("network_id"), request)
    project = request.scope(given.pop("project_id", None))
    return 201, {"port": objects.make_port(state, network, project, **given)}


def gateway(state: State, router: Document, wanted: Document | None, request: Request) -> None:
    """Set or clear a router's way out."""
    old = router.get("external_gateway_info")
    if old and wanted and old["network_id"] == wanted["network_id"]:
        return
    for port in ports_of(state, device_id=router["id"], device_owner="network:router_gateway"):
        del state.table("ports")[port["id"]]
    router["external_gateway_info"] = None
    if wanted:
        network = own(state, "network", wanted["network_id"], request)
        if not network["router:external"]:
            raise Fault(400, f"Bad router request: Network {network['id']} is not an external network.", "BadRequest")
        port = objects.make_port(state, network, "", device_id=router["id"], device_owner="network:router_gateway")
        info = {"network_id": network["id"], "enable_snat": True, "external_fixed_ips": port["fixed_ips"]}
        router["external_gateway_info"] = info


def create_router(state: State, request: Request) -> Answer:
    """Make a router."""
    given = dict(request.body["router"])
    project = request.scope(given.pop("project_id", None))
    wanted = given.pop("external_gateway_info", None)
    if wanted:
        own(state, "network", wanted["network_id"], request)
    router = {"admin_state_up": True, "status": "ACTIVE", "ha": False, "routes": [], **given}
    made = objects.new(state, "router", project, **router)
    gateway(state, made, wanted, request)
    return 201, {"router": made}


def update_router(state: State, request: Request) -> Answer:
    """Change a router."""
    router = own(state, "router", request.match["id"], request)
    given = dict(request.body["router"])
    if "external_gateway_info" in given:
        gateway(state, router, given.pop("external_gateway_info") or None, request)
    router.update(given)
    return 200, {"router": router}


def router_interface(state: State, request: Request) -> Answer:
    """Add a subnet to a router, or take it away."""
    router = own(state, "router", request.match["id"], request)
    subnet = own(state, "subnet", request.body["subnet_id"], request)
    owner = "network:router_interface"
    found = [
        port
        for port in ports_of(state, device_id=router["id"], device_owner=owner)
        if port["fixed_ips"][0]["subnet_id"] == subnet["id"]
    ]
    if request.match["verb"] == "add":
        if found:
            message = f"Bad router request: Router already has a port on subnet {subnet['id']}."
            raise Fault(400, message, "BadRequest")
        fixed = [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]
        network = state.table("networks")[subnet["network_id"]]
        fields = {"device_id": router["id"], "device_owner": owner, "fixed_ips": fixed}
        port = objects.make_port(state, network, router["project_id"], **fields)
    elif not found:
        message = f"Router {router['id']} has no interface on subnet {subnet['id']}"
        raise Fault(404, message, "RouterInterfaceNotFoundForSubnet")
    else:
        port = found[0]
        forbid_floating(state, router, subnet)
        del state.table("ports")[port["id"]]
    return 200, {
        "id": router["id"],
        "subnet_id": subnet["id"],
        "port_id": port["id"],
        "tenant_id": router["project_id"],
    }


def forbid_floating(state: State, router: Document, subnet: Document) -> None:
    """Keep an interface that a floating IP goes through."""
    for row in state.table("floatingips").values():
        port = state.table("ports").get(row["port_id"] or "")
        if port and any(ip["subnet_id"] == subnet["id"] for ip in port["fixed_ips"]):
            message = (
                f"Router interface for subnet {subnet['id']} on router {router['id']} cannot be deleted, as it is "
                f"required by one or more floating IPs."
            )
            raise Fault(409, message, "RouterInterfaceInUseByFloatingIP")


def bind(state: State, row: Document, port_id: str | None, request: Request) -> None:
    """Point a floating IP at a port, or at none."""
    row.update(port_id=port_id, fixed_ip_address=None, router_id=None, status="DOWN")
    if not port_id:
        return
    port = own(state, "port", port_id, request)
    forbid_second(state, row, port)
    subnets = {ip["subnet_id"] for ip in port["fixed_ips"]}
    for router in state.table("routers").values():
        inside = {p["fixed_ips"][0]["subnet_id"] for p in ports_of(state, device_id=router["id"]) if p["fixed_ips"]}
        way_out = (router["external_gateway_info"] or {}).get("network_id")
        if subnets & inside and way_out == row["floating_network_id"]:
            row.update(fixed_ip_address=port["fixed_ips"][0]["ip_address"], router_id=router["id"], status="ACTIVE")
            return
    message = f"External network {row['floating_network_id']} is not reachable from subnet {', '.join(subnets)}."
    row["port_id"] = None
    raise Fault(404, message, "ExternalGatewayForFloatingIPNotFound")


def forbid_second(state: State, row: Document, port: Document) -> None:
    """Let a port have one address of an external network."""
    for other in state.table("floatingips").values():
        same = other["id"] != row["id"] and other["port_id"] == port["id"]
        if same and other["floating_network_id"] == row["floating_network_id"]:
            row["port_id"] = None
            message = (
                f"Cannot associate floating IP {row['floating_ip_address']} ({row['id']}) with port {port['id']} using "
                f"fixed IP {port['fixed_ips'][0]['ip_address']}, as that fixed IP already has a floating IP on "
                f"external network {row['floating_network_id']}."
            )
            raise Fault(409, message, "FloatingIPPortAlreadyAssociated")


def create_floating(state: State, request: Request) -> Answer:
    """Take an address from an external network."""
    given = dict(request.body["floatingip"])
    project = request.scope(given.pop("project_id", None))
    network = own(state, "network", given["floating_network_id"], request)
    if not network["router:external"]:
        message = f"Bad floatingip request: Network {network['id']} is not a valid external network."
        raise Fault(400, message, "BadRequest")
    row = objects.new(state, "floatingip", project, **{key: value for key, value in given.items() if key != "port_id"})
    port = objects.make_port(state, network, "", device_id=row["id"], device_owner="network:floatingip")
    row["floating_ip_address"] = port["fixed_ips"][0]["ip_address"]
    try:
        bind(state, row, given.get("port_id"), request)
    except Fault:
        forget_floating(state, row)
        raise
    return 201, {"floatingip": row}


def update_floating(state: State, request: Request) -> Answer:
    """Point an address elsewhere or describe it."""
    row = own(state, "floatingip", request.match["id"], request)
    given = dict(request.body["floatingip"])
    if "port_id" in given:
        bind(state, row, given.pop("port_id"), request)
    row.update(given)
    return 200, {"floatingip": row}


def forget_floating(state: State, row: Document) -> None:
    """Give an address back."""
    del state.table("floatingips")[row["id"]]
    for port in ports_of(state, device_id=row["id"]):
        del state.table("ports")[port["id"]]


def create_group(state: State, request: Request) -> Answer:
    """Make a security group."""
    given = dict(request.body["security_group"])
    project = request.scope(given.pop("project_id", None))
    if given.get("name") == "default":
        raise Fault(409, "Default security group already exists.", "SecurityGroupDefaultAlreadyExists")
    objects.default_group(state, project)
    return 201, {"security_group": objects.shown(state, "security_group", objects.make_group(state, project, **given))}


def create_rule(state: State, request: Request) -> Answer:
    """Make a rule."""
    given = dict(request.body["security_group_rule"])
    given.pop("project_id", None)
    group = own(state, "security_group", given.pop("security_group_id"), request)
    if given.get("remote_ip_prefix"):
        given["remote_ip_prefix"] = str(ipaddress.ip_network(given["remote_ip_prefix"], strict=False))
    return 201, {"security_group_rule": objects.make_rule(state, group, **given)}


def delete(kind: str) -> Any:
    """Return the function that deletes one kind of object."""

    def handler(state: State, request: Request) -> Answer:
        row = own(state, kind, request.match["id"], request)
        request.scope(row["project_id"])
        if kind == "floatingip":
            forget_floating(state, row)
        else:
            if kind in RELEASE:
                RELEASE[kind](state, row, request.token.is_admin)
            del state.table(TABLES[kind])[row["id"]]
        return 204, None

    return handler


CREATE = {
    "network": create_network,
    "subnet": create_subnet,
    "port": create_port,
    "router": create_router,
    "floatingip": create_floating,
    "security_group": create_group,
    "security_group_rule": create_rule,
}
UPDATE = {"router": update_router, "floatingip": update_floating}


def routes() -> list[Any]:
    """Return Neutron's address table."""
    found: list[Any] = [
        ("PUT", r"/v2\.0/routers/(?P<id>[^/]+)/(?P<verb>add|remove)_router_interface", router_interface),
        ("GET", r"/v2\.0/quotas/(?P<id>[^/]+)(/details\.json|/default)?", objects.quota_show),
        ("PUT", r"/v2\.0/quotas/(?P<id>[^/]+)", objects.quota_set),
        ("DELETE", r"/v2\.0/quotas/(?P<id>[^/]+)", objects.quota_set),
    ]
    for kind, table in TABLES.items():
        path = rf"/v2\.0/{table.replace('_', '-')}"
        found += [
            ("GET", path, objects.list_all(kind)),
            ("POST", path, CREATE[kind]),
            ("GET", rf"{path}/(?P<id>[^/]+)", objects.show(kind)),
            ("PUT", rf"{path}/(?P<id>[^/]+)", UPDATE.get(kind, objects.update(kind))),
            ("DELETE", rf"{path}/(?P<id>[^/]+)", delete(kind)),
        ]
    return found


SERVICE = Service("network", "neutron", "network", routes(), objects.error, seed=objects.seed)
