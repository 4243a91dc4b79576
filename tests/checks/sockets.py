# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Knock at every port that a node listens on, from outside and from inside, and compare who answers.

usage: python -m tests.checks.sockets STATE_DIRECTORY
"""

from __future__ import annotations

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.checks.cloud import inside

SSH = 22
ARA = 8000
IDENTITY = 5000
# The one port of the internal front that is not for people.
DATABASE = 3306


@dataclass(frozen=True)
class Door:
    """Where somebody knocks, from where, and which ports may and which must answer."""

    name: str
    source: str
    target: str
    may: frozenset[int]
    must: frozenset[int]


def settings(state: Path) -> dict[str, str]:
    """Return what quickstart remembers of a cloud."""
    lines = (state / "settings").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def listeners(node: str) -> dict[str, set[int]]:
    """Return the TCP ports of a node by the address that they are bound to."""
    found: dict[str, set[int]] = {}
    for line in inside(node, "ss", "-Htln").splitlines():
        address, _colon, port = line.split()[3].rpartition(":")
        found.setdefault(address, set()).add(int(port))
    return found


def doors(prefix: str, bound: dict[str, set[int]]) -> list[Door]:
    """Return all ways to a node of this cloud."""
    outside, here = f"{prefix}.1.1", f"{prefix}.0.1"
    node = frozenset({SSH})
    external = frozenset(bound.get(f"{prefix}.1.5", set()) | {SSH})
    internal = frozenset((bound.get(f"{prefix}.0.5", set()) | {SSH}) - {DATABASE})
    must = frozenset({IDENTITY})
    return [
        Door("outside to the external front", outside, f"{prefix}.1.5", external, must),
        Door("outside to the node", outside, f"{prefix}.1.11", node, frozenset()),
        Door("outside to the node's inner address", outside, f"{prefix}.0.11", node, frozenset()),
        Door("outside to the internal front", outside, f"{prefix}.0.5", node, frozenset()),
        Door("inside to the internal front", here, f"{prefix}.0.5", internal, must),
        Door("inside, but no node, to the node", here, f"{prefix}.0.11", frozenset({SSH, ARA}), frozenset({SSH})),
        Door("inside, but no node, to the external front", here, f"{prefix}.1.5", external, must),
    ]


def answers(door: Door, port: int) -> bool:
    """Say whether a connection comes about."""
    with socket.socket() as knock:
        knock.settimeout(2)
        knock.bind((door.source, 0))
        return knock.connect_ex((door.target, port)) == 0


def main() -> int:
    """Return 0 when exactly those answer that should."""
    cloud = settings(Path(sys.argv[1]))
    bound = listeners(f"{cloud['name']}-node-1")
    ports = sorted(set().union(*bound.values()))
    faults = []
    with ThreadPoolExecutor(64) as pool:
        for door in doors(cloud["prefix"], bound):
            tried = pool.map(answers, [door] * len(ports), ports)
            open_ports = {port for port, answered in zip(ports, tried) if answered}
            print(f"{door.name}: {sorted(open_ports)}")
            faults += [f"{door.name}: {port} answers" for port in sorted(open_ports - door.may)]
            faults += [f"{door.name}: {port} does not answer" for port in sorted(door.must - open_ports)]
    wide = {port for address in ("0.0.0.0", "*", "[::]") for port in bound.get(address, ())}
    print(f"{len(ports)} ports were tried; bound to all addresses: {sorted(wide)}")
    print("\n".join(faults) or "nobody answers who should not")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
