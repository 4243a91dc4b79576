# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs leave nothing behind, so there is nothing to plan: in check mode they only say what they would do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import cluster_health, node
from ansible_collections.conductor.cloud.plugins.modules import cloud_proof, node_proof

from tests.fake import start
from tests.fake.clock import QuickClock
from tests.fake.transport import direct
from tests.laws.harness import PASSWORD
from tests.module import run_module


def test_1_a_proof_of_a_cloud_sends_no_write_in_check_mode(short_pauses: QuickClock) -> None:
    """And shows no secret of who asks for it."""
    cloud = start(0.5, short_pauses)
    for row in cloud.state.table("passwords").values():
        row["password"] = PASSWORD
    wanted = {**cloud.params(password=PASSWORD), "services": list(cloud_proof.PROOFS)}
    with direct(cloud):
        told = run_module("cloud_proof", wanted, check=True)
    assert "msg" not in told
    assert len(told["actions"]) >= len(cloud_proof.PROOFS)
    assert not cloud.state.writes
    assert PASSWORD not in json.dumps(told)


@pytest.mark.parametrize("service", list(node_proof.PROOFS))
def test_1_a_proof_on_a_node_does_nothing_in_check_mode(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even with a program that is at hand."""

    def refuse(*words: Any, **_options: Any) -> None:
        raise AssertionError(f"{words} was run in check mode")

    monkeypatch.setattr(node.subprocess, "run", refuse)
    places = {"servers": ["192.0.2.1"], "front": "192.0.2.2", "database": "d", "virtual_host": "v", "pool": "p"}
    wanted = {"service": service, **places, "user": "u", "password": PASSWORD}
    told = run_module("node_proof", wanted, check=True)
    assert "msg" not in told
    assert told["actions"]
    assert told["proofs"] == {}
    assert PASSWORD not in json.dumps(told)


@pytest.mark.parametrize("check", [True, False])
def test_1_a_look_at_health_waits_and_changes_nothing(
    check: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says what is missing, and in check mode waits as well."""
    monkeypatch.setattr(cluster_health, "WATCHES", str(tmp_path))
    monkeypatch.setattr(cluster_health, "PAUSE", 0)
    well = run_module("cluster_health", {"etcd": ["/bin/true"]}, check=check)
    assert (well["changed"], well["history"]) == (False, [])
    ill = run_module("cluster_health", {"etcd": ["/bin/false"], "timeout": 0}, check=check)
    assert (ill["failed"], ill["changed"], ill["missing"]) == (True, False, ["etcd: no answer"])
    assert not list(tmp_path.iterdir())
