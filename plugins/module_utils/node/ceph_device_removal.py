# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OSDs on whole disks leave on a host when their cluster has forgotten them: mounts, and disks to be emptied."""

from __future__ import annotations

import re
from typing import Any

from ..resource import Document, Fleet, NotYetError, Plan, Results, Step
from .block_devices import BlockDevices, Disk
from .ceph_daemons import CLUSTER, OSDS
from .ceph_devices import DiskNode, data_path, is_ours, known_uuids, number_of, uuid_of

MOUNTS = "/proc/self/mounts"
DIRECTORY = re.compile(f"{OSDS}/{CLUSTER}-([0-9]+)")


def mounts_of(reader: Any, fsid: str) -> set[int]:
    """Return the numbers of this cluster's OSDs that are mounted: their directories are file systems in memory."""
    lines = [line.split() for line in (reader.content(MOUNTS) or b"").decode().splitlines()]
    found = [DIRECTORY.fullmatch(path) for device, path, kind, *rest in lines if kind == "tmpfs"]
    return {int(match[1]) for match in found if match and text_of(reader, f"{match[0]}/ceph_fsid") == fsid}


def text_of(reader: Any, path: str) -> str:
    """Return the one line of a file, or nothing."""
    return (reader.content(path) or b"").decode().strip()


def disks_of(devices: BlockDevices, fsid: str) -> dict[int, Disk]:
    """Return the disks of this cluster by the numbers of their OSDs."""
    try:
        found = [disk for disk in devices.groups() if is_ours(disk, fsid)]
    except NotYetError:
        return {}
    numbers = {disk.group: number_of(volume) for disk in found for volume in disk.volumes}
    return {number: disk for disk in found if (number := numbers.get(disk.group)) is not None}


class LeftOsd:
    """The mount and the disk of one OSD."""

    def __init__(self, devices: BlockDevices, number: int, fsid: str) -> None:
        self.name = f"osd.{number}"
        self.number = number
        self.fsid = fsid
        self._devices = devices

    def read(self) -> Document | None:
        """Return what is there of the OSD; where the cluster still knows it, it has to be purged first."""
        reader, path = self._devices.reader, data_path(self.number)
        disk = disks_of(self._devices, self.fsid).get(self.number)
        is_mounted = self.number in mounts_of(reader, self.fsid)
        if disk is None and not is_mounted:
            return None
        uuid = uuid_of(disk) if disk else text_of(reader, f"{path}/fsid")
        found = {
            "uuid": uuid,
            "device": disk.device if disk else None,
            "volume": disk.volumes[0].path if disk else None,
            "data": path if is_mounted else None,
        }
        if uuid in (known_uuids(reader) or ()):
            raise NotYetError(f"{self.name}: the cluster still knows it. Have it purged first.", instead=found)
        return found

    def plan(self, current: Document | None) -> Plan:
        """Plan to take away the mount, and to empty the disk. One that is dead shows no volume any more."""
        steps = []
        if current and current["data"]:
            steps.append(Step("data", f"Unmount {current['data']}", self._unmount))
        if current and current["volume"]:
            steps.append(Step("volume", f"Zap {current['device']}, which was {self.name}", self._zap(current)))
        return Plan(current, None, tuple(steps))

    def _unmount(self, writer: DiskNode, results: Results) -> None:
        writer.command(["umount", data_path(self.number)])
        writer.remove(data_path(self.number))

    @staticmethod
    def _zap(current: Document) -> Any:
        volume = current["volume"].removeprefix("/dev/")

        def submit(writer: DiskNode, results: Results) -> None:
            writer.command(["ceph-volume", "lvm", "zap", "--destroy", volume])

        return submit


def left_osds(reader: Any, params: dict[str, Any]) -> Fleet:
    """Return what the OSDs of a task left: of those with the given numbers, or of all on whole disks of this host."""
    devices = BlockDevices(reader)
    fsid = params["fsid"]
    numbers = params["osds"] or disks_of(devices, fsid).keys() | mounts_of(reader, fsid)
    return Fleet([LeftOsd(devices, number, fsid) for number in sorted(numbers)], reader.cluster.forget)
