# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Knock at every port that a node of the test cloud listens on, as a stranger on each of its networks.

From outside only ssh and the external address answer; on the internal network also the internal address, over TLS,
and ARA. Databases, message broker, cache, OVN and Ceph answer to nobody but the nodes of the cloud.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.checks import CLOUD, CLOUD_STATE
from tests.checks.cloud import inside, nodes, podman

STRANGER = 200  # last number of the address from which is knocked
LINK = "stranger0"
SSH, ARA = 22, 8000
KNOCK = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def answers(pair):
    try:
        with socket.create_connection(pair, 1):
            return True
    except OSError:
        return False
pairs = json.load(sys.stdin)
with ThreadPoolExecutor(16) as pool:
    print(json.dumps([pair for pair, answer in zip(pairs, pool.map(answers, pairs)) if answer]))
"""


def run(*command: str) -> None:
    """Run a command that has to succeed."""
    subprocess.run(command, check=True)


def clear(name: str) -> None:
    """Remove what a check that was killed left behind."""
    if name in subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout.split():
        run("ip", "netns", "delete", name)
    # The kernel takes a namespace apart in its own time, and the link with it.
    subprocess.run(["ip", "link", "delete", LINK], stderr=subprocess.DEVNULL, check=False)


@contextmanager
def stranger(network: str, subnet: str) -> Iterator[str]:
    """Put a network namespace on a network of the cloud, with the first node as its way to everything else."""
    name = f"{CLOUD}-stranger"
    bridge = json.loads(podman("network", "inspect", f"{CLOUD}-{network}"))[0]
    device = bridge.get("network_interface") or bridge["plugins"][0]["bridge"]
    clear(name)
    run("ip", "netns", "add", name)
    try:
        run("ip", "link", "add", LINK, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", LINK, "master", device, "up")
        run("ip", "-n", name, "address", "add", f"{subnet}.{STRANGER}/24", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "route", "add", "default", "via", f"{subnet}.11")
        yield name
    finally:
        clear(name)


def ports() -> set[int]:
    """Return every TCP port that something listens on in a node, whatever the address."""
    found = set()
    for node in nodes():
        for line in inside(node, "ss", "--listening", "--tcp", "--numeric", "--no-header").splitlines():
            match = re.search(r":(\d+)$", line.split()[3])
            if match:
                found.add(int(match.group(1)))
    return found


def open_from(namespace: str, addresses: list[str], numbers: set[int]) -> set[tuple[str, int]]:
    """Return which address and port answer in a namespace."""
    pairs = json.dumps([(address, port) for address in addresses for port in sorted(numbers)])
    command = ["ip", "netns", "exec", namespace, sys.executable, "-c", KNOCK]
    answer = subprocess.run(command, input=pairs, capture_output=True, text=True, check=True)
    return set(map(tuple, json.loads(answer.stdout)))


def front_ports(address: str) -> set[int]:
    """Return the ports of the front on one of its addresses, but for those that are for nodes alone: they lack TLS."""
    configuration = inside(nodes()[0], "cat", "/etc/haproxy/haproxy.cfg")
    return {int(port) for port in re.findall(rf"bind {re.escape(address)}:(\d+) ssl ", configuration)}


def prefix() -> str:
    """Return the first two numbers of the cloud's addresses."""
    settings = dict(line.split("=", 1) for line in (CLOUD_STATE / "settings").read_text(encoding="utf-8").split())
    return settings["prefix"]


def main() -> int:
    """Return 0 when exactly those answer that have to."""
    first, listening = prefix(), ports()
    addresses = [f"{first}.{network}.{host}" for network in (0, 1) for host in (5, 11)]
    fronts = (f"{first}.1.5", f"{first}.0.5")
    outside, within = ({(address, port) for port in front_ports(address)} for address in fronts)
    ssh = {(address, SSH) for address in addresses}
    expected = {
        # who has to answer, and who may
        "external": (1, outside, ssh | outside),
        "internal": (0, within | {(f"{first}.0.11", ARA)}, ssh | outside | within | {(f"{first}.0.11", ARA)}),
    }
    faults = []
    for network, (third, needed, allowed) in expected.items():
        with stranger(network, f"{first}.{third}") as namespace:
            found = open_from(namespace, addresses, listening)
        print(f"{network}: {len(found)} of {len(addresses) * len(listening)} answer: {sorted(found)}")
        faults += [f"{network}: {pair} does not answer" for pair in sorted(needed - found)]
        faults += [f"{network}: {pair} answers" for pair in sorted(found - allowed)]
    if len(listening) < 20 or not outside or not within:
        faults.append("too little is listening for this to say anything")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
