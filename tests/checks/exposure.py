# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Knock at every port that a node of the test cloud listens on, as a stranger on each of its networks.

From outside, and from where guests have their floating addresses, only ssh and the external address answer; on the
internal network also the internal address, over TLS, and ARA. Databases, message broker, cache, OVN and Ceph answer to
nobody but the nodes of the cloud. Over UDP nothing answers at all, whatever listens.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.checks import CLOUD, CLOUD_STATE
from tests.checks.cloud import WRAPPER, inside, nodes, podman

STRANGER = 200  # last number of the address from which is knocked
LINK = "stranger0"
BRIDGE = "br-ex"
SSH, ARA = 22, 8000
# Where something is put that answers over UDP, unless there is something already: names, time, SNMP, Geneve, cache.
ECHOES = {53, 123, 161, 6081, 11211}
KNOCK = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
SECONDS = 4 # A connection that nobody answered is asked for anew after one second, and after two more.
ASKED = (b"knock", b"\\x1b" + bytes(47), bytes.fromhex("12340100000100000000000002") + b"ns\\0" + bytes((0, 1, 0, 1)))
def answers(door):
    kind, address, port = door
    try:
        if kind == "tcp":
            socket.create_connection((address, port), SECONDS).close()
            return True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knocking:
            knocking.settimeout(SECONDS)
            knocking.connect((address, port))
            for asked in ASKED:
                knocking.send(asked)
            knocking.recv(1)
            return True
    except ConnectionRefusedError:
        return kind == "udp" # Who says that nothing listens was reached.
    except OSError:
        return False
doors = json.load(sys.stdin)
with ThreadPoolExecutor(64) as pool:
    print(json.dumps([door for door, answer in zip(doors, pool.map(answers, doors)) if answer]))
"""
ECHO = """
import select, socket, sys
ears = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for port in sys.argv[1:]]
for ear, port in zip(ears, sys.argv[1:]):
    ear.setsockopt(socket.IPPROTO_IP, 8, 1) # IP_PKTINFO, so that an answer comes from the address that was asked.
    ear.bind(("0.0.0.0", int(port)))
print("ready", flush=True)
while sys.stdin not in (ready := select.select([sys.stdin, *ears], [], [])[0]):
    for ear in ready:
        said, where, flags, whom = ear.recvmsg(512, 64)
        ear.sendmsg([said], where, 0, whom)
