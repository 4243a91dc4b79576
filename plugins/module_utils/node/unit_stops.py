# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of a host that leaves the cloud: stopped, and not started with the machine any more."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, Results, Step
from . import unit_digest
from .node import Node, NodeReader
from .systemd import STATES, parse, starts_with_sysv
from .unit_restarts import SUFFIX, fits
from .units import ENABLED

SPEC = ArgSpec(
    {
        "only": {"type": "list", "elements": "str", "default": ["*"]},
        "also": {"type": "list", "elements": "str", "default": []},
        "skip": {"type": "list", "elements": "str", "default": []},
        "first": {"type": "list", "elements": "str", "default": []},
    }
)
PROPERTIES = "Id,LoadState,ActiveState,UnitFileState"
RUNNING = ("started", "starting")


class Stops:
    """The units that the roles run on this host, and those that start them."""

    name = "services of this host"

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self._first = wanted["first"]
        self._reader = reader
        paths = [path for path in reader.files_below(unit_digest.WATCHES) if path.endswith(SUFFIX)]
        watched = {path.rsplit("/", 1)[1].removesuffix(SUFFIX) for path in paths}
        names = {name for name in watched if fits(name, wanted["only"])} | set(wanted["also"])
        self._names = sorted((name for name in names if not fits(name, wanted["skip"])), key=self._turn)

    def _turn(self, name: str) -> tuple[int, str]:
        places = [place for place, pattern in enumerate(self._first) if fits(name, [pattern])]
        return (places or [len(self._first)])[0], name

    def read(self) -> Document:
        """Return those that run or start with the machine."""
        if not self._names:
            return {}
        argv = ["systemctl", "show", f"--property={PROPERTIES}", "--", *self._names]
        shown = parse(self._reader.output(argv), self._names)
        found = {name: self._state(name, shown[name]) for name in self._names}
        return {name: state for name, state in found.items() if state}

    def _state(self, name: str, shown: dict[str, str]) -> str:
        is_enabled = ENABLED.get(shown.get("UnitFileState", ""))
        if shown.get("UnitFileState") == "generated":
            is_enabled = starts_with_sysv(self._reader, name)
        states = ["running"] if STATES.get(shown["ActiveState"]) in RUNNING else []
        return " and ".join([*states, "enabled"] if is_enabled else states)

    def plan(self, current: Document | None) -> Plan:
        """Return a step for each of them, each after the one before."""
        steps = [self._step(name) for name in self._names if name in (current or {})]
        return Plan(current, {}, tuple(steps))

    def _step(self, name: str) -> Step:
        def submit(writer: Node, results: Results) -> None:
            for verb in ("disable", "stop"):
                writer.command(["systemctl", verb, "--", name], what=f"systemctl {verb} {name}")

        return Step(name, f"Stop {name} for good", submit)


def unit_stops(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    return Fleet([Stops(reader, params)])
