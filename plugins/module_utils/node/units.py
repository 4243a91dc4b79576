# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of systemd: enabled or not, started or not, and started with what is there today."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from ..resource import Document, Plan, ResourceError, Results, Step
from . import unit_digest
from .node import Node, last_lines
from .systemd import SECTIONS, STATES, Systemd, reading_as_planned

TYPES = ("service", "socket", "timer", "mount", "path", "target", "slice", "automount", "swap")
ENABLED = {"enabled": True, "enabled-runtime": False, "disabled": False, "linked": False, "masked": False, "": False}
JOURNAL_LINES = 15
LEAVE_SECONDS = 120
LEAVE_PAUSE = 2
UNITS = "/etc/systemd/system"


def full_name(name: str) -> str:
    """Return the name of a unit with its type."""
    return name if name.rsplit(".", 1)[-1] in TYPES else f"{name}.service"


def defines(unit: str, path: str) -> bool:
    """Tell whether a file is the definition of a unit, or of its template, or a drop-in of one of them."""
    stem, kind = unit.rsplit(".", 1)
    names = {unit, f"{stem.split('@')[0]}@.{kind}"} if "@" in stem else {unit}
    return any(path == f"{UNITS}/{name}" or path.startswith(f"{UNITS}/{name}.d/") for name in names)


