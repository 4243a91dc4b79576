# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of a host that are stopped for good."""

from __future__ import annotations

from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_digest import watch_path
from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_stops import unit_stops
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Host, Unit

RUNS = {"enabled": "enabled", "active": "active"}


def a_host() -> Host:
    """Return a host with services of the roles, and others."""
    host = Host()
    for name in ("nova-compute.service", "haproxy.service", "nftables.service"):
        host.files[watch_path(name)] = (b"{}", "root", "root", "0644")
        host.units[name] = Unit(**RUNS)
    host.units["ovn-host.service"] = Unit(enabled="enabled")
    host.units["ssh.service"] = Unit(**RUNS)
    return host


def task(**options: Any) -> Any:
    """Return what makes the resource of a task."""
    params = {"only": ["*"], "first": ["haproxy"], "skip": ["nftables"], "also": ["ovn-host.service", "ceph.target"]}
    params |= options
    return lambda reader: unit_stops(reader, params)


def test_services_of_the_roles_are_stopped_and_do_not_start_again(converge: Any) -> None:
    host = a_host()
    assert converge(task(), FakeNode(host))["actions"] == [
        "Stop haproxy.service for good",
        "Stop nova-compute.service for good",
        "Stop ovn-host.service for good",
    ]
    left = [name for name, unit in host.units.items() if unit.active == "active" or unit.enabled == "enabled"]
    assert left == ["nftables.service", "ssh.service"]
    assert not converge(task(), FakeNode(host))["changed"]


def test_others_go_on_where_only_some_are_meant(converge: Any) -> None:
    host = a_host()
    host.files[watch_path("ceph-volume@lvm-3-5d4c3b2a.service")] = (b"{}", "root", "root", "0644")
    host.units["ceph-volume@lvm-3-5d4c3b2a.service"] = Unit(enabled="enabled")
    some = task(only=["ceph-osd@3", "ceph-volume@lvm-3-*"], also=[])
    assert converge(some, FakeNode(host))["actions"] == ["Stop ceph-volume@lvm-3-5d4c3b2a.service for good"]


def test_one_made_from_an_init_script_is_enabled_by_its_links(converge: Any) -> None:
    host = a_host()
    host.units = {"nova-compute.service": Unit(enabled="generated")}
    assert not converge(task(also=[]), FakeNode(host))["changed"]
    host.files["/etc/rc3.d/S01nova-compute"] = (b"", "root", "root", "0644")
    assert converge(task(also=[]), FakeNode(host), check=True)["actions"] == ["Stop nova-compute.service for good"]


def test_a_host_without_services_is_left_alone(converge: Any) -> None:
    assert not converge(task(also=[]), FakeNode(Host()))["changed"]
