# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``tests/run`` runs, in this order.

A command is run in the root of the checkout, with the tools of the tests' own virtual environment first
in its PATH. It passes when it ends with status 0.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".tests"
CLOUD = "conductor-test"
CLOUD_STATE = STATE / "cloud"
CALLS = str(CLOUD_STATE / "calls.json")  # what the services answered, without what was in it
CLOUD_MEMORY = 7  # GiB that have to be free before a cloud of one node is brought up

QUICKSTART = ("./quickstart", "--name", CLOUD, "--prefix", "10.91", "--state", str(CLOUD_STATE))


@dataclass(frozen=True)
class Check:
    """One line of the result. ``needs`` names a check without whose success this one says nothing."""

    name: str
    tier: str
    command: tuple[str, ...]
    minutes: int = 10
    needs: str = ""
    always: bool = False


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs one of the programs beside this file."""
    return ("python", "-m", f"tests.checks.{name}", *arguments)


def in_collection(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a program which uses the collection as Python does. Its logins go with the cloud."""
    places = (f"PYTHONPATH={STATE / 'collections'}{os.pathsep}{ROOT}", f"XDG_CACHE_HOME={CLOUD_STATE / 'cache'}")
    return ("env", *places, "python", "-m", name, *arguments)


def in_cloud(name: str, command: tuple[str, ...], minutes: int = 10, tier: str = "cloud") -> Check:
    """Return a check that needs the test cloud. Machines differ by a factor of three: each has time enough on all."""
    return Check(name, tier, command, minutes, needs="deploy")


KILL_MATRIX = in_collection("tests.checks.kill_matrix", str(CLOUD_STATE))

CHECKS = (
    Check("unit", "fast", ("pytest", "-q", "-n", "2", "tests/unit")),
    Check("laws", "fast", ("pytest", "-q", "-n", "2", "tests/laws")),
    Check("table", "fast", in_collection("tests.laws.table")),
    Check("shell", "fast", script("shell")),
    Check("lint", "fast", ("ansible-lint", "--offline", "--profile", "production")),
    Check("sanity", "fast", script("sanity"), minutes=15),
    Check("reference", "fast", script("reference")),
    Check("golden", "fast", script("golden")),
    Check("changelog", "fast", ("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")),
    Check("molecule", "nightly", ("molecule", "test", "-s", "shared_services"), minutes=20),
    Check("bare-node", "nightly", script("bare_node", *QUICKSTART), minutes=20),
    Check("precheck", "nightly", script("precheck", str(CLOUD_STATE)), minutes=10, needs="bare-node"),
    # A deploy that is killed three times, then the rest of what quickstart does. Without the cloud tier, or alone, the
    # deploy begins on a bare node and is left in peace.
    Check("killed-deploy", "cloud", script("killed_deploy", "often", *QUICKSTART), minutes=40),
    Check("deploy", "cloud", QUICKSTART, minutes=40),
    in_cloud("predicted", in_collection("tests.checks.predicted"), tier="nightly"),
    in_cloud("second-run", script("second_run", *QUICKSTART)),
    in_cloud("exposure", script("exposure")),
    in_cloud("overrides", script("overrides")),
    in_cloud("rendered", script("rendered")),
    in_cloud("clients", script("clients", str(CLOUD_STATE))),
    in_cloud("check", script("runner", "check")),
    in_cloud("negative", script("runner", "demo_negative"), tier="nightly"),
    in_cloud("runner", script("runner"), minutes=20, tier="nightly"),
    in_cloud("secrets", script("secrets_unseen", str(CLOUD_STATE))),
    in_cloud("planted", in_collection("tests.checks.planted", str(CLOUD_STATE))),
    in_cloud("laws-on-a-cloud", in_collection("tests.checks.laws_cloud", str(CLOUD_STATE)), minutes=20),
    in_cloud("laws-on-a-node", in_collection("tests.checks.laws_host", str(CLOUD_STATE)), minutes=25, tier="nightly"),
    in_cloud("kill-matrix", KILL_MATRIX, minutes=25),
    in_cloud("reboot", script("reboot", "stop"), minutes=15, tier="nightly"),
    in_cloud("power-loss", script("reboot", "kill"), minutes=15),
    Check("clustered-services", "ha", ("molecule", "test", "-s", "clustered_services"), minutes=30),
    # It makes a cloud of three nodes of its own, and removes it.
    Check("faults", "nightly", ("tests/faults/run",), minutes=150),
    Check("sdk", "nightly", script("sdk"), minutes=30),
    # It makes a bare node of its own, and removes it.
    Check("core", "nightly", script("newest_core"), minutes=40),
    Check("kill-matrix-whole", "nightly", (*KILL_MATRIX, "--all"), 300, "deploy"),
    Check("mutations", "nightly", in_collection("tests.laws.mutations"), minutes=30),
    Check("recording", "nightly", in_collection("tests.laws.replay", CALLS), needs="laws-on-a-cloud"),
    # It makes the node a controller, for as long as it takes.
    in_cloud("drift-timer", script("drift_timer", str(CLOUD_STATE)), minutes=40, tier="nightly"),
    # Last: a drift that is not repaired would fail what comes after it.
    in_cloud("drift", script("drift", str(CLOUD_STATE)), minutes=15),
    in_cloud("check-repaired", script("runner", "check")),
    Check("drift-one-by-one", "nightly", script("drift", str(CLOUD_STATE), "--one-by-one"), 240, "deploy"),
    Check("destroy", "cloud", script("destroy", *QUICKSTART), minutes=5, always=True),
    # Each of these makes a cloud of its own from a bare node, and removes it.
    Check("killed-at-each-moment", "nightly", script("killed_deploy", "moments", *QUICKSTART), minutes=40),
    Check("node-without-power", "nightly", script("killed_deploy", "power", *QUICKSTART), minutes=60),
    Check("killed-deploys", "nightly", script("killed_deploy", "tasks", *QUICKSTART), minutes=180),
)

if sys.version_info < (3, 11):
    raise SystemExit("tests/run needs Python 3.11 or newer")
