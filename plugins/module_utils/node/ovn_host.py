# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that OVN is to forget: its servers in the clusters of the databases, and its chassis."""

from __future__ import annotations

import json
import re
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .node import Node, NodeReader
from .ovn import DATABASES, SERVER, Database, asked, tool
from .quorum import no_majority

SPEC = ArgSpec({"chassis": {"type": "str", "required": True}, "address": {"type": "str", "required": True}})
OWN = re.compile(r"^ +([0-9a-f]{4}) .*\(self\)", re.MULTILINE)
# Who is called and does not answer stands in parentheses. Who joined after others calls them by no name, but is called.
CONNECTED = re.compile(r"(?:->|<-)([0-9a-f]{4})(?!\))")
SOUTHBOUND = ["ovn-sbctl", "--no-leader-only", "--timeout=30"]
TABLES = ("Chassis", "Chassis_Private")


def host_of(target: str) -> str:
    """Return the address in ``tcp:ADDRESS:PORT``."""
    return target.split(":", 1)[1].rsplit(":", 1)[0]


class Servers:
    """The servers at one address in the cluster of a database, as a member on this host knows it."""

    def __init__(self, reader: NodeReader, database: Database, address: str) -> None:
        self.name = f"OVN {database.name} database"
        self._reader = reader
        self._database = database
        self._address = address
        self._problem = ""

    def read(self) -> Document | None:
        """Return the servers to forget; None where there is none, or no cluster."""
        database = self._database
        argv = ["ovn-appctl", "--timeout=10", "-t", database.control, "cluster/status", database.schema]
        status = asked(self._reader, argv)
        if status.status and self._is_clustered():
            raise ResourceError(f"{self.name}: its server on this host does not answer. Bring it back first.")
        servers = dict(SERVER.findall(status.output)) if status.status == 0 else {}
        own = [short_id for short_id, target in servers.items() if host_of(target) == self._address]
        self._problem = self._found_problem(status.output, servers, own) if own else ""
        return {"servers": {short_id: servers[short_id] for short_id in own}} if own else None

    def _is_clustered(self) -> bool:
        """Tell by the file of the database, whether or not its server runs, that it is one of a cluster."""
        path = self._database.file
        return self._reader.stat(path) is not None and tool(self._reader, "db-is-clustered", path).status == 0

    def _found_problem(self, status: str, servers: dict[str, str], own: list[str]) -> str:
        """Return in words why the others could not agree that one goes."""
        there = set(CONNECTED.findall(status)) | set(OWN.findall(status))
        missing = set(servers) - there - set(own)
        away = sorted(host_of(servers[short_id]) for short_id in missing)
        if away or re.search("^Leader: unknown", status, re.MULTILINE):
            who = f"{' and '.join(away)} is not there" if away else "there is no leader"
            return f"{self.name}: {who}. Bring all servers but the one that goes back first."
        problem = no_majority(len(servers), "servers", len(own))
        return f"{self.name}: {problem}" if problem else ""

    def plan(self, current: Document | None) -> Plan:
        """Return what removes them."""
        if self._problem:
            raise ResourceError(self._problem)
        return Plan(current, None, tuple(map(self._step, current["servers"])) if current else ())

    def _step(self, short_id: str) -> Step:
        database = self._database
        argv = ["ovn-appctl", "--timeout=30", "-t", database.control, "cluster/kick", database.schema, short_id]

        def submit(writer: Node, results: Results) -> None:
            writer.command(argv)

        def is_gone(document: Document | None) -> bool:
            return short_id not in (document or {"servers": {}})["servers"]

        summary = f"Remove the server {short_id} of {self._address} from the cluster of the {self.name}"
        return Step(short_id, summary, submit, done=is_gone, waiting_for=f"{short_id} is removed")


class Chassis:
    """What the southbound database keeps of a chassis, whether or not it is there."""

    def __init__(self, reader: NodeReader, chassis: str) -> None:
        self.name = f"chassis {chassis}"
        self._reader = reader
        self._chassis = chassis

    def read(self) -> Document | None:
        """Return its rows by table; None where there is none."""
        rows = {table: self._rows(table) for table in TABLES}
        return rows if any(rows.values()) else None

    def _rows(self, table: str) -> list[str]:
        find = ["--format=json", "--columns=_uuid", "find", table, f"name={json.dumps(self._chassis)}"]
        return [row[0][1] for row in json.loads(self._reader.output([*SOUTHBOUND, *find]))["data"]]

    def plan(self, current: Document | None) -> Plan:
        """Return what deletes them."""
        rows = current or dict.fromkeys(TABLES, [])

        def submit(writer: Node, results: Results) -> None:
            if rows["Chassis"]:
                # With the chassis its ends of tunnels go, and its row in the other table. In one transaction with that,
                # ovn-sbctl of OVN 25.03 would delete that row twice, and end with a failed assertion.
                writer.command([*SOUTHBOUND, "--", "--if-exists", "chassis-del", self._chassis])
            for row in rows[TABLES[1]]:
                writer.command([*SOUTHBOUND, "--", "--if-exists", "destroy", TABLES[1], row])

        step = Step("delete", f"Delete the {self.name} from OVN", submit)
        return Plan(current, None, (step,) if current else ())


def ovn_host(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task."""
    servers = [Servers(reader, database, params["address"]) for database in DATABASES]
    return Fleet([*servers, Chassis(reader, params["chassis"])])
