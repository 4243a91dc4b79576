# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task in the controller's process and one in a process of its own are the same task."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COLLECTIONS
from tests.fake.server import FakeCloud

PASSWORD = "correct-horse-battery"
TENANT = {
    "name": "research",
    "user": {"name": "research", "password": "{{ secret }}", "update_password": "always"},
    "subnet": {"cidr": "192.168.42.0/24"},
}
# A variable of its own is enough to get a process of its own.
OWN_PROCESS = {"environment": {"SOMETHING": "else"}}


def play(folder: Path, cloud: FakeCloud, tasks: list[dict[str, Any]], *options: str) -> tuple[list[Any], str]:
    """Run tasks on localhost; return their results and all that was printed."""
    book = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/conductor.cloud.openstack": cloud.params()},
            "vars": {"secret": PASSWORD},
            "tasks": tasks,
        }
    ]
    path = folder / "play.yml"
    path.write_text(json.dumps(book))
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
    }
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", "-c", "local", *options, str(path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    text = ended.stdout[ended.stdout.index("{\n") :]
    results = [task["hosts"]["localhost"] for task in json.JSONDecoder().raw_decode(text)[0]["plays"][0]["tasks"]]
    return results, ended.stdout + ended.stderr


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without what is about the way it came, and without ids."""
    kept = {
        key: value for key, value in result.items() if key in ("changed", "failed", "msg", "actions", "diff", "errors")
    }
    return {"failed": False, **kept}


def starts_processes(text: str) -> bool:
    """Say whether Ansible started a process for a module: it prints so when it is very verbose."""
    return "EXEC" in text


@pytest.mark.parametrize("own_process", [False, True], ids=["here", "own process"])
def test_where_a_task_runs(cloud: FakeCloud, tmp_path: Path, own_process: bool) -> None:
    """Here, unless the task asks for something that would then not be so."""
    task = {"conductor.cloud.tenant": TENANT, **(OWN_PROCESS if own_process else {})}
    results, text = play(tmp_path, cloud, [task], "-vvv")
    assert [result["changed"] for result in results] == [True]
    assert starts_processes(text) == own_process
    assert PASSWORD not in text


def test_both_ways_say_the_same(cloud: FakeCloud, tmp_path: Path) -> None:
    """For errors in options and in values, for a check, and for information."""
    tasks = [
        {"conductor.cloud.tenant": {**TENANT, "qoutas": {}}},
        {"conductor.cloud.tenant": {**TENANT, "external_network": "publik"}},
        {"conductor.cloud.tenant": TENANT, "check_mode": True},
        {"conductor.cloud.tenant_info": {"name": "nobody"}},
    ]
    tasks = [{**task, "ignore_errors": True} for task in tasks]
    here, _text = play(tmp_path, cloud, tasks)
    there, _text = play(tmp_path, cloud, [{**task, **OWN_PROCESS} for task in tasks])
    assert [comparable(result) for result in here] == [comparable(result) for result in there]
    assert [result["failed"] for result in map(comparable, here)] == [True, True, False, True]
    assert cloud.state.writes == []
