# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a cloud: a table of worlds that lack one thing each."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.plugin_utils.host_problems import host_problems

NAMES = ("one", "two", "three")
MIRROR = "http://mirror.example/debian/dists/trixie/InRelease"
CLOUD: dict[str, Any] = {
    "release": "debian 13",
    "memory_mib": {"all": 1000, "control": 3000},
    "free_gib": {"all": 4, "control": 6},
    "free_deployed_gib": 1,
    "clock_seconds": 1,
    "addresses": {"internal": "192.0.2.5", "external": "198.51.100.5"},
    "networks": {"internal": "192.0.2.0/24", "external": "198.51.100.0/24"},
    "groups": {
        "all": [*NAMES],
        "control": [*NAMES],
        "mariadb": [*NAMES],
        "ceph_mon": [*NAMES],
        "keepalived": [*NAMES],
        "haproxy": [*NAMES],
        "keystone": ["one"],
        "memcached": ["one"],
    },
    "hosts": {"one": "192.0.2.11", "two": "192.0.2.12", "three": "192.0.2.13"},
    "frontends": [{"name": "keystone", "port": 5000, "group": "keystone"}],
    "service_ports": {"memcached": [11211], "ara": [8000]},
}


def a_host() -> dict[str, Any]:
    """Return what a host says that has all that is wanted."""
    return {
        "host": {
            "release": "debian 13",
            "memory_mib": 4000,
            "free_gib": 10.0,
            "addresses": ["192.0.2.11/24"],
            "owners": {"192.0.2.5": None, "198.51.100.5": None},
            "names": {"mirror.example": ["192.0.2.99"]},
            "listeners": [{"address": "0.0.0.0", "port": 22, "program": "sshd", "unit": "ssh.service"}],
            "own_units": [],
            "versions": {"haproxy": "3.0"},
            "mirrors": {MIRROR: ""},
        },
        "clock": {"host": 1000.05, "before": 1000.0, "after": 1000.1},
    }


def problems(change: Any = None) -> list[str]:
    """Return the problems of three hosts after a change of the world."""
    results, cloud = {name: a_host() for name in NAMES}, copy.deepcopy(CLOUD)
    if change:
        change(results, cloud)
    return host_problems(results, cloud)


def listens(port: int, program: str, unit: str) -> Any:
    """Return the change that a program listens on the first host."""
    entry = {"address": "0.0.0.0", "port": port, "program": program, "unit": unit}
    return lambda results, cloud: results["one"]["host"]["listeners"].append(entry)


def host(**values: Any) -> Any:
    """Return the change of what the first host says."""
    return lambda results, cloud: results["one"]["host"].update(values)


def owners(address: str, **found: str) -> Any:
    """Return the change that hosts say who has an address."""

    def change(results: Any, cloud: Any) -> None:
        for name, owner in found.items():
            results[name]["host"]["owners"][address] = owner

    return change


def groups(**found: list[str]) -> Any:
    """Return the change of groups of the inventory."""
    return lambda results, cloud: cloud["groups"].update(found)


def cloud_has(what: str, **values: str) -> Any:
    """Return the change of what the cloud wants."""
    return lambda results, cloud: cloud[what].update(values)


def clock(**values: float) -> Any:
    """Return the change of the first host's clock."""
    return lambda results, cloud: results["one"]["clock"].update(values)


def without_answer(**result: Any) -> Any:
    """Return the change that the first host gives no answer."""
    return lambda results, cloud: results.update(one=result)


