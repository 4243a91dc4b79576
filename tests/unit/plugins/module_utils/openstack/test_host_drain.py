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
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import UnclearError
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, summary

DISABLE = "Disable nova-compute of node-1, so that no instance comes to it"
REST = "Wait until no instance of node-1 is being built or moved"
COMING = ("new", None, "BUILD", "scheduling")


def server(name: str, host: str | None, status: str = "ACTIVE", task_state: str | None = None) -> dict[str, Any]:
    """Return a server as Nova tells it to an administrator."""
    told = {"OS-EXT-SRV-ATTR:host": host, "OS-EXT-STS:task_state": task_state}
    return {"id": f"id-{name}", "name": name, "status": status, **told}


def compute(host: str, state: str = "up", status: str = "enabled") -> dict[str, Any]:
    """Return a compute service."""
    told = {"status": status, "state": state, "disabled_reason": None}
    return {"id": host, "host": host, "binary": "nova-compute", **told}


class FakeNova:
    """Two compute nodes, and what happens whenever somebody has looked at the servers of the first, once drained."""

    def __init__(self, *happens: Callable[[FakeNova], None]) -> None:
        self.services = {host: compute(host) for host in ("node-1", "node-2")}
        self.servers: dict[str, dict[str, Any]] = {}
        self.put_server("rests", "node-1")
        self.put_server("far", "node-2", "BUILD", "spawning")
        # Whom Placement has at the provider of the first. The last is no server, but a move.
        self.consumers = {"id-rests", "id-new", "a-move"}
        self.happens = list(happens)
        self.writes: list[dict[str, Any]] = []
        self.lost_answers = 0

    def reader(self) -> FakeNova:
        """Return what reads."""
        return self

    def offers(self, service: str) -> bool:
        """Offer all."""
        return True

    def put_server(self, *what: Any) -> None:
        """Have a server that is new, or another than before."""
        row = server(*what)
        self.servers[row["id"]] = row

    def list(self, service: str, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        """Return rows as Nova and Placement filter them. There are no agents and no moves."""
        if path == "/os-services":
            return [dict(row) for row in self.services.values()]
        if path == "/resource_providers":
            return [{"uuid": "on-1", "name": "node-1"}]
        if path in ("/v2.0/agents", "/os-migrations"):
            return []
        assert path in ("/servers", "/servers/detail")
        assert query == {"all_tenants": 1, "host": "node-1"}
        found = [row for row in self.servers.values() if row["OS-EXT-SRV-ATTR:host"] == "node-1"]
        if self.happens and self.services["node-1"]["status"] == "disabled":
            self.happens.pop(0)(self)
        return found

    def find(self, service: str, path: str) -> Any:
        """Return allocations, or a server."""
        if service == "placement":
            assert path == "/resource_providers/on-1/allocations"
            return {"allocations": {name: {} for name in self.consumers}}
        row = self.servers.get(path.rpartition("/")[2])
        return row and {"server": row}

    def put(self, service: str, path: str, body: dict[str, Any]) -> None:
        """Enable or disable the service."""
        assert (service, path) == ("compute", "/os-services/node-1")
        self.writes.append(body)
        self.services["node-1"] |= {"disabled_reason": None, **body}
        if self.lost_answers:
            self.lost_answers -= 1
            raise UnclearError("compute: PUT answered 502", 502)


def task(state: str = "drained", host: str = "node-1") -> Any:
    """Return what makes the resource of a task."""
    return lambda reader: host_services(reader, {"host": host, "state": state, "lost": False})


def once(nova: FakeNova, state: str = "drained", timeout: float = 60, host: str = "node-1") -> dict[str, Any]:
    """Run a task the way a module does."""
    engine = Engine(task(state, host)(nova.reader()), nova, timeout=timeout)
    engine.look()
    engine.apply()
    return summary("host", engine.report())


def nothing(nova: FakeNova) -> None:
    """Let nothing happen."""


def rested(nova: FakeNova) -> None:
    """Let the new one have been built."""
    nova.put_server("new", "node-1")


# Whoever does not wait looks not half as often.
LATER = (*[nothing] * 8, rested)


def test_a_drained_host_keeps_its_instances_and_is_ready_again() -> None:
    nova = FakeNova()
    assert once(nova)["actions"] == [DISABLE, REST]
    assert nova.writes == [{"status": "disabled", "disabled_reason": DRAINED}]
    assert not once(nova)["changed"]
    assert once(nova, "ready")["actions"] == ["Enable nova-compute of node-1"]
    assert not once(nova, "ready")["changed"]
    assert nova.services["node-1"]["status"] == "enabled"
    assert "id-rests" in nova.servers


@pytest.mark.parametrize(
    "what",
    [
        ("new", "node-1", "BUILD", None),
        ("new", "node-1", "BUILD", "spawning"),
        ("new", "node-1", "ACTIVE", "image_uploading"),
        ("new", "node-2", "RESIZE", "resize_migrating"),
        ("new", None, "SHELVED_OFFLOADED", "unshelving"),
        COMING,
    ],
)
def test_what_a_restart_would_break_comes_to_its_end(what: tuple[str, ...]) -> None:
    nova = FakeNova(*LATER)
    nova.put_server(*what)
    assert once(nova)["actions"] == [DISABLE, REST]
    assert nova.happens == []
    assert not once(nova)["changed"]


@pytest.mark.parametrize(
    "what",
    [
        ("new", "node-1", "ACTIVE", "deleting"),
        ("new", "node-1", "BUILD", "deleting"),
        ("new", "node-1", "ERROR", "spawning"),
        ("new", "node-1", "ERROR", "resize_migrating"),
        ("new", "node-1", "REBOOT", "rebooting"),
        ("new", "node-1", "VERIFY_RESIZE", None),
        ("other", None, "BUILD", "scheduling"),
    ],
)
def test_what_goes_on_after_a_restart_is_not_awaited(what: tuple[str, ...]) -> None:
    nova = FakeNova()
    nova.put_server(*what)
    found = once(nova, timeout=0.1)
    assert found["actions"] == [DISABLE, REST]
    assert not found.get("failed")


def test_who_was_sent_to_the_host_before_is_awaited_by_the_next_run_too() -> None:
    nova = FakeNova()
    nova.put_server(*COMING)
    assert "new (id-new): scheduling" in once(nova, timeout=0.1)["msg"]
    nova.happens = [lambda nova: nova.put_server("new", "node-1", "BUILD", "spawning"), *LATER]
    assert once(nova)["actions"] == [REST]
    assert nova.happens == []


def test_work_is_awaited_where_the_answer_was_lost() -> None:
    nova = FakeNova(*LATER)
    nova.lost_answers = 1
    nova.put_server(*COMING)
    once(nova)
    assert len(nova.writes) == 1
    assert nova.happens == []


def test_who_is_down_works_on_nothing() -> None:
    nova = FakeNova()
    nova.services["node-1"] = compute("node-1", "down", "disabled")
    nova.put_server("stuck", "node-1", "BUILD", "spawning")
    assert not once(nova)["changed"]


def test_what_somebody_else_has_disabled_stays_so() -> None:
    nova = FakeNova()
    nova.services["node-1"] |= {"status": "disabled", "disabled_reason": "Its fan is loud"}
    assert not once(nova)["changed"]
    assert not once(nova, "ready")["changed"]
    assert nova.writes == []


@pytest.mark.parametrize("other", [compute("node-2", "down"), compute("node-2", status="disabled")])
def test_the_only_one_that_takes_instances_goes_on(other: dict[str, Any]) -> None:
    nova = FakeNova()
    nova.services["node-2"] = other
    assert not once(nova)["changed"]


@pytest.mark.parametrize("state", ["drained", "ready"])
def test_a_name_that_nova_does_not_know_is_an_error(state: str) -> None:
    said = once(FakeNova(), state, host="node-9")["msg"]
    assert said.endswith("host: Nova knows no compute service of node-9, but of node-1, node-2")


def test_who_removes_a_drained_host_has_it_stay_disabled() -> None:
    nova = FakeNova()
    once(nova)
    nova.servers.clear()
    assert once(nova, "disabled")["actions"] == [DISABLE]
    assert not once(nova, "disabled")["changed"]
    assert nova.writes[-1] == {"status": "disabled", "disabled_reason": "It is being removed"}
