# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""See that every inventory gives the files that are kept in ``tests/golden/``; with ``--write``, keep what it gives.

python -m tests.checks.golden [--write]

There is a file for each host: all files that a deployment would write to it, byte for byte, and then what it would ask
of the packages, databases, brokers and catalogs. A change of a fact shows there, in review.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from tests.checks import ROOT

GOLDEN = ROOT / "tests" / "golden"
INVENTORIES = ROOT / "inventories"
PLAYBOOKS = ("manager", "site")
FILES = "conductor.cloud.service_files"
PART = re.compile(r"^==> ", re.MULTILINE)
STATE = "/state"
Task = dict[str, Any]


def secrets() -> dict[str, str]:
    """Return the secrets of a cloud that is none, by the names that the role knows."""
    known = yaml.safe_load((ROOT / "roles" / "secrets" / "defaults" / "main.yml").read_text(encoding="utf-8"))
    found = {name: f"{name.replace('_', '-')}-of-no-cloud" for name in known["secrets_names"]}
    return found | {name: str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in known["secrets_uuids"]}


def settings(folder: Path) -> dict[str, Any]:
    """Return what quickstart adds to an inventory."""
    variables = {"testbed_name": "golden", "testbed_prefix": "10.90", "cloud_state_directory": str(folder)}
    return {"all": {"vars": {**variables, "cloud_secrets": secrets()}}}


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of ansible: nothing of a person's own settings, and this checkout under its full name."""
    link = folder / "collections" / "ansible_collections" / "conductor" / "cloud"
    link.parent.mkdir(parents=True)
    link.symlink_to(ROOT)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ARA_"))}
    (folder / "ansible.cfg").touch()
    names = {"COLLECTIONS_PATH": "collections", "CONFIG": "ansible.cfg", "HOME": "home", "LOCAL_TEMP": "tmp"}
    return {**kept, **{f"ANSIBLE_{name}": str(folder / place) for name, place in names.items()}}


def given_to_hosts(folder: Path, options: Sequence[str | Path], **variables: str) -> dict[str, list[Task]]:
    """Return the tasks of a deployment, by host."""
    (folder / "hosts").mkdir()
    playbooks = [ROOT / "playbooks" / f"{name}.yml" for name in PLAYBOOKS]
    # Ansible tags as always what checks the arguments of a role; it takes half the time, and changes nothing.
    command = [sys.executable, "-m", "tests.nowhere", folder / "hosts", *options, "--skip-tags", "always", *playbooks]
    own = {**environment(folder), **variables}
    done = subprocess.run(command, env=own, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{done.stdout[-3000:]}{done.stderr[-1000:]}")
    lines = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "hosts").iterdir())}
    return {
        host: [json.loads(line) for line in text.replace(str(folder), STATE).splitlines()]
        for host, text in lines.items()
        if host != "localhost"
    }


def render(inventory: Path) -> dict[str, str]:
    """Return what a deployment would do, by host."""
    with tempfile.TemporaryDirectory(prefix="golden-") as place:
        added = Path(place) / "settings.yml"
        added.write_text(json.dumps(settings(Path(place))), encoding="utf-8")
        hosts = given_to_hosts(Path(place), ("-i", inventory, "-i", added))
        return {host: told(tasks) for host, tasks in hosts.items()}


def files_of(tasks: list[Task]) -> dict[str, dict[str, Any]]:
    """Return the files that tasks write, by path."""
    files: dict[str, dict[str, Any]] = {}
    for task in tasks:
        for file in task["arguments"].get("files", ()) if task["action"] == FILES else ():
            if files.setdefault(file["path"], file) != file:
                raise SystemExit(f"{file['path']} is written in two ways, so that no run comes to rest: {task['task']}")
    return files


def told(tasks: list[Task]) -> str:
    """Return files and tasks of a host as one text."""
    files = files_of(tasks)
    asked = yaml.safe_dump(list(asked_of_host(tasks)), sort_keys=False, width=110, allow_unicode=True)
    return "\n".join([*(part(files[path]) for path in sorted(files)), f"==> tasks\n{asked}"])


def part(file: dict[str, Any]) -> str:
    """Return a file with a headline."""
    state, content = file.get("state", "file"), file.get("content", "")
    mode = file.get("mode", "0755" if state == "directory" else "0644")
    words = f"{state} {file.get('owner', 'root')}:{file.get('group', 'root')} {mode}"
    end = "" if content.endswith("\n") or state != "file" else "\n(no newline at its end)\n"
    return f"==> {file['path']} ({words})\n{content}{end}"


def asked_of_host(tasks: list[Task]) -> Iterator[dict[str, Any]]:
    """Yield what tasks ask of this collection's modules, apart from files."""
    for task in tasks:
        unseen = ("files", "secrets") if task["action"] == FILES else ()
        arguments = {name: value for name, value in task["arguments"].items() if name not in unseen}
        if arguments and task["action"].startswith("conductor.cloud."):
            yield {"task": task["task"].rpartition(" : ")[2], task["action"]: arguments}


def parts(text: str) -> dict[str, str]:
    """Return the parts of a text by their headlines."""
    found = (each.partition("\n") for each in PART.split(text)[1:])
    return {headline: content for headline, _newline, content in found}


def differences(name: str, kept: str, given: str) -> Iterator[str]:
    """Yield what is different, file by file."""
    old, new = parts(kept), parts(given)
    for headline in sorted({*old, *new}):
        before, after = old.get(headline), new.get(headline)
        if before is None or after is None:
            yield f"{name}: {headline}: {'is new' if before is None else 'is gone'}"
        else:
            yield from difflib.unified_diff(
                before.splitlines(), after.splitlines(), f"{name}: {headline} (kept)", "(given)", lineterm=""
            )


def compare(given: dict[str, str]) -> int:
    """Say what is different, and return the status."""
    kept = {str(path.relative_to(GOLDEN)): path.read_text(encoding="utf-8") for path in GOLDEN.rglob("*.txt")}
    names = sorted(name for name in {*kept, *given} if kept.get(name) != given.get(name))
    for name in names:
        print("\n".join(differences(name, kept.get(name, ""), given.get(name, ""))))
    if names:
        print(f"{len(names)} of {len(given)} hosts differ. If that is meant: python -m tests.checks.golden --write")
    else:
        print(f"{len(given)} hosts are as kept.")
    return 1 if names or not given else 0


def write(given: dict[str, str]) -> int:
    """Keep what is given, and nothing else."""
    for path in GOLDEN.rglob("*.txt"):
        path.unlink()
    for name, text in given.items():
        (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_text(text, encoding="utf-8")
    return 0


def main() -> int:
    """Render all inventories."""
    inventories = sorted(path for path in INVENTORIES.iterdir() if path.is_dir())
    with ThreadPoolExecutor() as pool:
        rendered = list(pool.map(render, inventories))
    given = {
        f"{inventory.name}/{host}.txt": text
        for inventory, hosts in zip(inventories, rendered, strict=True)
        for host, text in hosts.items()
    }
    return write(given) if sys.argv[1:] == ["--write"] else compare(given)


if __name__ == "__main__":
    sys.exit(main())
