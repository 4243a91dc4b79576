# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the unit tests, the laws and ansible-test sanity on the newest ansible-core, in a bare Debian 13 node.

usage: newest_core.py [TEST...]    (unit, laws, sanity)

Debian 13 has the Python that the newest ansible-core asks for; the machine of the tests may have an older one. The
node is made for this and removed afterwards. What is tested is what git knows of the checkout, as it is now.
"""

from __future__ import annotations

import subprocess
import sys

from tests.checks import ROOT, STATE
from tests.checks.cloud import WRAPPER

NAME = "conductor-core"
NODE = f"{NAME}-node-1"
PREFIX = "10.98"
PLACE = "/root/ansible_collections/conductor/cloud"
PYTHON = "/opt/newest/bin/python"
# What the tests need of the tools of this checkout, each in its newest version.
PACKAGES = (
    "ansible",
    "ansible-core",
    "ansible-runner",
    "ara",
    "cryptography",
    "openstacksdk",
    "pytest",
    "pytest-xdist",
)
PREPARE = f"""
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --no-install-recommends git python3-venv >/dev/null
mkdir -p {PLACE}
tar --extract --directory {PLACE}
cd {PLACE}
git init --quiet .
git add .
mkdir -p .tests/collections/ansible_collections/conductor
ln -s {PLACE} .tests/collections/ansible_collections/conductor/cloud
python3 -m venv /opt/newest
{PYTHON} -m pip install --quiet --progress-bar off {" ".join(PACKAGES)}
{PYTHON} --version
{PYTHON} -m pip list | grep -E '^(ansible|openstacksdk)'
"""
TESTS = {
    "unit": "-m pytest -q -n 2 tests/unit",
    "laws": "-m pytest -q -n 2 tests/laws",
    # Its pylint wants programs started with run_command, which knows neither other users nor limits of time.
    "sanity": "-m tests.checks.sanity --skip-test pylint",
}


def play(playbook: str) -> None:
    """Bring the node up, or remove it."""
    given = {"name": NAME, "prefix": PREFIX, "state_directory": STATE / "core", "cache_directory": ROOT / ".cache"}
    options = [option for name, value in given.items() for option in ("-e", f"testbed_{name}={value}")]
    command = ["ansible-playbook", "-i", "localhost,", ROOT / "playbooks" / playbook, *options]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def in_node(script: str, given: bytes = b"") -> int:
    """Run a script in the node, and return its status."""
    command = [WRAPPER, "podman", "exec", "--interactive", NODE, "bash", "-euc", script]
    return subprocess.run(command, input=given, check=False).returncode


def checkout() -> bytes:
    """Return what git knows of this checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    there = b"\0".join(name for name in listed.split(b"\0") if name and (ROOT / name.decode()).is_file())
    pack = ["tar", "--create", "--null", "--files-from=-"]
    return subprocess.run(pack, cwd=ROOT, input=there, capture_output=True, check=True).stdout


def main() -> int:
    """Return 0 when all tests pass."""
    wanted = sys.argv[1:] or list(TESTS)
    failed = []
    try:
        play("testbed_create.yml")
        if in_node(PREPARE, checkout()):
            print("The node could not be made ready.")
            return 1
        for name in wanted:
            print(f"== {name}", flush=True)
            variables = f"PATH=/opt/newest/bin:$PATH ANSIBLE_COLLECTIONS_PATH={PLACE}/.tests/collections"
            if in_node(f"cd {PLACE}; env {variables} {PYTHON} {TESTS[name]}"):
                failed.append(name)
    finally:
        play("testbed_destroy.yml")
    print(f"{len(wanted) - len(failed)} of {len(wanted)} pass on the newest ansible-core {' '.join(failed)}".rstrip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
