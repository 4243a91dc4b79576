# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud of the fault tests: what it was made with, and its machines, which are containers of podman."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRAPPER = ROOT / "roles" / "testbed" / "files" / "unified-cgroup"
# Seconds until all is well after a node started anew. Its services need 65 s of a processor for that, and have what two
# other nodes, the load and its guests leave them of two.
HEALTHY_NODE = 150
VERBS = {"freeze": "pause", "thaw": "unpause", "lose": "kill", "back": "start"}


def settings(state: Path) -> dict[str, str]:
    """Return what a cloud of quickstart was made with."""
    lines = (state / "settings").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def power(name: str) -> dict[str, str]:
    """Return how the machines of a cloud are frozen and lost."""
    return {what: f"{WRAPPER} podman {verb} {name}-NODE" for what, verb in VERBS.items()}
