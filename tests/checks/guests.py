# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guests of the test cloud: which of them run, answer, and see their metadata and their data."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

import openstack

from tests.checks import CLOUD_STATE
from tests.checks.cloud import inside, nodes

BOOT = "guest: up after "  # the first words of a guest
CONFIG_DRIVE = "guest: config drive"
METADATA = re.compile(r"metadata uuid (\S+)")
CHECKSUM = re.compile(r"data (?:found|written) ([0-9a-f]{64})")


@dataclass(frozen=True)
class Guest:
    """What is known of a guest that runs. ``boot`` is what it said since it last booted, its times among it."""

    name: str
    addresses: tuple[str, ...]
    checksum: str
    boot: str = field(compare=False)

    def shows_all(self) -> bool:
        """Say whether it has what a restart could cost: a floating IP, data, and metadata over the network."""
        return bool(self.addresses and self.checksum) and CONFIG_DRIVE not in self.boot

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.addresses) or 'no floating IP'}, data {self.checksum[:12] or 'none'})"


def answers(address: str) -> bool:
    """Say whether a guest's web server answers at its floating IP, asked from the first node."""
    return inside(nodes()[0], "curl", "--silent", "--max-time", "3", f"http://{address}/").strip() == "ok"


def running() -> dict[str, Guest]:
    """Return the guests that run, answer at their floating IPs and have seen their own metadata, by id."""
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(CLOUD_STATE / "clouds.yaml")
    found = {}
    with openstack.connect(cloud="admin") as cloud:
        for server in cloud.compute.servers(all_projects=True, status="ACTIVE"):
            ports = [port for network in server.addresses.values() for port in network]
            addresses = tuple(port["addr"] for port in ports if port.get("OS-EXT-IPS:type") == "floating")
            console = cloud.compute.get_server_console_output(server)["output"] or ""
            boot = console.rpartition(BOOT)[2].rstrip()
            metadata, checksums = METADATA.findall(boot), CHECKSUM.findall(boot)
            if metadata[-1:] == [server.id] and all(map(answers, addresses)):
                found[server.id] = Guest(server.name, addresses, (checksums or [""])[-1], boot)
    return found


def missing(before: dict[str, Guest]) -> list[str]:
    """Return which of these guests are not back as they were, or did not boot since."""
    now = running()
    lost = {identity: guest for identity, guest in before.items() if now.get(identity) != guest}
    faults = [
        f"{guest} is {now.get(identity, 'without a boot, metadata or an answer')}" for identity, guest in lost.items()
    ]
    # The console may hold the words of earlier boots. The same words with the same times are no new boot.
    both = [(guest, now[identity]) for identity, guest in before.items() if identity in now]
    same = [guest for guest, later in both if later.boot.startswith(guest.boot)]
    return faults + [f"{guest} did not boot anew" for guest in same]
