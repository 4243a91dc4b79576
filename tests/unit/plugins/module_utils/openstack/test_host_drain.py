# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose compute service is to restart without an instance that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.host_drain import DRAINED
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.host_services import host_services
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, summary

DISABLE = "Disable nova-compute of node-1, so that no instance comes to it"
REST = "Wait until no instance of node-1 is being worked on"


def server(name: str, host: str | None, status: str = "ACTIVE", task_state: str | None = None) -> dict[str, Any]:
    """Return a server as Nova tells it to an administrator."""
    told = {"OS-EXT-SRV-ATTR:host": host, "OS-EXT-STS:task_state": task_state}
    return {"id": f"id-{name}", "name": name, "status": status, **told}


class FakeNova:
    """Two compute nodes, and what happens whenever somebody has looked at all servers of one."""

    def __init__(self, *happens: Callable[[FakeNova], None]) -> None:
        self.service = {"id": "1", "host": "node-1", "status": "enabled", "disabled_reason": None}
        self.servers = {row["id"]: row for row in (server("rests", "node-1"), server("far", "node-2", "BUILD"))}
        self.migrations: list[dict[str, Any]] = []
        self.happens = list(happens)
        self.writes: list[dict[str, Any]] = []

    def reader(self) -> FakeNova:
        """Return what reads."""
        return self

    def put_server(self, *what: Any) -> None:
        """Have a server that is new, or another than before."""
        row = server(*what)
        self.servers[row["id"]] = row

    def list(self, service: str, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        """Return rows as Nova filters them."""
        assert (service, query.get("host", "node-1")) == ("compute", "node-1")
        if path == "/os-services":
            return [dict(self.service)] if self.service else []
        if path == "/os-migrations":
            return self.migrations
        if "status" in query:
            return [row for row in self.servers.values() if row["status"] == query["status"]]
        found = [row for row in self.servers.values() if row["OS-EXT-SRV-ATTR:host"] == query["host"]]
        if self.happens and self.service["status"] == "disabled":
            self.happens.pop(0)(self)
        return found

    def put(self, service: str, path: str, body: dict[str, Any]) -> None:
        """Enable or disable the service."""
        assert (service, path) == ("compute", "/os-services/1")
        self.writes.append(body)
        self.service |= {"disabled_reason": None, **body}


def task(state: str = "drained") -> Any:
    """Return what makes the resource of a task."""
    return lambda reader: host_services(reader, {"host": "node-1", "state": state, "lost": False})


def once(nova: FakeNova, state: str = "drained", timeout: float = 60) -> dict[str, Any]:
    """Run a task the way a module does."""
    engine = Engine(task(state)(nova.reader()), nova, timeout=timeout)
    engine.look()
    engine.apply()
    return summary("host", engine.report())


def test_a_drained_host_keeps_its_instances_and_is_ready_again() -> None:
    nova = FakeNova()
    assert once(nova)["actions"] == [DISABLE, REST]
    assert nova.writes == [{"status": "disabled", "disabled_reason": DRAINED}]
    assert not once(nova)["changed"]
    assert once(nova, "ready")["actions"] == ["Enable nova-compute of node-1"]
    assert not once(nova, "ready")["changed"]
    assert nova.service["status"] == "enabled"
    assert "id-rests" in nova.servers


@pytest.mark.parametrize(
    ("where", "status", "task_state"),
    [("node-1", "BUILD", None), ("node-1", "BUILD", "spawning"), ("node-1", "ACTIVE", "deleting")],
)
def test_work_on_an_instance_comes_to_its_end(where: str, status: str, task_state: str | None) -> None:
    nova = FakeNova(lambda nova: None, lambda nova: nova.put_server("new", "node-1"))
    nova.put_server("new", where, status, task_state)
    assert once(nova)["actions"] == [DISABLE, REST]
    assert nova.happens == []


def test_who_was_sent_to_the_host_before_and_has_not_come_there_yet_is_awaited() -> None:
    nova = FakeNova(
        lambda nova: None,
        lambda nova: nova.put_server("new", "node-1", "BUILD", "spawning"),
        lambda nova: nova.put_server("later", None, "BUILD", "scheduling"),
        lambda nova: nova.put_server("new", "node-1"),
    )
    nova.put_server("new", None, "BUILD", "scheduling")
    assert once(nova)["actions"] == [DISABLE, REST]
    assert nova.happens == []
    assert nova.servers["id-later"]["OS-EXT-SRV-ATTR:host"] is None


def test_what_does_not_end_is_named() -> None:
    nova = FakeNova()
    nova.put_server("stuck", "node-1", "ACTIVE", "image_uploading")
    nova.migrations = [
        {"instance_uuid": "id-waits", "status": "finished"},
        {"instance_uuid": "id-moves", "status": "running"},
    ]
    said = once(nova, timeout=0.1)["msg"]
    assert "for: all work on instances of node-1 to end." in said
    assert "stuck (id-stuck): image_uploading" in said and "id-moves: running" in said and "id-waits" not in said
    nova.migrations, nova.happens = [], [lambda nova: nova.put_server("stuck", "node-1")]
    assert once(nova)["actions"] == [REST]


def test_what_somebody_else_has_disabled_stays_so() -> None:
    nova = FakeNova()
    nova.service |= {"status": "disabled", "disabled_reason": "Its fan is loud"}
    assert not once(nova)["changed"]
    assert not once(nova, "ready")["changed"]
    assert nova.writes == []


@pytest.mark.parametrize("state", ["drained", "ready"])
def test_a_host_that_is_no_compute_node_is_left_alone(state: str) -> None:
    nova = FakeNova()
    nova.service = {}
    assert not once(nova, state)["changed"]
