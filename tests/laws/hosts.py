# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what changes a host, a database, a broker or a cluster: a world in memory, and a task on it.

The worlds are those of the unit tests; here they only have to keep the laws.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_daemons
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet
from ansible_collections.conductor.cloud.plugins.module_utils.testbed import testbed
from ansible_collections.conductor.cloud.tests.unit import fake_mariadb, fake_node, sample_service
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node import (
    fake_ceph,
    fake_disks,
    fake_keystone,
    test_ceph_daemons,
    test_ceph_devices,
    test_ceph_host,
    test_ceph_objects,
    test_certificates,
    test_compute_hosts,
    test_database,
    test_database_backup,
    test_database_schema,
    test_debian_packages,
    test_etcd,
    test_front_servers,
    test_galera,
    test_keystone_catalog,
    test_kvm_trial,
    test_message_broker,
    test_ovn,
    test_ovn_host,
    test_ovs,
    test_unit_restarts,
    test_unit_stops,
    test_volume_hosts,
)
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.openstack import (
    test_host_drain,
    test_host_services,
)
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.testbed import test_testbed

KEY = test_ceph_devices.KEY
Client = Callable[[], Any]
Build = Callable[[Any], Fleet]


def the_same(world: Any) -> Client:
    """Return what gives each run the same client: the world itself."""
    return lambda: world


class Podman(test_testbed.FakePodman):
    """The podman of the unit tests, as a client."""

    def reader(self) -> Podman:
        """Return what reads."""
        return self


def lab(reader: Any) -> Fleet:
    """Return a testbed of two nodes."""
    return testbed.fleet(reader, test_testbed.wanted())


def catalog(reader: Any) -> Fleet:
    """Return the catalog of the unit tests."""
    return Fleet([test_keystone_catalog.catalog(reader)])


def disks(host: fake_disks.DiskHost) -> Client:
    """Return what gives each run a new client of a host with disks."""
    return lambda: fake_disks.DiskNode(host)


def node_client() -> Client:
    """Return what gives each run a new client of one host."""
    host = sample_service.a_host()
    return lambda: fake_node.FakeNode(host)


@dataclass(frozen=True)
class HostCase:
    """A module, a new world (what gives each run its client), and the task."""

    module: str
    world: Callable[[], Client]
    build: Build
    secrets: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.module


HOST_CASES = [
    HostCase("service_files", node_client, sample_service.SAMPLE),
    HostCase("compute_hosts", lambda: the_same(test_compute_hosts.FakeCell()), test_compute_hosts.task("one")),
    HostCase("debian_packages", test_debian_packages.client, test_debian_packages.ALL),
    HostCase("database_backup", lambda: the_same(test_database_backup.FakeHost()), test_database_backup.MONDAY),
    HostCase(
        "database_restore", lambda: the_same(test_database_backup.a_host_with_backups()), test_database_backup.TUESDAY
    ),
    HostCase("galera_founder", lambda: the_same(fake_node.FakeNode(fake_node.Host())), test_galera.FOUND),
    HostCase("ovn_founder", lambda: the_same(fake_node.FakeNode(fake_node.Host())), test_ovn.FOUND),
    HostCase("etcd_member", lambda: the_same(test_etcd.FakeCluster()), test_etcd.task()),
    HostCase("databases", lambda: the_same(fake_mariadb.FakeServer()), test_database.NOVA, (test_database.SECRET,)),
    HostCase(
        "database_schemas",
        lambda: test_database_schema.Cloud().writer,
        test_database_schema.task(),
        (test_database_schema.SECRET,),
    ),
    HostCase(
        "message_broker",
        lambda: the_same(test_message_broker.FakeBroker()),
        test_message_broker.task(),
        (test_message_broker.SECRET,),
    ),
    HostCase(
        "keystone_catalog", lambda: the_same(fake_keystone.FakeKeystone()), catalog, (test_keystone_catalog.SECRET,)
    ),
    HostCase("ceph_objects", lambda: the_same(fake_ceph.FakeCeph()), test_ceph_objects.build()),
    HostCase("ceph_monitor", lambda: the_same(test_ceph_daemons.FakeHost()), test_ceph_daemons.monitor),
    HostCase("ceph_osds", lambda: the_same(test_ceph_daemons.FakeHost()), test_ceph_daemons.osd),
    HostCase("ceph_osd_devices", lambda: disks(test_ceph_devices.a_host()), test_ceph_devices.task(), (KEY,)),
    HostCase("ceph_osd_devices", lambda: disks(test_ceph_devices.a_purged_osd()), test_ceph_devices.removal()),
    HostCase("certificates", lambda: the_same(test_certificates.client()), test_certificates.task()),
    HostCase("kvm_trial", lambda: the_same(test_kvm_trial.client()), test_kvm_trial.trial),
    HostCase("ovs_settings", lambda: the_same(test_ovs.FakeSwitch()), test_ovs.build()),
    HostCase("front_servers", lambda: the_same(test_front_servers.FakeFront()), test_front_servers.task()),
    HostCase("unit_restarts", lambda: the_same(test_unit_restarts.FakeSystemd()), test_unit_restarts.task()),
    HostCase("unit_stops", lambda: the_same(fake_node.FakeNode(test_unit_stops.a_host())), test_unit_stops.task()),
    HostCase("ovn_host", lambda: the_same(test_ovn_host.FakeOvn()), test_ovn_host.task()),
    HostCase("ceph_host", lambda: the_same(test_ceph_host.FakeStorage()), test_ceph_host.task("drained")),
    HostCase("volume_hosts", lambda: the_same(test_volume_hosts.FakeCinder()), test_volume_hosts.task("one")),
    HostCase("host_services", lambda: the_same(test_host_services.FakeCloud()), test_host_services.task()),
    HostCase("host_services", lambda: the_same(test_host_drain.FakeNova()), test_host_drain.task()),
    HostCase("testbed", lambda: the_same(Podman()), lab),
]


@pytest.fixture
def empty_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what empties the folders of Ceph's daemons, which are tested on a real disk."""
    for name in ("MONITORS", "OSDS"):
        monkeypatch.setattr(ceph_daemons, name, str(tmp_path))

    def renew() -> None:
        for entry in tmp_path.iterdir():
            shutil.rmtree(entry)

    return renew
