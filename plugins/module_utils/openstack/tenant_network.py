# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a tenant to the world: network, subnet, router."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..resource import Document, ResourceError, Results
from .draft import Draft, Reference, differing, given, in_words, only, reference
from .lookup import Lookup
from .tenant_rival import make_one, or_there, read_named

SUBNET_FIELDS = ("cidr", "gateway_ip", "dns_nameservers", "allocation_pools", "enable_dhcp")
# A gateway, a guest, and the two addresses that belong to nobody.
SMALLEST = 4


def check_subnet(wanted: Document) -> Document:
    """Return the subnet with addresses in their usual form; refuse what is no subnet."""
    try:
        cidr = ipaddress.ip_network(wanted["cidr"])
    except ValueError as error:
        raise ResourceError(f"subnet.cidr: {error}. Give a network such as 192.168.42.0/24.") from error
    if cidr.num_addresses < SMALLEST:
        raise ResourceError(
            f"subnet.cidr: {cidr} has {cidr.num_addresses} addresses, a subnet needs {SMALLEST} or more."
        )
    inside = [("gateway_ip", wanted.get("gateway_ip"))]
    for number, pool in enumerate(wanted.get("allocation_pools") or ()):
        inside += [(f"allocation_pools[{number}].{end}", pool[end]) for end in ("start", "end")]
    for option, text in inside:
        if text is not None and address(text, option) not in cidr:
            raise ResourceError(f"subnet.{option}: {text} is not in subnet.cidr {cidr}.")
    check_pools(wanted.get("allocation_pools") or [], wanted.get("gateway_ip"))
    for server in wanted.get("dns_nameservers") or ():
        if address(server, "dns_nameservers").version != cidr.version:
            raise ResourceError(f"subnet.dns_nameservers: {server} is not IPv{cidr.version} as subnet.cidr {cidr} is.")
    return {**wanted, "cidr": str(cidr)}


def check_pools(pools: list[Document], gateway: str | None) -> None:
    """Refuse pools that run backwards, that share addresses, or that hold the gateway."""
    ranges = [(int(address(pool["start"], "")), int(address(pool["end"], ""))) for pool in pools]
    for number, (start, end) in enumerate(ranges):
        option, pool = f"subnet.allocation_pools[{number}]", pools[number]
        if start > end:
            raise ResourceError(f"{option}: the start {pool['start']} comes after the end {pool['end']}.")
        if gateway is not None and start <= int(address(gateway, "gateway_ip")) <= end:
            raise ResourceError(f"{option}: the gateway {gateway} lies between {pool['start']} and {pool['end']}.")
        if any(start <= other_end and other <= end for other, other_end in ranges[:number]):
            raise ResourceError(f"{option}: {pool['start']} to {pool['end']} shares addresses with another pool.")


