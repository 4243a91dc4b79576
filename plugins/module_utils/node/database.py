# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of MariaDB and the accounts that use them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, Resource, ResourceError, Results, Step
from .mariadb import SPEC as SOCKET
from .mariadb import DatabaseReader, DatabaseServer

STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
SPEC = SOCKET | ArgSpec(
    {
        "databases": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "user": {"type": "str"},
                "password": {"type": "str", "no_log": True},
                "hosts": {"type": "list", "elements": "str", "default": ["%"]},
                "character_set": {"type": "str"},
                "collation": {"type": "str"},
                "state": STATE,
            },
            "required_together": [["user", "password"]],
        },
        "users": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "host": {"type": "str", "default": "%"},
                "password": {"type": "str", "no_log": True},
                "privileges": {"type": "dict", "default": {}},
                "state": STATE,
            },
            "required_if": [["state", "present", ["password"]]],
        },
    }
)
ALL = "ALL PRIVILEGES"
NATIVE = ("mysql_native_password", "")
# What services' schemas are written for. Some migrations change the defaults of their database, and may.
DEFAULTS = {"character_set": "utf8mb3", "collation": "utf8mb3_general_ci"}
WORD = re.compile(r"^[A-Za-z0-9_]+$")
PRIVILEGE = re.compile(r"^[A-Z]+( [A-Z]+)*$")


def quoted(name: str) -> str:
    """Return a name the way a statement holds it."""
    return "`" + name.replace("`", "``") + "`"


def password_hash(password: str) -> str:
    """Return what MariaDB keeps of a password, so that no statement has to hold the password itself."""
    if not password:
        return ""
    return "*" + hashlib.sha1(hashlib.sha1(password.encode()).digest()).hexdigest().upper()


class Server:
    """What the server has, read with the same few questions however much is asked for."""

    def __init__(self, reader: DatabaseReader) -> None:
        self._reader = reader
        self.refresh()

    def refresh(self) -> None:
        """Forget what was read."""
        self._known: dict[str, list[dict[str, Any]]] = {}

    def _table(self, name: str) -> list[dict[str, Any]]:
        if name not in self._known:
            self._known[name] = self._reader.rows(f"SELECT * FROM {name}") or []
        return self._known[name]

    def database(self, name: str) -> Document | None:
        """Return a database, or None."""
        for row in self._table("information_schema.SCHEMATA"):
            if row["SCHEMA_NAME"] == name:
                return {
                    "character_set": row["DEFAULT_CHARACTER_SET_NAME"],
                    "collation": row["DEFAULT_COLLATION_NAME"],
                }
        return None

    def account(self, user: str, host: str) -> dict[str, Any] | None:
        """Return how an account signs in, or None."""
        for row in self._table("mysql.global_priv"):
            if (row["User"], row["Host"]) == (user, host):
                return json.loads(row["Priv"])
        return None

    def privileges(self, user: str, host: str, scope: str) -> set[str]:
        """Return what an account may do to ``*.*`` or to all of a database."""
        grantee = f"'{user}'@'{host}'"
        if scope == "*.*":
            found = self._named("information_schema.USER_PRIVILEGES", grantee)
            everything = self._named("information_schema.USER_PRIVILEGES", "'root'@'localhost'")
            return found | ({ALL} if everything and found >= everything else set())
        database = scope[:-2]
        spellings = {database, escaped(database)}
        found = self._named("information_schema.SCHEMA_PRIVILEGES", grantee, spellings)
        for row in self._table("mysql.db"):
            if (row["User"], row["Host"]) == (user, host) and row["Db"] in spellings:
                flags = [value for key, value in row.items() if key.endswith("_priv") and key != "Grant_priv"]
                found |= {ALL} if all(flag == "Y" for flag in flags) else set()
        return found | {"USAGE"}

    def _named(self, table: str, grantee: str, databases: set[str] | None = None) -> set[str]:
        return {
            row["PRIVILEGE_TYPE"]
            for row in self._table(table)
            if row["GRANTEE"] == grantee and (databases is None or row["TABLE_SCHEMA"] in databases)
        }


def escaped(database: str) -> str:
    """Return the name of a database as a pattern that fits it alone: grants know wildcards."""
    return database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def change(statement: str, *values: Any) -> Any:
    """Return the ``submit`` of a step that runs one statement."""

    def submit(writer: DatabaseServer, results: Results) -> None:
        writer.change(statement, values)

    return submit


