# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of a whole database server, made while it runs: full ones, and what changed since the one before.

A backup is made beside its place and moved there when it is complete. So what has a place can be restored.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .alone import alone_in
from .node import Node, NodeReader

SPEC = ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "kind": {"type": "str", "choices": ["full", "incremental"], "default": "full"},
        "directory": {"type": "path", "default": "/var/lib/mariadb-backups"},
        "keep": {"type": "int", "default": 7},
    }
)
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
LABEL = "backup.json"
UNFINISHED = ".unfinished-"
MARIABACKUP = "mariadb-backup"
# Seconds that a copy of all data may take, and that a run waits for the one of a run before it.
LONGEST = 4 * 3600
PATIENCE = 600


def known_backups(reader: NodeReader, directory: str) -> dict[str, dict[str, Any]]:
    """Return what is said of each complete backup, the oldest first."""
    found = {}
    for path in reader.files_below(directory):
        folder, file = os.path.split(path)
        name = os.path.basename(folder)
        if file == LABEL and os.path.dirname(folder) == directory and not name.startswith(UNFINISHED):
            found[name] = json.loads(reader.content(path) or b"{}")
    return dict(sorted(found.items(), key=lambda item: item[1]["number"]))


def chain(backups: dict[str, dict[str, Any]], name: str) -> list[str]:
    """Return the backups that are needed to restore one: a full one, and all that follow up to it."""
    if name not in backups:
        known = ", ".join(backups) or "no backups"
        raise ResourceError(f"name: there is no backup {name}. There are {known}.")
    names = [name]
    while base := backups[names[0]]["base"]:
        if base not in backups:
            raise ResourceError(f"backup {name}: it follows {base}, which is gone. It cannot be restored.")
        names.insert(0, base)
    return names


class Backup:
    """One backup, and those that are too old once it is there."""

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self.name = f"backup {wanted['name']}"
        self._reader = reader
        self._wanted = wanted
        self._place = f"{wanted['directory']}/{wanted['name']}"
        if not NAME.match(wanted["name"]):
            raise ResourceError(f"name: {wanted['name']} becomes a directory: letters, digits, dots, dashes.")
        if wanted["keep"] < 1:
            raise ResourceError(f"keep: at least one full backup is kept, and {wanted['keep']} was given.")

    def read(self) -> Document:
        """Return what each backup is and which one it follows."""
        backups = known_backups(self._reader, self._wanted["directory"])
        return {"backups": {name: {"base": label["base"]} for name, label in backups.items()}}

    def plan(self, current: Document | None) -> Plan:
        """Return how to make what is not there, and then remove the oldest."""
        after = dict((current or {})["backups"])
        steps = []
        if self._wanted["name"] not in after:
            base = self._base(after)
            steps.append(self._make_step(base, set(after)))
            after[self._wanted["name"]] = {"base": base}
        for old in expired(after, self._wanted["keep"]):
            del after[old]
            steps.append(self._remove_step(old))
        return Plan(current, {"backups": after}, tuple(steps))

    def _base(self, backups: Document) -> str | None:
        """Return which backup the new one follows, if any."""
        if self._wanted["kind"] == "full":
            return None
        if not backups:
            raise ResourceError("kind: an incremental backup follows another one, and there is none. Make a full one.")
        newest = list(backups)[-1]
        chain(backups, newest)
        return newest

    def _make_step(self, base: str | None, known: set[str]) -> Step:
        what = f"Back up what changed since {base}" if base else "Back up all databases"

        def submit(writer: Node, results: Results) -> None:
            self._make(writer, base, known)

        return Step("make", f"{what} as {self._wanted['name']}", submit)

    def _make(self, writer: Node, base: str | None, known: set[str]) -> None:
        directory = self._wanted["directory"]
        unfinished = f"{directory}/{UNFINISHED}{self._wanted['name']}"
        writer.make_directory(directory, mode="0700")
        since = [f"--incremental-basedir={directory}/{base}"] if base else []
        argv = [MARIABACKUP, "--backup", "--galera-info", f"--target-dir={unfinished}", *since]
        with alone_in(directory, PATIENCE) as held:
            if set(known_backups(writer, directory)) != known:
                raise ResourceError(f"{directory}: another run made or removed backups meanwhile. Run again.")
            clear(unfinished)
            writer.command(argv, timeout=LONGEST, held=held)
            self._finish(writer, base, unfinished)

    def _finish(self, writer: Node, base: str | None, unfinished: str) -> None:
        """Say what the backup is, and give it its place."""
        directory = self._wanted["directory"]
        numbers = [label["number"] for label in known_backups(writer, directory).values()]
        label = {"base": base, "number": max(numbers, default=0) + 1}
        writer.write(f"{unfinished}/{LABEL}", json.dumps(label).encode(), mode="0600")
        move(unfinished, self._place)

    def _remove_step(self, name: str) -> Step:
        def submit(writer: Node, results: Results) -> None:
            directory = self._wanted["directory"]
            with alone_in(directory, PATIENCE):
                # Another run may have removed it. Its label goes first: a backup that is half removed is none.
                if name in known_backups(writer, directory):
                    writer.remove(f"{directory}/{name}/{LABEL}")
                    shutil.rmtree(f"{directory}/{name}")

        return Step(f"remove {name}", f"Remove backup {name}", submit)


def expired(backups: Document, keep: int) -> list[str]:
    """Return, the newest first, what belongs to full backups that are older than those to be kept."""
    full = [name for name, label in backups.items() if label["base"] is None]
    kept = set(full[-keep:])
    for name, label in backups.items():
        if label["base"] in kept:
            kept.add(name)
    return [name for name in reversed(list(backups)) if name not in kept]


def clear(directory: str) -> None:
    """Remove what a run left that did not come to its end."""
    if os.path.isdir(directory):
        shutil.rmtree(directory)


def move(source: str, place: str) -> None:
    """Give what is complete its place."""
    try:
        os.rename(source, place)
    except OSError as error:
        raise ResourceError(f"{place}: {error.strerror}") from error


def backup(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    return Fleet([Backup(reader, params)])
