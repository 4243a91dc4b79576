# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Keystone in memory, behind the verbs of our client. It counts the writes and can stop before any."""

from __future__ import annotations

from itertools import count


class Stopped(BaseException):
    """The process died."""


class FakeKeystone:
    """Holds entries by collection, as Keystone's own documents."""

    def __init__(self):
        names = ("regions", "roles", "domains", "projects", "users", "services", "endpoints")
        self.entries = {name: {} for name in names}
        self.grants, self.implications = set(), set()
        self.reads, self.writes = [], []
        self.stop_before = None
        self.serial = count(1)
        self.entries["domains"]["default"] = {"id": "default", "name": "Default"}

    def reader(self):
        return self

    def list(self, path, key, **query):
        self.reads.append(path)
        if key == "role_assignments":
            project = query["scope.project.id"]
            return [{"user": {"id": u}, "role": {"id": r}} for p, u, r in self.grants if p == project]
        if key == "role_inferences":
            names = {ident: entry["name"] for ident, entry in self.entries["roles"].items()}
            pairs = ((names[role], names[implied]) for role, implied in self.implications)
            return [{"prior_role": {"name": role}, "implies": [{"name": implied}]} for role, implied in pairs]
        hidden = {"password"}
        return [{k: v for k, v in entry.items() if k not in hidden} for entry in self.entries[key].values()]

    def accepts(self, name, domain, password):
        users = self.entries["users"].values()
        return any(u["name"] == name and u["enabled"] and u["password"] == password for u in users)

    def create(self, path, kind, body):
        self._write(f"POST {path}")
        ident = body.get("id") or f"id-{next(self.serial)}"
        self.entries[path[1:]][ident] = {"id": ident, "enabled": True, **body}
        return ident

    def update(self, path, kind, body):
        self._write(f"PATCH {path}")
        _nothing, collection, ident = path.split("/")
        self.entries[collection][ident].update(body)

    def put(self, path):
        self._write(f"PUT {path}")
        parts = path.split("/")
        if parts[1] == "roles":
            self.implications.add((parts[2], parts[4]))
        else:
            self.grants.add((parts[2], parts[4], parts[6]))

    def delete(self, path):
        self._write(f"DELETE {path}")
        _nothing, collection, ident = path.split("/")
        del self.entries[collection][ident]

    def _write(self, what):
        if self.stop_before is not None and len(self.writes) >= self.stop_before:
            raise Stopped
        self.writes.append(what)
