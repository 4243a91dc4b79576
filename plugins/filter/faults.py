# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a game day breaks, with what, and whether what was measured is within the budgets."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Loads that have a budget for the time without a good answer, and how many good ones tell that one was there at all.
STEADY = ("database", "broker", "network", "read", "write")
REQUESTS = ("read", "write")
ENOUGH = {"database": 100, "broker": 100, "instances": 1}
ENOUGH |= dict.fromkeys(("network", "read", "write", "volume", "calls"), 20)


def api_faults(specs: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return a fault for the APIs of each service: all of their processes are killed on one node."""
    return [
        {
            "name": service,
            "title": f"APIs of {service} on one node killed",
            "group": service,
            "script": f"systemctl kill --signal=KILL {' '.join(units)}",
        }
        for service, units in ((service, api_units(spec)) for service, spec in specs.items())
        if units
    ]


def api_units(spec: Mapping[str, Any]) -> list[str]:
    """Return the units that answer requests: those under uWSGI, and daemons that listen by themselves, as Glance's."""
    daemons = [unit for unit in spec.get("daemons", ()) if unit.endswith("-api")]
    return [*(api["unit"] for api in spec.get("apis", ())), *daemons]


def power_command(command: str, nodes: Sequence[str]) -> str:
    """Return what does something to the machines of nodes at the same moment, for a shell."""
    begun = " ".join(f"({command.replace('NODE', shlex.quote(node))}) & jobs=\"$jobs $!\";" for node in nodes)
    # Without the numbers, wait would say that all went well.
    return f"jobs= failed=0; {begun} for job in $jobs; do wait $job || failed=1; done; exit $failed"


def fault_problems(load: Mapping[str, Mapping[str, Any]], healthy: float, budget: Mapping[str, float]) -> list[str]:
    """Return what is beyond the budget, in sentences: seconds until all was ``healthy``, and the ``gap``, if any."""
    found = [f"healthy only after {healthy} s"] if healthy > budget["healthy"] else []
    if "gap" in budget and max(entry["gap"] for entry in load.values()) < budget.get("noticed", 0):
        found.append("no load noticed anything, so that it did not happen")
    requests = [load[name]["acknowledged"] for name in REQUESTS if name in load]
    if requests and sum(requests) < budget.get("requests", 0):
        found.append(f"only {sum(requests)} requests, so that they say little")
    return found + [problem for name, entry in load.items() for problem in of_one(name, entry, budget)]


def of_one(name: str, entry: Mapping[str, Any], budget: Mapping[str, float]) -> Iterator[str]:
    """Yield what is wrong with one kind of load."""
    if entry["lost"]:
        yield f"{name}: {entry['lost']} acknowledged and lost"
    if entry["twice"]:
        yield f"{name}: {entry['twice']} done twice"
    if "gap" not in budget:
        return
    if entry["acknowledged"] < ENOUGH[name]:
        yield f"{name}: only {entry['acknowledged']} were good, so that they say little"
    if name in STEADY and entry["gap"] > budget["gap"]:
        yield f"{name}: no good answer for {entry['gap']} s"
    if name in REQUESTS and entry["failed"] > budget.get("failed", entry["failed"]):
        yield f"{name}: {entry['failed']} failed"


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {"api_faults": api_faults, "power_command": power_command, "fault_problems": fault_problems}
