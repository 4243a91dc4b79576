# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neutron: networks, subnets, ports, addresses and quotas."""

from __future__ import annotations

import ipaddress
from typing import Any

from .state import Answer, Document, Fault, Request, State, matching, page, timestamp

QUOTAS = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "security_group": 10,
    "security_group_rule": 100,
}
TABLES = {
    "network": "networks",
    "subnet": "subnets",
    "port": "ports",
    "router": "routers",
    "floatingip": "floatingips",
    "security_group": "security_groups",
    "security_group_rule": "security_group_rules",
}
# What has no name.
NAMELESS = ("floatingip", "security_group_rule")
# Ports that Neutron makes for itself and removes with their network.
OWN_PORTS = ("network:dhcp", "network:distributed")


def error(fault: Fault) -> Document:
    """Write a fault as Neutron does."""
    return {"NeutronError": {"type": fault.kind, "message": str(fault), "detail": ""}}


def limits(state: State, project_id: str) -> Document:
    """Return the quotas of a project."""
    return {**QUOTAS, **state.table("network_quotas").get(project_id, {})}


def new(state: State, kind: str, project_id: str, **fields: Any) -> Document:
    """Keep a new object within the quota of its project."""
    table = state.table(TABLES[kind])
    most = limits(state, project_id)[kind]
    if project_id and 0 <= most <= sum(row["project_id"] == project_id for row in table.values()):
        raise Fault(409, f"Quota exceeded for resources: ['{kind}'].", "OverQuota")
    times = {"created_at": timestamp(), "updated_at": timestamp(), "revision_number": 1}
    owner = {"project_id": project_id, "tenant_id": project_id}
    name = {} if kind in NAMELESS else {"name": ""}
    return state.add(TABLES[kind], {**name, "description": "", **fields, **owner, **times, "tags": []})


def default_group(state: State, project_id: str) -> Document:
    """Return the group that every project gets by itself."""
    for row in state.table("security_groups").values():
        if row["project_id"] == project_id and row["name"] == "default":
            return row
    group = make_group(state, project_id, name="default", description="Default security group")
    for ethertype in ("IPv4", "IPv6"):
        make_rule(state, group, direction="ingress", ethertype=ethertype, remote_group_id=group["id"])
    return group


def make_group(state: State, project_id: str, **fields: Any) -> Document:
    """Add a group with the two rules that let everything out."""
    group = new(state, "security_group", project_id, stateful=True, shared=False, **fields)
    for ethertype in ("IPv4", "IPv6"):
        make_rule(state, group, direction="egress", ethertype=ethertype)
    return group


def make_rule(state: State, group: Document, **fields: Any) -> Document:
    """Add a rule; the same rule twice is a conflict."""
    blank = dict.fromkeys(
        (
            "protocol",
            "port_range_min",
            "port_range_max",
            "remote_ip_prefix",
            "remote_group_id",
            "remote_address_group_id",
        )
    )
    rule = {**blank, "direction": "ingress", "ethertype": "IPv4", "description": "", **fields}
    rule["security_group_id"] = group["id"]
    compared = [key for key in rule if key != "description"]
    for row in state.table("security_group_rules").values():
        if all(row[key] == rule[key] for key in compared):
            message = f"Security group rule already exists. Rule id is {row['id']}."
            raise Fault(409, message, "SecurityGroupRuleExists")
    return new(state, "security_group_rule", group["project_id"], **rule)


def make_network(state: State, project_id: str, **fields: Any) -> Document:
    """Add a network with the port that serves metadata in it."""
    network = {"admin_state_up": True, "shared": False, "router:external": False, "mtu": 1442, "status": "ACTIVE"}
    wiring = {"network_type": "geneve", "physical_network": None, "segmentation_id": None}
    network.update({f"provider:{key}": value for key, value in wiring.items()})
    made = new(state, "network", project_id, subnets=[], port_security_enabled=True, **{**network, **fields})
    if not made["router:external"]:
        make_port(state, made, project_id, device_owner="network:distributed", device_id=f"ovnmeta-{made['id']}")
    return made


