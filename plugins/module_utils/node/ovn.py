# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of OVN's clustered databases: how each one is, and which of them may found the cluster.

Whoever founds a cluster beside one that runs, splits the network of a cloud in two. Therefore one function decides,
from what all members say, and refuses where they leave a doubt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .node import Answer, Node, NodeReader, NotInstalledError

SPEC = ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "members": {"type": "dict", "required": True},
        "addresses": {"type": "dict", "required": True},
    }
)
Members = Mapping[str, Any]  # what each member says of itself, or None where it does not answer


@dataclass(frozen=True)
class Database:
    """One of the two databases: where it is, and which table has rows once somebody uses it."""

    name: str
    short: str
    schema: str
    table: str

    @property
    def file(self) -> str:
        """Return where its data are."""
        return f"/var/lib/ovn/ovn{self.short}_db.db"

    @property
    def control(self) -> str:
        """Return where the running server is asked."""
        return f"/run/ovn/ovn{self.short}_db.ctl"

    @property
    def note(self) -> str:
        """Return the file that tells the next start, and only this, to look for no other server."""
        return f"/run/conductor-cloud/ovn-{self.name}-founds"


DATABASES = (
    Database("northbound", "nb", "OVN_Northbound", "Logical_Switch"),
    Database("southbound", "sb", "OVN_Southbound", "Chassis"),
)
# Options that the units put behind all others.
NOTE_TEXT = b"OVN_JOIN=\n"
SERVER = re.compile(r"^ +([0-9a-f]{4}) \([0-9a-f]{4} at ([^)]+)\)", re.MULTILINE)
FIELD = re.compile(r"^(Cluster ID|Server ID|Address|Status|Role|Leader): (?:[0-9a-f]{4} \()?([^)\n]+)", re.MULTILINE)


def read_member(reader: NodeReader) -> Document:
    """Return how both databases of this host are."""
    return {database.name: read_database(reader, database) for database in DATABASES}


def read_database(reader: NodeReader, database: Database) -> Document:
    """Return what a database's file and its server, if it runs, say."""
    document: Document = {
        "kind": "absent", "cluster": None, "server": None, "address": None, "role": None, "together": False,
        "servers": {}, "used": False,
    }  # fmt: skip
    if reader.stat(database.file) is None:
        return document
    if tool(reader, "db-is-clustered", database.file).status:
        return {**document, "kind": "standalone", "used": is_used(reader, database)}
    for key, verb in (("cluster", "db-cid"), ("server", "db-sid"), ("address", "db-local-address")):
        answer = tool(reader, verb, database.file)
        document[key] = answer.output.strip() if answer.status == 0 else None
    return {**document, "kind": "clustered", **running(reader, database)}


def tool(reader: NodeReader, *arguments: str) -> Answer:
    """Ask ovsdb-tool."""
    return asked(reader, ["ovsdb-tool", *arguments])


def asked(reader: NodeReader, argv: list[str]) -> Answer:
    """Return an answer, or a failure where the package is not installed yet."""
    try:
        return reader.ask(argv)
    except NotInstalledError as error:
        return Answer(127, "", str(error))


def is_used(reader: NodeReader, database: Database) -> bool:
    """Tell whether a database that is in no cluster holds what somebody would miss."""
    select = {"op": "select", "table": database.table, "where": [], "columns": ["name"]}
    answer = tool(reader, "query", database.file, json.dumps([database.schema, select]))
    return bool(answer.status or json.loads(answer.output)[0].get("rows"))


def running(reader: NodeReader, database: Database) -> Document:
    """Return what the server that runs says of its cluster."""
    argv = ["ovn-appctl", "--timeout=10", "-t", database.control, "cluster/status", database.schema]
    answer = asked(reader, argv)
    if answer.status:
        return {}
    said = dict(FIELD.findall(answer.output))
    is_together = said.get("Status") == "cluster member" and said.get("Leader", "unknown") != "unknown"
    servers = dict(SERVER.findall(answer.output))
    return {"role": said.get("Role"), "together": is_together, "servers": servers if is_together else {}}


def of_database(members: Members, database: Database) -> dict[str, Document | None]:
    """Return what the members say of one database."""
    return {name: member[database.name] if member else None for name, member in members.items()}


