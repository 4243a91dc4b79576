# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OSDs on whole disks: of empty ones alone, and finished by the next run wherever one was stopped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_device_removal, ceph_devices
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import NotInstalledError
from ansible_collections.conductor.cloud.tests.unit.fake_node import Killed
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.fake_disks import (
    FSID,
    MOUNTS,
    OSDS,
    DiskHost,
    DiskNode,
)

KEY = "a-key-of-an-osd"
UUID = "5d4c3b2a-0000-4000-8000-000000000001"
GROUP, VOLUME = f"ceph-{UUID}", f"osd-block-{UUID}"
BY_ID = "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"
STEPS = [
    "Make a volume group on /dev/sdb",
    "Make a logical volume on /dev/sdb",
    "Make an OSD on /dev/sdb",
    "Activate the OSD on /dev/sdb",
]


def a_host() -> DiskHost:
    """Return a host with two empty disks."""
    return DiskHost(links={BY_ID: "/dev/sdb"}).add("/dev/sdb").add("/dev/sdc")


def task(*devices: str) -> Any:
    """Return what makes the OSDs of a task."""
    params = {"devices": devices or ("/dev/sdb",), "fsid": FSID, "key": KEY, "keyring": "/a/keyring"}
    return lambda reader: ceph_devices.device_osds(reader, params)


def removal(*osds: int) -> Any:
    """Return what takes away what OSDs left."""
    return lambda reader: ceph_device_removal.left_osds(reader, {"osds": list(osds), "fsid": FSID})


def a_purged_osd() -> DiskHost:
    """Return a host with an active OSD on one of its disks that the cluster has forgotten."""
    tags = f"ceph.cluster_fsid={FSID},ceph.osd_id=0,ceph.osd_fsid={UUID},ceph.type=block"
    host = a_host().add_group("/dev/sdb", GROUP, "", **{VOLUME: tags})
    host.files[MOUNTS] = (f"tmpfs {OSDS}/ceph-0 tmpfs rw 0 0".encode(), "root", "root", "0444")
    for name, text in (("fsid", UUID), ("ceph_fsid", FSID)):
        host.files[f"{OSDS}/ceph-0/{name}"] = (f"{text}\n".encode(), "ceph", "ceph", "0600")
    return host


def an_osd(converge: Any) -> DiskHost:
    """Return a host with an OSD on one of its disks."""
    host = a_host()
    assert "msg" not in converge(task(), DiskNode(host))
    return host


def test_a_disk_becomes_an_osd_once(converge: Any) -> None:
    host = a_host()
    predicted = converge(task(), DiskNode(host), check=True)
    assert (predicted["actions"], host.log) == (STEPS, [])
    done = converge(task(), DiskNode(host))
    assert done["actions"] == STEPS
    assert done["object"] == {
        "uuid": UUID,
        "volume": f"/dev/{GROUP}/{VOLUME}",
        "id": 0,
        "unit": f"ceph-volume@lvm-0-{UUID}",
        "data": f"{OSDS}/ceph-0",
    }
    log = list(host.log)
    assert not converge(task(), DiskNode(host))["changed"]
    assert host.log == log
    assert KEY not in json.dumps([done, log])


def test_ceph_volume_finds_all_that_it_asks_for(converge: Any) -> None:
    tags = an_osd(converge).groups[GROUP]["volumes"][VOLUME].split(",")
    assert {
        f"ceph.cluster_fsid={FSID}",
        "ceph.cluster_name=ceph",
        "ceph.type=block",
        "ceph.encrypted=0",
        "ceph.osd_id=0",
        f"ceph.osd_fsid={UUID}",
        f"ceph.block_device=/dev/{GROUP}/{VOLUME}",
    } <= set(tags)


def test_a_disk_is_known_under_each_of_its_names(converge: Any) -> None:
    host = an_osd(converge)
    assert not converge(task(BY_ID), DiskNode(host))["changed"]
    assert "it is /dev/sdb, as /dev/sdb is. Name it once" in converge(task("/dev/sdb", BY_ID), DiskNode(host))["msg"]


def test_what_was_stopped_anywhere_is_finished(converge: Any) -> None:
    """After whichever write, without a second OSD."""
    calm = an_osd(converge)
    for last in range(1, len(calm.log) + 1):
        host = a_host()
        host.die_at = last
        with pytest.raises(Killed):
            converge(task(), DiskNode(host))
        host.die_at = None
        rest = converge(task(), DiskNode(host))
        assert "msg" not in rest, calm.log[last - 1]
        assert not converge(task(), DiskNode(host))["changed"]
        assert (host.cluster.osds, host.groups) == (calm.cluster.osds, calm.groups)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"signatures": ["gpt", "PMBR"]}, "it holds gpt and PMBR. Only an empty disk is taken"),
        ({"signatures": ["ext4"]}, "it holds ext4"),
        ({"signatures": ["ceph_bluestore"]}, "it holds ceph_bluestore"),
        ({"signatures": ["LVM2_member"]}, "it holds LVM2_member"),
        ({"children": [{"name": "/dev/mapper/data"}]}, "it is in use as /dev/mapper/data"),
        ({"mountpoints": ["[SWAP]"]}, "it is in use as [SWAP]"),
        ({"ro": True}, "it can only be read"),
        ({"size": 1 << 30}, "it has less than 5 GiB"),
        ({"type": "part"}, "it is no whole disk, but part"),
    ],
)
def test_a_disk_that_is_not_empty_is_refused_before_anything_is_written(
    change: Any, words: str, converge: Any
) -> None:
    host = a_host()
    host.disks["/dev/sdc"] |= change
    for check in (True, False):
        said = converge(task("/dev/sdb", "/dev/sdc"), DiskNode(host), check=check)["msg"]
        assert said.startswith("/dev/sdc: ") and words in said
    assert (host.log, host.groups, host.cluster.writes) == ([], {}, [])