class Database:
    """One database."""

    def __init__(self, server: Server, wanted: dict[str, Any]) -> None:
        self.name = f"database {wanted['name']}"
        self._server = server
        self._wanted = wanted
        self._given = {option: wanted[option] for option in DEFAULTS if wanted[option]}
        for option in self._given:
            if not WORD.match(wanted[option]):
                raise ResourceError(f"{self.name}: {option} {wanted[option]} is not a name that MariaDB has.")

    def read(self) -> Document | None:
        """Return the database's defaults."""
        return self._server.database(self._wanted["name"])

    def plan(self, current: Document | None) -> Plan:
        """Return how to make, change or drop it."""
        name = quoted(self._wanted["name"])
        if self._wanted["state"] == "absent":
            steps = (Step("drop", f"Drop {self.name}", change(f"DROP DATABASE IF EXISTS {name}")),)
            return Plan(current, None, steps if current else ())
        after = {**(current or DEFAULTS), **self._given}
        if current == after:
            return Plan(current, after)
        how = f"{name} CHARACTER SET {after['character_set']} COLLATE {after['collation']}"
        if current is None:
            return Plan(None, after, (Step("create", f"Create {self.name}", change(f"CREATE DATABASE {how}")),))
        step = Step("alter", f"Change the defaults of {self.name}", change(f"ALTER DATABASE {how}"))
        return Plan(current, after, (step,))


class Account:
    """One account: a user from a host, its password and what it may do."""

    def __init__(self, server: Server, user: str, host: str) -> None:
        self.name = f"user {user}@{host}"
        self.who = (user, host)
        self.state = "present"
        self.password: str | None = None
        self.privileges: dict[str, set[str]] = defaultdict(set)
        self._server = server

    def want(self, password: str | None, privileges: dict[str, list[str]]) -> None:
        """Add what one entry of the options wants of this account; entries have to agree."""
        if self.password is not None and password is not None and self.password != password:
            raise ResourceError(f"{self.name}: two entries give different passwords. Give both the same.")
        self.password = self.password if password is None else password
        for scope, names in privileges.items():
            wanted = {ALL if name.upper() == "ALL" else name.upper() for name in names}
            bad = sorted(name for name in wanted if not PRIVILEGE.match(name))
            if bad or not scope.endswith(".*"):
                raise ResourceError(
                    f"{self.name}: privileges are lists of names under *.* or database.*, and "
                    f"{bad[0] if bad else scope} is not."
                )
            self.privileges[scope] |= wanted

    def read(self) -> Document | None:
        """Return whether the password is the wanted one, and what the account may do of what is wanted."""
        found = self._server.account(*self.who)
        if found is None:
            return None
        native = found.get("plugin", "") in NATIVE
        hashed = password_hash(self.password or "")
        return {
            "password_is_current": native and found.get("authentication_string", "") == hashed,
            "privileges": {
                scope: sorted(wanted & self._server.privileges(*self.who, scope))
                for scope, wanted in self.privileges.items()
            },
        }

    def plan(self, current: Document | None) -> Plan:
        """Return how to make the account, give it its password and what it lacks."""
        if self.state == "absent":
            drop = Step("drop", f"Drop {self.name}", change("DROP USER IF EXISTS %s@%s", *self.who))
            return Plan(current, None, (drop,) if current else ())
        after = {
            "password_is_current": True,
            "privileges": {scope: sorted(wanted) for scope, wanted in self.privileges.items()},
        }
        how = "%s@%s IDENTIFIED VIA mysql_native_password USING %s"
        values = (*self.who, password_hash(self.password or ""))
        steps = []
        if current is None:
            steps.append(Step("create", f"Create {self.name}", change(f"CREATE USER {how}", *values)))
        elif not current["password_is_current"]:
            steps.append(Step("password", f"Change the password of {self.name}", change(f"ALTER USER {how}", *values)))
        for scope, wanted in after["privileges"].items():
            held = current["privileges"][scope] if current else ["USAGE"]
            lacking = [name for name in wanted if name not in held]
            if lacking:
                steps.append(self._grant(scope, lacking))
        return Plan(current, after, tuple(steps))

    def _grant(self, scope: str, names: list[str]) -> Step:
        what = ", ".join(names)
        where = scope if scope == "*.*" else f"{quoted(escaped(scope[:-2]))}.*"
        # The statement is formatted with values, so its own percent signs are doubled.
        statement = f"GRANT {what} ON {where.replace('%', '%%')} TO %s@%s"
        return Step(f"grant {scope}", f"Grant {what} on {scope} to {self.name}", change(statement, *self.who))


def databases(reader: DatabaseReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task: its databases, then its accounts."""
    server = Server(reader)
    # A server that does not answer is one error of the task, not one of each object.
    server.account("root", "localhost")
    found: dict[str, Resource] = {}
    accounts: dict[tuple[str, str], Account] = {}
    for entry in params["databases"]:
        database = Database(server, entry)
        if database.name in found:
            raise ResourceError(f"databases: {entry['name']} is listed twice. Keep one of the two.")
        found[database.name] = database
        if entry["state"] == "present" and entry["user"]:
            for host in entry["hosts"]:
                account = accounts.setdefault((entry["user"], host), Account(server, entry["user"], host))
                account.want(entry["password"], {f"{entry['name']}.*": [ALL]})
    for entry in params["users"]:
        who = (entry["name"], entry["host"])
        if who in accounts and entry["state"] == "absent":
            raise ResourceError(f"{accounts[who].name}: it is wanted absent, and another entry needs it.")
        account = accounts.setdefault(who, Account(server, *who))
        account.state = entry["state"]
        account.want(entry["password"], entry["privileges"])
    return Fleet([*found.values(), *accounts.values()], server.refresh)