"""
Door = tuple[str, str, int]


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
def stranger(network: str, subnet: str) -> Iterator[list[str]]:
    """Put a network namespace on a network of the cloud, with the first node as its way to everything else.

    What is yielded runs a command there.
    """
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
        yield ["ip", "netns", "exec", name]
    finally:
        clear(name)


@contextmanager
def neighbour_of_guests(node: str, subnet: str) -> Iterator[list[str]]:
    """Put a network namespace where guests have their floating addresses, within a node."""
    here = [str(WRAPPER), "podman", "exec", "--interactive", node]
    gone = "ovs-vsctl --if-exists del-port $1; if ip netns list | grep -qw $1; then ip netns delete $1; fi"
    run(*here, "sh", "-c", gone, "sh", LINK)
    try:
        run(*here, "ip", "netns", "add", LINK)
        run(*here, "ovs-vsctl", "add-port", BRIDGE, LINK, "--", "set", "Interface", LINK, "type=internal")
        run(*here, "ip", "link", "set", LINK, "netns", LINK)
        run(*here, "ip", "-n", LINK, "address", "add", f"{subnet}.{STRANGER}/24", "dev", LINK)
        run(*here, "ip", "-n", LINK, "link", "set", LINK, "up")
        run(*here, "ip", "-n", LINK, "route", "add", "default", "via", f"{subnet}.1")
        yield [*here, "ip", "netns", "exec", LINK]
    finally:
        run(*here, "sh", "-c", gone, "sh", LINK)


def place(name: str, node: str, first: str) -> AbstractContextManager[list[str]]:
    """Return one of the three places from which is knocked."""
    if name == "guests":
        return neighbour_of_guests(node, f"{first}.2")
    return stranger(name, f"{first}.1" if name == "external" else f"{first}.0")


@contextmanager
def echo(node: str, ports: Iterable[int]) -> Iterator[None]:
    """Have a node answer at UDP ports."""
    command = [WRAPPER, "podman", "exec", "--interactive", node, "python3", "-c", ECHO, *map(str, ports)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if not (process.stdout and process.stdout.readline()):
            raise SystemExit(f"nothing could be put at the UDP ports of {node}")
        # Its input ends with this block, and it with its input.
        yield


def ports(kind: str) -> set[int]:
    """Return every port of a kind that something listens on in a node, whatever the address."""
    found = set()
    for node in nodes():
        for line in inside(node, "ss", "--listening", f"--{kind}", "--numeric", "--no-header").splitlines():
            match = re.search(r":(\d+)$", line.split()[3])
            if match:
                found.add(int(match.group(1)))
    return found


def knock(where: list[str], python: str, doors: Iterable[Door]) -> set[Door]:
    """Return which address and port answer there."""
    given = json.dumps(sorted(doors))
    answer = subprocess.run([*where, python, "-c", KNOCK], input=given, capture_output=True, text=True, check=True)
    return set(map(tuple, json.loads(answer.stdout)))


def front_ports(address: str) -> set[int]:
    """Return the ports of the front on one of its addresses, but for those that are for nodes alone: they lack TLS."""
    configuration = inside(nodes()[0], "cat", "/etc/haproxy/haproxy.cfg")
    return {int(port) for port in re.findall(rf"bind {re.escape(address)}:(\d+) ssl ", configuration)}


def prefix() -> str:
    """Return the first two numbers of the cloud's addresses."""
    settings = dict(line.split("=", 1) for line in (CLOUD_STATE / "settings").read_text(encoding="utf-8").split())
    return settings["prefix"]


def doors(kind: str, addresses: Iterable[str], numbers: Iterable[int]) -> set[Door]:
    """Return all addresses with all ports."""
    numbers = set(numbers)
    return {(kind, address, number) for address in addresses for number in numbers}


def judged(name: str, found: set[Door], needed: set[Door], allowed: set[Door], tried: int) -> list[str]:
    """Say what answered, and return what is wrong with it."""
    print(f"{name}: {len(found)} of {tried} answer: {sorted(found)}")
    faults = [f"{name}: {' '.join(map(str, door))} does not answer" for door in sorted(needed - found)]
    return faults + [f"{name}: {' '.join(map(str, door))} answers" for door in sorted(found - needed - allowed)]


def main() -> int:
    """Return 0 when exactly those answer that have to."""
    first, node, listening = prefix(), nodes()[0], ports("tcp")
    addresses = [f"{first}.0.5", f"{first}.0.11", f"{first}.1.5", f"{first}.1.11", f"{first}.2.1"]
    echoes = ECHOES - ports("udp")
    outside, within = (doors("tcp", [address], front_ports(address)) for address in (addresses[2], addresses[0]))
    within |= doors("tcp", [addresses[1]], [ARA])
    ssh = doors("tcp", addresses, [SSH])
    tried = doors("tcp", addresses, listening) | doors("udp", addresses, echoes | ports("udp"))
    knocks = {
        # with which python is knocked, who has to answer, and who may
        "external": (sys.executable, outside, ssh),
        "internal": (sys.executable, within, ssh | outside),
        "guests": ("python3", outside, ssh),
    }
    faults = []
    with echo(node, echoes):
        own = doors("udp", addresses, echoes)
        faults += judged(
            "node", knock([str(WRAPPER), "podman", "exec", "-i", node], "python3", own), own, own, len(own)
        )
        for name, (python, needed, allowed) in knocks.items():
            with place(name, node, first) as where:
                faults += judged(name, knock(where, python, tried), needed, allowed, len(tried))
    if len(listening) < 20 or not outside or not within or not echoes:
        faults.append("too little is listening for this to say anything")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
