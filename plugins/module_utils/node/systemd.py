# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What systemd says of the units of a task, asked once for all of them."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from . import unit_digest
from .node import Node, NodeReader
from .once import Once
from .packages import Packages

PROPERTIES = "Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload,CanReload"
SYSV_LINKS = tuple(f"/etc/rc{level}.d" for level in "2345")
SECTIONS = {"service": "Service", "socket": "Socket"}
STATES = {
    "active": "started",
    "reloading": "started",
    "activating": "starting",
    "failed": "failed",
}


def drop_in_path(unit: str) -> str:
    """Return where systemd finds that a unit records what it starts with."""
    return f"/etc/systemd/system/{unit}.d/conductor.conf"


def drop_in(unit: str) -> bytes:
    """Return what makes a unit record what it starts with; a failure of that does not keep it from starting.

    Units of one service share a directory in /run. One that stops has to leave it to those that just start.
    """
    section = SECTIONS[unit.rsplit(".", 1)[-1]]
    lines = [f"[{section}]", f"ExecStartPre=-+{unit_digest.SCRIPT} record {unit}", "RuntimeDirectoryPreserve=yes"]
    return "\n".join([*lines, ""]).encode()


def script() -> bytes:
    """Return the program that systemd runs for that: the very file that this collection computes digests with."""
    return b"#!/usr/bin/python3 -IS\n" + inspect.getsource(unit_digest).encode()


def parse(text: str, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the properties of each unit; ``systemctl show`` answers in the order asked."""
    blocks = [block for block in text.strip("\n").split("\n\n") if block]
    found = [dict(line.split("=", 1) for line in block.split("\n") if "=" in line) for block in blocks]
    return dict(zip(names, found))


def starts_with_sysv(reader: NodeReader, unit: str) -> bool:
    """Tell whether a unit made from an init script starts at boot: its links in /etc/rc?.d say so."""
    name = unit.rsplit(".", 1)[0]
    links = [path.rsplit("/", 1)[1] for folder in SYSV_LINKS for path in reader.files_below(folder)]
    return any(link[:1] == "S" and link[3:] == name for link in links)


class Systemd:
    """Systemd, read once for all units of a task and made ready once for all their changes."""

    def __init__(self, reader: NodeReader, names: Sequence[str], before: Sequence[Callable[[Node], None]]) -> None:
        self.reader = reader
        self.names = list(names)
        self.packages = Packages((reader.content(unit_digest.DPKG_STATUS) or b"").decode())
        self.watches: dict[str, dict[str, Any]] = {}
        self.at_boot: set[str] = set()
        self.strange: set[str] = set()
        self.enabled: set[str] = set()
        self._before = before
        self._shown: dict[str, dict[str, str]] | None = None
        self.prepare = Once(self._prepare)
        self.enable = Once(self._enable)

    def refresh(self) -> None:
        """Ask anew with the next question."""
        self._shown = None

    def show(self, unit: str) -> dict[str, str]:
        """Return the properties of a unit."""
        if self._shown is None:
            answer = self.reader.output(["systemctl", "show", f"--property={PROPERTIES}", "--", *self.names])
            self._shown = parse(answer, self.names)
        return self._shown.get(unit, {"LoadState": "not-found"})

    def starts_with_sysv(self, unit: str) -> bool:
        """Tell whether a unit made from an init script starts at boot."""
        return starts_with_sysv(self.reader, unit)

    def watch_files(self, unit: str) -> dict[str, tuple[bytes, str]]:
        """Return the files, with their modes, that make a unit record what it starts with."""
        watch = json.dumps(self.watches[unit], indent=1).encode() + b"\n"
        return {
            unit_digest.SCRIPT: (script(), "0755"),
            unit_digest.watch_path(unit): (watch, "0644"),
            drop_in_path(unit): (drop_in(unit), "0644"),
        }

    def watched(self, unit: str) -> bool:
        """Tell whether a unit will record what it starts with."""
        if unit not in self.watches:
            return True
        files = self.watch_files(unit)
        return all(self.reader.content(path) == content for path, (content, mode) in files.items())

    def _prepare(self, writer: Node) -> None:
        """Bring about, once for the task, all that the units stand on: their files, and systemd knowing of them.

        Every change of a unit calls this first; an error of a file keeps the units as they are.
        """
        for settle in self._before:
            settle(writer)
        for path in sorted(self.strange):
            writer.remove(path)
        for unit in self.watches:
            for path, (content, mode) in self.watch_files(unit).items():
                if writer.content(path) != content:
                    writer.write(path, content, mode=mode)
        answer = writer.output(["systemctl", "show", "--property=NeedDaemonReload", "--", *self.names])
        loaded = parse(answer, self.names)
        if any(unit.get("NeedDaemonReload") != "no" for unit in loaded.values()) or self._unknown():
            writer.command(["systemctl", "daemon-reload"])

    def _enable(self, writer: Node) -> None:
        """Enable, with one command, all units of the task that are not: systemd reloads with each command."""
        names = [name for name in self.names if name in self.at_boot]
        answer = writer.output(["systemctl", "show", f"--property={PROPERTIES}", "--", *names])
        found = {name: unit for name, unit in parse(answer, names).items() if unit.get("LoadState") == "loaded"}
        if found:
            writer.command(["systemctl", "enable", "--", *sorted({unit["Id"] for unit in found.values()})])
        self.enabled = set(found)

    def _unknown(self) -> bool:
        """Tell whether systemd may have missed a unit: it looks for new files only when it is told to."""
        return any(self.show(name).get("LoadState") == "not-found" for name in self.names)


def reading_as_planned(
    reader: NodeReader, planned: dict[str, bytes | None]
) -> tuple[Callable[[str], list[str]], Callable[[str], bytes | None]]:
    """Return how to list and read files as they will be once ``planned`` is written."""

    def files_below(path: str) -> list[str]:
        found = set(reader.files_below(path)) | {name for name in planned if name.startswith(f"{path}/")}
        if len(found) > 1:
            found.discard(path)
        return sorted(name for name in found if name == path or planned.get(name, b"") is not None)

    return files_below, partial(content_as_planned, reader, planned)


def content_as_planned(reader: NodeReader, planned: dict[str, bytes | None], path: str) -> bytes | None:
    """Return the content that a file will have."""
    return planned[path] if path in planned else reader.content(path)