class UnitResource:
    """A unit, whether it runs with today's files and packages, and the way to that."""

    def __init__(self, systemd: Systemd, wanted: dict[str, Any], planned: dict[str, bytes | None]) -> None:
        self.name = full_name(wanted["name"])
        self.wanted = wanted
        self._systemd = systemd
        self._planned = planned
        self._definition = [path for path in planned if defines(self.name, path)]
        can_record = self.name.rsplit(".", 1)[-1] in SECTIONS
        watched = wanted["files"] + wanted["reload_files"] + wanted["packages"]
        if watched and not can_record:
            raise ResourceError(
                f"{self.name}: files and packages are for {' and '.join(sorted(SECTIONS))} units; leave them out."
            )
        files = sorted({*wanted["files"], *(self._definition if wanted["state"] != "any" else ())})
        if can_record and (files or watched):
            watch = {"files": files, "packages": systemd.packages.behind(wanted["packages"])}
            if wanted["reload_files"]:
                watch["reload_files"] = sorted(wanted["reload_files"])
            systemd.watches[self.name] = watch

    def read(self) -> Document:
        """Return the state of the unit."""
        shown = self._systemd.show(self.name)
        state = STATES.get(shown.get("ActiveState", ""), "stopped")
        if shown["LoadState"] == "not-found":
            state = "absent"
        outdated = self._outdated() if state in ("started", "starting") else []
        if state == "started" and not outdated and not self._holds():
            outdated = ["effect"]
        document: Document = {
            "state": state,
            "enabled": self._enabled(shown),
            "masked": shown["LoadState"] == "masked" or shown.get("UnitFileState") == "masked",
            "watched": self._systemd.watched(self.name),
            "known": shown.get("NeedDaemonReload") != "yes" and self._defined_as_planned(),
            "outdated": outdated,
            "drop_ins": self._strange_drop_ins(),
        }
        return document

    def _strange_drop_ins(self) -> list[str]:
        """Return the drop-ins that are not of this task. They are found anew until they are away."""
        found = unit_digest.strange_drop_ins(self.name, self._planned, self._systemd.reader.files_below)
        self._systemd.strange.update(found)
        return found

    def _holds(self) -> bool:
        """Tell whether what the unit brought about when it started is still there."""
        wanted = self.wanted.get("holds")
        if not wanted:
            return True
        answer = self._systemd.reader.ask(wanted["command"])
        patterns = wanted["output"] or []
        return answer.status == 0 and all(re.search(pattern, answer.output, re.MULTILINE) for pattern in patterns)

    def _defined_as_planned(self) -> bool:
        """Tell whether the files of the task that define the unit are what they will be."""
        reader = self._systemd.reader
        return all(reader.content(path) == self._planned[path] for path in self._definition)

    def _enabled(self, shown: dict[str, str]) -> bool | None:
        """Return whether the unit starts at boot, or None where that is not its own to say."""
        if shown.get("UnitFileState") == "generated":
            return self._systemd.starts_with_sysv(self.name)
        return ENABLED.get(shown.get("UnitFileState", ""))

    def _outdated(self) -> list[str]:
        """Return which of files and packages the unit did not start with."""
        watch = self._systemd.watches.get(self.name)
        if watch is None:
            return []
        reader = self._systemd.reader
        # Strange drop-ins will be gone.
        planned = {**self._planned, **dict.fromkeys(self._strange_drop_ins())}
        reading = reading_as_planned(reader, planned)
        today = unit_digest.digests(self.name, watch, *reading, self._systemd.packages.versions)
        started = json.loads(reader.content(unit_digest.record_path(self.name)) or b"{}")
        return [name for name in sorted({*started, *today}) if started.get(name) != today.get(name)]

    def plan(self, current: Document | None) -> Plan:
        """Return the steps to the wanted state."""
        current = dict(current or {})
        after = {**current, "masked": self.wanted["masked"], "watched": True, "known": True, "drop_ins": []}
        steps = []
        if current["drop_ins"]:
            summary = f"Remove {' and '.join(current['drop_ins'])}, which no role knows"
            steps.append(Step("drop_ins", summary, lambda writer, results: self._systemd.prepare(writer)))
        if not current["watched"] or not (current["known"] or current["drop_ins"]):
            steps.append(self._prepare_step(current))
        if current["masked"] != self.wanted["masked"]:
            steps.append(self._systemctl("mask" if self.wanted["masked"] else "unmask"))
        if self.wanted["enabled"] is not None and not self.wanted["masked"]:
            if current["enabled"] is not None or current["masked"]:
                after["enabled"] = self.wanted["enabled"]
            if after["enabled"] != current["enabled"]:
                steps.append(self._enable_step() if self.wanted["enabled"] else self._systemctl("disable"))
        steps += self._running(current, after)
        return Plan(current, after, tuple(steps))

    def _running(self, current: Document, after: Document) -> list[Step]:
        """Return the step that starts, stops or restarts the unit, and note its effect in ``after``."""
        runs = current["state"] in ("started", "starting")
        if self.wanted["state"] == "stopped" or self.wanted["masked"]:
            after["outdated"] = []
            if current["state"] == "absent":
                after["state"] = "stopped" if self.wanted["masked"] else "absent"
            elif runs:
                after["state"] = "stopped"
            return [self._systemctl("stop")] if runs else []
        if self.wanted["state"] == "any":
            after.update(self._defined_anew(current))
            return []
        after["state"] = "started"
        if not runs:
            after["outdated"] = []
            return [self._systemctl("start")]
        if current["outdated"] and self.wanted["restart"]:
            after["outdated"] = []
            why = " and ".join(dict.fromkeys(name.removeprefix("reload_") for name in current["outdated"]))
            enough = {"reload_files"} | ({"files", "effect"} if self.wanted["reload"] else set())
            if not set(current["outdated"]) - enough:
                return [Step("reload", f"Reload {self.name}, whose {why} changed", self._reload)]
            return [self._systemctl("restart", why=f", whose {why} changed")]
        return [self._systemctl("start")] if current["state"] == "starting" else []

    def _defined_anew(self, current: Document) -> Document:
        """Return what becomes of a unit that is left alone, where its definition comes or goes."""
        content = self._planned.get(f"{UNITS}/{self.name}", b"")
        if content is None:
            return {"state": "absent", "enabled": False}
        if content and current["state"] == "absent":
            return {"state": "stopped", "enabled": False if b"[Install]" in content else None}
        return {}

    def _prepare_step(self, current: Document) -> Step:
        summary = f"Have {self.name} record what it starts with"
        if current["watched"]:
            summary = f"Tell systemd of the changed files of {self.name}"
        return Step("prepare", summary, lambda writer, results: self._systemd.prepare(writer))

    def _enable_step(self) -> Step:
        self._systemd.at_boot.add(self.name)

        def submit(writer: Node, results: Results) -> None:
            self._systemd.prepare(writer)
            self._systemd.enable(writer)
            if self.name not in self._systemd.enabled:
                self._change(writer, "enable")

        return Step("enable", f"Enable {self.name}", submit)

    def _systemctl(self, verb: str, why: str = "") -> Step:
        def submit(writer: Node, results: Results) -> None:
            self._systemd.prepare(writer)
            if verb == "restart":
                self._await_leave(writer)
            self._change(writer, verb)

        done: Callable[[Document | None], bool] | None = None
        if verb in ("start", "restart"):
            done = self._has_started
        return Step(verb, f"{verb.capitalize()} {self.name}{why}", submit, done=done, waiting_for=f"{self.name} runs")

    def _await_leave(self, writer: Node) -> None:
        """Wait until the unit may be missed: others may have to come back first."""
        command, deadline = self.wanted["before_restart"], time.monotonic() + LEAVE_SECONDS
        while command:
            answer = writer.ask(command)
            if answer.status == 0:
                return
            if time.monotonic() > deadline:
                said = last_lines(answer.errors) or last_lines(answer.output) or f"status {answer.status}"
                raise ResourceError(f"{self.name}: it may not be restarted now. {command[0]} says: {said}")
            time.sleep(LEAVE_PAUSE)

    def _change(self, writer: Node, verb: str) -> None:
        # Systemd refuses to enable or disable a unit by an alias.
        name = self._systemd.show(self.name).get("Id") or self.name
        try:
            writer.command(["systemctl", verb, "--", name], what=f"systemctl {verb} {name}")
        except ResourceError as error:
            raise ResourceError(f"{error}\n{self._journal()}".rstrip(), unit=self.name) from error

    def _reload(self, writer: Node, results: Results) -> None:
        self._systemd.prepare(writer)
        self._change(writer, "reload")
        writer.command([unit_digest.SCRIPT, "record", self.name])

    def _has_started(self, document: Document | None) -> bool:
        state = (document or {}).get("state")
        if state == "failed":
            raise ResourceError(f"{self.name}: it started and failed.\n{self._journal()}".rstrip(), unit=self.name)
        return state != "starting"

    def _journal(self) -> str:
        answer = self._systemd.reader.ask(
            ["journalctl", "--no-pager", "--output=cat", f"--lines={JOURNAL_LINES}", f"--unit={self.name}"]
        )
        return last_lines(answer.output, JOURNAL_LINES)
