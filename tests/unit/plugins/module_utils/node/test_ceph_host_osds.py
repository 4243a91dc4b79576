# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An OSD that leaves a Ceph cluster, while its host stays."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.test_ceph_host import FakeStorage, task


def with_second_osd(hosts: int = 3) -> FakeStorage:
    """Return storage whose last host has a second OSD."""
    storage = FakeStorage(hosts)
    number = 10 + hosts - 1
    storage.osds[number] = {"osd": number, "up": 1, "in": 1, "public_addr": f"192.0.2.1{hosts}:6802/7"}
    storage.users.append(f"osd.{number}")
    return storage


def test_an_osd_leaves_and_its_host_stays(converge: Any) -> None:
    storage = with_second_osd()
    away = "Take osd.2 out, so that other OSDs get what they hold"
    assert converge(task("drained", "node-3", osds=(2,)), storage)["actions"] == [away]
    assert "osd.2 still run" in converge(task("absent", "node-3", osds=(2,)), with_second_osd())["msg"]
    storage.osds[2]["up"] = 0
    assert converge(task("absent", "node-3", osds=(2,)), storage)["actions"] == ["Purge osd.2"]
    assert (list(storage.osds), len(storage.buckets), len(storage.monitors)) == ([0, 1, 12], 3, 3)
    for state in ("drained", "absent"):
        assert not converge(task(state, "node-3", osds=(2,)), storage)["changed"]


def test_an_osd_whose_disk_died_is_lost_where_its_host_runs(converge: Any) -> None:
    """Where its host has another one, that gets the data; else they stay with a copy less until there is one."""
    for storage, is_waited_for in ((with_second_osd(), True), (FakeStorage(hosts=3), False)):
        storage.osds[2]["up"] = 0
        storage.states = ["active+undersized+degraded"]
        said = converge(task("drained", "node-3", osds=(2,)), storage)
        assert ("waited" in said.get("msg", "")) is is_waited_for
        said = converge(task("absent", "node-3", osds=(2,)), storage)
        assert ("msg" in said) is is_waited_for
        assert (2 in storage.osds) is is_waited_for


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"states": ["active+undersized"]}, "as often as it should be (active+undersized)"),
        ({"size": 4}, "Pools keep 4 copies, each on a host of its own, and osd.2 leaves 3. Add an OSD first."),
        ({"used": 9}, "osd.2 holds 9 GiB, and the other OSDs have room for 8 GiB"),
        ({"buckets": ["node-1", "node-2"]}, "osd.2 is at 192.0.2.13, and the CRUSH map does not have it at a host"),
    ],
)
def test_an_osd_stays_where_the_others_could_not_hold_its_data(converge: Any, change: Any, words: str) -> None:
    storage = with_second_osd()
    vars(storage).update(change)
    assert words in converge(task("drained", "node-3", osds=(2,)), storage)["msg"]
    assert storage.writes == []


def test_an_osd_with_the_only_copy_is_not_given_up(converge: Any) -> None:
    storage = with_second_osd()
    storage.osds[2]["up"] = 0
    storage.states = ["down"]
    for state in ("drained", "absent"):
        said = converge(task(state, "node-3", osds=(2,)), storage)["msg"]
        assert "data that may be on osd.2 alone (down)" in said


def test_an_osd_of_another_host_is_not_taken(converge: Any) -> None:
    said = converge(task("drained", "node-2", osds=(2,)), with_second_osd())["msg"]
    assert "the CRUSH map does not have it at a host node-2" in said
