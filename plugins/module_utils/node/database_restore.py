# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data that a server can start with, made of a backup and all that it follows. The backup itself stays as it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .alone import alone_in
from .database_backup import LABEL, LONGEST, MARIABACKUP, PATIENCE, UNFINISHED, chain, clear, known_backups, move
from .node import Node, NodeReader

SPEC = ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "directory": {"type": "path", "default": "/var/lib/mariadb-backups"},
    }
)
PREPARED = ".prepared"
INCREMENT = ".increment"


class Prepared:
    """A directory with the data of one backup, ready for a server."""

    def __init__(self, reader: NodeReader, name: str, directory: str) -> None:
        self.name = f"data of backup {name}"
        self._reader = reader
        self._backup = name
        self._directory = directory
        self._place = f"{directory}/{name}{PREPARED}"

    def read(self) -> Document | None:
        """Return where it is, if it is."""
        return {"path": self._place} if self._reader.stat(self._place) else None

    def plan(self, current: Document | None) -> Plan:
        """Return how to make it."""
        after = {"path": self._place}
        if current:
            return Plan(current, after)
        parts = chain(known_backups(self._reader, self._directory), self._backup)
        made_of = " and what followed: ".join(part for part in (parts[0], ", ".join(parts[1:])) if part)
        return Plan(None, after, (Step("prepare", f"Prepare data of {made_of}", self._step(parts)),))

    def _step(self, parts: list[str]) -> Any:
        def submit(writer: Node, results: Results) -> None:
            unfinished = f"{self._directory}/{UNFINISHED}{self._backup}{PREPARED}"
            with alone_in(self._directory, PATIENCE) as held:
                if writer.stat(self._place) or chain(known_backups(writer, self._directory), self._backup) != parts:
                    raise ResourceError(f"{self._directory}: another run was at work there meanwhile. Run again.")
                clear(unfinished)
                self._make(writer, partial(writer.command, timeout=LONGEST, held=held), parts, unfinished)
                move(unfinished, self._place)

        return submit

    def _make(self, writer: Node, run: Callable[[list[str]], str], parts: list[str], place: str) -> None:
        """Copy the first of the backups, and apply the others to it."""
        run(["cp", "--archive", "--reflink=auto", f"{self._directory}/{parts[0]}", place])
        writer.remove(f"{place}/{LABEL}")
        prepare = [MARIABACKUP, "--prepare", f"--target-dir={place}"]
        run(prepare)
        for part in parts[1:]:
            # What is prepared is used up: files of an increment are moved to where they belong.
            increment = f"{place}{INCREMENT}"
            clear(increment)
            run(["cp", "--archive", "--reflink=auto", f"{self._directory}/{part}", increment])
            run([*prepare, f"--incremental-dir={increment}"])
            shutil.rmtree(increment)
        run(["chown", "--recursive", "mysql:mysql", place])


def prepared(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    return Fleet([Prepared(reader, params["name"], params["directory"])])
