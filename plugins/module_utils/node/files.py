# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and directories of a host, one resource each."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ..resource import Document, Plan, ResourceError, Results, Step
from .node import Node, NodeReader
from .once import Once

MODE = re.compile(r"^0[0-7]{3,4}$")
HIDDEN = "********"
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n(.*?)\n-----END ", re.DOTALL)
DEFAULT_MODES = {"file": "0644", "directory": "0755", "absent": None}


@dataclass(frozen=True)
class Wanted:
    """What a person wants at a path."""

    path: str
    state: str = "file"
    content: str | None = None
    owner: str = "root"
    group: str = "root"
    mode: str | None = None
    validate: tuple[str, ...] = ()

    @classmethod
    def from_option(cls, option: dict[str, Any]) -> Wanted:
        """Check one entry of the option ``files``."""
        path, state = option["path"], option["state"]
        mode = option.get("mode") or DEFAULT_MODES[state]
        if not path.startswith("/") or os.path.normpath(path) != path:
            raise ResourceError(f"files: path has to be absolute and plain, and {path} is not.")
        if mode and not MODE.match(mode):
            raise ResourceError(f"{path}: mode {mode} is not an octal number in quotes, like '0640'.")
        if (option.get("content") is not None) != (state == "file"):
            raise ResourceError(f"{path}: content belongs to state file, and state file needs content.")
        validate = tuple(option.get("validate") or ())
        if validate and (state != "file" or not any("%s" in part for part in validate)):
            raise ResourceError(f"{path}: validate is a command for state file, with %s where the file is named.")
        return cls(path, state, option.get("content"), option["owner"], option["group"], mode, validate)

    @property
    def data(self) -> bytes | None:
        """The bytes of the file."""
        return None if self.content is None else self.content.encode()


def shown(data: bytes) -> list[str] | str:
    """Return a content as a diff shows it: by lines, or by its size and checksum where it is not text."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}"
    return text.split("\n")


def key_of(line: str) -> str:
    """Return what a line of a file is about: what stands before its first sign that a value follows."""
    return re.split(r"[=:\s]", line.strip(), maxsplit=1)[0]


def lines_of_keys(lines: list[str]) -> set[str]:
    """Return the lines between the first and the last of each private key, which nobody else may see."""
    return {line for key in PRIVATE_KEY.findall("\n".join(lines)) for line in key.split("\n")}


def concealed(found: list[str], wanted: list[str], secrets: Collection[str]) -> list[str]:
    """Return the lines of a file that is to have others, without those that may hold yesterday's secrets.

    Which these were, nobody knows any more. They stood where today's do, or in lines that nobody knows either.
    """
    private = {key_of(line) for line in wanted if any(secret in line for secret in secrets)}
    if not private:
        keys = lines_of_keys(found).difference(wanted)
        return [HIDDEN if line in keys else line for line in found]
    known = {key_of(line) for line in wanted} - private
    kept = {line for line in found if line in wanted or key_of(line) in known}
    names = {line: key_of(line) if key_of(line) in private else "" for line in found}
    return [line if line in kept else f"{names[line]} {HIDDEN}".strip() for line in found]


class FileResource:
    """A file, a directory, or nothing, at one path."""

    def __init__(
        self, reader: NodeReader, wanted: Wanted, above: FileResource | None = None, secrets: Collection[str] = ()
    ) -> None:
        self.name = wanted.path
        self.wanted = wanted
        self.above = above
        self._secrets = secrets
        self._reader = reader
        self.settle = Once(self._write)
        self._planned = False

    def read(self) -> Document | None:
        """Return what is at the path."""
        found = self._reader.stat(self.name)
        if found is None:
            return None
        document: Document = {
            "state": found["kind"],
            "owner": found["owner"],
            "group": found["group"],
            "mode": found["mode"],
        }
        if found["kind"] == "file":
            document["content"] = self._shown(self._reader.content(self.name) or b"", found["mode"])
        return document

    def _shown(self, data: bytes, mode: str) -> list[str] | str:
        """Return what there is as a diff may show it."""
        if self.wanted.state == "absent" and not int(mode, 8) & 0o004:
            return f"{len(data)} bytes that not everybody may read"
        found, wanted = shown(data), shown(self.wanted.data or b"")
        if isinstance(found, str) or isinstance(wanted, str):
            return found
        return concealed(found, wanted, self._secrets)

    def after(self) -> Document | None:
        """Return what the path will hold."""
        wanted = self.wanted
        if wanted.state == "absent":
            return None
        document: Document = {
            "state": wanted.state,
            "owner": wanted.owner,
            "group": wanted.group,
            "mode": wanted.mode,
        }
        if wanted.data is not None:
            document["content"] = shown(wanted.data)
        return document

    def plan(self, current: Document | None) -> Plan:
        """Return the one step that brings about what is wanted, if any."""
        after = self.after()
        if current == after:
            brief = {key: value for key, value in after.items() if key != "content"} if after else None
            return Plan(brief, brief)
        kind, state = (current or {}).get("state"), self.wanted.state
        if (kind, state) in (("file", "directory"), ("link", "directory"), ("directory", "file")) or kind == "other":
            raise ResourceError(f"{self.name}: there is a {kind}, and a {state} is wanted. Move it away first.")
        self._planned = True
        return Plan(current, after, (Step("write", self._summary(current), self._submit),))

    def _summary(self, current: Document | None) -> str:
        if self.wanted.state == "absent":
            return f"Remove {self.name}"
        if current is None or current["state"] == "link":
            return f"Make {'the directory ' if self.wanted.state == 'directory' else ''}{self.name}"
        after = self.after() or {}
        changed = [key for key in ("content", "owner", "group", "mode") if current.get(key) != after.get(key)]
        return f"Change {' and '.join(changed)} of {self.name}"

    def _submit(self, writer: Node, results: Results) -> None:
        self.settle(writer)

    def _write(self, writer: Node) -> None:
        if not self._planned:
            return
        if self.above:
            self.above.settle(writer)
        wanted = self.wanted
        if wanted.data is not None:
            if wanted.validate:
                writer.try_out(self.name, wanted.data, wanted.validate)
            writer.write(self.name, wanted.data, wanted.owner, wanted.group, wanted.mode or "0644")
        elif wanted.state == "directory":
            writer.make_directory(self.name, wanted.owner, wanted.group, wanted.mode or "0755")
        else:
            writer.remove(self.name)


def file_resources(
    reader: NodeReader, options: list[dict[str, Any]], secrets: Collection[str] = ()
) -> list[FileResource]:
    """Return the resources of the option ``files``, in the order given. Contents may hold ``secrets``, line by line."""
    wanted = [Wanted.from_option(option) for option in options]
    by_path: dict[str, FileResource] = {}
    for entry in sorted(wanted, key=lambda entry: entry.path):
        if entry.path in by_path:
            raise ResourceError(f"files: {entry.path} is listed twice. Keep one of the two.")
        by_path[entry.path] = FileResource(reader, entry, nearest_above(entry.path, by_path), secrets)
    return [by_path[entry.path] for entry in wanted]


def nearest_above(path: str, known: dict[str, FileResource]) -> FileResource | None:
    """Return the resource of the nearest directory above ``path`` that the task makes."""
    folder = os.path.dirname(path)
    while folder != "/":
        if folder in known and known[folder].wanted.state == "directory":
            return known[folder]
        folder = os.path.dirname(folder)
    return None
