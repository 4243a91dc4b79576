# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member without data joins those that are a cluster, under a new number, and does nothing anywhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import etcd
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, NotInstalledError, checked
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

PEERS = {"one": "192.0.2.1", "two": "192.0.2.2", "three": "192.0.2.3"}
URLS = {name: f"https://{address}:2380" for name, address in PEERS.items()}
OTHERS = "--endpoints=https://192.0.2.1:2379,https://192.0.2.3:2379"


class FakeCluster:
    """The member ``two``, and a cluster that counts the named ones; members that are gone answer nothing."""

    def __init__(self, counted: tuple[str, ...] = ("one", "two", "three"), installed: bool = True) -> None:
        self.members = {number + 10: URLS.get(name, name) for number, name in enumerate(counted)}
        self.installed = installed
        self.files: dict[str, bytes] = {}
        self.refuses = False
        self.silent = ""

    def reader(self) -> FakeCluster:
        """Return what reads."""
        return self

    def stat(self, path: str) -> Any:
        """Return something where there is something."""
        return self.files.get(path)

    content = stat

    def ask(self, argv: list[str]) -> Answer:
        """List the members."""
        if not self.installed:
            raise NotInstalledError("etcdctl: not found")
        if argv[-1] == "health":
            return Answer(1 if self.silent and self.silent in argv[1] else 0, "", "")
        assert argv[:2] == ["etcdctl", OTHERS]
        listed = [{"ID": number, "peerURLs": [url]} for number, url in self.members.items()]
        return Answer(0, json.dumps({"members": listed}), "") if listed else Answer(1, "", "context deadline exceeded")

    def output(self, argv: list[str]) -> str:
        """List the members to whoever needs to know."""
        return checked(self.ask(argv), "etcdctl")

    def command(self, argv: list[str]) -> str:
        """Remove or add a member."""
        if self.refuses:
            raise ResourceError("etcdctl: unhealthy cluster")
        verb = argv[3]
        if verb == "remove":
            del self.members[int(argv[4], 16)]
        else:
            self.members[max(self.members) + 1] = argv[5].removeprefix("--peer-urls=")
        return ""

    def write(self, path: str, data: bytes, mode: str) -> None:
        """Keep a file."""
        self.files[path] = data


def task(**options: Any) -> Any:
    """Return what makes the resource of a task on the member ``two``."""
    usual = {"name": "two", "peers": PEERS, "data": "/var/lib/etcd/cloud", "control": ["etcdctl"], "state": "present"}
    params = {**usual, **options}
    return lambda reader: etcd.member(reader, params)


def test_a_member_that_lost_its_data_joins_under_a_new_number(converge: Any) -> None:
    cluster = FakeCluster()
    result = converge(task(), cluster)
    assert result["actions"] == [
        f"Take {URLS['two']}, whose data is gone, out of the cluster of etcd",
        f"Let {URLS['two']} join the cluster of etcd with its next start",
    ]
    assert cluster.members == {10: URLS["one"], 12: URLS["three"], 13: URLS["two"]}
    assert cluster.files[etcd.NOTE].decode().splitlines() == [
        f"ETCD_INITIAL_CLUSTER=one={URLS['one']},three={URLS['three']},two={URLS['two']}",
        "ETCD_INITIAL_CLUSTER_STATE=existing",
    ]
    assert not converge(task(), cluster)["changed"]


def test_a_controller_of_another_name_takes_the_place_of_a_lost_one(converge: Any) -> None:
    cluster = FakeCluster(("one", "https://192.0.2.99:2380", "three"))
    actions = converge(task(), cluster)["actions"]
    assert actions[0] == "Take https://192.0.2.99:2380, whose data is gone, out of the cluster of etcd"
    assert sorted(cluster.members.values()) == sorted(URLS.values())


def test_a_run_that_was_killed_half_way_is_finished(converge: Any) -> None:
    """Taken out, or added and not told yet."""
    for counted in (("one", "three"), ("one", "three", "two")):
        cluster = FakeCluster(counted)
        assert converge(task(), cluster)["changed"]
        assert etcd.NOTE in cluster.files


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(FakeCluster(()), id="nobody is a cluster"),
        pytest.param(FakeCluster(installed=False), id="nothing is installed"),
    ],
)
def test_a_first_start_is_left_alone(converge: Any, world: FakeCluster) -> None:
    assert not converge(task(), world)["changed"]


def test_a_member_with_data_is_left_alone(converge: Any) -> None:
    cluster = FakeCluster(("one", "three"))
    cluster.files["/var/lib/etcd/cloud/member"] = b""
    assert not converge(task(), cluster)["changed"]


def test_a_single_member_asks_nobody(converge: Any) -> None:
    assert not converge(task(peers={"two": "192.0.2.2"}), FakeCluster())["changed"]


def test_a_cluster_that_refuses_is_an_error(converge: Any) -> None:
    """And the member is not told to join."""
    cluster = FakeCluster()
    cluster.refuses = True
    assert "unhealthy cluster" in converge(task(), cluster)["msg"]
    assert etcd.NOTE not in cluster.files


def test_a_member_that_goes_is_taken_out_and_no_other(converge: Any) -> None:
    cluster = FakeCluster()
    assert converge(task(state="absent"), cluster)["actions"] == [f"Take {URLS['two']} out of the cluster of etcd"]
    assert sorted(cluster.members.values()) == sorted([URLS["one"], URLS["three"]])
    assert not converge(task(state="absent"), cluster)["changed"]


@pytest.mark.parametrize(
    ("counted", "silent", "words"),
    [
        (("one", "two", "three"), "192.0.2.3", "192.0.2.3 does not answer"),
        (("one", "two"), "", "of 2 members none can go"),
        ((), "", "context deadline exceeded"),
    ],
)
def test_a_member_stays_where_the_rest_is_no_majority(converge: Any, counted: Any, silent: str, words: str) -> None:
    cluster = FakeCluster(counted)
    cluster.silent = silent
    assert words in converge(task(state="absent"), cluster)["msg"]
