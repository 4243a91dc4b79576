# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look for the secrets of a cloud where none may be: in ARA, in logs, on command lines.

usage: secrets_unseen.py STATE_DIRECTORY

It names what it finds, and where, but never the value. The search has to find a word that must be there, too, so
that it cannot pass because it read nothing.
"""

from __future__ import annotations

import json
import runpy
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import yaml

FILTERS = Path(__file__).resolve().parents[2] / "plugins" / "filter"

# What is written there by a person, and so shows that a place was read.
MARKS = {"ARA": "conductor.cloud", "journal": "systemd", "processes": "/usr/sbin/sshd"}

SEARCH = """
import glob, json, os, sqlite3, subprocess, sys, zlib

def texts():
    if os.path.exists("/var/lib/ara/ara.sqlite"):
        base = sqlite3.connect("file:/var/lib/ara/ara.sqlite?mode=ro", uri=True)
        names = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            for row in base.execute(f"select * from {name}"):
                for value in row:
                    if isinstance(value, bytes):
                        try:
                            value = zlib.decompress(value)
                        except zlib.error:
                            pass
                        yield "ARA", f"table {name}", value
                    elif isinstance(value, str):
                        yield "ARA", f"table {name}", value.encode()
    yield "journal", "journal", subprocess.run(["journalctl", "--no-pager", "-o", "cat"], stdout=subprocess.PIPE).stdout
    for path in glob.glob("/var/log/**", recursive=True):
        if os.path.isfile(path) and "/journal/" not in path:
            with open(path, "rb") as stream:
                yield "logs", path, stream.read()
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as stream:
                yield "processes", "a command line", stream.read()
        except OSError:
            continue

wanted = json.load(sys.stdin)
found, places = set(), {}
for kind, place, text in texts():
    places[kind] = places.get(kind, 0) + 1
    for name, spelling in wanted["secrets"]:
        if spelling.encode() in text:
            found.add((name, place))
    if wanted["marks"].get(kind, "").encode() in text:
        places[kind + " seen"] = True
print(json.dumps({"found": sorted(found), "places": places}))
"""


def secrets(state: Path) -> list[tuple[str, str]]:
    """Return the secrets of the vaulted file by name, in every form that services get them in."""
    command = ["ansible-vault", "view", "--vault-password-file", str(state / "vault/password")]
    file = state / "inventory/group_vars/all/secrets.yml"
    shown = subprocess.run([*command, str(file)], capture_output=True, text=True, check=True)
    ceph_key = runpy.run_path(str(FILTERS / "ceph_key.py"))["ceph_key"]
    fernet_key = runpy.run_path(str(FILTERS / "fernet_key.py"))["fernet_key"]
    found = []
    for name, value in yaml.safe_load(shown.stdout)["cloud_secrets"].items():
        # Identifiers, which are shorter than the secrets and stand in many places.
        if len(value) < 40:
            continue
        found += [(name, value), (f"{name} as a key of Ceph", ceph_key(value))]
        found += [(f"{name} as a key of Fernet", fernet_key(value))]
    # A cloud that is still to be deployed has no such keys yet.
    for path in sorted([*(state / "certificates").rglob("*.key"), *(state / "nova_ssh").glob("key")]):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [(f"{path.parent.name}/{path.name}", line) for line in lines if len(line) >= 40 and line[0] != "-"]
    # Whatever a URL would spell otherwise stands there in that form, too.
    return found + [
        (f"{name} in a URL", quote(value, safe="")) for name, value in found if quote(value, safe="") != value
    ]


def nodes(state: Path) -> list[str]:
    """Return the addresses of the nodes."""
    settings = dict(line.split("=", 1) for line in (state / "settings").read_text(encoding="utf-8").split())
    return [f"{settings['prefix']}.0.{11 + index}" for index in range(int(settings["nodes"]))]


def search_node(state: Path, address: str, wanted: list[tuple[str, str]]) -> tuple[list[str], dict[str, object]]:
    """Return what was found on a node, in sentences, and which places were read."""
    options = ["-F", "none", "-i", str(state / "ssh/key"), "-o", f"UserKnownHostsFile={state / 'ssh/known_hosts'}"]
    command = ["ssh", *options, f"root@{address}", f"python3 -c {shlex.quote(SEARCH)}"]
    given = json.dumps({"secrets": wanted, "marks": MARKS})
    answer = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    said = json.loads(answer.stdout)
    return [f"{address}: {name} in {place}" for name, place in said["found"]], said["places"]


def search_controller(state: Path, wanted: list[tuple[str, str]]) -> list[str]:
    """Return what was found in the logs and the journal of runs on the controller."""
    files = [path for pattern in ("*.log", "runs.jsonl") for path in state.glob(pattern)]
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
    return [f"{name} in {file}" for file, text in texts.items() for name, spelling in wanted if spelling in text]


def everywhere(state: Path, wanted: list[tuple[str, str]]) -> list[str]:
    """Search the controller and all nodes; return what was found, and which kinds of places were not read at all."""
    found, blind = search_controller(state, wanted), set(MARKS)
    for address in nodes(state):
        more, places = search_node(state, address, wanted)
        found += more
        blind -= {kind for kind in MARKS if places.get(f"{kind} seen")}
        print(f"{address}: searched {json.dumps(places)}")
    print(f"{len(wanted)} spellings of secrets; {len(found)} seen where none may be")
    return found + [f"The search read nothing of: {kind}" for kind in sorted(blind)]


def main() -> int:
    """Search everywhere and return how it went."""
    state = Path(sys.argv[1]).resolve()
    known = secrets(state)
    faults = everywhere(state, known)
    missing = {"certificates/ca.key", "certificates/server.key"} - {name for name, _spelling in known}
    faults += [f"The search knew nothing of {name}" for name in sorted(missing)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
