# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command again that has done all its work, and see that it changes, restarts and writes nothing."""

from __future__ import annotations

import sys
import time

from tests.checks.cloud import RECAP, follow, inside, nodes
from tests.checks.front_log import requests_since, writes


def running_units() -> dict[str, str]:
    """Return an identifier of the present run of every service, by node and unit."""
    found = {}
    for node in nodes():
        listed = inside(node, "systemctl", "show", "*.service", "--property=Id,InvocationID,SubState")
        for block in listed.split("\n\n"):
            unit = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
            if unit.get("SubState") == "running" and not unit["Id"].startswith(("user@", "session-")):
                found[f"{node} {unit['Id']}"] = unit["InvocationID"]
    return found


def main() -> int:
    """Return 0 when nothing changed."""
    before, started = running_units(), time.time()
    status, lines = follow(sys.argv[1:])
    after = running_units()
    recaps = [match for match in map(RECAP.match, lines) if match]
    faults = [match.group(0) for match in recaps if any(int(number) for number in match.groups()[1:])]
    faults += [f"restarted: {unit}" for unit in before if after.get(unit) != before[unit]]
    faults += [line for line in lines if line.startswith("changed: ")]
    asked = requests_since(started)
    faults += [f"written through the front: {write}" for write in writes(asked)]
    faults += [line for line in lines if "DOES NOT ANSWER" in line]
    if sum(line.startswith("Services ") for line in lines) < 2:
        faults.append("quickstart did not say which services answer")
    if not asked:
        faults.append("the front's log shows no request at all")
    if not recaps:
        faults.append("no recap was printed")
    if not before:
        faults.append("no service was running")
    print(f"{len(recaps)} recaps, {len(before)} running services, {asked.total()} requests, {len(faults)} faults")
    print("\n".join(faults))
    return status or bool(faults)


if __name__ == "__main__":
    sys.exit(main())
