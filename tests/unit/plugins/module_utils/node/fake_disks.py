# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host in memory with disks, LVM and Ceph's tools, in a cluster in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Host
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.fake_ceph import FakeCeph

MOUNTS = "/proc/self/mounts"
OSDS = "/var/lib/ceph/osd"
FSID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


class FakeCluster(FakeCeph):
    """A cluster whose OSDs are up as soon as they have a number."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, str] = {}

    def ask(self, prefix: str, **arguments: Any) -> Any:
        """Answer what is asked of OSDs."""
        made = [{"osd": number, "uuid": uuid, "in": 1, "up": 1, "state": []} for uuid, number in self.osds.items()]
        return {"osds": made} if prefix == "osd dump" else super().ask(prefix, **arguments)

    def _osd_new(self, given: str, uuid: str) -> str:
        """Give a number; another key for the same UUID is refused, as the real one does."""
        key = json.loads(given)["cephx_secret"]
        if self.keys.setdefault(uuid, key) != key:
            raise ResourceError("ceph osd new: entity osd.0 exists but key does not match (error 17)")
        return super()._osd_new(given, uuid=uuid)


@dataclass
class DiskHost(Host):
    """What outlives a run."""

    cluster: FakeCluster = field(default_factory=FakeCluster)
    disks: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    stores: set = field(default_factory=set)
    drawn: int = 0

    def add(self, name: str, gib: int = 20, **more: Any) -> DiskHost:
        """Put a disk in."""
        self.disks[name] = {"name": name, "type": "disk", "size": gib << 30, "ro": False, "mountpoints": [None]}
        self.disks[name] |= {"signatures": [], **more}
        return self

    def add_group(self, device: str, group: str, tags: str = "", **volumes: str) -> DiskHost:
        """Have a disk hold a volume group; ``volumes`` have the tags by the names."""
        self.disks[device]["signatures"] = ["LVM2_member"]
        self.groups[group] = {"device": device, "tags": tags, "volumes": dict(volumes)}
        return self


class DiskNode(FakeNode):
    """The verbs of the host with disks."""

    def __init__(self, host: DiskHost) -> None:
        super().__init__(host)
        self.cluster = host.cluster

    def reader(self) -> DiskNode:
        """Return the host."""
        return self

    def new_uuid(self) -> str:
        """Draw a UUID."""
        self.host.drawn += 1
        return f"5d4c3b2a-0000-4000-8000-{self.host.drawn:012d}"

    def ask(self, argv: Any, given: str | None = None, **options: Any) -> Answer:
        """Answer what only reads."""
        asked = {"lsblk": self._lsblk, "wipefs": self._signatures, "pvs": self._pvs, "lvs": self._lvs}.get(argv[0])
        return asked(argv[-1]) if asked else super().ask(argv, given, **options)

    def command(self, argv: Any, given: str | None = None, **options: Any) -> str:
        """Do what changes something, and note it."""
        verb = getattr(self, "_" + argv[0].replace("-", "_"), None)
        if verb is None:
            return super().command(argv, given, **options)
        verb(list(argv))
        self.host.wrote(" ".join(argv))
        return ""

    def _lsblk(self, path: str) -> Answer:
        found = self.host.disks.get(self.host.links.get(path, path))
        if found is None:
            return Answer(32, "", f"lsblk: {path}: not a block device")
        return Answer(0, json.dumps({"blockdevices": [found]}), "")

    def _signatures(self, device: str) -> Answer:
        found = [{"type": kind} for kind in self.host.disks[device]["signatures"]]
        return Answer(0, json.dumps({"signatures": found}), "")

    def _pvs(self, device: str) -> Answer:
        found = [
            {"pv_name": group["device"], "vg_name": name, "vg_tags": group["tags"]}
            for name, group in self.host.groups.items()
            if device in (group["device"], "pv_name,vg_name,vg_tags")
        ]
        return Answer(0, json.dumps({"report": [{"pv": found}]}), "")

    def _lvs(self, group: str) -> Answer:
        found = [
            {"lv_name": name, "lv_uuid": f"uuid-of-{name}", "lv_tags": tags}
            for name, tags in self.host.groups[group]["volumes"].items()
        ]
        return Answer(0, json.dumps({"report": [{"lv": found}]}), "")

    def _vgcreate(self, argv: list) -> None:
        self.host.add_group(argv[-1], argv[-2], argv[2])

    def _lvcreate(self, argv: list) -> None:
        self.host.groups[argv[-1]]["volumes"][argv[-2]] = ""

    def _lvchange(self, argv: list) -> None:
        group, name = argv[-1].split("/")
        tags = [tag for option, tag in zip(argv, argv[1:]) if option == "--addtag"]
        if tags:
            self.host.groups[group]["volumes"][name] = ",".join(tags)

    def _wipefs(self, argv: list) -> None:
        self.host.stores.discard(argv[-1])

    def _ceph_osd(self, argv: list) -> None:
        """Make a store on the volume, which fails where one was made before."""
        uuid = argv[argv.index("--osd-uuid") + 1]
        path = f"/dev/ceph-{uuid}/osd-block-{uuid}"
        if path in self.host.stores:
            raise ResourceError("ceph-osd --mkfs: failed to load os-type: (2) No such file or directory")
        self.host.stores.add(path)

    def _ceph_volume(self, argv: list) -> None:
        if argv[2] == "zap":
            group = self.host.groups.pop(argv[-1].split("/")[0])
            self.host.disks[group["device"]]["signatures"] = []
            return
        number, uuid = argv[-2:]
        for name, text in (("fsid", uuid), ("ceph_fsid", FSID)):
            self.host.files[f"{OSDS}/ceph-{number}/{name}"] = (f"{text}\n".encode(), "ceph", "ceph", "0600")
        self._mounts(lambda lines: [*lines, f"tmpfs {OSDS}/ceph-{number} tmpfs rw 0 0"])

    def _umount(self, argv: list) -> None:
        for name in ("fsid", "ceph_fsid"):
            self.host.files.pop(f"{argv[-1]}/{name}")
        self._mounts(lambda lines: [line for line in lines if argv[-1] not in line])

    def _mounts(self, change: Any) -> None:
        lines = (self.content(MOUNTS) or b"").decode().splitlines()
        self.host.files[MOUNTS] = ("\n".join(change(lines)).encode(), "root", "root", "0444")
