# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas that a service's own commands bring to the version of its packages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .database import quoted
from .mariadb import SPEC as SOCKET
from .mariadb import DatabaseReader, DatabaseServer
from .mariadb import connect as connect_to_server
from .node import Node, NodeReader
from .unit_digest import DPKG_STATUS, versions

SPEC = SOCKET | ArgSpec(
    {
        "schemas": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "name": {"type": "str", "required": True},
                "database": {"type": "str", "required": True},
                "version_tables": {"type": "list", "elements": "str", "default": ["alembic_version"]},
                "packages": {"type": "list", "elements": "str", "default": []},
                "user": {"type": "str", "required": True},
                "commands": {
                    "type": "list",
                    "elements": "dict",
                    "required": True,
                    "options": {
                        "argv": {"type": "list", "elements": "str", "required": True},
                        "environment": {"type": "dict", "default": {}, "no_log": True},
                        "unless": {"type": "str"},
                    },
                },
            },
        },
    }
)
STAMPS = "/var/lib/conductor-cloud/schemas"
SHORTEST_SECRET = 6
MARK = "conductor_schema_begun"
NOTE = "conductor_schema"
MOST_ROWS = 200  # that commands put into a schema that they make; what has more was in use


@dataclass(frozen=True)
class SchemaReader:
    """The host and its database server, to be read."""

    node: NodeReader
    server: DatabaseReader


@dataclass(frozen=True)
class SchemaWriter:
    """The host and its database server. What is in it is made by the service's own commands alone."""

    node: Node
    server: DatabaseServer

    def reader(self) -> SchemaReader:
        """Return both without the verbs that write."""
        return SchemaReader(self.node.reader(), self.server.reader())


def connect(params: dict[str, Any]) -> SchemaWriter:
    """Return the host and the server that the option ``socket`` names."""
    return SchemaWriter(Node(), connect_to_server(params))


