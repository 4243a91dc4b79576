# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project of the fake cloud with a network, and what tests ask of its instances."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import session

from tests.fake import compute_objects, network_objects
from tests.module import run_module


class Killed(BaseException):
    """The process of a module dies."""


class Site:
    """The project ``demo`` with a network behind a router, as a member sees it."""

    def __init__(self, cloud: Any) -> None:
        self.cloud = cloud
        self.state = cloud.state
        self.project_id = next(row["id"] for row in self.state.table("projects").values() if row["name"] == "demo")
        network = network_objects.make_network(self.state, self.project_id, name="inside")
        subnet = network_objects.make_subnet(self.state, network, name="inside", cidr="192.168.1.0/24")
        public = next(row for row in self.state.table("networks").values() if row["router:external"])
        router = network_objects.new(
            self.state, "router", self.project_id, name="way-out", external_gateway_info={"network_id": public["id"]}
        )
        fixed = [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]
        owner = "network:router_interface"
        network_objects.make_port(
            self.state, network, self.project_id, device_id=router["id"], device_owner=owner, fixed_ips=fixed
        )

    def run(self, module: str, check: bool = False, **params: Any) -> dict[str, Any]:
        """Run a module as the member of the project."""
        patience = {} if module.endswith("_info") else {"timeout": 60}
        return run_module(module, {**self.cloud.params("demo", "demo"), **patience, **params}, check)

    def instance(self, check: bool = False, **params: Any) -> dict[str, Any]:
        """Run the module instance for ``web1``."""
        return self.run("instance", check, **{"name": "web1", **params})

    def make(self, **params: Any) -> dict[str, Any]:
        """Make ``web1`` with a data volume; it has to work."""
        wanted = {
            "flavor": "tiny",
            "image": "debian",
            "root_volume": {"size": 1},
            "data_volumes": [{"size": 1}],
            **params,
        }
        result = self.instance(**wanted)
        assert not result.get("failed"), result
        return result

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the objects of one kind that the project has."""
        return [
            row
            for row in self.state.table(table).values()
            if self.project_id in (row.get("_project"), row.get("project_id"))
        ]

    def data(self) -> dict[str, Any]:
        """Return the data volume of ``web1``."""
        return next(row for row in self.rows("volumes") if row["name"] == "web1-data-1")

    def killed(self, number: int, when: str, module: str, **params: Any) -> bool:
        """Run a module whose process dies before or after its write ``number``; tell whether it came so far."""
        sent = iter(range(1000))
        request = session.CloudReader._request

        def deadly(client: Any, verb: str, *rest: Any, **options: Any) -> Any:
            is_last = verb != "GET" and next(sent) == number
            if is_last and when == "before":
                raise Killed
            answer = request(client, verb, *rest, **options)
            if is_last:
                raise Killed
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(session.CloudReader, "_request", deadly)
            try:
                self.run(module, **params)
            except Killed:
                return True
        return False

    def server(self) -> dict[str, Any]:
        """Return the only server as Nova shows it."""
        servers = self.rows("servers")
        assert len(servers) == 1, servers
        return compute_objects.view(self.state, servers[0])

    def writes(self) -> list[str]:
        """Return what was sent, as ``POST /servers``."""
        return [f"{write.method} {write.path}" for write in self.state.writes]
