# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host in memory: files, and a systemd that starts units the way the real one does."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field

from ansible_collections.conductor.cloud.plugins.module_utils.node import unit_digest
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, checked
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


class Killed(BaseException):
    """The process died here."""


@dataclass
class Unit:
    """A unit of the fake systemd."""

    enabled: str = "disabled"
    active: str = "inactive"
    breaks: bool = False
    starts: int = 0
    loaded: tuple = ()


@dataclass
class Host:
    """What outlives a run."""

    files: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    log: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    die_at: int | None = None

    def wrote(self, what):
        """Note a write, and die where the test wants it."""
        self.log.append(what)
        if self.die_at is not None and len(self.log) >= self.die_at:
            raise Killed(what)

    def drop_ins(self, name):
        """Return what systemd reads of a unit: its definition and its drop-ins."""
        template = re.sub("@[^.]*", "@", name)
        own = re.compile(f"/etc/systemd/system/({name}|{template})(.d/|$)")
        paths = [path for path in sorted(self.files) if own.match(path)]
        return (b"", *(self.files[path][0] for path in paths))

    def start(self, name):
        """Start a unit: it records what it starts with, where a drop-in that systemd knows says so."""
        unit = self.units[name]
        unit.starts += 1
        if b"ExecStartPre" in b"".join(unit.loaded):
            watch = json.loads(self.files[unit_digest.watch_path(name)][0])
            installed = unit_digest.versions(self.files.get(unit_digest.DPKG_STATUS, (b"",))[0].decode())
            found = unit_digest.digests(
                name, watch, self.files_below, lambda p: self.files.get(p, (None,))[0], installed
            )
            self.files[unit_digest.record_path(name)] = (json.dumps(found).encode(), "root", "root", "0644")
        unit.active = "failed" if unit.breaks else "active"

    def files_below(self, path):
        """Return the files below a directory."""
        return sorted(name for name in self.files if name.startswith(f"{path}/")) or [path]


class FakeReader:
    """The verbs of NodeReader on a host in memory."""

    def __init__(self, host):
        self.host = host

    def reader(self):
        """Return the host without the verbs that write."""
        return FakeReader(self.host)

    def content(self, path):
        """Return the content of a file."""
        return self.host.files.get(path, (None,))[0]

    def stat(self, path):
        """Return kind, owner, group and mode."""
        found = self.host.files.get(path)
        if found is None:
            return None
        kind = "directory" if found[0] is None else "file"
        return {"kind": kind, "owner": found[1], "group": found[2], "mode": found[3]}

    def files_below(self, path):
        """Return the files below a directory."""
        return self.host.files_below(path)

    def ask(self, argv, given=None, **options):
        """Answer systemctl show and what the test has answers for."""
        if argv[:2] == ["systemctl", "show"]:
            return Answer(0, "\n\n".join(self._show(name) for name in argv[argv.index("--") + 1 :]), "")
        return self.host.answers.get(argv[0], Answer(0, "", ""))

    def output(self, argv, given=None, **options):
        """Return the output of a command that has to succeed."""
        return checked(self.ask(argv, given, **options), " ".join(argv[:3]))

    def _show(self, name):
        unit = self.host.units.get(name)
        if unit is None:
            return f"Id={name}\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\nNeedDaemonReload=no"
        load = "masked" if unit.enabled == "masked" else "loaded"
        stale = "yes" if unit.loaded and unit.loaded != self.host.drop_ins(name) else "no"
        if not unit.loaded:
            unit.loaded = self.host.drop_ins(name)
        return (
            f"Id={name}\nLoadState={load}\nActiveState={unit.active}\n"
            f"UnitFileState={unit.enabled}\nNeedDaemonReload={stale}"
        )


class FakeNode(FakeReader):
    """The verbs of Node on a host in memory. Every write is noted in the host's log."""

    def await_lock(self, path, seconds):
        """Nobody else is at work."""

    def write(self, path, content, owner="root", group="root", mode="0644"):
        """Write a file."""
        self.host.files[path] = (content, owner, group, mode)
        self.host.wrote(f"write {path}")

    def try_out(self, path, content, argv):
        """Have a command judge a content."""
        checked(self.host.answers[argv[0]], f"{path}: {argv[0]}")

    def make_directory(self, path, owner="root", group="root", mode="0755"):
        """Make a directory."""
        self.host.files[path] = (None, owner, group, mode)
        self.host.wrote(f"make {path}")

    def remove(self, path):
        """Remove a file."""
        self.host.files.pop(path, None)
        self.host.wrote(f"remove {path}")

    def command(self, argv, given=None, secrets=(), what="", **options):
        """Run systemctl, or note the command."""
        if argv[0] == "systemctl":
            self._systemctl(argv[1], argv[argv.index("--") + 1 :] if "--" in argv else [])
        elif posixpath.basename(argv[0]) == "unit-digest":
            self.host.start(argv[-1])
        elif argv[0] in self.host.answers:
            self.host.wrote(" ".join(argv))
            return checked(self.host.answers[argv[0]], what or " ".join(argv[:3]), secrets)
        self.host.wrote(" ".join(argv))
        return ""

    def _systemctl(self, verb, names):
        if verb in ("daemon-reload", "enable", "disable", "mask", "unmask"):
            for each, unit in self.host.units.items():
                unit.loaded = self.host.drop_ins(each)
        for name in names:
            self._change(verb, name)

    def _change(self, verb, name):
        if name not in self.host.units:
            raise ResourceError(f"systemctl {verb} {name}: ended with status 5: Unit {name} not found.")
        unit = self.host.units[name]
        if verb in ("start", "restart"):
            self.host.start(name)
            if unit.breaks:
                raise ResourceError(f"systemctl {verb} -- {name}: ended with status 1: Job failed.")
        elif verb == "stop":
            unit.active = "inactive"
        elif verb in ("enable", "disable", "mask", "unmask"):
            unit.enabled = {"enable": "enabled", "disable": "disabled", "mask": "masked", "unmask": "disabled"}[verb]
