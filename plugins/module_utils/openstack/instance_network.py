# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of an instance mean in Neutron: networks, security groups, floating IP."""

from __future__ import annotations

from ..resource import Document, ResourceError
from .server_quota import check_quota
from .server_state import ProjectView
from .session import ApiError

INTERFACES = ("network:router_interface", "network:ha_router_replicated_interface")


class NetworkResolver:
    """Finds what an instance is connected to, and says which option names something unknown."""

    def __init__(self, view: ProjectView, params: Document) -> None:
        self.view = view
        self.lookup = view.lookup
        self.params = params

    def _networks(self, is_new: bool) -> tuple[Document, ...]:
        given = self.params["networks"]
        if given:
            return tuple(self.lookup.network(name, option="networks") for name in given)
        if not is_new:
            return ()
        project_id = self.view.reader.project_id
        own = [
            network
            for network in self.lookup.rows("network")
            if network["project_id"] == project_id and not network["router:external"]
        ]
        if len(own) != 1:
            what = ", ".join(sorted(network["name"] for network in own)) or "none"
            raise ResourceError(f"networks: name the networks of the instance. The project has {len(own)}: {what}.")
        return (own[0],)

    def _security_groups(self) -> tuple[Document, ...] | None:
        given = self.params["security_groups"]
        if given is None:
            return None
        found = [self.lookup.security_group(name, option="security_groups") for name in given]
        # Neutron keeps no group twice.
        return tuple({group["id"]: group for group in found}.values())

    def _floating_ip(self, current: Document | None, networks: tuple[Document, ...] = ()) -> Document:
        given = self.params["floating_ip"]
        has = current["floating_ip"] if current else None
        if given in (None, "none") or given == has or (given == "auto" and has):
            return {}
        if given == "auto":
            external = self._external_network()
            self._check_way_out(external, networks)
            self._check_room_for_floating_ip(current)
            return {"floating_network_id": external["id"]}
        if not given.replace(".", "").isdigit() and ":" not in given:
            raise ResourceError(f"floating_ip: {given} is neither auto nor none nor an address.")
        found = [entry for entry in self.view.floating_ips() if entry["floating_ip_address"] == given]
        free = sorted(entry["floating_ip_address"] for entry in self.view.floating_ips() if not entry["port_id"])
        if not found:
            raise ResourceError(
                f"floating_ip: the project has no address {given}. Free are: {', '.join(free) or 'none'}; or use auto."
            )
        if found[0]["port_id"]:
            raise ResourceError(
                f"floating_ip: {given} is in use by the port {found[0]['port_id']}. Take it away first."
            )
        return {"floating_ip_id": found[0]["id"]}

    def _external_network(self) -> Document:
        given = self.params["floating_network"]
        if given:
            network = self.lookup.network(given, option="floating_network")
            if not network["router:external"]:
                raise ResourceError(f"floating_network: {given} is not an external network, so it has no floating IPs.")
            return network
        found = [network for network in self.lookup.rows("network") if network["router:external"]]
        if len(found) != 1:
            names = ", ".join(sorted(network["name"] for network in found)) or "none"
            raise ResourceError(f"floating_network: name the external network for floating_ip. There are: {names}.")
        return found[0]

    def _check_way_out(self, external: Document, networks: tuple[Document, ...]) -> None:
        """Check that a router leads from the first network to the external one; only what can be seen counts."""
        inside = networks[0] if networks else None
        if inside is None or inside["project_id"] != self.view.reader.project_id:
            return
        routers = {
            port["device_id"]
            for port in self.lookup.rows("port")
            if port["network_id"] == inside["id"] and port["device_owner"].startswith(INTERFACES)
        }
        for router in self.lookup.rows("router"):
            way_out = router.get("external_gateway_info") or {}
            if router["id"] in routers and way_out.get("network_id") == external["id"]:
                return
        raise ResourceError(
            f"floating_ip: no router leads from the network {inside['name']} to {external['name']}. "
            "Give the project one, as the module tenant does."
        )

    def _check_room_for_floating_ip(self, current: Document | None) -> None:
        if current and any(not entry["attached"] for entry in current["floating_ips"]):
            return
        project_id = self.view.reader.project_id
        taken = self.view.new_floating_ips
        self.view.new_floating_ips += 1
        try:
            quota = self.view.reader.get("network", f"/v2.0/quotas/{project_id}")["quota"]
        except ApiError as error:
            # Where the cloud keeps quotas from members, Neutron's own answer has to do.
            if error.status == 403:
                return
            raise
        used = len(self.view.floating_ips()) + taken
        check_quota({"floating_ips": (used, quota["floatingip"])}, {"floating_ips": 1}, "one more floating IP")
