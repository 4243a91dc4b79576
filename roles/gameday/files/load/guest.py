# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that writes to a volume, and calls that reach its node by way of the brokers.

The guest is on the node of the load and stays from fault to fault, unless one of them ended it. It writes one block
after the other, reads each back from the disk, and says so on its console. What it said is read from the file of the
console; what the volume has, from Ceph.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import time

from api import NAME, Kind, RefusedError, first, wait_for_server

GUEST, VOLUME = f"{NAME}.guest", f"{NAME}.volume"
BLOCK = 4096
END = 64  # so many blocks without anything in them are the end of what was written
INSTANCES = "/var/lib/nova/instances"
EXPORT = ["timeout", "60", "rbd", "--no-progress", "export"]
SCRIPT = """\
#!/bin/sh
disk=/dev/vdb number=0
while [ ! -b $disk ]; do sleep 1; done
while :; do
    number=$((number + 1))
    yes "gameday $number" | head -c 4096 > /tmp/block
    if ! dd if=/tmp/block of=$disk bs=4096 seek=$number conv=notrunc,fsync 2>/dev/null; then
        echo "gameday: refused $number"
    elif dd if=$disk bs=4096 skip=$number count=1 iflag=direct 2>/dev/null | cmp -s - /tmp/block; then
        echo "gameday: written $number"
    else
        echo "gameday: bad $number"
    fi
    sleep 1
done
"""


def block(number):
    """Return what the guest writes into a block."""
    line = f"gameday {number}\n".encode()
    return (line * (BLOCK // len(line) + 1))[:BLOCK]


def named(session, kind, name):
    """Return the servers or volumes of a name, with all that is known of them."""
    end = session.ends["compute" if kind == "servers" else "volumev3"]
    return [entry for entry in session.send("GET", f"{end}/{kind}/detail")[0][kind] if entry["name"] == name]


class Volume(Kind):
    """Blocks of a volume, written from inside a guest."""

    name, needs, period = "volume", "volume_pool", 0.2

    def __init__(self, settings):
        super().__init__(settings)
        self.console = self.volume = None
        self.last = 0

    def open(self, turn):
        """Have a guest that writes: the one that is there, or else a new one. It is made once in a load."""
        if self.volume is None:
            session = self.calm()
            if not self.find(session):
                self.remove(session)
                self.make(session)
            self.last = self.said()
        return self.volume

    def find(self, session):
        """Tell whether there is a guest that goes on writing."""
        for server in named(session, "servers", GUEST):
            volumes = named(session, "volumes", VOLUME)
            if server["status"] == "ACTIVE" and len(volumes) == 1:
                self.console = f"{INSTANCES}/{server['id']}/console.log"
                before, deadline = self.said(), time.monotonic() + self.settings.get("patience", 2)
                while time.monotonic() < deadline and self.said() == before:
                    time.sleep(0.1)
                self.volume = volumes[0]["id"] if self.said() > before else None
        return self.volume is not None

    def make(self, session):
        """Make volume and guest, and wait until it has written something."""
        nova, cinder = session.ends["compute"], session.ends["volumev3"]
        volume = session.send("POST", f"{cinder}/volumes", {"volume": {"name": VOLUME, "size": 1}})[0]["volume"]["id"]
        self.wait(lambda: session.send("GET", f"{cinder}/volumes/{volume}")[0]["volume"]["status"] == "available")
        image = first(session, f"{session.ends['image']}/v2/images", "images", self.settings["image"])
        disks = [
            {"uuid": image, "source_type": "image", "destination_type": "local", "boot_index": 0},
            {"uuid": volume, "source_type": "volume", "destination_type": "volume", "boot_index": -1},
        ]
        flavor = first(session, f"{nova}/flavors", "flavors", self.settings["flavor"])
        entry = {"name": GUEST, "imageRef": image, "flavorRef": flavor, "networks": "none", "config_drive": True}
        entry |= {"host": self.settings["host"], "user_data": base64.b64encode(SCRIPT.encode()).decode()}
        sent = {"server": {**entry, "block_device_mapping_v2": disks}}
        server = session.send("POST", f"{nova}/servers", sent)[0]["server"]["id"]
        wait_for_server(session, server)
        self.console = f"{INSTANCES}/{server}/console.log"
        self.wait(self.said)
        self.volume = volume

    def wait(self, is_so, seconds=120):
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise RefusedError("volume or guest did not come about")
            time.sleep(1)

    def said(self):
        """Return the last block of which the guest has said that it is written, 0 for none."""
        try:
            with open(self.console, "rb") as stream:
                stream.seek(max(os.stat(self.console).st_size - BLOCK, 0))
                text = stream.read().decode(errors="replace")
        except FileNotFoundError:
            return 0
        if bad := re.findall(r"gameday: (?:bad|refused) \d+", text):
            raise RefusedError(f"the guest says {bad[-1]}")
        numbers = re.findall(r"gameday: written (\d+)\r?\n", text)
        return int(numbers[-1]) if numbers else 0

    def write(self, connection, number):
        """Return the blocks that the guest has written since, at least one."""
        deadline = time.monotonic() + self.settings.get("patience", 2)
        while (last := self.said()) <= self.last:
            if time.monotonic() > deadline:
                raise TimeoutError("the guest has written nothing")
            time.sleep(0.05)
        begun, self.last = self.last + 1, last
        return range(begun, last + 1)

    def found(self):
        """Return the blocks that the volume has, as Ceph has them."""
        volume = self.volume or named(self.calm(), "volumes", VOLUME)[0]["id"]
        command = [*EXPORT, f"{self.settings['volume_pool']}/volume-{volume}", "-"]
        good, number, empty = [], -1, 0
        with subprocess.Popen(command, stdout=subprocess.PIPE) as export:
            while empty < END and (content := export.stdout.read(BLOCK)):
                number += 1
                empty = 0 if content.strip(b"\0") else empty + 1
                good += [number] if content == block(number) else []
            export.terminate()
        if number < END - 1:
            raise RefusedError("the volume could not be read")
        return {"ceph": good}

    def remove(self, session):
        """Remove guest and volume; say so while one of them is still there."""
        for kind, name, end in (("servers", GUEST, "compute"), ("volumes", VOLUME, "volumev3")):
            entries = named(session, kind, name)
            self.delete(session, [f"{session.ends[end]}/{kind}/{entry['id']}" for entry in entries])
            if entries:
                raise RefusedError(f"{name} is still there")

    def leave(self):
        """Have neither."""
        self.remove(self.calm())


class Calls(Kind):
    """Calls of the API to the node of the guest, and answers to them, both through the brokers."""

    name, needs, period = "calls", "volume_pool", 1
    guest = ""

    def open(self, turn):
        """Log in, and find the guest, once."""
        session = super().open(turn)
        if self.guest:
            return session
        servers = [entry["id"] for entry in named(session, "servers", GUEST) if entry["status"] == "ACTIVE"]
        if not servers:
            raise RefusedError("there is no guest yet")
        self.guest = f"{session.ends['compute']}/servers/{servers[0]}/action"
        return session

    def write(self, connection, number):
        """Have the node read a line of the guest's console."""
        connection.send("POST", self.guest, {"os-getConsoleOutput": {"length": 1}})


KINDS = (Volume, Calls)
