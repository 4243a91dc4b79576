# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guests of the test cloud: what the cloud says of them, what they say, and whether they answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tests.checks import CLOUD, CLOUD_STATE
from tests.checks.cloud import environment, inside

BOOT = "guest: up after "  # the first that a guest says
ASK = """
import sys, urllib.request
for address in sys.argv[1:]:
    try:
        urllib.request.urlopen(f"http://{address}/", timeout=3).close()
        print(address)
    except OSError:
        pass
"""


@dataclass(frozen=True)
class Guest:
    """An instance. ``said`` is what stands on its console since it last booted."""

    name: str
    status: str
    floating_ip: str
    said: str


def openstack(*arguments: str) -> str:
    """Return what the administrator's command line client says."""
    variables = {"OS_CLOUD": "admin", "OS_CLIENT_CONFIG_FILE": str(CLOUD_STATE / "clouds.yaml")}
    answer = subprocess.run(
        ["openstack", *arguments],
        env={**environment(), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=True,
    )
    return answer.stdout


def guests() -> dict[str, Guest]:
    """Return the instances of all projects by their identifier."""
    floating = {row["Floating IP Address"] for row in json.loads(openstack("floating", "ip", "list", "-f", "json"))}
    found = {}
    for row in json.loads(openstack("server", "list", "--all-projects", "-f", "json")):
        addresses = {address for network in row["Networks"].values() for address in network}
        said = openstack("console", "log", "show", row["ID"]) if row["Status"] == "ACTIVE" else ""
        last_boot = said.rpartition(BOOT)[2].rstrip()
        found[row["ID"]] = Guest(row["Name"], row["Status"], "".join(addresses & floating), last_boot)
    return found


def answering(addresses: Iterable[str]) -> set[str]:
    """Return which addresses answer over HTTP, asked from the node that carries their network."""
    return set(inside(f"{CLOUD}-node-1", "python3", "-c", ASK, *filter(None, addresses)).split())


def silent(wanted: Mapping[str, Guest]) -> list[str]:
    """Return, in sentences, what guests lack that ought to be ready."""
    return lacks({uuid: replace(guest, said="") for uuid, guest in wanted.items()}, wanted)


def lacks(before: Mapping[str, Guest], now: Mapping[str, Guest]) -> list[str]:
    """Return, in sentences, what the guests that ran before lack now: a boot since then, metadata, an answer."""
    found = []
    answer = answering(guest.floating_ip for guest in before.values())
    for uuid, guest in before.items():
        again = now.get(uuid, replace(guest, status="gone", said=""))
        if again.status != guest.status:
            found.append(f"{guest.name} is {again.status} and was {guest.status}")
        elif guest.status == "ACTIVE":
            if guest.said and again.said.startswith(guest.said):
                found.append(f"{guest.name} did not boot again")
            for words in (f"guest: metadata uuid {uuid}", "guest: ready after"):
                if words not in again.said:
                    found.append(f'{guest.name} did not say "{words}"')
            if guest.floating_ip and guest.floating_ip not in answer:
                found.append(f"{guest.name} does not answer at {guest.floating_ip}")
    return found
