# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Open vSwitch on this host, and where OVN's databases listen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, NotYetError, Plan, Results, Step
from .node import NotInstalledError, last_lines

SPEC = ArgSpec(
    {
        "external_ids": {"type": "dict", "default": {}},
        "other_config": {"type": "dict", "default": {}},
        "bridges": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "datapath_type": {"type": "str", "choices": ["system", "netdev"]},
                "ports": {"type": "list", "elements": "str", "default": []},
            },
        },
        "manager": {"type": "list", "elements": "str"},
        "northbound_connection": {"type": "list", "elements": "str"},
        "southbound_connection": {"type": "list", "elements": "str"},
        "wait": {"type": "int", "default": 30},
    }
)
MAPS = ("external_ids", "other_config")
VSCTL = ("ovs-vsctl", "--timeout=30")
DATABASES = {"northbound": "ovn-nbctl", "southbound": "ovn-sbctl"}


def plain(value: Any) -> Any:
    """Return a value of the OVSDB notation as Python's own kind."""
    if not isinstance(value, list):
        return value
    kind, content = value
    if kind == "map":
        return {plain(key): plain(item) for key, item in content}
    if kind == "set":
        return [plain(item) for item in content]
    return content


def listed(value: Any) -> list[Any]:
    """Return a set as a list: the notation writes a set of one like its only member."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """Return an option as the database stores it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Tables:
    """Reads tables as lists of rows, once the database answers."""

    def __init__(self, reader: Any, command: Sequence[str], wait: float) -> None:
        self.reader = reader
        self.command = list(command)
        self.wait = wait

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        argv = [*self.command, "--format=json", f"--columns={','.join(columns)}", "list", table]
        deadline = time.monotonic() + self.wait
        try:
            # Its unit counts as started some moments before a database has its socket.
            while (answer := self.reader.ask(argv)).status != 0 and time.monotonic() < deadline:
                time.sleep(0.3)
        except NotInstalledError:
            # What is not installed yet holds nothing.
            return []
        if answer.status != 0:
            raise NotYetError(f"{self.command[0]} list {table}: {last_lines(answer.errors) or 'no answer'}")
        document = json.loads(answer.output)
        return [dict(zip(document["headings"], map(plain, row))) for row in document["data"]]


