# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Ceph cluster holds for its clients: pools, users, settings and the manager's modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, Results, Step

SPEC = ArgSpec(
    {
        "pools": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "application": {"type": "str", "default": "rbd"},
                "size": {"type": "int"},
                "min_size": {"type": "int"},
                "pg_num": {"type": "int"},
                "pg_autoscale_mode": {"type": "str", "choices": ["on", "off", "warn"]},
            },
        },
        "users": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "key": {"type": "str", "no_log": True},
                "caps": {"type": "dict", "required": True},
                "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            },
        },
        "modules_disabled": {"type": "list", "elements": "str", "default": []},
        "config": {"type": "dict", "default": {}},
    }
)
SETTINGS = ("size", "min_size", "pg_num", "pg_autoscale_mode")


def order(prefix: str, given: str = "", **arguments: Any) -> Callable[[Any, Results], None]:
    """Return the write that sends a command."""

    def submit(writer: Any, results: Results) -> None:
        writer.order(prefix, given, **arguments)

    return submit


class Pool:
    """A replicated pool. There is no way to remove one here: its data would be gone."""

    def __init__(self, reader: Any, wanted: dict[str, Any]) -> None:
        self.name = f"pool {wanted['name']}"
        self.reader = reader
        self.wanted = wanted
        self.settings = {key: wanted[key] for key in SETTINGS if wanted[key] is not None}

    def read(self) -> Document | None:
        """Return what the pool is like."""
        for pool in self.reader.ask("osd pool ls", detail="detail") or ():
            if pool["pool_name"] == self.wanted["name"]:
                # Placement groups are split and merged little by little: what counts is where to.
                live = {**pool, "pg_num": pool.get("pg_num_target", pool["pg_num"])}
                application = self.wanted["application"]
                named = application if application in pool["application_metadata"] else None
                return {"application": named, **{key: live[key] for key in self.settings}}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Compare and plan."""
        name, application = self.wanted["name"], self.wanted["application"]
        steps = []
        if current is None:
            create = order("osd pool create", pool=name, **self._creation())
            steps.append(Step("create", f"Create pool {name}", create))
            if "min_size" in self.settings:
                steps.append(self._set("min_size"))
        else:
            steps += [self._set(key) for key, value in self.settings.items() if current[key] != value]
        if current is None or current["application"] != application:
            enable = order("osd pool application enable", pool=name, app=application)
            steps.append(Step("application", f"Let pool {name} be used by {application}", enable))
        return Plan(current, {"application": application, **self.settings}, tuple(steps))

    def _creation(self) -> dict[str, Any]:
        names = {"size": "size", "pg_num": "pg_num", "pg_autoscale_mode": "autoscale_mode"}
        given = {names[key]: value for key, value in self.settings.items() if key in names}
        return {"pool_type": "replicated", "yes_i_really_mean_it": True, **given}

    def _set(self, key: str) -> Step:
        value = self.settings[key]
        confirm = {"yes_i_really_mean_it": True} if (key, value) == ("size", 1) else {}
        send = order("osd pool set", pool=self.wanted["name"], var=key, val=str(value), **confirm)
        return Step(key, f"Set {key} of pool {self.wanted['name']} to {value}", send)


class User:
    """A user of the cluster, what it may do, and its key."""

    def __init__(self, reader: Any, wanted: dict[str, Any]) -> None:
        self.name = f"user {wanted['name']}"
        self.reader = reader
        self.wanted = wanted

    def read(self) -> Document | None:
        """Return what the user may do, and whether its key is the wanted one; the key itself never."""
        for user in (self.reader.ask("auth ls") or {"auth_dump": ()})["auth_dump"]:
            if user["entity"] == self.wanted["name"]:
                has_key = {} if self.wanted["key"] is None else {"key_as_wanted": user["key"] == self.wanted["key"]}
                return {"caps": user["caps"], **has_key}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Compare and plan."""
        name, wanted = self.wanted["name"], self.wanted
        if wanted["state"] == "absent":
            remove = Step("remove", f"Remove Ceph user {name}", order("auth rm", entity=name))
            return Plan(current, None, (remove,) if current else ())
        after: Document = {"caps": wanted["caps"], **({} if wanted["key"] is None else {"key_as_wanted": True})}
        if current == after:
            return Plan(current, after)
        differing = " and ".join(key.split("_")[0] for key in after if current and current[key] != after[key])
        what = "Create" if current is None else f"Set {differing} of"
        return Plan(current, after, (Step("user", f"{what} Ceph user {name}", self._write(current)),))

    def _write(self, current: Document | None) -> Callable[[Any, Results], None]:
        name, caps = self.wanted["name"], self.wanted["caps"]
        if self.wanted["key"] is not None:
            lines = [f"[{name}]", f"key = {self.wanted['key']}", *(f'caps {on} = "{cap}"' for on, cap in caps.items())]
            return order("auth import", "\n".join(lines) + "\n")
        pairs = [part for on, cap in caps.items() for part in (on, cap)]
        return order("auth get-or-create" if current is None else "auth caps", entity=name, caps=pairs)


class Modules:
    """Modules of the manager that must not run."""

    name = "manager modules"

    def __init__(self, reader: Any, unwanted: list[str]) -> None:
        self.reader = reader
        self.unwanted = unwanted

    def read(self) -> Document:
        """Return which of the unwanted modules are enabled."""
        enabled = (self.reader.ask("mgr module ls") or {"enabled_modules": ()})["enabled_modules"]
        return {"enabled": [name for name in self.unwanted if name in enabled]}

    def plan(self, current: Document) -> Plan:
        """Compare and plan."""
        steps = [
            Step(name, f"Disable the manager module {name}", order("mgr module disable", module=name))
            for name in current["enabled"]
        ]
        return Plan(current, {"enabled": []}, tuple(steps))


class Settings:
    """Settings in the cluster's own database, by section."""

    name = "config"

    def __init__(self, reader: Any, wanted: dict[str, dict[str, Any]]) -> None:
        self.reader = reader
        self.wanted = {who: {key: str(value) for key, value in options.items()} for who, options in wanted.items()}

    def read(self) -> Document:
        """Return the named settings."""
        live = {(entry["section"], entry["name"]): entry["value"] for entry in self.reader.ask("config dump") or ()}
        return {who: {key: live.get((who, key)) for key in options} for who, options in self.wanted.items()}

    def plan(self, current: Document) -> Plan:
        """Compare and plan."""
        steps = [
            Step(f"{who} {key}", f"Set {key} of {who} to {value}", order("config set", who=who, name=key, value=value))
            for who, options in self.wanted.items()
            for key, value in options.items()
            if current[who][key] != value
        ]
        return Plan(current, self.wanted, tuple(steps))


def fleet(reader: Any, params: dict[str, Any]) -> Fleet:
    """Return all that somebody asked for."""
    resources: list[Any] = [Pool(reader, pool) for pool in params["pools"]]
    resources += [User(reader, user) for user in params["users"]]
    if params["modules_disabled"]:
        resources.append(Modules(reader, params["modules_disabled"]))
    if params["config"]:
        resources.append(Settings(reader, params["config"]))
    return Fleet(resources, reader.forget)
