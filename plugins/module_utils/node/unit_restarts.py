# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units that have run since before a moment, restarted one after the other.

That a unit is younger than a moment can be read off systemd. So a run that was stopped halfway goes on with the units
that it had not come to, when it is told the same moment again.
"""

from __future__ import annotations

import datetime
from fnmatch import fnmatchcase
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from . import unit_digest
from .node import Node, NodeReader
from .systemd import STATES, parse

SPEC = ArgSpec(
    {
        "since": {"type": "str", "required": True},
        "reload": {"type": "list", "elements": "str", "default": []},
        "skip": {"type": "list", "elements": "str", "default": []},
        "first": {"type": "list", "elements": "str", "default": []},
    }
)
PROPERTIES = "Id,ActiveState,Type,ActiveEnterTimestamp,StateChangeTimestamp"
SUFFIX = ".json"


def moment(text: str) -> float:
    """Return a moment in seconds since 1970."""
    try:
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ResourceError(f"since: {text} is no moment. Write it as 2026-11-20T18:00:00Z.") from error
    if found.tzinfo is None:
        raise ResourceError(f"since: {text} does not say in which zone. Write it as 2026-11-20T18:00:00Z.")
    return found.timestamp()


def fits(name: str, patterns: list[str]) -> bool:
    """Tell whether the name of a unit is among patterns such as ceph-osd@*."""
    return any(fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.service") for pattern in patterns)


class Units:
    """The services of this host that the roles run, and whether each is younger than the moment."""

    name = "services of this host"

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self.wanted = wanted
        self._since = moment(wanted["since"])
        self._reader = reader
        paths = [path for path in reader.files_below(unit_digest.WATCHES) if path.endswith(SUFFIX)]
        names = [path.rsplit("/", 1)[1].removesuffix(SUFFIX) for path in paths]
        self._names = sorted((name for name in names if name.endswith(".service")), key=self._turn)

    def _turn(self, name: str) -> tuple[int, str]:
        """Return when it is a unit's turn: those named first, then by name."""
        first = self.wanted["first"]
        places = [place for place, pattern in enumerate(first) if fits(name, [pattern])]
        return (places or [len(first)])[0], name

    def read(self) -> Document:
        """Return, for each service that runs, whether it is ``new``, ``old`` or ``skipped``."""
        if not self._names:
            return {}
        argv = ["systemctl", "show", "--timestamp=unix", f"--property={PROPERTIES}", "--", *self._names]
        shown = parse(self._reader.output(argv), self._names)
        runs = [name for name in self._names if STATES.get(shown[name]["ActiveState"]) in ("started", "starting")]
        # What sets something and ends has no process that could be old.
        return {name: self._age(name, shown[name]) for name in runs if shown[name]["Type"] != "oneshot"}

    def _age(self, name: str, shown: dict[str, str]) -> str:
        if fits(name, self.wanted["skip"]):
            return "skipped"
        # A reload changes the state of a unit, and does not start it.
        kind = "StateChangeTimestamp" if self._reloads(name) else "ActiveEnterTimestamp"
        entered = float(shown[kind].removeprefix("@") or 0)
        is_running = STATES[shown["ActiveState"]] == "started"
        return "new" if is_running and entered >= int(self._since) else "old"

    def _reloads(self, name: str) -> bool:
        return fits(name, self.wanted["reload"])

    def plan(self, current: Document | None) -> Plan:
        """Return a step for each service that is old, each after the one before."""
        current = current or {}
        old = [name for name in self._names if current.get(name) == "old"]
        return Plan(current, {**current, **dict.fromkeys(old, "new")}, tuple(map(self._step, old)))

    def _step(self, name: str) -> Step:
        verb = "reload" if self._reloads(name) else "restart"

        def submit(writer: Node, results: Results) -> None:
            writer.command(["systemctl", verb, "--", name], what=f"systemctl {verb} {name}")

        def done(document: Document | None) -> bool:
            if name not in (document or {}):
                raise ResourceError(f"{name}: it started and ended. Ask journalctl --unit={name} for the reason.")
            return (document or {})[name] == "new"

        return Step(name, f"{verb.capitalize()} {name}", submit, None, done, f"{name} runs")


def unit_restarts(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the services of this host."""
    return Fleet([Units(reader, params)])
