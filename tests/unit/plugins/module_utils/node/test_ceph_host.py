# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that leaves a Ceph cluster."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_host
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

GIB = 1 << 20
DRAINED = "Take osd.3 out, so that other OSDs get what they hold"


class FakeStorage:
    """Four hosts with an OSD each, of which three have monitors. What is taken out has moved with the next look."""

    def __init__(self, hosts: int = 4, size: int = 3) -> None:
        self.osds = {
            number: {"osd": number, "up": 1, "in": 1, "public_addr": f"192.0.2.1{number + 1}:6800/7"}
            for number in range(hosts)
        }
        self.buckets = [f"node-{number + 1}" for number in range(hosts)]
        self.monitors = [f"node-{number}" for number in (1, 2, 3)]
        self.silent: set[str] = set()
        self.users = ["client.admin", "mgr.node-1", "mgr.node-4", *(f"osd.{number}" for number in range(hosts))]
        self.states = ["active+clean"]
        self.size, self.used = size, 2
        self.writes: list[str] = []
        self.learns_in = 0

    def reader(self) -> FakeStorage:
        """Return the cluster."""
        return self

    def forget(self) -> None:
        """Nothing is kept."""

    def ask(self, prefix: str, **arguments: Any) -> Any:
        """Answer the reading commands that are in use."""
        return getattr(self, "_" + prefix.replace(" ", "_").replace("-", "_"))(**arguments)

    def place(self, number: int) -> str:
        """Return the host of an OSD: those after the first ten are the second ones."""
        return f"node-{number % 10 + 1}"

    def _osd_tree(self) -> Any:
        osds = [
            {"id": number, "name": f"osd.{number}", "type": "osd", "status": "up" if osd["up"] else "down"}
            for number, osd in self.osds.items()
        ]
        hosts = [
            {"name": name, "type": "host", "children": [number for number in self.osds if self.place(number) == name]}
            for name in self.buckets
        ]
        return {"nodes": [{"name": "default", "type": "root"}, *hosts, *osds]}

    def _osd_dump(self) -> Any:
        return {"osds": list(self.osds.values())}

    def _auth_ls(self) -> Any:
        return {"auth_dump": [{"entity": name} for name in self.users]}

    def _quorum_status(self) -> Any:
        names = [name for name in self.monitors if name not in self.silent]
        return {"quorum_names": names, "monmap": {"mons": [{"name": name} for name in self.monitors]}}

    def _osd_pool_ls(self, detail: str) -> Any:
        return [{"size": 1}, {"size": self.size}]

    def _osd_df(self) -> Any:
        return {
            "nodes": [
                {"name": f"osd.{number}", "kb": 20 * GIB, "kb_used": self.used * GIB, "reweight": osd["in"]}
                for number, osd in self.osds.items()
            ]
        }

    def _status(self) -> Any:
        return {"pgmap": {"pgs_by_state": [{"state_name": state, "count": 1} for state in self.states]}}

    def _osd_safe_to_destroy(self, ids: list[str]) -> Any:
        self.learns_in -= 1
        if self.learns_in == 0:
            self.states = ["active+clean"]
        if "unknown" in self.states:
            raise ResourceError("ceph osd safe-to-destroy: 3 pgs have unknown state; cannot draw any conclusions")
        numbers = [int(number) for number in ids]
        safe = [number for number in numbers if not self.osds[number]["in"] and self.states == ["active+clean"]]
        return {"safe_to_destroy": safe, "active": [number for number in numbers if number not in safe]}

    def order(self, prefix: str, given: str = "", **arguments: Any) -> None:
        """Do what a writing command does."""
        self.writes.append(prefix)
        getattr(self, "_" + prefix.replace(" ", "_"))(**arguments)

    def _osd_out(self, ids: list[str]) -> None:
        for number in ids:
            self.osds[int(number)]["in"] = 0

    def _osd_purge(self, id: int, force: bool = False) -> None:
        if self.osds[id]["up"]:
            raise ResourceError(f"ceph osd purge: osd.{id} is not `down`.")
        if not force and self._osd_safe_to_destroy([str(id)])["active"]:
            raise ResourceError(f"ceph osd purge: OSD(s) {id} have 24 pgs currently mapped to them.")
        del self.osds[id]
        self.users.remove(f"osd.{id}")

    def _osd_crush_rm(self, name: str) -> None:
        self.buckets.remove(name)

    def _mon_rm(self, name: str) -> None:
        self.monitors.remove(name)

    def _auth_rm(self, entity: str) -> None:
        self.users.remove(entity)

    def stop(self, host: str) -> FakeStorage:
        """Stop the daemons of a host."""
        self.osds[int(host[-1]) - 1]["up"] = 0
        self.silent.add(host)
        return self


def task(state: str, host: str = "node-4", lost: bool = False, osds: tuple[int, ...] = ()) -> Any:
    """Return what makes the resource of a task."""
    params = {"host": host, "state": state, "lost": lost, "osds": list(osds), "address": f"192.0.2.1{host[-1]}"}
    return lambda reader: ceph_host.ceph_host(reader, params)