TABLE = {
    "release": (host(release="debian 12"), "one: wanted debian 13, found debian 12."),
    "memory": (host(memory_mib=3999), "one: wanted 4000 MiB of memory, found 3999 MiB."),
    "disk": (host(free_gib=9.9), "one: wanted 10 GiB free under /var/lib, found 9.9 GiB."),
    "disk of a deployed host": (
        host(free_gib=0.9, own_units=["haproxy.service"]),
        "one: wanted 1 GiB free under /var/lib, found 0.9 GiB.",
    ),
    "name": (host(names={"mirror.example": []}), "one: wanted an address of mirror.example, found none."),
    "no mirror": (host(mirrors={}), "one: wanted a mirror of Debian, found none."),
    "mirror": (host(mirrors={MIRROR: "404  Not Found"}), f"one: wanted {MIRROR} within reach, found 404  Not Found."),
    "port of a backend": (listens(5000, "nginx", "nginx.service"), "one: wanted port 5000 free, found nginx (nginx."),
    "port of a service": (listens(11211, "nc", ""), "one: wanted port 11211 free, found nc (no unit) at 0.0.0.0."),
    "address of a stranger": (
        owners("192.0.2.5", two="52:54:00:00:00:01"),
        "two: wanted cloud_internal_vip 192.0.2.5 free, found it at 52:54:00:00:00:01.",
    ),
    "address outside": (
        cloud_has("addresses", internal="203.0.113.5"),
        "inventory: wanted cloud_internal_vip in 192.0.2.0/24, found 203.0.113.5.",
    ),
    "no address": (
        cloud_has("addresses", external=""),
        "inventory: wanted cloud_external_vip and cloud_external_cidr,",
    ),
    "address of a host": (
        cloud_has("addresses", internal="192.0.2.12"),
        "inventory: wanted an address for each, found 192.0.2.12 for two and cloud_internal_vip.",
    ),
    "two databases": (
        groups(mariadb=["one", "two"]),
        "inventory: wanted one or at least three hosts in mariadb, found one and two.",
    ),
    "two brokers": (
        groups(rabbitmq=["one", "two"]),
        "inventory: wanted one or at least three hosts in rabbitmq, found one and two.",
    ),
    "two databases of OVN": (
        groups(ovn=["two", "three"]),
        "inventory: wanted one or at least three hosts in ovn, found two and three.",
    ),
    "even members with locks": (
        groups(etcd=["one", "two"]),
        "inventory: wanted an odd number of hosts in etcd, found 2.",
    ),
    "volumes without locks": (
        groups(cinder=["one", "two", "three"]),
        "inventory: wanted hosts in etcd, found none. Put hosts into it",
    ),
    "volumes away from locks": (
        groups(cinder=["one", "two"], etcd=["two"]),
        "inventory: wanted each host of cinder in etcd as well, found one in cinder alone.",
    ),
    "even monitors": (
        groups(ceph_mon=["one", "two"]),
        "inventory: wanted an odd number of hosts in ceph_mon, found 2.",
    ),
    "clock behind": (clock(host=998.9), "one: wanted the controller's time within 1 s, found 1.1 s less."),
    "clock ahead": (clock(host=1001.2), "one: wanted the controller's time within 1 s, found 1.1 s more."),
    "no answer": (
        without_answer(unreachable=True, msg="ssh: connect to host\ntimed out"),
        "one: wanted an answer, found timed out. Check its address, ssh, the login and python3.",
    ),
    "version": (
        host(versions={"haproxy": "2.9"}),
        "one: wanted haproxy 3.0 as elsewhere, found haproxy 2.9.",
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_each_problem_is_named(case: str) -> None:
    """And nothing else, but for clocks, where the others are off from this one as well."""
    change, sentence = TABLE[case]
    found = problems(change)
    assert found[0].startswith(sentence)
    assert len(found) == (3 if case.startswith("clock") else 1)


def test_nothing_is_in_the_way() -> None:
    """Of three hosts that have everything."""
    assert problems() == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda results, cloud: (
                host(own_units=["keystone.service"])(results, cloud),
                listens(5000, "uwsgi", "keystone.service")(results, cloud),
            ),
            id="port of an own unit",
        ),
        pytest.param(listens(8000, "python3", "something.service"), id="port of a service of other hosts"),
        pytest.param(owners("192.0.2.5", one="this host", two="52:54:00:00:00:01"), id="address at one of its guards"),
        pytest.param(host(free_gib=1.5, own_units=["haproxy.service"]), id="space that a cloud has taken"),
        pytest.param(clock(host=1001.05, after=1001.1), id="slow answer of a clock"),
        pytest.param(lambda results, cloud: results.update(one={}) or results.pop("one"), id="host that was left out"),
        pytest.param(groups(mariadb=["one"], ceph_mon=["one"], rabbitmq=["one"], cinder=["one"]), id="one of each"),
        pytest.param(groups(rabbitmq=[*NAMES], ovn=[*NAMES], etcd=[*NAMES], cinder=["one", "two"]), id="three of each"),
    ],
)
def test_what_is_well_is_not_named(change: Any) -> None:
    """Deployed clouds, hosts left out, answers that took long."""
    assert problems(change) == []


def test_everything_at_once() -> None:
    """No problem hides another."""

    def all_of_them(results: Any, cloud: Any) -> None:
        for name in names:
            TABLE[name][0](results, cloud)

    names = ("release", "memory", "disk", "name", "mirror", "port of a service", "even monitors", "version")
    found = problems(all_of_them)
    assert len(found) == len(names)


def test_all_that_three_controllers_may_lack_at_once() -> None:
    """Groups of two, a shared address outside that answers, a clock that is off, a host that does not answer."""

    def all_of_them(results: Any, cloud: Any) -> None:
        for name in names:
            TABLE[name][0](results, cloud)
        results["three"]["clock"]["host"] = 1002.0
        results["one"] = {"unreachable": True, "msg": "timed out"}
        owners("203.0.113.5", two="52:54:00:00:00:01")(results, cloud)

    names = ("two databases", "two brokers", "two databases of OVN", "even monitors", "address outside")
    found = problems(all_of_them)
    for name in names:
        assert any(line.startswith(TABLE[name][1]) for line in found), name
    assert any("one: wanted an answer, found timed out" in line for line in found)
    assert any("three: wanted the controller's time within 1 s, found 1.9 s more" in line for line in found)
    assert any("two: wanted cloud_internal_vip 203.0.113.5 free, found it at 52:54" in line for line in found)
