# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova and Neutron: a guest on every compute node gets an address and its metadata, and says so on its console."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from ..openstack.lookup import Lookup
from ..resource import ResourceError
from .proof import Proof, expect, is_left, new_name, wait_for

CIDR = "192.0.2.0/28"
# What the guest of the role guest_image says when it has done all that it does as it starts.
READY = "guest: ready"
HEARTBEAT = 60


class Guests:
    """One guest for each compute node, on a network of their own."""

    def __init__(self, cloud: Any, params: dict[str, Any]) -> None:
        self.cloud = cloud
        self.params = params
        self.name = new_name()
        self.servers: dict[str, str] = {}

    def remove(self, is_ours: Callable[[str], bool]) -> None:
        """Remove guests and networks of the own project, in a safe order, and wait until the guests are gone."""
        # Without a filter, one question tells whether Nova reaches all cells.
        found = self.cloud.list("compute", "/servers", "servers")
        going = [f"/servers/{server['id']}" for server in found if is_ours(server["name"])]
        for path in going:
            self.cloud.delete("compute", path)
        for path in going:
            wait_for(
                f"{path} to go", lambda gone=path: self.cloud.find("compute", gone) is None, self.params["timeout"]
            )
        for network in self.cloud.list("network", "/v2.0/networks", "networks", project_id=self.cloud.project_id):
            if is_ours(network["name"]):
                self.cloud.delete("network", f"/v2.0/networks/{network['id']}")

    def make_network(self) -> str:
        """Make the network with a subnet, and return its id."""
        network = self.cloud.post("network", "/v2.0/networks", {"network": {"name": self.name}})["network"]["id"]
        body = {"name": self.name, "network_id": network, "ip_version": 4, "cidr": CIDR, "gateway_ip": None}
        self.cloud.post("network", "/v2.0/subnets", {"subnet": body})
        return network

    def hosts(self) -> list[Any]:
        """Return the compute nodes, all of which have to be up."""
        hosts = list(self.cloud.get("compute", "/os-hypervisors")["hypervisors"])
        expect(hosts, "Nova knows no compute node.")
        down = [host["hypervisor_hostname"] for host in hosts if host["state"] != "up" and host["status"] == "enabled"]
        expect(not down, f"not up: {', '.join(down)}.")
        return hosts

    def boot(self, hosts: list[str]) -> None:
        """Start a guest on each of the compute nodes."""
        lookup, network = Lookup(self.cloud), self.make_network()
        for host in hosts:
            server = {
                "name": self.name,
                "imageRef": lookup.image(self.params["image"])["id"],
                "flavorRef": lookup.flavor(self.params["flavor"])["id"],
                "networks": [{"uuid": network}],
                "hypervisor_hostname": host,
            }
            answer = self.cloud.post("compute", "/servers", {"server": server})
            self.servers[host] = answer["server"]["id"]

    def active(self, server_id: str) -> bool:
        """Say whether a server runs; its error is the proof's."""
        server = self.cloud.get("compute", f"/servers/{server_id}")["server"]
        fault = server.get("fault", {}).get("message", "no reason given")
        expect(server["status"] != "ERROR", f"the server {server_id} went to ERROR: {fault}.")
        return server["status"] == "ACTIVE"

    def console(self, server_id: str) -> str:
        """Return what the guest says, once it is ready."""
        body = {"os-getConsoleOutput": {"length": 200}}
        said = self.cloud.post("compute", f"/servers/{server_id}/action", body)["output"]
        return said if READY in said else ""

    def look_at(self, host: str, server_id: str) -> str:
        """Compare what the guest says with what it should have, and return its address."""
        timeout = self.params["timeout"]
        wait_for(f"the guest on {host} to run", lambda: self.active(server_id), timeout)
        allocated = self.cloud.get("placement", f"/allocations/{server_id}")["allocations"]
        expect(allocated, f"the guest on {host} has no allocation in Placement.")
        said = wait_for(f"{READY!r} on the console of the guest on {host}", lambda: self.console(server_id), timeout)
        ports = self.cloud.get("network", "/v2.0/ports", device_id=server_id)["ports"]
        wanted = ports[0]["fixed_ips"][0]["ip_address"]
        address = re.search(r"guest: address ([0-9.]+)/", said)
        has = address.group(1) if address else "none"
        expect(has == wanted, f"the guest on {host} has the address {has}; Neutron gave it {wanted}.")
        expect(f"guest: metadata uuid {server_id}" in said, f"the guest on {host} did not get its own metadata.")
        return wanted


def living_agents(cloud: Any) -> list[Any]:
    """Return the agents of the network; one that was started a moment ago has a minute to say that it is alive."""
    end = time.monotonic() + HEARTBEAT
    while True:
        agents = cloud.get("network", "/v2.0/agents")["agents"]
        dead = [f"{agent['agent_type']} on {agent['host']}" for agent in agents if not agent["alive"]]
        if agents and not dead:
            return list(agents)
        if time.monotonic() > end:
            raise ResourceError(f"agents of the network that are not alive: {', '.join(dead) or 'there are none'}.")
        time.sleep(2)


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Boot a guest on every compute node, read its console, and remove all."""
    agents = living_agents(cloud)
    guests = Guests(cloud, params)
    guests.remove(is_left)
    try:
        guests.boot([host["hypervisor_hostname"] for host in guests.hosts()])
        addresses = {host: guests.look_at(host, server_id) for host, server_id in guests.servers.items()}
    finally:
        guests.remove(lambda name: name == guests.name)
    for host, server_id in guests.servers.items():
        left = cloud.get("placement", f"/allocations/{server_id}")["allocations"]
        expect(not left, f"the removed guest on {host} still has an allocation in Placement.")
    return {"addresses": addresses, "agents": len(agents)}


PROOF = Proof(
    (
        "Boot a guest on every compute node, on a network of its own",
        "Compare the address and the metadata that the guest says on its console with what Neutron and Nova gave it",
        "Remove the guests and see their allocations gone",
    ),
    prove,
)