def test_a_host_leaves_with_all_that_the_cluster_had_of_it(converge: Any) -> None:
    storage = FakeStorage()
    assert converge(task("drained"), storage)["actions"] == [DRAINED]
    assert not converge(task("drained"), storage)["changed"]
    storage.stop("node-4")
    assert converge(task("absent"), storage)["actions"] == [
        "Purge osd.3",
        "Take node-4 out of the CRUSH map",
        "Remove Ceph user mgr.node-4",
    ]
    assert (list(storage.osds), storage.buckets) == ([0, 1, 2], ["node-1", "node-2", "node-3"])
    assert storage.users == ["client.admin", "mgr.node-1", "osd.0", "osd.1", "osd.2"]
    assert not converge(task("absent"), storage)["changed"]


def test_a_monitor_leaves_where_the_rest_is_a_majority(converge: Any) -> None:
    storage = FakeStorage()
    converge(task("drained", "node-3"), storage)
    assert "Remove the monitor of node-3" in converge(task("absent", "node-3"), storage.stop("node-3"))["actions"]
    assert storage.monitors == ["node-1", "node-2"]
    assert "node-2 has a monitor, and of 2 monitors none can go" in converge(task("drained", "node-2"), storage)["msg"]


def test_check_mode_tells_what_follows_the_drain(converge: Any) -> None:
    """A host that runs, and is not drained, has to be both before; a run that is not a check says so."""
    storage = FakeStorage()
    assert "osd.3 still run" in converge(task("absent"), storage)["msg"]
    storage.stop("node-4")
    assert "osd.3 hold data. Drain it" in converge(task("absent"), storage)["msg"]
    assert storage.writes == []


def test_a_manager_that_took_over_is_given_time_to_learn_where_data_are(converge: Any) -> None:
    """With the node its manager stopped, and the next one knows nothing yet."""
    storage = FakeStorage().stop("node-4")
    storage.osds[3]["in"] = 0
    storage.states = ["unknown"]
    assert "cannot draw any conclusions" in converge(task("absent"), storage)["msg"]
    assert storage.writes == []
    storage.learns_in = 3
    actions = converge(task("absent"), storage)["actions"]
    assert actions[:2] == ["Wait until Ceph sees that nothing needs osd.3", "Purge osd.3"]
    assert list(storage.osds) == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"states": ["active+clean", "active+undersized"]}, "as often as it should be (active+undersized)"),
        ({"states": ["active+clean+inconsistent"]}, "as often as it should be (active+clean+inconsistent)"),
        ({"size": 4}, "Pools keep 4 copies, each on a host of its own, and node-4 leaves 3"),
        ({"used": 18}, "node-4 holds 18 GiB, and the other OSDs have room for 0 GiB"),
        ({"osds": {**FakeStorage().osds, 1: {"osd": 1, "up": 0, "in": 1}}}, "osd.1 are down"),
    ],
)
def test_a_host_stays_where_the_others_could_not_hold_its_data(converge: Any, change: Any, words: str) -> None:
    storage = FakeStorage()
    vars(storage).update(change)
    assert words in converge(task("drained"), storage)["msg"]
    assert storage.writes == []


def test_all_problems_are_named_at_once(converge: Any) -> None:
    storage = FakeStorage(hosts=3)
    storage.silent.add("node-2")
    storage.states = ["active+degraded"]
    said = converge(task("drained", "node-1"), storage)["msg"]
    assert all(words in said for words in ("as often as", "Pools keep 3 copies", "monitors of node-2 are not there"))


def test_a_drain_that_was_stopped_goes_on(converge: Any) -> None:
    """While data move, not all are where they should be: that is no reason to refuse now."""
    storage = FakeStorage()
    storage.osds[3]["in"] = 0
    storage.states = ["active+remapped+backfilling"]
    assert converge(task("drained"), storage, check=True)["actions"] == [DRAINED]


def test_a_lost_host_that_others_replace_is_waited_for(converge: Any) -> None:
    storage = FakeStorage().stop("node-4")
    assert converge(task("drained", lost=True), storage)["changed"]
    assert converge(task("absent", lost=True), storage)["changed"]


def test_what_no_other_host_could_hold_stays_a_copy_short(converge: Any) -> None:
    storage = FakeStorage(hosts=3).stop("node-3")
    storage.states = ["active+undersized+degraded"]
    assert converge(task("drained", "node-3", lost=True), storage)["changed"]
    assert not converge(task("drained", "node-3", lost=True), storage)["changed"]
    assert "Purge osd.2" in converge(task("absent", "node-3", lost=True), storage)["actions"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"states": ["down"]}, "data that may be on node-4 alone (down)"),
        ({"states": ["active+recovery_unfound+undersized"]}, "on node-4 alone (active+recovery_unfound+undersized)"),
        ({}, "node-4 cannot be reached, and yet osd.3 are up"),
    ],
)
def test_a_host_that_may_have_the_only_copy_is_not_given_up(converge: Any, change: Any, words: str) -> None:
    storage = FakeStorage()
    vars(storage).update(change)
    assert words in converge(task("drained", lost=True), storage)["msg"]


def test_an_osd_that_ceph_calls_otherwise_is_not_left_behind(converge: Any) -> None:
    storage = FakeStorage()
    storage.buckets[3] = "web4"
    for state in ("drained", "absent"):
        assert "osd.3 is at 192.0.2.14, and the CRUSH map does not have it" in converge(task(state), storage)["msg"]