@pytest.mark.parametrize(
    ("group", "tags", "volumes"),
    [
        ("data", "", {"root": ""}),
        (GROUP, "ceph.cluster_fsid=another", {}),
        (GROUP, f"ceph.cluster_fsid={FSID}", {"somebody": ""}),
        (GROUP, f"ceph.cluster_fsid={FSID}", {VOLUME: "ceph.cluster_fsid=another,ceph.osd_id=0,ceph.type=block"}),
        (GROUP, "", {VOLUME: f"ceph.cluster_fsid={FSID},ceph.osd_id=0,ceph.type=db"}),
        (GROUP, "", {VOLUME: f"ceph.cluster_fsid={FSID},ceph.osd_id=0,ceph.type=block", "more": ""}),
    ],
)
def test_volumes_of_somebody_else_are_refused(group: str, tags: str, volumes: Any, converge: Any) -> None:
    host = a_host().add_group("/dev/sdb", group, tags, **volumes)
    said = converge(task(), DiskNode(host))["msg"]
    assert f"/dev/sdb: it holds volume group {group}, which is not of this cluster" in said
    assert "empty it: ceph-volume lvm zap --destroy /dev/sdb" in said
    assert host.log == []


def test_a_disk_that_is_not_there_is_named(converge: Any) -> None:
    said = converge(task("/dev/sdx"), DiskNode(a_host()))["msg"]
    assert "/dev/sdx: there is no such device on this host" in said


def test_an_osd_of_a_host_that_was_installed_anew_is_activated(converge: Any) -> None:
    host = an_osd(converge)
    host.files.clear()
    assert converge(task(), DiskNode(host))["actions"] == ["Activate the OSD on /dev/sdb"]
    assert not converge(task(), DiskNode(host))["changed"]


def test_one_that_the_cluster_has_forgotten_is_not_activated(converge: Any) -> None:
    host = an_osd(converge)
    host.files.clear()
    host.cluster.osds.clear()
    log = list(host.log)
    said = converge(task(), DiskNode(host))["msg"]
    assert "/dev/sdb: it was osd.0 of this cluster, which has forgotten it" in said
    assert host.log == log


def test_one_that_a_person_made_with_ceph_volume_is_this_clusters_too(converge: Any) -> None:
    tags = f"ceph.cluster_fsid={FSID},ceph.osd_id=4,ceph.osd_fsid={UUID},ceph.type=block"
    host = a_host().add_group("/dev/sdb", "ceph-another-uuid", "", **{"osd-block-x": tags})
    host.cluster.osds[UUID] = 4
    assert converge(task(), DiskNode(host))["object"]["data"] == f"{OSDS}/ceph-4"


def test_the_directory_of_another_osd_is_not_hidden(converge: Any) -> None:
    host = a_host()
    host.files[f"{OSDS}/ceph-0/fsid"] = (b"another\n", "ceph", "ceph", "0600")
    assert "ceph-0 holds another OSD" in converge(task(), DiskNode(host))["msg"]


def test_before_lvm_is_installed_check_mode_says_that_it_cannot_know(converge: Any) -> None:
    class Bare(DiskNode):
        """A host without LVM's tools."""

        def _pvs(self, device: str) -> Any:
            raise NotInstalledError("pvs: there is no such command on this host.")

    host = an_osd(converge)
    said = converge(task("/dev/sdb", "/dev/sdc"), Bare(host), check=True)
    assert said["unknown"] == ["/dev/sdb: LVM's tools are not on this host yet."]
    assert not converge(removal(), Bare(a_host()), check=True)["changed"]


def test_what_a_purged_osd_left_is_taken_away(converge: Any) -> None:
    host = an_osd(converge)
    assert "osd.0: the cluster still knows it" in converge(removal(), DiskNode(host))["msg"]
    steps = [f"Unmount {OSDS}/ceph-0", "Zap /dev/sdb, which was osd.0"]
    assert converge(removal(0), DiskNode(host), check=True)["actions"] == steps
    host.cluster.osds.clear()
    assert converge(removal(), DiskNode(host))["actions"] == steps
    assert (host.groups, host.files[MOUNTS][0]) == ({}, b"")
    for which in (removal(), removal(0)):
        assert not converge(which, DiskNode(host))["changed"]
    host.cluster.keys.clear()
    assert converge(task(), DiskNode(host))["actions"] == STEPS


def test_of_a_dead_disk_the_mount_is_left(converge: Any) -> None:
    host = an_osd(converge)
    host.cluster.osds.clear()
    host.groups.clear()
    del host.disks["/dev/sdb"]
    assert converge(removal(), DiskNode(host), check=True)["actions"] == [f"Unmount {OSDS}/ceph-0"]
    assert converge(removal(0), DiskNode(host))["actions"] == [f"Unmount {OSDS}/ceph-0"]
    assert not converge(removal(0), DiskNode(host))["changed"]


def test_disks_of_others_are_not_emptied(converge: Any) -> None:
    tags = "ceph.cluster_fsid=another,ceph.osd_id=0,ceph.type=block"
    host = a_host().add_group("/dev/sdb", "ceph-another", "", **{"osd-block-x": tags})
    for which in (removal(), removal(0)):
        assert not converge(which, DiskNode(host))["changed"]