class OpenVSwitch:
    """The switch of this host. Keys, bridges and ports that nobody named are left alone."""

    name = "Open vSwitch"

    def __init__(self, reader: Any, params: dict[str, Any]) -> None:
        self.tables = Tables(reader, (*VSCTL, "--no-wait"), params["wait"])
        self.wanted = params
        self.maps = {name: {key: text(value) for key, value in params[name].items()} for name in MAPS}

    def read(self) -> Document:
        """Return the named keys, bridges and ports as they are."""
        rows = self.tables.rows("Open_vSwitch", *MAPS)
        live = rows[0] if rows else dict.fromkeys(MAPS, {})
        found: Document = {name: {key: live[name].get(key) for key in self.maps[name]} for name in MAPS}
        if self.wanted["bridges"]:
            found["bridges"] = self._bridges()
        if self.wanted["manager"] is not None:
            found["manager"] = sorted(row["target"] for row in self.tables.rows("Manager", "target"))
        return found

    def plan(self, current: Document) -> Plan:
        """Compare and plan."""
        after: Document = dict(self.maps)
        steps = [self._set(name, current[name]) for name in MAPS if self.maps[name] != current[name]]
        if "bridges" in current:
            after["bridges"] = {bridge["name"]: self._bridge_after(bridge) for bridge in self.wanted["bridges"]}
            for bridge in self.wanted["bridges"]:
                steps += self._bridge_steps(bridge, current["bridges"][bridge["name"]])
        if "manager" in current:
            after["manager"] = sorted(self.wanted["manager"])
            if after["manager"] != current["manager"]:
                steps.append(set_targets("manager", "Open vSwitch", [*VSCTL, "--no-wait"], after["manager"]))
        return Plan(current, after, tuple(steps))

    def _bridges(self) -> dict[str, Document | None]:
        names = {row["_uuid"]: row["name"] for row in self.tables.rows("Port", "_uuid", "name")}
        live = {row["name"]: row for row in self.tables.rows("Bridge", "name", "datapath_type", "ports")}
        found: dict[str, Document | None] = {}
        for bridge in self.wanted["bridges"]:
            row = live.get(bridge["name"])
            found[bridge["name"]] = None
            if row is not None:
                ports = {names[port] for port in listed(row["ports"])}
                present = [port for port in bridge["ports"] if port in ports]
                found[bridge["name"]] = {**datapath(bridge, row["datapath_type"] or "system"), "ports": present}
        return found

    @staticmethod
    def _bridge_after(bridge: dict[str, Any]) -> Document:
        return {**datapath(bridge, bridge["datapath_type"]), "ports": bridge["ports"]}

    def _set(self, name: str, current: dict[str, str | None]) -> Step:
        changes = {key: value for key, value in self.maps[name].items() if current[key] != value}
        assignments = [f"{name}:{json.dumps(key)}={json.dumps(value)}" for key, value in changes.items()]
        summary = f"Set {name} {', '.join(changes)} of Open vSwitch"
        return Step(name, summary, run_command([*VSCTL, "--no-wait", "set", "Open_vSwitch", ".", *assignments]), ())

    def _bridge_steps(self, bridge: dict[str, Any], current: Document | None) -> list[Step]:
        name, kind = bridge["name"], bridge["datapath_type"]
        set_kind = ["--", "set", "bridge", name, f"datapath_type={kind}"] if kind else []
        steps = []
        if current is None:
            argv = [*VSCTL, "--may-exist", "add-br", name, *set_kind]
            steps.append(Step(f"bridge {name}", f"Create bridge {name}", run_command(argv)))
        elif kind and current["datapath_type"] != kind:
            argv = [*VSCTL, *set_kind[1:]]
            steps.append(Step(f"bridge {name}", f"Set datapath_type {kind} of bridge {name}", run_command(argv)))
        for port in bridge["ports"]:
            if current is None or port not in current["ports"]:
                argv = [*VSCTL, "--may-exist", "add-port", name, port]
                steps.append(Step(f"port {port}", f"Put port {port} on bridge {name}", run_command(argv)))
        return steps


class OvnConnection:
    """Where a database of OVN listens, besides its socket."""

    def __init__(self, reader: Any, which: str, targets: list[str], wait: float) -> None:
        self.name = f"OVN {which} database"
        # A member of a cluster that does not lead answers as well, and hands writes on to the one that does.
        self.command = [DATABASES[which], "--timeout=5", "--no-leader-only"]
        self.tables = Tables(reader, self.command, wait)
        self.targets = sorted(targets)

    def read(self) -> Document:
        """Return the targets as they are."""
        return {"connection": sorted(row["target"] for row in self.tables.rows("Connection", "target"))}

    def plan(self, current: Document) -> Plan:
        """Compare and plan."""
        after = {"connection": self.targets}
        steps = () if current == after else (set_targets("connection", self.name, self.command, self.targets),)
        return Plan(current, after, steps)


def datapath(bridge: dict[str, Any], kind: str) -> Document:
    """Return the kind of datapath where somebody asked for one."""
    return {} if bridge["datapath_type"] is None else {"datapath_type": kind}


def run_command(argv: list[str]) -> Callable[[Any, Results], None]:
    """Return the write that runs a command."""
    return lambda writer, results: writer.command(argv)


def set_targets(what: str, where: str, command: Sequence[str], targets: list[str]) -> Step:
    """Return the step that sets where something listens, or that it listens nowhere."""
    argv = [*command, f"set-{what}", *targets] if targets else [*command, f"del-{what}"]
    return Step(what, f"Let {where} listen at {', '.join(targets) or 'no address'}", run_command(argv))


def resources(reader: Any, params: dict[str, Any]) -> list[Any]:
    """Return the switch and the databases, as far as somebody asked for them: a controller may have no switch."""
    asked = {which: params[f"{which}_connection"] for which in DATABASES}
    of_switch = params["manager"] is not None or any(params[option] for option in (*MAPS, "bridges"))
    return [
        *([OpenVSwitch(reader, params)] if of_switch else []),
        *(OvnConnection(reader, which, given, params["wait"]) for which, given in asked.items() if given is not None),
    ]
