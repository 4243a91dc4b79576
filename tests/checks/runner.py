# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks on the test cloud through ansible-runner, with variables and environment given as AWX gives them.

    python -m tests.checks.runner [PLAYBOOK...]

Without names it runs all jobs but those that checks of their own name.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import ansible_runner

from tests.checks import CHECKS, CLOUD_STATE, ROOT
from tests.checks.cloud import environment, recorder
from tests.checks.jobs import JOBS, Job, filled

INVENTORIES = (ROOT / "inventories" / "quickstart", CLOUD_STATE / "inventory")
# What AWX gives to each job beside the answers of its survey.
EXTRA = {"awx_job_id": 1, "tower_job_id": 1, "awx_job_launch_type": "manual"}
FAILED = "runner_on_failed"
RESULTS = ("runner_on_ok", "runner_on_skipped")
BY_NAME = ("python", "-m", "tests.checks.runner")


def private_data(folder: Path) -> None:
    """Lay out what ansible-runner takes a job from: a project and one inventory."""
    (folder / "project").symlink_to(ROOT)
    (folder / "env").mkdir()
    (folder / "scratch").mkdir()
    for number, inventory in enumerate(INVENTORIES):
        for file in inventory.rglob("*.yml"):
            place = folder / "inventory" / file.relative_to(inventory)
            place.parent.mkdir(parents=True, exist_ok=True)
            # Files of the same name keep their order.
            place.with_stem(f"{file.stem}-{number}").symlink_to(file)


def give(folder: Path, job: Job, variables: Mapping[str, str]) -> None:
    """Write the variables and the environment of a job."""
    places = {"scratch": str(folder / "scratch"), "state": str(CLOUD_STATE)}
    left_out = set() if job.recorded else set(recorder())
    settings = {
        name: value for name, value in variables.items() if os.environ.get(name) != value and name not in left_out
    }
    for name, content in (("extravars", {**EXTRA, **filled(job.answers, places)}), ("envvars", settings)):
        (folder / "env" / name).write_text(json.dumps(content), encoding="utf-8")
    # Of each job anew: ansible-runner would keep what an earlier one was given.
    (folder / "env" / "cmdline").write_text("--check" if job.check else "", encoding="utf-8")


def tasks(playbook: str) -> set[str]:
    """Return the names of the tasks that ansible-playbook lists for a playbook, in plays that have hosts."""
    command = ["ansible-playbook", "--list-tasks", "--list-hosts", str(ROOT / playbook)]
    listed = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout
    plays = (play.partition("\n    tasks:\n") for play in listed.split("\n  play #")[1:])
    names = (line for head, _tasks, lines in plays if "\n    hosts (0):" not in head for line in lines.splitlines())
    return {name.partition("\tTAGS:")[0].rpartition(" : ")[2].strip() for name in names if name.strip()}


def unreported(expected: set[str], seen: set[str]) -> list[str]:
    """Return the tasks of which nothing was seen. A name that is a template stands for all that it may become."""
    shapes = {name: ".+".join(map(re.escape, re.split(r"{{.*?}}", name))) for name in expected}
    return sorted(name for name, shape in shapes.items() if not any(re.fullmatch(shape, other) for other in seen))


def run(folder: Path, job: Job) -> list[str]:
    """Run a job and return what is wrong with what ansible-runner reports of it."""
    name, playbook, started = job.playbook, f"playbooks/{job.playbook}.yml", time.monotonic()
    result = ansible_runner.run(private_data_dir=str(folder), playbook=playbook, ident=f"{name}-{started}")
    results = [event["event_data"] for event in result.events if event["event"] in RESULTS]
    expected, seen = tasks(playbook), {event["task"] for event in results}
    changed = sorted({event["task"] for event in results if event.get("res", {}).get("changed")})
    took = time.monotonic() - started
    print(f"== {name}: {result.status} in {took:.0f} s, {len(results)} results of {len(seen)} tasks", flush=True)
    if job.refused:
        return refusal(name, job, result)
    faults = [f"{name}: {result.status}"] if result.status != "successful" else []
    if not expected:
        faults.append(f"{name}: no tasks are listed")
    if not job.changes:
        faults += [f'{name}: the task "{task}" changed something' for task in changed]
    return faults + [f'{name}: nothing was reported of the task "{task}"' for task in unreported(expected, seen)]


def refusal(name: str, job: Job, result: ansible_runner.Runner) -> list[str]:
    """Return what is wrong with a job that had to be refused: where and how it failed."""
    said = [event["event_data"]["res"].get("msg", "") for event in result.events if event["event"] == FAILED]
    print("\n".join(said))
    faults = [f"{name}: {result.status}, and not refused"] if result.status != "failed" else []
    return faults if any(job.refused in words for words in said) else [*faults, f'{name}: nothing says "{job.refused}"']


def chosen(names: list[str]) -> list[Job]:
    """Return the jobs with these names, or those that no check names."""
    named = {name for check in CHECKS if check.command[:3] == BY_NAME for name in check.command[3:]}
    found = [job for job in JOBS if (job.playbook in names if names else job.playbook not in named)]
    unknown = set(names) - {job.playbook for job in found}
    if unknown:
        raise SystemExit(f"{', '.join(sorted(unknown))}: there is no such job")
    return found


def main() -> int:
    """Return 0 when all jobs succeed and are reported."""
    jobs, variables = chosen(sys.argv[1:]), environment()
    with tempfile.TemporaryDirectory(prefix="runner-") as place:
        folder = Path(place)
        private_data(folder)
        faults = []
        for job in jobs:
            give(folder, job, variables)
            faults += run(folder, job)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
