# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of the provider's to which tenants' routers connect, with its one subnet."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..resource import Document, Plan, ResourceError, Step

FIXED = ("network_type", "physical_network", "vlan")
ADDRESSES = ("gateway", "pool_start", "pool_end")
NETWORK_KEYS = {
    "network_type": "provider:network_type",
    "physical_network": "provider:physical_network",
    "vlan": "provider:segmentation_id",
}


class OfferedNetwork:
    """An external network and its subnet. The wiring cannot change; gateway and pool can."""

    def __init__(self, wanted: Document, listings: Any) -> None:
        self.name = f"external network {wanted['name']}"
        self.wanted = checked(wanted)
        self._listings = listings

    def read(self) -> Document | None:
        """Return the network and the subnet as they are."""
        networks = self._listings.of("network", "/v2.0/networks", "networks", **{"router:external": True})
        for network in networks:
            if network["name"] == self.wanted["name"]:
                wiring = {key: network[theirs] for key, theirs in NETWORK_KEYS.items()}
                found = {"name": network["name"], "id": network["id"], **wiring}
                return {**found, "subnet_id": None, **self._subnet_of(network["id"])}
        return None

    def _subnet_of(self, network_id: str) -> Document:
        for subnet in self._listings.of("network", "/v2.0/subnets", "subnets"):
            if subnet["network_id"] == network_id and subnet["cidr"] == self.wanted["cidr"]:
                pools = subnet["allocation_pools"]
                return {
                    "subnet_id": subnet["id"],
                    "cidr": subnet["cidr"],
                    "gateway": subnet["gateway_ip"],
                    "pool_start": pools[0]["start"] if pools else None,
                    "pool_end": pools[-1]["end"] if pools else None,
                }
        return {"cidr": None, "gateway": None, "pool_start": None, "pool_end": None}

    def plan(self, current: Document | None) -> Plan:
        """Create network and subnet, or what is missing of them."""
        wanted = self.wanted
        if current is None:
            wanted = {**wanted, "network_type": wanted["network_type"] or "flat"}
            network = Step("network", f"Create the external network {wanted['name']}", create_network(wanted))
            subnet = self._create_subnet(lambda results: results["network"]["network"]["id"])
            return Plan(None, {**wanted, "id": None, "subnet_id": None}, (network, subnet))
        wanted = {**wanted, **{key: current[key] for key in FIXED if wanted[key] is None}}
        different = [key for key in FIXED if current[key] != wanted[key]]
        if different:
            raise ResourceError(
                f"external_networks: {wanted['name']} has {', '.join(f'{key} {current[key]}' for key in different)}, "
                f"wanted is {', '.join(f'{key} {wanted[key]}' for key in different)}. The wiring of a network cannot "
                "change: use another name, or delete the network first."
            )
        after = {**current, **wanted}
        if after == current:
            return Plan(current, current)
        if current["subnet_id"] is None:
            return Plan(current, after, (self._create_subnet(lambda results: current["id"]),))
        change = Step(
            "subnet",
            f"Change gateway and pool of the external network {wanted['name']}",
            lambda writer, results: writer.put(
                "network", f"/v2.0/subnets/{current['subnet_id']}", {"subnet": self._range()}
            ),
        )
        return Plan(current, after, (change,))

    def _create_subnet(self, network_id: Any) -> Step:
        def submit(writer: Any, results: Any) -> Any:
            body = {
                "name": self.wanted["name"],
                "network_id": network_id(results),
                "ip_version": 6 if ":" in self.wanted["cidr"] else 4,
                "cidr": self.wanted["cidr"],
                "enable_dhcp": False,
                **self._range(),
            }
            return writer.post("network", "/v2.0/subnets", {"subnet": body})

        return Step("subnet", f"Create the subnet {self.wanted['cidr']} of {self.wanted['name']}", submit)

    def _range(self) -> Document:
        pool = {"start": self.wanted["pool_start"], "end": self.wanted["pool_end"]}
        return {"gateway_ip": self.wanted["gateway"], "allocation_pools": [pool]}


def create_network(wanted: Document) -> Any:
    """Return the request that makes a network."""
    wiring = {theirs: wanted[key] for key, theirs in NETWORK_KEYS.items() if wanted[key] is not None}
    body = {"network": {"name": wanted["name"], "router:external": True, **wiring}}
    return lambda writer, results: writer.post("network", "/v2.0/networks", body)


def checked(wanted: Document) -> Document:
    """Return the network with addresses as Neutron writes them; refuse what it would refuse half way."""
    name, found = wanted["name"], dict(wanted)
    try:
        cidr = ipaddress.ip_network(wanted["cidr"])
        found.update({key: str(ipaddress.ip_address(wanted[key])) for key in ADDRESSES})
    except ValueError as error:
        raise ResourceError(
            f"external_networks: {name}: {error}. Give cidr as 192.0.2.0/24, and addresses in it."
        ) from error
    found["cidr"] = str(cidr)
    # A gateway may lie outside.
    for key in ("pool_start", "pool_end"):
        if ipaddress.ip_address(found[key]) not in cidr:
            raise ResourceError(f"external_networks: {name}: {key} {found[key]} is not in cidr {cidr}.")
    return found
