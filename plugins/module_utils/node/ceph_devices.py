# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OSDs on whole disks, laid out as ``ceph-volume lvm`` does, which lists, activates and zaps them.

They are not made by ``ceph-volume lvm prepare``. Where that fails, it zaps whatever has the number that it had asked
for, another cluster's OSD included; where it is killed, it can neither go on nor begin anew, as it draws another key
each time. Here each step leaves on the disk what the next run goes on from: the volume group says of which cluster
and which OSD it is, and the logical volume gets its number last, with all other tags in one write of LVM.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .block_devices import BlockDevices, Disk, Volume
from .ceph_client import CephReader
from .ceph_client import connect as connect_ceph
from .ceph_daemons import (
    CLUSTER,
    MKFS,
    OSDS,
    OWNER,
    OsdNode,
    clear_directory,
    fresh_directory,
    new_number,
    unfinished_path,
)
from .node import NodeReader

SPEC = ArgSpec(
    {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "fsid": {"type": "str", "required": True},
        "devices": {"type": "list", "elements": "path", "default": []},
        "key": {"type": "str", "no_log": True},
        "osds": {"type": "list", "elements": "int", "default": []},
    },
    required_if=(("state", "present", ("key",)),),
)
GROUP = re.compile(r"ceph-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
OF_CLUSTER = "ceph.cluster_fsid"
NOTHING: Document = {"uuid": None, "volume": None, "id": None, "unit": None, "data": None}


class DiskReader(NodeReader):
    """This host, and the cluster that knows its OSDs, without a way to change either."""

    def __init__(self, cluster: CephReader) -> None:
        self.cluster = cluster


class DiskNode(OsdNode):
    """This host with its disks, and the cluster that gives OSDs their numbers."""

    def reader(self) -> DiskReader:
        """Return both without the verbs that write."""
        return DiskReader(self.cluster.reader())

    @staticmethod
    def new_uuid() -> str:
        """Draw the UUID of a new OSD."""
        return str(uuid4())


def connect(params: dict[str, Any]) -> DiskNode:
    """Return this host with its way to the cluster. Nothing is sent yet."""
    return DiskNode(connect_ceph(params))


def data_path(number: int | str) -> str:
    """Return where the directory of an OSD is."""
    return f"{OSDS}/{CLUSTER}-{number}"


def number_of(volume: Volume) -> int | None:
    """Return the number of the OSD on a volume, once it is made."""
    number = volume.tags.get("ceph.osd_id", "")
    return int(number) if number.isdigit() else None


def uuid_of(disk: Disk) -> str:
    """Return the UUID of the OSD on a disk, or of the one that is being made there."""
    begun = GROUP.fullmatch(disk.group)
    return next((volume.tags.get("ceph.osd_fsid", "") for volume in disk.volumes), "") or (begun[1] if begun else "")


def is_ours(disk: Disk, fsid: str) -> bool:
    """Tell whether a volume group is an OSD of this cluster, or what a stopped run left of one."""
    if len(disk.volumes) == 1 and number_of(disk.volumes[0]) is not None:
        tags = disk.volumes[0].tags
        return (tags.get(OF_CLUSTER), tags.get("ceph.type")) == (fsid, "block")
    begun = GROUP.fullmatch(disk.group)
    is_begun = begun is not None and disk.tags.get(OF_CLUSTER) == fsid
    return is_begun and [(volume.name, volume.tags) for volume in disk.volumes] in ([], [(volume_name(disk), {})])


def volume_name(disk: Disk) -> str:
    """Return the name of the volume that belongs in a group. Udev gives volumes with such names to Ceph."""
    return f"osd-block-{uuid_of(disk)}"


def known_uuids(reader: Any) -> set[str] | None:
    """Return the UUIDs of all OSDs that the cluster knows, or None where it cannot be asked yet."""
    answer = reader.cluster.ask("osd dump")
    return None if answer is None else {osd["uuid"] for osd in answer["osds"]}


class DeviceOsd:
    """The OSD on a whole disk."""

    def __init__(self, devices: BlockDevices, path: str, wanted: dict[str, Any], taken: dict[str, str]) -> None:
        self.name = f"OSD on {path}"
        self.path = path
        self.wanted = wanted
        self._devices = devices
        self._taken = taken

    def read(self) -> Document | None:
        """Return how far the OSD is; a disk that is neither empty nor this cluster's is refused."""
        disk = self._look()
        if not disk.group:
            return None
        found = {**NOTHING, "uuid": uuid_of(disk)}
        for volume in disk.volumes:
            found |= {"volume": volume.path, "id": number_of(volume)}
        if found["id"] is None:
            return found
        found["unit"] = f"ceph-volume@lvm-{found['id']}-{found['uuid']}"
        reader, path = self._devices.reader, data_path(found["id"])
        if reader.content(f"{path}/fsid") == f"{found['uuid']}\n".encode():
            return {**found, "data": path}
        known = known_uuids(reader) if self.wanted["keyring"] else None
        if known is not None and found["uuid"] not in known:
            self._refuse(f"was osd.{found['id']} of this cluster, which has forgotten it")
        return found

    def _look(self) -> Disk:
        disk = self._devices.look(self.path)
        if self._taken.setdefault(disk.device, self.path) != self.path:
            raise ResourceError(f"{self.path}: it is {disk.device}, as {self._taken[disk.device]} is. Name it once.")
        if disk.group and not is_ours(disk, self.wanted["fsid"]):
            self._refuse(f"holds volume group {disk.group}, which is not of this cluster")
        if disk.contents:
            self._refuse(f"holds {' and '.join(disk.contents)}")
        if disk.faults:
            raise ResourceError(f"{self.path}: it {', and '.join(disk.faults)}. Give another one.")
        return disk

    def _refuse(self, why: str) -> None:
        raise ResourceError(
            f"{self.path}: it {why}. Only an empty disk is taken. If nobody needs what is there, "
            f"empty it: ceph-volume lvm zap --destroy {self.path}"
        )

    def plan(self, current: Document | None) -> Plan:
        """Plan what is missing, from the volume group to the directory. Only the cluster knows the number."""
        now = current or NOTHING
        steps = [
            ("uuid", f"Make a volume group on {self.path}", self._make_group),
            ("volume", f"Make a logical volume on {self.path}", self._make_volume),
            ("id", f"Make an OSD on {self.path}", self._make_osd),
            ("data", f"Activate the OSD on {self.path}", self._activate),
        ]
        missing = tuple(Step(key, summary, submit) for key, summary, submit in steps if now[key] is None)
        after = {**now, "data": None if now["id"] is None else data_path(now["id"])}
        return Plan(current, after, missing)

    def _make_group(self, writer: DiskNode, results: Results) -> None:
        disk = self._look()
        tag = f"{OF_CLUSTER}={self.wanted['fsid']}"
        writer.command(["vgcreate", "--addtag", tag, f"{CLUSTER}-{writer.new_uuid()}", disk.device])

    def _make_volume(self, writer: DiskNode, results: Results) -> None:
        disk = self._look()
        writer.command(["lvcreate", "--yes", "--extents", "100%FREE", "--name", volume_name(disk), disk.group])

    def _make_osd(self, writer: DiskNode, results: Results) -> None:
        disk = self._look()
        [volume] = disk.volumes
        uuid, key = uuid_of(disk), self.wanted["key"]
        number = new_number(writer.cluster, uuid, key)
        writer.command(["lvchange", "--activate", "y", f"{volume.group}/{volume.name}"])
        writer.command(["chown", f"{OWNER['owner']}:{OWNER['group']}", volume.path])
        if self._devices.reader.content(f"{data_path(number)}/fsid"):
            raise ResourceError(f"{self.name}: {data_path(number)} holds another OSD. Remove what is left of it first.")
        # Ceph refuses a store that a stopped run made, without the directory of that run. One being made is in use yet.
        writer.command(["wipefs", "--all", volume.path])
        unfinished = fresh_directory(writer, data_path(number))
        writer.command(["ln", "--symbolic", volume.path, f"{unfinished}/block"])
        where = ["--id", number, "--osd-uuid", uuid, "--osd-data", unfinished, "--keyfile", "-"]
        writer.command([*MKFS, *where], given=key, secrets=[key], user="ceph")
        tags = [part for tag in self._tags(volume, uuid, number) for part in ("--addtag", tag)]
        writer.command(["lvchange", *tags, f"{volume.group}/{volume.name}"])

    def _tags(self, volume: Volume, uuid: str, number: str) -> Iterator[str]:
        """Yield what ceph-volume knows a volume by."""
        yield f"{OF_CLUSTER}={self.wanted['fsid']}"
        yield f"ceph.cluster_name={CLUSTER}"
        yield f"ceph.osd_fsid={uuid}"
        yield f"ceph.osd_id={number}"
        yield "ceph.type=block"
        yield f"ceph.block_device={volume.path}"
        yield f"ceph.block_uuid={volume.uuid}"
        yield from ("ceph.encrypted=0", "ceph.vdo=0", "ceph.cephx_lockbox_secret=", "ceph.crush_device_class=")

    def _activate(self, writer: DiskNode, results: Results) -> None:
        disk = self._look()
        [volume] = disk.volumes
        writer.command(["lvchange", "--activate", "y", f"{volume.group}/{volume.name}"])
        number = str(number_of(volume))
        writer.command(["ceph-volume", "lvm", "activate", "--bluestore", "--no-systemd", number, uuid_of(disk)])
        # What belongs in the directory of an OSD comes from its disk, whenever it is activated.
        clear_directory(unfinished_path(data_path(number)))


def device_osds(reader: Any, params: dict[str, Any]) -> Fleet:
    """Return the OSDs of a task."""
    devices = BlockDevices(reader)
    taken: dict[str, str] = {}
    found = [DeviceOsd(devices, path, params, taken) for path in params["devices"]]
    return Fleet(found, reader.cluster.forget)
