# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring up a cloud of three nodes, hold a game day on it, and print the figures as a table.

``playbooks/gameday.yml`` causes the faults, and ``playbooks/gameday_rolling.yml`` restarts everything (``rolling``).
Before them, guests reach each other and go from node to node (``spread``), and their volumes, snapshots and backups are
used while a node is away (``node-away``); what health checks watch is frozen (``health-checks``); who asks through the
address is told when it moves (``address``); brokers that remember a partition for good are healed (``partition``).
After all, a lost node is replaced by another one (``replaced``).

The faults, the load and the budgets are those of the role ``gameday``; here the machines are containers of podman.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.faults.lab import HEALTHY_NODE, ROOT, power, settings
from tests.faults.page import page, table

STATE = ROOT / ".tests" / "faults"
PAGE = ROOT / "docs" / "faults.md"
NAME, PREFIX, DISK = "conductor-faults", "10.93", "40"  # GiB of each node, of which it takes what it fills
ROLLING = "rolling"
TRIALS = ("spread", "node-away", "health-checks", "address", "partition")  # spread.py, watch.py, address.py, ...
LAST = "replaced"  # the cloud is another one after it; tests/faults/replace.py


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="tests/faults/run", description="Without names, causes all faults.")
    parser.add_argument("fault", nargs="*", help="name of a fault, as docs/faults.md has them")
    parser.add_argument("--state", type=Path, help="folder of a cloud of quickstart with three nodes, which is kept")
    parser.add_argument("--keep", action="store_true", help="leave the cloud when done")
    parser.add_argument("--page", action="store_true", help="write docs/faults.md with all figures of the cloud")
    parser.add_argument("--where", default="", help="what the page is to say of the machine, after 'Measured on'")
    return parser.parse_args(words)


def quickstart(state: Path, *options: str) -> int:
    """Run quickstart for the cloud of the tests."""
    made = () if (state / "settings").exists() else ("--name", NAME, "--prefix", PREFIX, "--nodes", "3", "--disk", DISK)
    return subprocess.run([ROOT / "quickstart", "--state", state, *made, *options], check=False).returncode


def environment(state: Path) -> dict[str, str]:
    """Return the variables with which ansible knows the cloud; whatever else it was told does not count."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    path = f"{state / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "ANSIBLE_CONFIG": str(state / "ansible.cfg"), "PATH": path}


def measured(status: int, report: Path) -> tuple[int, list[Mapping]]:
    """Return the status of what wrote a report, and what is in it; without anything in it, all is not well."""
    entries = json.loads(report.read_text(encoding="utf-8")) if report.exists() else []
    return status or int(not entries), entries


def gameday(state: Path, playbook: str, faults: list[str]) -> tuple[int, list[Mapping]]:
    """Run a playbook; return its status, and the figures of what came to its end."""
    report = state / "gameday.json"
    report.unlink(missing_ok=True)
    name = settings(state)["name"]
    answers = {"confirm": name, "gameday_faults": faults, "gameday_power": power(name), "gameday_report": str(report)}
    answers |= {"gameday_healthy_node": HEALTHY_NODE}
    command = ["ansible-playbook", str(ROOT / "playbooks" / f"{playbook}.yml"), "-e", json.dumps(answers)]
    ran = subprocess.run(command, env=environment(state), stdin=subprocess.DEVNULL, check=False)
    return measured(ran.returncode, report)


def trial(state: Path, name: str) -> tuple[int, list[Mapping]]:
    """Run a trial of guests; return its status, and its steps."""
    report = state / f"{name}.json"
    report.unlink(missing_ok=True)
    command = [str(state / "venv" / "bin" / "python"), "-m", "tests.faults.spread", str(state), name]
    ran = subprocess.run(command, env={**environment(state), "PYTHONPATH": str(ROOT)}, check=False)
    return measured(ran.returncode, report)


def cause(state: Path, wanted: list[str]) -> tuple[int, list[Mapping], dict[str, list[Mapping]]]:
    """Cause faults and run trials, all where none are named; return the worst status, figures and steps.

    What comes after a fault that was beyond its budget is tried as well: the one says nothing of the other.
    """
    faults = [name for name in wanted if name not in (ROLLING, LAST, *TRIALS)]
    status, figures, steps = 0, [], {}
    for name in TRIALS:
        if name in wanted or not wanted:
            ended, steps[name] = trial(state, name)
            status = status or ended
    if faults or not wanted:
        ended, figures = gameday(state, "gameday", faults)
        status = status or ended
    if ROLLING in wanted or not wanted:
        ended, more = gameday(state, "gameday_rolling", [])
        status, figures = status or ended, [*figures, *more]
    if LAST in wanted or not wanted:
        ended, steps[LAST] = trial(state, LAST)
        status = status or ended
    return status, figures, steps


def keep(state: Path, figures: list[Mapping], steps: Mapping[str, list[Mapping]]) -> dict[str, dict]:
    """Return what is known of this cloud's faults and trials, the last of each, and write it down."""
    file = state / "measured.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"faults": {}, "trials": {}}
    known["faults"] |= {entry["name"]: entry for entry in figures}
    known["trials"] |= steps
    file.write_text(json.dumps(known), encoding="utf-8")
    return known


def main(words: list[str] | None = None) -> int:
    """Return 0 when all faults stayed within their budgets, and all trials went well."""
    options = arguments(words)
    state = (options.state or STATE).resolve()
    if not options.state and quickstart(state):
        print("The cloud did not come up; see above.")
        return 1
    status, figures, steps = cause(state, options.fault)
    known = keep(state, figures, steps)
    if figures:
        print(table(figures))
    if options.page and known["faults"]:
        PAGE.write_text(page(list(known["faults"].values()), options.where, known["trials"]), encoding="utf-8")
    if not (options.state or options.keep):
        status = quickstart(state, "--destroy") or status
        shutil.rmtree(state, ignore_errors=True)
    print(f"{len(figures)} faults, {sum(not entry['problems'] for entry in figures)} of them within the budgets")
    if steps:
        print(f"{len(steps)} trials")
    return 0 if not status and not any(entry["problems"] for entry in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