def make_subnet(state: State, network: Document, **fields: Any) -> Document:
    """Add a subnet; fill in the gateway and the pool as Neutron does."""
    net = network_of(fields["cidr"])
    for row in state.table("subnets").values():
        if row["network_id"] == network["id"] and net.overlaps(ipaddress.ip_network(row["cidr"])):
            message = (
                f"Invalid input for operation: Requested subnet with cidr: {net} for network: {network['id']} overlaps "
                f"with another subnet."
            )
            raise Fault(400, message, "InvalidInput")
    first = str(net[1])
    gateway = fields.pop("gateway_ip", first)
    start = net[2] if gateway == first else net[1]
    pool = fields.pop("allocation_pools", [{"start": str(start), "end": str(net[-2])}])
    lists: Document = {"dns_nameservers": [], "host_routes": []}
    subnet = {"ip_version": net.version, "enable_dhcp": True, **lists, **fields, "network_id": network["id"]}
    made = new(state, "subnet", network["project_id"], gateway_ip=gateway, allocation_pools=pool, **subnet)
    network["subnets"].append(made["id"])
    return made


def network_of(cidr: str) -> Any:
    """Return a subnet's addresses; Neutron takes neither another text nor one with host bits."""
    try:
        net = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        reason = f"'{cidr}' is not a valid IP subnet"
    else:
        if str(net.network_address) == str(ipaddress.ip_address(cidr.partition("/")[0])):
            return net
        reason = f"'{cidr}' isn't a recognized IP subnet cidr, '{net}' is recommended"
    raise Fault(400, f"Invalid input for cidr. Reason: {reason}.", "HTTPBadRequest")


def free_address(state: State, subnet: Document) -> str:
    """Return the next address of the subnet that nobody has."""
    taken = {ip["ip_address"] for port in state.table("ports").values() for ip in port["fixed_ips"]}
    for pool in subnet["allocation_pools"]:
        first, last = (ipaddress.ip_address(pool[key]) for key in ("start", "end"))
        for number in range(int(first), int(last) + 1):
            address = str(ipaddress.ip_address(number))
            if address not in taken and address != subnet["gateway_ip"]:
                return address
    raise Fault(409, f"No more IP addresses available on network {subnet['network_id']}.", "IpAddressGenerationFailure")


def make_port(state: State, network: Document, project_id: str, **fields: Any) -> Document:
    """Add a port with an address and, for a guest, the groups."""
    fixed = fields.pop("fixed_ips", None)
    if fixed is None and fields.get("device_owner") not in OWN_PORTS:
        fixed = [{"subnet_id": key} for key in network["subnets"][:1]]
    fixed = [dict(ip) for ip in fixed or []]
    for ip in fixed:
        subnet_id = ip.setdefault("subnet_id", (network["subnets"] or [""])[0])
        ip.setdefault("ip_address", free_address(state, state.get("subnets", subnet_id, "Subnet", "SubnetNotFound")))
    is_guest = not str(fields.get("device_owner", "")).startswith("network:")
    groups = fields.pop("security_groups", None)
    if groups is None:
        groups = [default_group(state, project_id)["id"]] if is_guest else []
    for group in groups:
        state.get("security_groups", group, "Security group", "SecurityGroupNotFound")
    port = {"admin_state_up": True, "device_id": "", "device_owner": "", "status": "DOWN", **fields, "fixed_ips": fixed}
    port["network_id"], port["port_security_enabled"] = network["id"], is_guest
    port["security_groups"] = list(dict.fromkeys(groups))
    made = new(state, "port", project_id, **port)
    made["mac_address"] = f"fa:16:3e:{made['id'][:2]}:{made['id'][2:4]}:{made['id'][4:6]}"
    return made