def address(text: str, option: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address of the task."""
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise ResourceError(f"subnet.{option}: {error}. Give an address such as 192.168.42.1.") from error


def read_part(lookup: Lookup, kind: str, name: str, project_id: str) -> Document | None:
    """Return the project's own network, subnet or router of this name."""
    return only(read_named(lookup.reader, kind, project_id, name), name, f"{kind}.name", kind)


def read_network(lookup: Lookup, wanted: Document, project_id: str) -> Document | None:
    """Return the network."""
    found = read_part(lookup, "network", wanted["name"], project_id)
    return found and {"id": found["id"], "name": found["name"]}


def read_subnet(lookup: Lookup, wanted: Document, project_id: str) -> Document | None:
    """Return the subnet."""
    found = read_part(lookup, "subnet", wanted["name"], project_id)
    return found and {key: found[key] for key in ("id", "name", "network_id", *SUBNET_FIELDS)}


def read_router(lookup: Lookup, wanted: Document, project_id: str) -> Document | None:
    """Return the router, its external network and the subnets that it serves."""
    found = read_part(lookup, "router", wanted["name"], project_id)
    if not found:
        return None
    return {
        "id": found["id"],
        "name": found["name"],
        "external_network_id": (found["external_gateway_info"] or {}).get("network_id"),
        "subnet_ids": served(lookup.reader, found["id"]),
    }


def served(reader: Any, router_id: str) -> list[str]:
    """Return the ids of the subnets that a router serves."""
    ports = reader.list("network", "/v2.0/ports", "ports", device_id=router_id)
    inside = [port for port in ports if port["device_owner"] != "network:router_gateway"]
    return sorted({ip["subnet_id"] for port in inside for ip in port["fixed_ips"]})


def plan_network(draft: Draft, current: Document | None, wanted: Document, project: Reference) -> Document:
    """Plan the network and return what it will be."""
    name = wanted["name"]
    if current is None:
        draft.add(
            "network",
            f"Create the network {name}",
            make_one("network", lambda results: {"name": name, "project_id": project(results)}),
            after=("project", "quotas.network"),
        )
    return current or {"id": None, "name": name}


def plan_subnet(draft: Draft, now: Document, wanted: Document, project: Reference) -> Document:
    """Plan the subnet and return what it will be."""
    name, current = wanted["name"], now["subnet"]
    fields = given(wanted, *SUBNET_FIELDS)
    if current is None:
        check_pools(fields.get("allocation_pools", []), defaults(fields)["gateway_ip"])
        network = reference(now["network"], "network", "network")
        version = ipaddress.ip_network(fields["cidr"]).version
        body: dict[str, Any] = {"name": name, "ip_version": version, **fields}
        draft.add(
            "subnet",
            f"Create the subnet {name} with the addresses {fields['cidr']}",
            make_one(
                "subnet",
                lambda results: {**body, "network_id": network(results), "project_id": project(results)},
            ),
            after=("network", "quotas.network"),
        )
        return {"id": None, "name": name, "network_id": (now["network"] or {}).get("id"), **defaults(fields)}
    changes = differing(current, fields)
    if "cidr" in changes:
        raise ResourceError(
            f"subnet.cidr: the subnet {name} has the addresses {current['cidr']}, the task asks for {changes['cidr']}."
            f" The addresses of a subnet cannot be changed: give another subnet.name, or keep them."
        )
    if changes:
        path = f"/v2.0/subnets/{current['id']}"
        words = f"Change the subnet {name}: {in_words(changes)}"
        draft.add("subnet", words, lambda writer, results: writer.put("network", path, {"subnet": changes}))
    return {**current, **changes}


def defaults(fields: Document) -> Document:
    """Return what a new subnet has where the task says nothing: the first address is the gateway, the rest the pool."""
    cidr = ipaddress.ip_network(fields["cidr"])
    gateway = fields.get("gateway_ip", str(cidr[1]))
    last = cidr[-2] if cidr.version == 4 else cidr[-1]
    first = cidr[2] if gateway == str(cidr[1]) else cidr[1]
    pools = [{"start": str(first), "end": str(last)}]
    return {"gateway_ip": gateway, "dns_nameservers": [], "allocation_pools": pools, "enable_dhcp": True, **fields}


def plan_router(
    draft: Draft, now: Document, wanted: Document, project: Reference, outside: Document | None
) -> Document:
    """Plan the router, its way out and its way in; return what it will be."""
    name, current = wanted["name"], now["router"]
    after = dict(current or {"id": None, "name": name, "external_network_id": None, "subnet_ids": []})
    way_out = {"external_gateway_info": {"network_id": outside["id"]}} if outside else {}
    if current is None:
        words = f" with the external network {outside['name']}" if outside else ""
        draft.add(
            "router",
            f"Create the router {name}{words}",
            make_one("router", lambda results: {"name": name, "project_id": project(results), **way_out}),
            after=("project", "quotas.network"),
        )
    elif outside and current["external_network_id"] != outside["id"]:
        path = f"/v2.0/routers/{current['id']}"
        words = f"Connect the router {name} to the external network {outside['name']}"
        draft.add("router", words, lambda writer, results: writer.put("network", path, {"router": way_out}))
    if outside:
        after["external_network_id"] = outside["id"]
    if now.get("has_subnet"):
        plan_interface(draft, now, name, after)
    return after


def plan_interface(draft: Draft, now: Document, name: str, after: Document) -> None:
    """Plan that the router serves the subnet."""
    subnet_id = (now["subnet"] or {}).get("id")
    if subnet_id in after["subnet_ids"]:
        return
    router, subnet = reference(now["router"], "router", "router"), reference(now["subnet"], "subnet", "subnet")

    def submit(writer: Any, results: Results) -> Any:
        path = f"/v2.0/routers/{router(results)}/add_router_interface"
        return writer.put("network", path, {"subnet_id": subnet(results)})

    def is_there(reader: Any, results: Results) -> bool:
        return subnet(results) in served(reader, router(results))

    words = f"Connect the router {name} to the subnet"
    draft.add("interface", words, or_there(submit, f"router {name}", is_there), after=("router", "subnet"))
    after["subnet_ids"] = sorted(filter(None, [*after["subnet_ids"], subnet_id])) if subnet_id else [None]
