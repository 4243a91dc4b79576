# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run did, counted on the controller, and whether ARA holds all of it.

ARA loses results without a word when its server is away. So the controller keeps a journal of its own: one line
of JSON for each playbook that ended, with the number of results of every host. ARA's numbers have to be the same.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Entry = dict[str, Any]

# What a recap counts once for every result; "changed" and "ignored" count some of these a second time.
RECAP = ("ok", "failures", "unreachable", "skipped", "rescued")


@dataclass
class Tally:
    """The results of one playbook by host, as ARA gets them, and as a recap counts them.

    An include is one result, but a recap counts it once for every file that it brought in.
    """

    results: Counter[str] = field(default_factory=Counter)
    recap: Counter[str] = field(default_factory=Counter)

    def result(self, host: str, includes: bool = False) -> None:
        """Count a result; ``includes`` says that it is an include that went well."""
        self.results[host] += 1
        if not includes:
            self.recap[host] += 1

    def include(self, hosts: Iterable[str]) -> None:
        """Count a file that was included for these hosts."""
        self.recap.update(hosts)


def append(path: str, entry: Entry) -> None:
    """Write one line. A single write at the end of the file keeps the lines of parallel runs apart."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(entry, sort_keys=True) + "\n").encode())
    finally:
        os.close(descriptor)


def entries(path: str, run: str, asking: str = "") -> list[Entry]:
    """Return the lines of one run but for the asking playbook, oldest first. A line cut short by a crash is not one."""
    found: list[Entry] = []
    if not os.path.exists(path):
        return found
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if run in entry["labels"] and entry["playbook"] != asking:
                found.append(entry)
    return found


def recorded(ara: Any, run: str, asking: str = "") -> dict[int, Entry]:
    """Return the playbooks with the label of the run but for the asking one, by number."""
    found = {}
    for playbook in ara.pages("playbooks", label=run, order="id"):
        if playbook["path"] == asking:
            continue
        number = playbook["id"]
        found[number] = {
            "path": playbook["path"],
            "status": playbook["status"],
            "results": {
                host["name"]: ara.get("results", playbook=number, host=host["id"], limit=1)["count"]
                for host in ara.pages("hosts", playbook=number, order="id")
            },
            "url": f"{ara.server}/playbooks/{number}.html",
        }
    return found


def complaints(journal: Iterable[Entry], recorded: Mapping[int, Entry]) -> list[str]:
    """Return, in sentences, where ARA and the controller's own journal differ.

    ``recorded`` holds ARA's playbooks by number: path, status and the number of results of each host.
    """
    journal = list(journal)
    if not journal:
        return ["The journal holds no playbook of this run, so there is nothing that ARA could have recorded."]
    found: list[str] = []
    for entry in journal:
        found += _differences(entry, recorded.get(entry["ara"]))
    known = {entry["ara"] for entry in journal}
    for number, playbook in recorded.items():
        if number not in known:
            found.append(f"{playbook['path']} (ARA's playbook {number}) is {playbook['status']} and never ended here.")
    return found


def _differences(entry: Entry, playbook: Entry | None) -> list[str]:
    path = entry["playbook"]
    if playbook is None:
        return [f"{path} ran, but ARA has no record of it under this run."]
    found = []
    if playbook["status"] != "completed":
        found.append(f"{path} is {playbook['status']} in ARA, not completed.")
    for host in sorted({*entry["results"], *playbook["results"], *entry["recap"]}):
        seen, kept = entry["results"].get(host, 0), playbook["results"].get(host, 0)
        if seen != kept:
            found.append(f"{path}: {host} had {seen} results, ARA holds {kept}.")
        counted, recap = entry["counted"].get(host, 0), sum(entry["recap"].get(host, {}).get(key, 0) for key in RECAP)
        if counted != recap:
            found.append(f"{path}: the recap of {host} counts {recap}, the journal {counted}.")
    return found
