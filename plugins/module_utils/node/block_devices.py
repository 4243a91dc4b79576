# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block devices of this host: what is on them, as the kernel, libblkid and LVM say. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..resource import Document, NotYetError, ResourceError
from .node import NodeReader, NotInstalledError, last_lines

WHOLE = ("disk", "loop", "mpath")
LEAST_GIB = 5
PHYSICAL_VOLUME = "LVM2_member"
COLUMNS = "NAME,TYPE,SIZE,RO,MOUNTPOINTS"


@dataclass(frozen=True)
class Volume:
    """A logical volume."""

    name: str
    group: str
    uuid: str
    tags: dict[str, str]

    @property
    def path(self) -> str:
        """Return where its device is."""
        return f"/dev/{self.group}/{self.name}"


@dataclass(frozen=True)
class Disk:
    """A device: what the kernel calls it, and the volume group on it; else what it holds, and why it is of no use."""

    device: str
    group: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    volumes: tuple[Volume, ...] = ()
    contents: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def parsed_tags(text: str) -> dict[str, str]:
    """Return LVM's tags as ceph-volume writes them, which is name=value."""
    return dict(tag.partition("=")[::2] for tag in text.split(",") if tag)


class BlockDevices:
    """Reads devices by their paths."""

    def __init__(self, reader: NodeReader) -> None:
        self.reader = reader

    def look(self, path: str) -> Disk:
        """Return what is on a whole disk; what is none is an error."""
        answer = self.reader.ask(["lsblk", "--json", "--bytes", "--paths", "--output", COLUMNS, path])
        if answer.status:
            raise ResourceError(f"{path}: there is no such device on this host. {last_lines(answer.errors, 1)}".strip())
        found = json.loads(answer.output)["blockdevices"][0]
        if found["type"] not in WHOLE:
            raise ResourceError(f"{path}: it is no whole disk, but {found['type']}.")
        device = found["name"]
        signatures = self._signatures(device)
        for disk in self.groups(device) if PHYSICAL_VOLUME in signatures else ():
            return disk
        return Disk(device, contents=tuple(dict.fromkeys(signatures)), faults=tuple(self._faults(found)))

    @staticmethod
    def _faults(found: Document) -> Iterator[str]:
        """Yield in words why a disk cannot be given to anybody."""
        used = [child["name"] for child in found.get("children", ())]
        used += [place for place in found["mountpoints"] if place]
        if used:
            yield f"is in use as {' and '.join(used)}"
        if found["ro"]:
            yield "can only be read"
        if found["size"] < LEAST_GIB << 30:
            yield f"has less than {LEAST_GIB} GiB"

    def _signatures(self, device: str) -> list[str]:
        """Return all that libblkid knows on a device: file systems, partition tables, LVM, labels of BlueStore."""
        answer = self.reader.output(["wipefs", "--json", "--output", "TYPE", device])
        found = json.loads(answer or '{"signatures": []}')
        return [signature["type"] for signature in found["signatures"]]

    def groups(self, *devices: str) -> Iterator[Disk]:
        """Yield the physical volumes that are in a volume group: of some devices, or all of this host."""
        for row in self._report("pvs", "pv", "pv_name,vg_name,vg_tags", *devices):
            if row["vg_name"]:
                volumes = tuple(self._volumes(row["vg_name"]))
                yield Disk(row["pv_name"], row["vg_name"], parsed_tags(row["vg_tags"]), volumes)

    def _volumes(self, group: str) -> Iterator[Volume]:
        for row in self._report("lvs", "lv", "lv_name,lv_uuid,lv_tags", group):
            yield Volume(row["lv_name"], group, row["lv_uuid"], parsed_tags(row["lv_tags"]))

    def _report(self, program: str, kind: str, columns: str, *names: str) -> list[dict[str, Any]]:
        try:
            answer = self.reader.output([program, "--reportformat", "json", "--options", columns, *names])
        except NotInstalledError as error:
            raise NotYetError(f"{' '.join(names) or 'LVM'}: LVM's tools are not on this host yet.") from error
        found: list[dict[str, Any]] = json.loads(answer)["report"][0][kind]
        return found
