# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OVN: a change of the northbound database reaches every chassis."""

from __future__ import annotations

from typing import Any

from .proof import Proof, expect, is_left, new_name, wait_for

# A server of a cluster that does not lead answers, too, and hands writes on to the one that does.
ANY = "--no-leader-only"
# A follower learns of a write a moment after the leader.
PATIENCE = 5


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Make a logical switch, wait until all chassis have it, and remove it."""
    command = ["ovn-nbctl", ANY, "--timeout=30", "--wait=hv"]
    chassis = node.output(["ovn-sbctl", ANY, "--timeout=10", "--bare", "--columns=name", "list", "Chassis"]).split()
    expect(chassis, "OVN has no chassis.")
    switches = node.output(["ovn-nbctl", ANY, "--timeout=10", "--bare", "--columns=name", "list", "Logical_Switch"])
    for switch in filter(is_left, switches.split()):
        node.command([*command, "ls-del", switch])
    name = new_name()
    try:
        node.command([*command, "ls-add", name])
        bindings = ["ovn-sbctl", ANY, "--timeout=10", "--columns=external_ids", "list", "Datapath_Binding"]
        wait_for(
            "northd to bring a new switch to the southbound database",
            lambda: f"name={name}" in node.output(bindings),
            PATIENCE,
        )
    finally:
        node.command([*command, "--if-exists", "ls-del", name])
    return {"chassis": sorted(chassis)}


PROOF = Proof(("Make a logical switch, wait until every chassis has it, and remove it",), prove)
