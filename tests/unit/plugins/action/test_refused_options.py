# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all hosts are compared in one task, which fails before another begins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import COLLECTIONS, ROOT

SECRET = "correct-horse-battery"


def facts(folder: Path, variables: dict[str, Any], inventory: Path | None = None) -> tuple[int, str]:
    """Run the playbook that every deployment begins with; return how it ended and all that was printed."""
    hosts = folder / "hosts.json"
    hosts.write_text(json.dumps({"all": {"hosts": {"web-1": variables, "web-2": variables, "web-3": {}}}}))
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory or hosts), "conductor.cloud.facts"]
    if inventory:
        command.extend(["-e", json.dumps(variables)])
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_run_ends_before_anything_is_written(tmp_path: Path) -> None:
    """With every name that is wrong, the hosts it is set for, and no value."""
    wrong = {"nova_overrids": SECRET, "cinder_overrides": {"DEFAULT": SECRET}, "glance_overrides": "{{ later }}"}
    code, printed = facts(tmp_path, wrong)
    assert code == 2
    assert "web-1, web-2: no role knows nova_overrids. Did you mean nova_overrides?" in printed
    assert "web-1, web-2: cinder_overrides: the section DEFAULT has to be a mapping of options" in printed
    assert "glance_overrides" not in printed
    assert SECRET not in printed
    assert "Read the facts" not in printed


def test_groups_and_switches_without_effect_are_named(tmp_path: Path) -> None:
    """With the hosts that would go without."""
    groups = {"glanc": {"hosts": {"web-1": {"enable_nova": True}}}, "rack": {"hosts": {"web-1": {}}}}
    (tmp_path / "wrong.json").write_text(json.dumps({"all": {"children": groups}}))
    code, printed = facts(tmp_path, {}, tmp_path / "wrong.json")
    assert code == 2
    assert "web-1: nothing knows the group glanc. Did you mean glance?" in printed
    assert "web-1: nothing knows enable_nova." in printed
    assert "rack" not in printed


def test_the_quickstart_inventory_passes(tmp_path: Path) -> None:
    """With what quickstart itself adds, and with extra variables of the right shape."""
    overrides = {"ceph_overrides": {"osd": {"debug_osd": 1}}, "ara_overrides": {"DEBUG": True}}
    code, printed = facts(tmp_path, {"testbed_prefix": "10.90", **overrides}, ROOT / "inventories" / "quickstart")
    assert code == 0, printed
    assert "Refuse options that no role knows" in printed
