# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the data of Ceph's daemons on this host: once, and whole or not at all.

A data directory is made beside its place and moved there when it is complete. So a run that was stopped
leaves nothing that looks like a daemon, and the next one starts over.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Plan, ResourceError, Results, Step
from .ceph_client import Ceph
from .ceph_client import connect as connect_ceph
from .node import Node, NodeReader

OWNER = {"owner": "ceph", "group": "ceph"}
MONITORS = "/var/lib/ceph/mon"
OSDS = "/var/lib/ceph/osd"
CLUSTER = "ceph"
MKFS = ("ceph-osd", "--mkfs", "--osd-objectstore", "bluestore", "--no-mon-config")
ONE_UP_SECONDS = 60

MONITOR_SPEC = ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "fsid": {"type": "str", "required": True},
        "members": {"type": "dict", "required": True},
        "keyring": {"type": "path", "required": True},
    }
)
OSD_SPEC = ArgSpec(
    {
        "uuids": {"type": "list", "elements": "str", "required": True},
        "key": {"type": "str", "required": True, "no_log": True},
        "size": {"type": "int", "default": 20},
    }
)


class OsdNode(Node):
    """This host, and the cluster that gives its OSDs their numbers."""

    def __init__(self, cluster: Ceph) -> None:
        self.cluster = cluster


class Monitor:
    """The data of the monitor of this host."""

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self.name = f"monitor {wanted['name']}"
        self.reader = reader
        self.wanted = wanted
        self.path = f"{MONITORS}/{CLUSTER}-{wanted['name']}"

    def read(self) -> Document | None:
        """Return where the data is, if it is."""
        return {"data": self.path} if self.reader.stat(f"{self.path}/keyring") else None

    def plan(self, current: Document | None) -> Plan:
        """Plan to make what is not there."""
        step = Step("create", f"Make the data of {self.name}", self._create)
        return Plan(current, {"data": self.path}, () if current else (step,))

    def _create(self, writer: Node, results: Results) -> None:
        wanted, unfinished = self.wanted, fresh_directory(writer, self.path)
        monmap = f"{unfinished}.monmap"
        members = [
            part
            for name, address in wanted["members"].items()
            for part in ("--addv", name, f"[v2:{address}:3300,v1:{address}:6789]")
        ]
        writer.command(["monmaptool", "--create", "--clobber", "--fsid", wanted["fsid"], *members, monmap])
        mkfs = ["ceph-mon", "--mkfs", "--id", wanted["name"], "--mon-data", unfinished, "--monmap", monmap]
        writer.command([*mkfs, "--keyring", wanted["keyring"]], user="ceph")
        writer.remove(monmap)
        finish(unfinished, self.path)


class Osd:
    """An OSD whose store is a plain file, for hosts without a disk to give."""

    def __init__(self, reader: NodeReader, uuid: str, key: str, size: int) -> None:
        self.name = f"OSD {uuid}"
        self.reader = reader
        self.uuid = uuid
        self.key = key
        self.size = size

    def read(self) -> Document | None:
        """Return the number and the place of the OSD, if it is there."""
        for path in self.reader.files_below(OSDS):
            folder, name = os.path.split(path)
            finished = os.path.basename(folder).startswith(f"{CLUSTER}-")
            if name == "fsid" and finished and self.reader.content(path) == f"{self.uuid}\n".encode():
                return {"id": int(folder.rsplit("-", 1)[1]), "data": folder}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Plan to make what is not there. Only the cluster knows the number that it will get."""
        what = f"Make a file of {self.size} GiB and an OSD on it"
        after = current or {"id": None, "data": None}
        return Plan(current, after, () if current else (Step("create", what, self._create),))

    def _create(self, writer: OsdNode, results: Results) -> None:
        number = new_number(writer.cluster, self.uuid, self.key)
        path = f"{OSDS}/{CLUSTER}-{number}"
        if self.reader.stat(path):
            raise ResourceError(f"{self.name}: {path} holds another OSD. Remove what is left of it first.")
        unfinished = fresh_directory(writer, path)
        keyring = f"[osd.{number}]\nkey = {self.key}\n"
        writer.write(f"{unfinished}/keyring", keyring.encode(), mode="0600", **OWNER)
        writer.write(f"{unfinished}/type", b"bluestore\n", mode="0644", **OWNER)
        options = ["--osd-data", unfinished, "--keyring", f"{unfinished}/keyring", "--osd-uuid", self.uuid]
        size = ["--bluestore-block-create", "true", "--bluestore-block-size", str(self.size << 30)]
        writer.command([*MKFS, "--id", number, *options, *size], user="ceph")
        finish(unfinished, path)


def new_number(cluster: Ceph, uuid: str, key: str) -> str:
    """Return the number of a new OSD. The same uuid and key get the same one again, however often they ask."""
    await_one_up(cluster)
    answer = cluster.order("osd new", json.dumps({"cephx_secret": key}), uuid=uuid)
    return str(json.loads(answer)["osdid"])


def await_one_up(cluster: Ceph) -> None:
    """Wait until one of the OSDs that were there before is up, where there are any.

    Monitors of Ceph 18 stop with a failed assertion, again and again, while all older OSDs are down and new ones start.
    """
    deadline = time.monotonic() + ONE_UP_SECONDS
    while True:
        cluster.forget()
        osds = (cluster.ask("osd dump") or {"osds": []})["osds"]
        older = [osd for osd in osds if osd["in"] and "new" not in osd["state"]]
        if not older or any(osd["up"] for osd in older):
            return
        if time.monotonic() > deadline:
            names = ", ".join(f"osd.{osd['osd']}" for osd in older)
            raise ResourceError(f"OSDs: {names} are down. Bring one of them up before others are made.")
        time.sleep(0.5)


def fresh_directory(writer: Node, path: str) -> str:
    """Return an empty directory beside ``path``, which is not its place yet."""
    unfinished = unfinished_path(path)
    clear_directory(unfinished)
    writer.make_directory(unfinished, mode="0750", **OWNER)
    return unfinished


def unfinished_path(path: str) -> str:
    """Return where a directory is until it is complete."""
    folder, name = os.path.split(path)
    return f"{folder}/.unfinished-{name}"


def clear_directory(path: str) -> None:
    """Remove a directory with all that is in it, where there is one."""
    if os.path.isdir(path):
        shutil.rmtree(path)


def finish(unfinished: str, path: str) -> None:
    """Move what is complete to its place."""
    try:
        os.rename(unfinished, path)
    except OSError as error:
        raise ResourceError(f"{path}: {error.strerror}") from error


def connect(params: dict[str, Any]) -> OsdNode:
    """Return this host with its way to the cluster. Nothing is sent yet."""
    return OsdNode(connect_ceph(params))
