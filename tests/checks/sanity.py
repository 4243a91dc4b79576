# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all of ansible-test sanity on what belongs to the collection."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".tests" / "home"

# ansible-test makes environments without pip and fetches a script that installs it. Python brings pip along.
GET_PIP = """\
import os, subprocess, sys
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
options = [option for option in sys.argv[1:] if option not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *options]))
"""


def prepare_home() -> None:
    """Make a home for ansible-test: it passes on no variables, so pip's settings have to lie in a file."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("24_2", "25_2"):
        (cache / f"get_pip_{version}.py").write_text(GET_PIP, encoding="utf-8")
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    settings = configparser.RawConfigParser()
    settings.add_section("global")
    for line in listed.stdout.splitlines():
        name, _equals, value = line.partition("=")
        if name.startswith(("global.", ":env:.")):
            settings.set("global", name.rpartition(".")[2], value.strip("'"))
    (HOME / ".config" / "pip").mkdir(parents=True, exist_ok=True)
    with open(HOME / ".config" / "pip" / "pip.conf", "w", encoding="utf-8") as file:
        settings.write(file)


def copy_collection(target: Path) -> None:
    """Copy what git knows: ansible-test insists on the collection's full name in the real path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def main() -> int:
    """Run the tests and return their status."""
    prepare_home()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with tempfile.TemporaryDirectory(prefix="sanity-") as folder:
        target = Path(folder) / "ansible_collections" / "conductor" / "cloud"
        copy_collection(target)
        command = ["ansible-test", "sanity", "--color", "no", "--python", version, *sys.argv[1:]]
        # A temporary folder without git is taken as it is.
        environment = {**os.environ, "HOME": str(HOME), "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, cwd=target, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
