# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test cloud, as the checks see it: from outside, and from within its nodes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence

from tests.checks import CLOUD, CLOUD_STATE, ROOT

WRAPPER = ROOT / "roles" / "testbed" / "files" / "unified-cgroup"
RECAP = re.compile(r"^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)")


def recorder() -> dict[str, str]:
    """Return the variables that have runs recorded, with a label of their own; the cloud leaves them in a file."""
    command = ["bash", "-ac", '. "$1"; env -0', "bash", str(CLOUD_STATE / "ara.env")]
    said = subprocess.run(command, env={"PATH": os.defpath}, capture_output=True, text=True, check=True).stdout
    variables = dict(line.split("=", 1) for line in said.split("\0") if line)
    return {name: value for name, value in variables.items() if name.startswith(("ARA_", "ANSIBLE_", "CONDUCTOR_"))}


def environment() -> dict[str, str]:
    """Return the variables with which ansible knows the test cloud."""
    path = f"{CLOUD_STATE / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    own = {"ANSIBLE_CONFIG": str(CLOUD_STATE / "ansible.cfg"), "XDG_CACHE_HOME": str(CLOUD_STATE / "cache")}
    return {**kept, **recorder(), **own, "PATH": path}


def podman(*arguments: str) -> str:
    """Run podman and return what it printed."""
    answer = subprocess.run([WRAPPER, "podman", *arguments], capture_output=True, text=True, check=True)
    return answer.stdout


def nodes() -> list[str]:
    """Return the containers of the test cloud."""
    return podman("ps", "--all", "--filter", f"label=conductor.testbed={CLOUD}", "--format", "{{.Names}}").split()


def inside(node: str, *command: str) -> str:
    """Run a command in a node, whatever its network does, and return what it printed."""
    answer = subprocess.run(
        [WRAPPER, "podman", "exec", node, *command],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout


def play(name: str, *arguments: str) -> int:
    """Run a playbook of the collection and return its status."""
    command = ["ansible-playbook", str(ROOT / "playbooks" / f"{name}.yml"), *arguments]
    return subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, check=False).returncode


def follow(command: Sequence[str]) -> tuple[int, list[str]]:
    """Run a command, let its output pass as it comes, and return status and lines."""
    lines = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line.rstrip("\n"))
    return process.returncode, lines