def seed(state: State) -> None:
    """Make the network to the world, and the groups of the projects that are in use."""
    for project in state.table("projects"):
        default_group(state, project)
    admin = next(row["id"] for row in state.table("projects").values() if row["name"] == "admin")
    public = make_network(state, admin, name="public", **{"router:external": True})
    pool = [{"start": "203.0.113.10", "end": "203.0.113.200"}]
    make_subnet(state, public, name="public", cidr="203.0.113.0/24", enable_dhcp=False, allocation_pools=pool)


def visible(request: Request, row: Document) -> bool:
    """May the caller see this object?"""
    is_common = row.get("shared") or row.get("router:external")
    return bool(request.token.is_admin or is_common or row["project_id"] == request.token.project_id)


def own(state: State, kind: str, key: str, request: Request) -> Document:
    """Return an object that the caller may see, or answer 404."""
    what = kind.replace("_", " ").capitalize()
    row = state.get(TABLES[kind], key, what, f"{what.title().replace(' ', '')}NotFound")
    if not visible(request, row):
        raise Fault(404, f"{what} {key} could not be found.", f"{what.title().replace(' ', '')}NotFound")
    return row


def shown(state: State, kind: str, row: Document) -> Document:
    """Return an object as it is shown: a group holds its rules."""
    if kind != "security_group":
        return row
    rules = [rule for rule in state.table("security_group_rules").values() if rule["security_group_id"] == row["id"]]
    return {**row, "security_group_rules": rules}


def list_all(kind: str) -> Any:
    """Return the function that lists one kind of object."""

    def handler(state: State, request: Request) -> Answer:
        table = TABLES[kind]
        if kind.startswith("security_group"):
            # Neutron makes the group for whatever project is asked about, even one that does not exist.
            default_group(state, request.query.get("project_id") or request.token.project_id or "")
        rows = [row for row in state.table(table).values() if visible(request, row)]
        found, more = page(request, table, matching(rows, request.query))
        key = table
        body: Document = {key: [shown(state, kind, row) for row in found]}
        if more:
            body[f"{key}_links"] = [{"rel": "next", "href": state.url + more}]
        return 200, body

    return handler


def show(kind: str) -> Any:
    """Return the function that shows one object."""

    def handler(state: State, request: Request) -> Answer:
        return 200, {kind: shown(state, kind, own(state, kind, request.match["id"], request))}

    return handler


def update(kind: str) -> Any:
    """Return the function that changes one object."""

    def handler(state: State, request: Request) -> Answer:
        row = own(state, kind, request.match["id"], request)
        request.scope(row["project_id"])
        if kind == "security_group" and row["name"] == "default" and "name" in request.body[kind]:
            raise Fault(409, "Updating default security group not allowed.", "SecurityGroupCannotUpdateDefault")
        row.update(request.body[kind])
        if kind == "port":
            row["security_groups"] = list(dict.fromkeys(row["security_groups"]))
        row["updated_at"] = timestamp()
        return 200, {kind: shown(state, kind, row)}

    return handler


def quota_show(state: State, request: Request) -> Answer:
    """Show quotas; with ``/details.json`` the use, too; with ``/default`` what a new project has."""
    if request.path.endswith("/default"):
        return 200, {"quota": QUOTAS}
    project = request.scope(request.match["id"])
    most = limits(state, project)
    if not request.path.endswith("details.json"):
        return 200, {"quota": most}
    used = {
        kind: sum(row["project_id"] == project for row in state.table(table).values()) for kind, table in TABLES.items()
    }
    return 200, {"quota": {kind: {"limit": most[kind], "used": used[kind], "reserved": 0} for kind in TABLES}}


def quota_set(state: State, request: Request) -> Answer:
    """Set or, with DELETE, forget the quotas of a project."""
    request.require_admin()
    rows = state.table("network_quotas")
    if request.method == "DELETE":
        rows.pop(request.match["id"], None)
        return 204, None
    given = request.body["quota"]
    unknown = set(given) - set(QUOTAS)
    if unknown:
        raise Fault(400, f"Unrecognized attribute(s) '{', '.join(sorted(unknown))}'", "HTTPBadRequest")
    rows.setdefault(request.match["id"], {}).update(given)
    return 200, {"quota": limits(state, request.match["id"])}
