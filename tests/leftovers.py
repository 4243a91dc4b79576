# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud of the tests that another checkout left behind: by a run that was killed, or with ``--keep``."""

from __future__ import annotations

import os
import shutil
import subprocess

from tests.checks import CLOUD, CLOUD_STATE, ROOT

WRAPPER = ROOT / "roles" / "testbed" / "files" / "unified-cgroup"
# Each node has its ssh key from the folder of the cloud that it belongs to.
KEY = '{{range .Mounts}}{{if eq .Destination "/root/.ssh/authorized_keys"}}{{.Source}}{{end}}{{end}}'


def podman(*arguments: str) -> list[str]:
    """Run podman and return the lines that it printed."""
    answer = subprocess.run([WRAPPER, "podman", *arguments], capture_output=True, text=True, check=True)
    return answer.stdout.split()


def owners() -> list[str]:
    """Return the folders, other than that of this checkout, to which nodes of the test cloud belong."""
    if not shutil.which("podman"):
        return []
    names = podman("ps", "--all", "--filter", f"label=conductor.testbed={CLOUD}", "--format", "{{.Names}}")
    keys = podman("inspect", "--format", KEY, *names) if names else []
    return sorted({key.removesuffix("/ssh/authorized_keys") for key in keys} - {str(CLOUD_STATE)})


def obstacle() -> str:
    """Remove what was left where nobody can be using it, on a machine of continuous integration, or say how to."""
    for owner in owners():
        command = [ROOT / "quickstart", "--destroy", "--name", CLOUD, "--state", owner]
        if not os.environ.get("CI"):
            words = " ".join(map(str, command))
            return f"There is a cloud named {CLOUD} that is not of this checkout. If nobody needs it: {words}"
        print(f"Removing the cloud {CLOUD} that an earlier run left, with its folder {owner}", flush=True)
        if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
            return f"The cloud {CLOUD} that an earlier run left in {owner} could not be removed; see above."
    return ""
