# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that Nova, Placement and Neutron are to forget."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.host_services import host_services
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, ResourceError, summary

GONE, MOVED = "a-consumer-that-is-gone", "an-instance-that-was-evacuated"
HELD = {"consumer_generation": 3, "project_id": "p", "user_id": "u", "consumer_type": "INSTANCE"}
SERVICES = [
    {"id": "1", "binary": "nova-compute", "host": "node-4", "status": "enabled", "state": "down"},
    {"id": "2", "binary": "nova-conductor", "host": "node-4", "status": "enabled", "state": "down"},
    {"id": "3", "binary": "nova-compute", "host": "node-1", "status": "enabled", "state": "up"},
]
AGENTS = [
    {"id": "4", "binary": "ovn-controller", "host": "node-4"},
    {"id": "5", "binary": "neutron-ovn-metadata-agent", "host": "node-4"},
    {"id": "6", "binary": "ovn-controller", "host": "node-1"},
]


class FakeCloud:
    """What three APIs have of two hosts. Nova deletes the provider of its host where nothing is allocated there."""

    def __init__(self) -> None:
        rows = {"/os-services": SERVICES, "/v2.0/agents": AGENTS, "/servers": [], "/os-migrations": []}
        self.rows: dict[str, Any] = copy.deepcopy(rows)
        self.rows["/resource_providers"] = [{"uuid": "on-4", "name": "node-4"}, {"uuid": "on-1", "name": "node-1"}]
        self.allocations: dict[str, dict[str, Any]] = {}
        self.consumer_type = "INSTANCE"
        self.writes: list[str] = []

    def reader(self) -> FakeCloud:
        """Return what reads."""
        return self

    def offers(self, service: str) -> bool:
        """Offer all."""
        return True

    def list(self, service: str, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        """Return the rows, by name where the API is asked for one."""
        return [row for row in self.rows[path] if "name" not in query or row["name"] == query["name"]]

    def find(self, service: str, path: str) -> Any:
        """Return the allocations at a provider, or None where there is none."""
        provider = path.split("/")[2]
        if provider not in [row["uuid"] for row in self.rows["/resource_providers"]]:
            return None
        return {"allocations": {name: {} for name, held in self.allocations.items() if provider in held}}

    def get(self, service: str, path: str) -> Any:
        """Return what a consumer has."""
        held = self.allocations[path.split("/")[2]]
        entries = {name: {"resources": entry, "generation": 1} for name, entry in held.items()}
        return {"allocations": entries, **HELD, "consumer_type": self.consumer_type}

    def put(self, service: str, path: str, body: dict[str, Any]) -> None:
        """Change a service, or what a consumer has."""
        self.writes.append(f"PUT {path}")
        if service == "compute":
            row = next(row for row in self.rows["/os-services"] if path.endswith(row["id"]))
            row["status"] = body["status"]
            return
        assert {key: body[key] for key in HELD} == HELD
        kept = {name: entry["resources"] for name, entry in body["allocations"].items()}
        self.allocations[path.split("/")[2]] = kept

    def delete(self, service: str, path: str) -> None:
        """Delete a row; that it is gone is fine."""
        self.writes.append(f"DELETE {path}")
        folder, identity = path.rsplit("/", 1)
        if folder == "/resource_providers" and any(identity in held for held in self.allocations.values()):
            raise ResourceError("placement: DELETE answered 409: Unable to delete resource provider")
        gone = {"1": "on-4"}.get(identity) if folder == "/os-services" else None
        if gone and not any(gone in held for held in self.allocations.values()):
            self._drop("/resource_providers", "uuid", gone)
        self._drop(folder, "uuid" if folder == "/resource_providers" else "id", identity)

    def _drop(self, folder: str, key: str, value: str) -> None:
        self.rows[folder] = [row for row in self.rows[folder] if row[key] != value]


def task(state: str = "absent", lost: bool = False) -> Any:
    """Return what makes the resource of a task."""
    return lambda reader: host_services(reader, {"host": "node-4", "state": state, "lost": lost})


def once(build: Any, cloud: FakeCloud) -> dict[str, Any]:
    """Run a task the way a module does."""
    engine = Engine(build(cloud.reader()), cloud, timeout=2)
    engine.look()
    if not any(job.error for job in engine.jobs):
        engine.apply()
    return summary("host", engine.report())


def test_instances_are_kept_away() -> None:
    cloud = FakeCloud()
    assert once(task("disabled"), cloud)["actions"] == [
        "Disable nova-compute of node-4, so that no instance comes to it"
    ]
    assert not once(task("disabled"), cloud)["changed"]
    assert cloud.writes == ["PUT /os-services/1"]


def test_nothing_of_the_host_is_left_and_nothing_else_is_gone() -> None:
    cloud = FakeCloud()
    assert once(task(), cloud)["actions"] == [
        "Delete nova-compute of node-4",
        "Delete nova-conductor of node-4",
        "Delete neutron-ovn-metadata-agent of node-4",
        "Delete ovn-controller of node-4",
        "Delete the resource provider of node-4, and what is left allocated there",
    ]
    assert [[row["id"] for row in cloud.rows[path]] for path in ("/os-services", "/v2.0/agents")] == [["3"], ["6"]]
    assert [row["uuid"] for row in cloud.rows["/resource_providers"]] == ["on-1"]
    assert not once(task(), cloud)["changed"]


def test_what_evacuated_instances_left_is_given_back() -> None:
    cloud = FakeCloud()
    cloud.allocations = {MOVED: {"on-4": {"VCPU": 1}, "on-1": {"VCPU": 1}}, GONE: {"on-4": {"VCPU": 2}}}
    assert once(task(), cloud)["changed"]
    assert cloud.allocations == {MOVED: {"on-1": {"VCPU": 1}}, GONE: {}}
    assert [row["uuid"] for row in cloud.rows["/resource_providers"]] == ["on-1"]


def test_what_nova_allocated_has_no_type_and_is_given_back_all_the_same() -> None:
    """Nova tells Placement no type, and Placement answers with one that it does not take."""
    cloud = FakeCloud()
    cloud.consumer_type = "unknown"
    cloud.allocations = {MOVED: {"on-4": {"VCPU": 1}, "on-1": {"VCPU": 1}}}
    assert once(task(), cloud)["changed"]
    assert cloud.allocations == {MOVED: {"on-1": {"VCPU": 1}}}


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_a_host_with_instances_stays_and_all_of_them_are_named(state: str) -> None:
    cloud = FakeCloud()
    cloud.rows["/servers"] = [{"id": str(number), "name": f"web-{number}"} for number in range(12)]
    cloud.rows["/os-migrations"] = [
        {"instance_uuid": "moving", "status": "finished"},
        {"instance_uuid": "asked-for", "status": "accepted"},
        {"instance_uuid": "moved", "status": "confirmed"},
    ]
    said = once(task(state), cloud)["msg"]
    assert "web-0 (0)" in said and "and 2 more. Move them to other hosts, or delete them." in said
    assert "moves that have not ended, of asked-for, moving. Wait for them, and confirm" in said
    assert cloud.writes == []


def test_a_lost_host_that_still_reports_itself_is_not_given_up() -> None:
    cloud = FakeCloud()
    cloud.rows["/os-services"][0]["state"] = "up"
    assert "reported itself within the last minute (nova-compute)" in once(task(lost=True), cloud)["msg"]
    assert once(task(), cloud)["changed"]
