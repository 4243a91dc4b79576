# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each health check is seen red: what it watches is frozen on one node, and all fronts have to say that it is down.

A frozen process still takes connections, or rather the kernel does for it: a check that looks no further stays green.
"""

from __future__ import annotations

import csv
import io
import subprocess
from typing import Any

from tests.faults.lab import WRAPPER

NODE = "node-2"
NODES = ("node-1", NODE, "node-3")
STATISTICS = """python3 -c '
import socket
front = socket.socket(socket.AF_UNIX)
front.connect("/run/haproxy/admin.sock")
front.sendall(b"show stat\\n")
print(front.makefile().read())
'"""
# The unit whose process listens there. The front listens at the same port of other addresses.
UNIT = """
number=$(ss -Hltnp "src {place}" | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p' | head -n 1)
sed 's|.*/||' "/proc/$number/cgroup"
"""


def shell(trial: Any, node: str, script: str) -> list[str]:
    """Return the command that runs a script in a shell of a node."""
    return [str(WRAPPER), "podman", "exec", f"{trial.testbed}-{node}", "sh", "-ec", script]


def on(trial: Any, node: str, script: str) -> str:
    """Return what a shell of a node says."""
    return subprocess.run(shell(trial, node, script), check=True, stdout=subprocess.PIPE, text=True).stdout


def servers(trial: Any, front: str) -> dict[str, dict[str, str]]:
    """Return what a front says of each server on the node, by the service."""
    rows = csv.DictReader(io.StringIO(on(trial, front, STATISTICS).removeprefix("# ")))
    return {row["pxname"]: row for row in rows if row["svname"] == NODE}


def all_say(trial: Any, service: str, word: str) -> bool:
    """Tell whether all fronts say the same of a service on the node."""
    return all(servers(trial, front)[service]["status"].startswith(word) for front in NODES)


def internal_address(trial: Any) -> str:
    """Return the address at which services reach each other."""
    return trial.cloud.config.get_endpoint_from_catalog("identity", "internal").split("/")[2].split(":")[0]


def holder(trial: Any) -> list[str]:
    """Return the nodes that have the internal address."""
    address = internal_address(trial)
    return [node for node in NODES if f" {address}/" in on(trial, node, "ip -brief address")]


def freeze(trial: Any, node: str, unit: str, is_seen: Any, words: str) -> None:
    """Freeze a unit until somebody has seen it, and let it go on."""
    on(trial, node, f"systemctl kill --signal=STOP {unit}")
    try:
        trial.step(words, lambda: trial.until(is_seen, words))
    finally:
        on(trial, node, f"systemctl kill --signal=CONT {unit}")


def watched(trial: Any) -> None:
    """Freeze each service behind the front on one node, then a front that has the address."""
    known = trial.until(lambda: servers(trial, NODE), f"the front of {NODE} has servers there")
    for service, row in sorted(known.items()):
        unit = on(trial, NODE, UNIT.format(place=row["addr"])).strip()
        trial.until(lambda service=service: all_say(trial, service, "UP"), f"{service} on {NODE} is up")
        words = f"{unit} frozen: all fronts say that {service} on {NODE} is down"
        freeze(trial, NODE, unit, lambda service=service: all_say(trial, service, "DOWN"), words)
        trial.until(lambda service=service: all_say(trial, service, "UP"), f"{service} on {NODE} is up again")
    first = trial.until(lambda: holder(trial), "a node has the internal address")[0]

    def is_elsewhere() -> bool:
        return bool(found := holder(trial)) and first not in found

    freeze(trial, first, "haproxy.service", is_elsewhere, f"the front of {first} frozen: another one has its address")
