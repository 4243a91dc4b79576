# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring up a cloud of three nodes, hold a game day on it, and print the figures as a table.

``playbooks/gameday.yml`` causes the faults, and ``playbooks/gameday_rolling.yml`` restarts everything (``rolling``).

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

from tests.faults.page import page, table

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".tests" / "faults"
PAGE = ROOT / "docs" / "faults.md"
NAME, PREFIX = "conductor-faults", "10.93"
WRAPPER = ROOT / "roles" / "testbed" / "files" / "unified-cgroup"
ROLLING = "rolling"
VERBS = {"freeze": "pause", "thaw": "unpause", "lose": "kill", "back": "start"}


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="tests/faults/run", description="Without names, causes all faults.")
    parser.add_argument("fault", nargs="*", help="name of a fault, as docs/faults.md has them")
    parser.add_argument("--state", type=Path, help="folder of a cloud of quickstart with three nodes, which is kept")
    parser.add_argument("--keep", action="store_true", help="leave the cloud when done")
    parser.add_argument("--page", action="store_true", help="write the figures to docs/faults.md")
    parser.add_argument("--where", default="", help="what the page is to say of the machine, after 'Measured on'")
    return parser.parse_args(words)


def settings(state: Path) -> dict[str, str]:
    """Return what a cloud of quickstart was made with."""
    lines = (state / "settings").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def power(name: str) -> dict[str, str]:
    """Return how the machines of a cloud are frozen and lost."""
    return {what: f"{WRAPPER} podman {verb} {name}-NODE" for what, verb in VERBS.items()}


def quickstart(state: Path, *options: str) -> int:
    """Run quickstart for the cloud of the tests."""
    made = () if (state / "settings").exists() else ("--name", NAME, "--prefix", PREFIX, "--nodes", "3")
    return subprocess.run([ROOT / "quickstart", "--state", state, *made, *options], check=False).returncode


def environment(state: Path) -> dict[str, str]:
    """Return the variables with which ansible knows the cloud; whatever else it was told does not count."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    path = f"{state / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "ANSIBLE_CONFIG": str(state / "ansible.cfg"), "PATH": path}


def gameday(state: Path, playbook: str, faults: list[str]) -> tuple[int, list[Mapping]]:
    """Run a playbook; return its status, and the figures of what came to its end."""
    report = state / "gameday.json"
    report.unlink(missing_ok=True)
    name = settings(state)["name"]
    answers = {"confirm": name, "gameday_faults": faults, "gameday_power": power(name), "gameday_report": str(report)}
    command = ["ansible-playbook", str(ROOT / "playbooks" / f"{playbook}.yml"), "-e", json.dumps(answers)]
    ran = subprocess.run(command, env=environment(state), stdin=subprocess.DEVNULL, check=False)
    return ran.returncode, json.loads(report.read_text(encoding="utf-8")) if report.exists() else []


def main(words: list[str] | None = None) -> int:
    """Return 0 when all faults stayed within their budgets."""
    options = arguments(words)
    state = (options.state or STATE).resolve()
    if not options.state and quickstart(state):
        print("The cloud did not come up; see above.")
        return 1
    faults = [name for name in options.fault if name != ROLLING]
    status, figures = 0, []
    if faults or not options.fault:
        status, figures = gameday(state, "gameday", faults)
    if ROLLING in options.fault or not options.fault:
        # Also after a fault that was beyond its budget: the one says nothing of the other.
        ended, more = gameday(state, "gameday_rolling", [])
        status, figures = status or ended, [*figures, *more]
    if figures:
        print(table(figures))
    if options.page and figures:
        PAGE.write_text(page(figures, options.where), encoding="utf-8")
    if not (options.state or options.keep):
        status = quickstart(state, "--destroy") or status
        shutil.rmtree(state, ignore_errors=True)
    print(f"{len(figures)} faults, {sum(not entry['problems'] for entry in figures)} of them within the budgets")
    return 0 if figures and not status and not any(entry["problems"] for entry in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
