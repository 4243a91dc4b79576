# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A MariaDB in memory, for the few statements that the collection sends."""

from __future__ import annotations

import json
import re

FLAGS = ("Select_priv", "Insert_priv", "Create_priv")
NAMES = {"SELECT": "Select_priv", "INSERT": "Insert_priv", "CREATE": "Create_priv"}


class FakeServer:
    """The verbs of DatabaseServer. Every write is noted in the log."""

    def __init__(self):
        self.databases = {}
        self.accounts = {("root", "localhost"): {"plugin": "unix_socket"}}
        self.grants = {("root", "localhost", "*.*"): {"SELECT", "INSERT", "CREATE"}}
        self.tables = {}
        self.size = 1
        self.log = []
        self.questions = 0

    def reader(self):
        """Return the server; the tests look at the log."""
        return self

    def rows(self, question, values=()):
        """Answer a question."""
        self.questions += 1
        table = re.search(r"FROM (\S+)", question).group(1)
        known = {
            "information_schema.SCHEMATA": self._schemata,
            "mysql.global_priv": self._global_priv,
            "mysql.db": self._db,
            "information_schema.USER_PRIVILEGES": self._user_privileges,
            "information_schema.SCHEMA_PRIVILEGES": self._schema_privileges,
            "information_schema.TABLES": self._tables,
            "information_schema.PROCESSLIST": lambda: [{"ID": 7, "DB": "keystone"}, {"ID": 8, "DB": None}],
        }
        return known[table]() if table in known else self.tables.get(table.replace("`", ""))

    def _tables(self):
        split = (name.split(".") for name in self.tables)
        return [{"TABLE_SCHEMA": schema, "TABLE_NAME": table, "TABLE_ROWS": self.size} for schema, table in split]

    def _schemata(self):
        return [
            {"SCHEMA_NAME": name, "DEFAULT_CHARACTER_SET_NAME": charset, "DEFAULT_COLLATION_NAME": collation}
            for name, (charset, collation) in self.databases.items()
        ]

    def _global_priv(self):
        return [{"User": user, "Host": host, "Priv": json.dumps(how)} for (user, host), how in self.accounts.items()]

    def _db(self):
        return [
            {"User": user, "Host": host, "Db": scope[:-2], "Grant_priv": "N"}
            | {flag: "Y" if held >= {name} else "N" for name, flag in NAMES.items()}
            for (user, host, scope), held in self.grants.items()
            if scope != "*.*"
        ]

    def _user_privileges(self):
        return [
            {"GRANTEE": f"'{user}'@'{host}'", "PRIVILEGE_TYPE": name}
            for user, host in self.accounts
            for name in self.grants.get((user, host, "*.*"), {"USAGE"})
        ]

    def _schema_privileges(self):
        return [
            {"GRANTEE": f"'{user}'@'{host}'", "TABLE_SCHEMA": scope[:-2], "PRIVILEGE_TYPE": name}
            for (user, host, scope), held in self.grants.items()
            for name in held
            if scope != "*.*"
        ]

    def change(self, statement, values=()):
        """Do what a statement says."""
        self.log.append((statement, tuple(values)))
        verb = " ".join(statement.split()[:2])
        if verb in ("CREATE DATABASE", "ALTER DATABASE"):
            name, charset, collation = re.search(r"`(.+)` CHARACTER SET (\w+) COLLATE (\w+)", statement).groups()
            self.databases[name] = (charset, collation)
        elif verb == "DROP DATABASE":
            del self.databases[statement.split("`")[1]]
        elif verb in ("CREATE USER", "ALTER USER"):
            self.accounts[values[:2]] = {"plugin": "mysql_native_password", "authentication_string": values[2]}
        elif verb == "DROP TABLE":
            for name in statement.replace("`", "").split("EXISTS ")[1].split(", "):
                self.tables.pop(name, None)
        elif verb == "CREATE TABLE":
            self.tables.setdefault(re.search(r"(\S+) \(", statement).group(1).replace("`", ""), [])
        elif verb == "REPLACE INTO":
            self.tables[statement.split()[2].replace("`", "")] = [{"noted": values[0]}]
        elif verb in ("KILL 7", "SET SESSION"):
            return
        elif verb == "DROP USER":
            del self.accounts[values]
        else:
            names, scope = re.match(r"GRANT (.+) ON (.+) TO", statement).groups()
            wanted = set(NAMES) if names == "ALL PRIVILEGES" else set(names.split(", ")) - {"USAGE"}
            self.grants.setdefault((*values, scope.replace("`", "")), set()).update(wanted)