class Schema:
    """The schema of a service: current when its revisions and packages are those of the last complete run.

    Databases do not take back what makes tables, and a service's commands fail on half of their own work. So it is
    noted when a schema is begun in an empty database; until it is complete, nothing of worth can be in there.
    """

    def __init__(self, reader: SchemaReader, wanted: dict[str, Any], installed: dict[str, str]) -> None:
        self.name = f"schema {wanted['name']}"
        self._reader = reader
        self._wanted = wanted
        self._packages = {name: installed.get(name, "absent") for name in wanted["packages"]}
        self._stamp_path = f"{STAMPS}/{wanted['name']}.json"
        others = {table.split(".")[0] for table in wanted["version_tables"] if "." in table}
        self._databases = sorted({wanted["database"], *others})
        # In the database, so that it goes with it: where a backup comes in its place, nothing is begun any more.
        self._mark = f"{quoted(wanted['database'])}.{quoted(MARK)}"
        self._note = f"{quoted(wanted['database'])}.{quoted(NOTE)}"
        if "/" in wanted["name"]:
            raise ResourceError(f"{self.name}: the name becomes the name of a file, so it cannot have a slash.")

    def read(self) -> Document:
        """Return what the database says of its revision, and what speaks against its being current."""
        revisions = self._revisions()
        here = json.loads(self._reader.node.content(self._stamp_path) or b"{}")
        # What any member of a cluster has completed is complete for all.
        noted = self._reader.server.rows(f"SELECT noted FROM {self._note}")
        stamp = json.loads(noted[0]["noted"]) if noted else here
        begun = self._reader.server.rows(f"SELECT * FROM {self._mark}") is not None
        reasons = []
        if begun:
            reasons.append("an earlier run did not complete it")
        elif stamp:
            self._refuse_what_was_lost((here or stamp)["revisions"], revisions)
            if stamp["revisions"] != revisions:
                reasons.append("its revision is not the one that was completed")
            elif stamp["packages"] != self._packages:
                reasons.append("its packages changed")
        elif not all(revisions.values()):
            reasons.append("it has no revision yet")
        else:
            reasons.append("nothing tells that it was ever completed")
        document: Document = {"current": not reasons, "reasons": reasons}
        if reasons:
            document["begun"] = begun
            document["empty"] = not self._tables()
            document["commands"] = list(range(len(self._wanted["commands"]))) if begun else self._needed()
        return document

    def _refuse_what_was_lost(self, noted: dict[str, list[str]], found: dict[str, list[str]]) -> None:
        """Make no new tables where there were some: that would hide that their content is gone."""
        lost = sorted(table for table, revisions in found.items() if noted.get(table) and not revisions)
        if lost:
            raise ResourceError(
                f"{self.name}: it was complete, and now {lost[0]} in database {self._wanted['database']} has no "
                "revision: what the database held is gone. Restore it from a backup. To go on without its content, "
                f"remove {self._stamp_path} and the table {self._note}, and run this again."
            )

    def _tables(self) -> dict[str, int]:
        """Return the tables of the schema's databases, quoted, and about how many rows each has."""
        question = "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES"
        found = {
            f"{quoted(row['TABLE_SCHEMA'])}.{quoted(row['TABLE_NAME'])}": row["TABLE_ROWS"] or 0
            for row in self._reader.server.rows(question) or []
            if row["TABLE_SCHEMA"] in self._databases
        }
        found.pop(self._mark, None)
        return found

    def _revisions(self) -> dict[str, list[str]]:
        """Return the rows of the version tables; none where there is no such table."""
        found = {}
        for table in self._wanted["version_tables"]:
            database, name = table.split(".", 1) if "." in table else (self._wanted["database"], table)
            rows = self._reader.server.rows(f"SELECT * FROM {quoted(database)}.{quoted(name)}") or []
            found[table] = sorted(" ".join(str(value) for value in row.values()) for row in rows)
        return found

    def _needed(self) -> list[int]:
        """Return which of the commands have to run when the schema is not current."""
        commands = enumerate(self._wanted["commands"])
        return [
            number
            for number, command in commands
            if not command["unless"] or not self._reader.server.rows(command["unless"])
        ]

    def plan(self, current: Document | None) -> Plan:
        """Return the commands that the schema needs, and the stamp that tells of their success."""
        found = current or {}
        before = {key: found[key] for key in ("current", "reasons")}
        if found["current"]:
            return Plan(before, before)
        why = " and ".join(found["reasons"])
        steps = [self._command_step(number) for number in found["commands"]]
        if found["begun"] and not found["empty"]:
            what = f"Empty {' and '.join(self._databases)}, where an earlier run left {self.name} half made"
            steps.insert(0, Step("empty", what, self._empty))
        elif found["empty"] and not found["begun"]:
            steps.insert(0, Step("begin", f"Note that {self.name} is begun", self._begin))
        steps.append(Step("stamp", f"Note that {self.name} is complete, since {why}", self._stamp))
        return Plan(before, {"current": True, "reasons": []}, tuple(steps))

    def _command_step(self, number: int) -> Step:
        command = self._wanted["commands"][number]
        spoken = " ".join(word for word in command["argv"] if "://" not in word)
        secrets = [str(value) for value in command["environment"].values() if len(str(value)) >= SHORTEST_SECRET]

        def submit(writer: SchemaWriter, results: Results) -> None:
            writer.node.command(
                command["argv"],
                what=f"{self.name}: {spoken}",
                secrets=secrets,
                environment={name: str(value) for name, value in command["environment"].items()},
                user=self._wanted["user"],
            )

        return Step(f"command {number}", f"Run {spoken} for {self.name}", submit)

    def _begin(self, writer: SchemaWriter, results: Results) -> None:
        writer.server.change(f"CREATE TABLE {self._mark} (id INT)")

    def _empty(self, writer: SchemaWriter, results: Results) -> None:
        tables = self._tables()
        if sum(tables.values()) > MOST_ROWS:
            raise ResourceError(
                f"{self.name}: it was never completed, as table {self._mark} tells, and yet it holds about "
                f"{sum(tables.values())} rows. Was a backup restored? Drop that table and run this again to keep "
                "what is there; drop the others to begin anew."
            )
        # A command outlives the module that started it: whoever is still at work there loses the connection.
        for row in self._reader.server.rows("SELECT ID, DB FROM information_schema.PROCESSLIST") or []:
            if row["DB"] in self._databases:
                writer.server.change(f"KILL {row['ID']}")
        writer.server.change("SET SESSION foreign_key_checks = OFF")
        writer.server.change(f"DROP TABLE IF EXISTS {', '.join(sorted(tables))}")

    def _stamp(self, writer: SchemaWriter, results: Results) -> None:
        revisions = self._revisions()
        empty = sorted(table for table, rows in revisions.items() if not rows)
        if empty:
            raise ResourceError(
                f"{self.name}: its commands succeeded, and yet {empty[0]} in database {self._wanted['database']} has "
                "no revision. Is it the database that the service's configuration names?"
            )
        writer.server.change(f"DROP TABLE IF EXISTS {self._mark}")
        stamp = json.dumps({"packages": self._packages, "revisions": revisions}, indent=1)
        # On the host, too: what was noted in a database is lost with it, and that has to be seen.
        writer.node.write(self._stamp_path, f"{stamp}\n".encode())
        writer.server.change(f"CREATE TABLE IF NOT EXISTS {self._note} (id INT PRIMARY KEY, noted TEXT NOT NULL)")
        writer.server.change(f"REPLACE INTO {self._note} VALUES (1, %s)", (stamp,))


def database_schemas(reader: SchemaReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task."""
    # A server that does not answer is one error of the task, not one of each schema.
    reader.server.rows("SELECT 1 FROM information_schema.SCHEMATA")
    installed = versions((reader.node.content(DPKG_STATUS) or b"").decode())
    names = [wanted["name"] for wanted in params["schemas"]]
    for name in names:
        if names.count(name) > 1:
            raise ResourceError(f"schemas: {name} is listed twice. Keep one of the two.")
    return Fleet([Schema(reader, wanted, installed) for wanted in params["schemas"]])
