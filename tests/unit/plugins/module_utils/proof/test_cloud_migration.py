# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest moves there and back, and each way in which it does not is found out."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.proof import cloud_migration, proof
from ansible_collections.conductor.cloud.plugins.module_utils.proof.cloud_guest import Guests
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

READY = "guest: address 192.0.2.4/28\nguest: metadata uuid 1\nguest: ready"
PARAMS = {"image": "guest", "flavor": "small", "timeout": 0}


class Cloud:
    """Nova with two compute nodes and one server, which moves at once."""

    project_id = "p"

    def __init__(self, hosts: int = 2, ends: str = "", anew: bool = False) -> None:
        self.hosts = [f"node-{number + 1}" for number in range(hosts)]
        self.ends, self.anew = ends, anew
        self.server: dict[str, Any] = {}
        self.said = READY
        self.moves: list[dict[str, str]] = []

    def get(self, service: str, path: str, **query: str) -> Any:
        """Answer what is asked."""
        if path == "/os-hypervisors":
            up = {"state": "up", "status": "enabled"}
            return {"hypervisors": [{"hypervisor_hostname": name, **up} for name in self.hosts]}
        if path == "/os-migrations":
            return {"migrations": self.moves if query == {"instance_uuid": "1"} else []}
        return {"server": self.server} if path.startswith("/servers/") else {"allocations": {"a": 1}}

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        """Do what is asked."""
        ((action, details),) = body.items()
        if action == "server":
            self.server = {"status": "ACTIVE", cloud_migration.HOST: details["hypervisor_hostname"]}
            return {"server": {"id": "1"}}
        if action == "os-getConsoleOutput":
            return {"output": self.said}
        if action == "confirmResize":
            self.server["status"], self.said = "ACTIVE", READY
        else:
            self._move(action == "os-migrateLive", details["host"])
        return {}

    def _move(self, lives: bool, host: str) -> None:
        status = self.ends or ("completed" if lives else "finished")
        self.moves.append({"uuid": str(len(self.moves)), "status": status})
        if not self.ends:
            self.server[cloud_migration.HOST] = host
            self.server["status"] = "ACTIVE" if lives else "VERIFY_RESIZE"
            self.said = READY if self.anew else ""


@pytest.fixture(autouse=True)
def no_networks(monkeypatch: Any) -> None:
    """Networks, images and what guests say of their address are for the proof of guests."""
    monkeypatch.setattr(Guests, "make_network", lambda self: "n")
    monkeypatch.setattr(Guests, "remove", lambda self, is_ours: None)
    monkeypatch.setattr(Guests, "look_at", lambda self, host, server_id: "192.0.2.4")
    monkeypatch.setattr(proof.time, "sleep", lambda seconds: None)
    for name in ("image", "flavor"):
        monkeypatch.setattr(f"{Guests.__module__}.Lookup.{name}", lambda self, wanted: {"id": wanted})


def test_a_guest_moves_there_and_back() -> None:
    cloud = Cloud()
    assert cloud_migration.prove(cloud, PARAMS) == {"from": "node-1", "to": "node-2"}
    assert len(cloud.moves) == 2
    assert cloud.server[cloud_migration.HOST] == "node-1"


def test_a_guest_that_stays_where_it_is_is_found_out() -> None:
    """Its status is as it was; only the migration tells."""
    with pytest.raises(
        ResourceError, match=r"did not move while it runs to node-2: Nova calls its migration \['error'"
    ):
        cloud_migration.prove(Cloud(ends="error"), PARAMS)


def test_a_guest_that_starts_anew_did_not_move_while_it_ran() -> None:
    with pytest.raises(ResourceError, match="started anew on node-2"):
        cloud_migration.prove(Cloud(anew=True), PARAMS)


def test_one_node_alone_is_no_place_to_move() -> None:
    with pytest.raises(ResourceError, match="with node-1 alone nothing can move"):
        cloud_migration.prove(Cloud(hosts=1), PARAMS)
