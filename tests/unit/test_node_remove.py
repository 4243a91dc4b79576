# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which a node, or an OSD, is taken out: planned before anything is changed, stopped before forgotten."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checks import ROOT, golden

INVENTORY = ROOT / "inventories/ha"
WRITES = ("host_services", "front_servers", "ceph_host", "unit_stops", "volume_hosts", "ovn_host", "message_broker")
PLAYBOOK = ROOT / "playbooks/node_remove.yml"
Task = dict[str, Any]


def remove(
    folder: Path, *arguments: str, inventory: Path = INVENTORY, playbook: Path = PLAYBOOK
) -> tuple[int, str, list[Task]]:
    """Run the playbook without hosts; return its status, what it said, and its tasks."""
    (folder / "hosts").mkdir()
    added = folder / "settings.yml"
    added.write_text(json.dumps(golden.settings(folder)), encoding="utf-8")
    # Ansible tags as always what checks the arguments of a role.
    command = [sys.executable, "-m", "tests.nowhere", folder / "hosts", "-i", inventory, "-i", added]
    command += [*arguments, "--skip-tags", "always", playbook]
    done = subprocess.run(
        command, env=golden.environment(folder), cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [line for path in (folder / "hosts").iterdir() for line in path.read_text().splitlines()]
    return done.returncode, done.stdout + done.stderr, [json.loads(line) for line in lines]


def short(task: Task) -> str:
    """Return module and wanted state."""
    state = task["arguments"].get("state")
    return task["action"].rpartition(".")[2] + (f" {state}" if state else "")


def test_a_node_is_drained_then_stopped_then_forgotten(tmp_path: Path) -> None:
    status, said, tasks = remove(tmp_path, "-e", "node=node-3", "-e", "confirm=node-3")
    assert status == 0, said
    own = [task for task in tasks if short(task).split()[0] in (*WRITES, "etcd_member")]
    planned = [short(task) for task in own if task["check"]]
    done = [short(task) for task in own if not task["check"]]
    assert [task["check"] for task in own] == sorted((task["check"] for task in own), reverse=True)
    last_look = done.index("unit_stops") - 1
    assert planned == [*done[:last_look], *done[last_look + 2 :]]
    away = "host_services disabled"
    order = [away, "ceph_host drained", away, "unit_stops", "host_services absent", "ceph_host absent"]
    assert [name for name in done if name in order] == order
    assert {"etcd_member absent", "ovn_host", "message_broker", "volume_hosts"} <= set(done)
    told = {task["on"] for task in own if short(task) != "unit_stops"}
    assert told == {"localhost", "node-1", "node-2"}


def test_the_only_host_with_routers_stays(tmp_path: Path) -> None:
    inventory = tmp_path / "ha"
    shutil.copytree(INVENTORY, inventory)
    roles = yaml.safe_load((inventory / "20-roles.yml").read_text(encoding="utf-8"))
    roles["all"]["children"]["network"] = {"hosts": {"node-3": {}}}
    (inventory / "20-roles.yml").write_text(yaml.safe_dump(roles), encoding="utf-8")
    status, said, tasks = remove(tmp_path, "-e", "node=node-3", "-e", "confirm=node-3", inventory=inventory)
    assert status != 0 and "node-3 is the only host of network" in said
    assert {short(task) for task in tasks if not task["check"]} == {"ping", "galera_info"}


def test_nothing_is_changed_before_somebody_has_confirmed(tmp_path: Path) -> None:
    status, said, tasks = remove(tmp_path, "-e", "node=node-3")
    assert status != 0 and "Say -e confirm=node-3" in said
    assert {short(task) for task in tasks if not task["check"]} == {"ping", "galera_info"}


def test_an_osd_is_drained_then_stopped_then_forgotten(tmp_path: Path) -> None:
    playbook = ROOT / "playbooks/osd_remove.yml"
    asked = ("-e", "node=node-3", "-e", "osd=2", "-e", "confirm=2")
    status, said, tasks = remove(tmp_path, *asked, playbook=playbook)
    assert status == 0, said
    assert [(short(task), task["on"]) for task in tasks] == [
        ("ping", "node-3"),
        ("ceph_host drained", "node-1"),
        ("unit_stops", "node-3"),
        ("ceph_host absent", "node-1"),
        ("ceph_osd_devices absent", "node-3"),
        ("file absent", "node-3"),
    ]
    assert tasks[2]["arguments"] == {"only": ["ceph-osd@2", "ceph-volume@lvm-2-*"]}
    assert tasks[5]["arguments"]["path"] == "/var/lib/ceph/osd/ceph-2"


@pytest.mark.parametrize("asked", [("node=node-3", "osd=2"), ("node=node-9", "osd=2", "confirm=2"), ("node=node-3",)])
def test_an_osd_that_is_not_asked_for_in_full_stays(asked: tuple[str, ...], tmp_path: Path) -> None:
    arguments = [part for variable in asked for part in ("-e", variable)]
    status, said, tasks = remove(tmp_path, *arguments, playbook=ROOT / "playbooks/osd_remove.yml")
    assert (status != 0, tasks) == (True, [])
    assert "Nothing was changed. Say -e node= with the host of the OSD, one of node-1, node-2, node-3" in said
