# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destroy the test cloud and look for anything that is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.checks import CLOUD, CLOUD_STATE, STATE
from tests.checks.cloud import WRAPPER, podman

NAMESPACE = Path("/run/unified-cgroup")
# A person's own logins to clouds and files of ansible: a cloud of quickstart keeps its own with it.
PERSONAL = (Path.home() / ".cache" / "conductor.cloud", Path.home() / ".ansible")
LOGINS = STATE / "cache" / "conductor.cloud"


def processes() -> Iterator[str]:
    """Yield the processes that name the cloud or its folder, but for this check and those that it came from."""
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) in ancestors():
            continue
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if CLOUD in words or str(CLOUD_STATE) in words:
            yield f"process {entry.name}: {words.strip()}"


def ancestors() -> set[int]:
    """Return this process and all that it came from."""
    found, current = set(), os.getpid()
    while current > 1:
        found.add(current)
        status = Path(f"/proc/{current}/stat").read_text(encoding="utf-8")
        current = int(status.rpartition(")")[2].split()[1])
    return found


def born(path: Path) -> int:
    """Return when a file came to be, which python does not tell; 0 where there is none or nobody knows."""
    answer = subprocess.run(["stat", "--format=%W", path], capture_output=True, text=True, check=False)
    return int(answer.stdout or 0)


def outside(made: int) -> list[str]:
    """Return the folders of a person that came to be while there was the cloud, and logins that outlive it."""
    folders = [folder for folder in PERSONAL if made and born(folder) >= made]
    return [f"folder {folder}" for folder in folders] + [f"file {path}" for path in LOGINS.glob("token-*")]


def remains() -> list[str]:
    """Return what is left, in words."""
    # Looked for first, because asking podman makes the namespace anew.
    pinned = NAMESPACE.exists()
    listed = podman("ps", "--all", "--format", "{{.Names}}").split()
    found = [f"container {name}" for name in listed if name.startswith(f"{CLOUD}-")]
    networks = podman("network", "ls", "--format", "{{.Name}}").split()
    found += [f"network {name}" for name in networks if name.startswith(f"{CLOUD}-")]
    subprocess.run([WRAPPER, "--release"], check=True)
    mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    found += [f"mount {line}" for line in mounts if str(CLOUD_STATE) in line]
    folders = [CLOUD_STATE, Path(f"/run/conductor-{CLOUD}")]
    found += [f"folder {folder}" for folder in folders if folder.exists()]
    if pinned and not listed:
        found.append(f"namespace {NAMESPACE}")
    return found + list(processes())


def main() -> int:
    """Return 0 when nothing is left."""
    made = born(CLOUD_STATE)
    status = subprocess.run([*sys.argv[1:], "--destroy"], stdin=subprocess.DEVNULL, check=False).returncode
    left = remains() + outside(made)
    print("\n".join(f"left: {line}" for line in left) or "nothing is left")
    return status or bool(left)


if __name__ == "__main__":
    sys.exit(main())
