# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks on the test cloud through ansible-runner, with variables and environment given as AWX gives them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ansible_runner

from tests.checks import CLOUD_STATE, ROOT
from tests.checks.cloud import environment

PLAYBOOKS = ("check", "demo_state")
INVENTORIES = (ROOT / "inventories" / "quickstart", CLOUD_STATE / "inventory")
# What AWX gives to each job beside the variables of its template.
EXTRA = {"awx_job_id": 1, "tower_job_id": 1, "awx_job_launch_type": "manual", "check_guest_timeout": 240}
RESULTS = ("runner_on_ok", "runner_on_skipped")


def private_data(folder: Path) -> None:
    """Lay out what ansible-runner takes a job from: a project, one inventory, variables and environment."""
    (folder / "project").symlink_to(ROOT)
    for number, inventory in enumerate(INVENTORIES):
        for file in inventory.rglob("*.yml"):
            place = folder / "inventory" / file.relative_to(inventory)
            place.parent.mkdir(parents=True, exist_ok=True)
            # Files of the same name keep their order.
            place.with_stem(f"{file.stem}-{number}").symlink_to(file)
    (folder / "env").mkdir()
    given = environment()
    settings = {name: value for name, value in given.items() if os.environ.get(name) != value}
    for name, content in (("extravars", EXTRA), ("envvars", settings)):
        (folder / "env" / name).write_text(json.dumps(content), encoding="utf-8")


def tasks(playbook: str) -> set[str]:
    """Return the names of the tasks that ansible-playbook lists for a playbook."""
    command = ["ansible-playbook", "--list-tasks", str(ROOT / playbook)]
    listed = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout
    names = (line.partition("\tTAGS:")[0] for line in listed.splitlines() if line.startswith("      "))
    return {name.rpartition(" : ")[2].strip() for name in names}


def run(folder: Path, name: str) -> list[str]:
    """Run a playbook and return what is wrong with what ansible-runner reports of it."""
    playbook = f"playbooks/{name}.yml"
    result = ansible_runner.run(private_data_dir=str(folder), playbook=playbook, ident=name)
    results = [event["event_data"] for event in result.events if event["event"] in RESULTS]
    expected, seen = tasks(playbook), {event["task"] for event in results}
    print(f"== {name}: {result.status}, {len(results)} results of {len(seen)} tasks", flush=True)
    faults = [f"{name}: {result.status}"] if result.status != "successful" else []
    if not expected:
        faults.append(f"{name}: no tasks are listed")
    return faults + [f'{name}: nothing was reported of the task "{task}"' for task in sorted(expected - seen)]


def main() -> int:
    """Return 0 when all playbooks succeed and are reported."""
    with tempfile.TemporaryDirectory(prefix="runner-") as place:
        folder = Path(place)
        private_data(folder)
        faults = [fault for name in PLAYBOOKS for fault in run(folder, name)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