def founder(members: Members, what: str) -> str | None:
    """Return who has to found the cluster of a database; nobody where there is one."""
    known = {name: member for name, member in members.items() if member}
    clusters = {member["cluster"] for member in known.values() if member["cluster"]}
    if len(clusters) > 1:
        said = ", ".join(f"{name}: {member['cluster']}" for name, member in known.items() if member["cluster"])
        raise ResourceError(
            f"OVN {what}: the servers are of different clusters ({said}). Say which one counts, and move the database "
            "of the others away."
        )
    used = [name for name, member in known.items() if member["used"]]
    if clusters:
        if used:
            raise ResourceError(
                f"OVN {what}: {' and '.join(used)} would lose a database that is in use, since there is a cluster "
                "already. Move it away first."
            )
        return None
    unknown = [name for name, member in members.items() if not member]
    if unknown:
        raise ResourceError(
            f"OVN {what}: {' and '.join(unknown)} cannot be asked, and no other server knows a cluster. Nobody may "
            "found one before all have answered."
        )
    if len(used) > 1:
        raise ResourceError(
            f"OVN {what}: {' and '.join(used)} have databases in use and never were in one cluster. All but one would "
            "lose them: move them away first."
        )
    return used[0] if used else next(iter(members))


def lost_servers(members: Members, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the servers, by their short ids, that a cluster still counts though their databases are gone."""
    found = {}
    own = {addresses[name]: member for name, member in members.items() if member}
    for member in own.values():
        for short_id, target in member["servers"].items():
            host = target.split(":", 1)[1].rsplit(":", 1)[0]
            if host in own and not (own[host]["server"] or "").startswith(short_id):
                found[short_id] = host
    return found


def speaker(members: Members) -> str | None:
    """Return who tells the cluster of a change: the first that is together with others."""
    return next((name for name, member in members.items() if member and member["together"]), None)


class Membership:
    """Whether a database on this host founds a cluster with its next start, and whom the cluster counts for nothing."""

    def __init__(self, reader: NodeReader, database: Database, params: dict[str, Any]) -> None:
        self.name = f"OVN {database.name} database"
        self._reader = reader
        self._database = database
        members = of_database({name: member or None for name, member in params["members"].items()}, database)
        self.speaker = speaker(members)
        self._founds = founder(members, database.name) == params["name"]
        self._lost = lost_servers(members, params["addresses"])
        self._speaks = self.speaker == params["name"]

    def read(self) -> Document:
        """Return whether it is told to found one, and whom the cluster counts though its database is gone."""
        counted = running(self._reader, self._database).get("servers", {}) if self._speaks else {}
        founds = self._reader.content(self._database.note) is not None
        return {"founds": founds, "speaker": self.speaker, "lost": sorted(set(self._lost) & set(counted))}

    def plan(self, current: Document | None) -> Plan:
        """Return how to tell it."""
        current = current or {}
        steps = []
        if self._founds and not current["founds"]:
            steps.append(Step("found", f"Have the {self.name} found a cluster with its next start", self._found))
        if current["founds"] and not self._founds:
            steps.append(Step("forget", f"Keep the {self.name} from founding a cluster", self._forget))
        for short_id in current["lost"]:
            steps.append(self._remove_step(short_id))
        return Plan(current, {**current, "founds": self._founds, "lost": []}, tuple(steps))

    def _found(self, writer: Node, results: Results) -> None:
        writer.write(self._database.note, NOTE_TEXT)

    def _forget(self, writer: Node, results: Results) -> None:
        writer.remove(self._database.note)

    def _remove_step(self, short_id: str) -> Step:
        database = self._database
        argv = ["ovn-appctl", "--timeout=30", "-t", database.control, "cluster/kick", database.schema, short_id]
        summary = f"Remove the lost server {short_id} of {self._lost[short_id]} from the cluster of the {self.name}"

        def submit(writer: Node, results: Results) -> None:
            writer.command(argv)

        def is_gone(document: Document | None) -> bool:
            return short_id not in (document or {}).get("lost", ())

        return Step(f"remove {short_id}", summary, submit, done=is_gone, waiting_for=f"{short_id} is removed")


def inform(module: Any) -> None:
    """Leave with what the databases on this host say."""
    try:
        member = read_member(NodeReader())
    except ResourceError as error:
        module.fail_json(msg=str(error), **error.details)
    module.exit_json(changed=False, member=member)


def memberships(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task."""
    members = params["members"]
    if params["name"] not in members:
        raise ResourceError(f"name: {params['name']} is none of the members {', '.join(members)}.")
    missing = [name for name in members if name not in params["addresses"]]
    if missing:
        raise ResourceError(f"addresses: {' and '.join(missing)} have none.")
    return Fleet([Membership(reader, database, params) for database in DATABASES])
