# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""See that the nodes of the test cloud hold, byte for byte, the files that are rendered for them without any host.

So what is kept under ``tests/golden/`` is what a deployment writes, and not only what a test thinks of it. Keys and
certificates are random: of the files that hold them only owner and mode are compared.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.checks import CLOUD, CLOUD_STATE, ROOT
from tests.checks.cloud import WRAPPER, inside, nodes
from tests.checks.golden import files_of, given_to_hosts
from tests.nowhere import MADE

LEAST = 40
# Prints kind, owner, mode and checksum of each path that it is given.
LOOK = """
import grp, hashlib, json, os, pwd, stat, sys
def look(path):
    if not os.path.lexists(path):
        return "absent"
    found = os.lstat(path)
    who = f"{pwd.getpwuid(found.st_uid).pw_name}:{grp.getgrgid(found.st_gid).gr_name}"
    text = open(path, "rb").read() if stat.S_ISREG(found.st_mode) else b""
    return f"{who} {stat.S_IMODE(found.st_mode):04o} {hashlib.sha256(text).hexdigest()[:12]}"
print(json.dumps({path: look(path) for path in json.load(sys.stdin)}))
"""


def wanted(file: dict[str, Any]) -> str:
    """Return what has to be found at the path of a file."""
    state = file.get("state", "file")
    if state == "absent":
        return state
    mode = file.get("mode", "0755" if state == "directory" else "0644")
    checksum = hashlib.sha256(file.get("content", "").encode()).hexdigest()[:12]
    return f"{file.get('owner', 'root')}:{file.get('group', 'root')} {mode} {checksum}"


def agrees(file: dict[str, Any], there: str) -> bool:
    """Tell whether what is at the path of a file is what has to be there."""
    ends = -1 if MADE.search(file.get("content", "")) else None
    return there.split(" ")[:ends] == wanted(file).split(" ")[:ends]


def found(node: str, paths: list[str]) -> dict[str, str]:
    """Return what is at the paths on a node."""
    command = [WRAPPER, "podman", "exec", "-i", node, "python3", "-c", LOOK]
    said = subprocess.run(command, input=json.dumps(paths), capture_output=True, text=True, check=True).stdout
    return json.loads(said)


def rendered(virt_type: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the files of each host: with the inventory and the secrets of the cloud, but none of its folders."""
    inventories = (ROOT / "inventories" / "quickstart", CLOUD_STATE / "inventory")
    options = [option for inventory in inventories for option in ("-i", inventory)]
    with tempfile.TemporaryDirectory(prefix="rendered-") as place:
        more = json.dumps({"cloud_state_directory": place, "nova_virt_type": virt_type})
        vault = str(CLOUD_STATE / "vault" / "password")
        tasks = given_to_hosts(Path(place), [*options, "-e", more], ANSIBLE_VAULT_PASSWORD_FILE=vault)
    return {host: files_of(given) for host, given in tasks.items()}


def faults() -> Iterator[str]:
    """Yield the files that are not as they were rendered. Their contents hold secrets, and are not shown."""
    containers = {node.removeprefix(f"{CLOUD}-"): node for node in nodes()}
    compute = inside(containers["node-1"], "cat", "/etc/nova/nova-compute.conf")
    virt_type = re.search(r"^virt_type = (\w+)$", compute, re.MULTILINE)
    for host, files in rendered(virt_type[1] if virt_type else "").items():
        there = found(containers[host], sorted(files))
        different = sorted(path for path, file in files.items() if not agrees(file, there[path]))
        print(f"== {host}: {len(files)} files, {len(different)} of them different", flush=True)
        yield from (f"{host}: {path}: rendered {wanted(files[path])}, found {there[path]}" for path in different)
        if len(files) < LEAST:
            yield f"{host}: only {len(files)} files are rendered"


def main() -> int:
    """Return 0 where every file is as it was rendered."""
    wrong = list(faults())
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
