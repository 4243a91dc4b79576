# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual hosts, users and policies of RabbitMQ, read with one command."""

from __future__ import annotations

import json
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, Resource, ResourceError, Results, Step
from .broker import SHA256, AbsentMember, Broker, change, give_password, password_fits
from .node import Node, NodeReader
from .once import Once

SPEC = ArgSpec(
    {
        "vhosts": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "default_queue_type": {"type": "str", "choices": ["classic", "quorum", "stream"], "default": "quorum"},
                "other_policies": {"type": "str", "choices": ["left", "absent"], "default": "left"},
            },
        },
        "users": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "password": {"type": "str", "required": True, "no_log": True},
                "tags": {"type": "list", "elements": "str", "default": []},
                "permissions": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {
                        "vhost": {"type": "str", "required": True},
                        "configure": {"type": "str", "default": ".*"},
                        "write": {"type": "str", "default": ".*"},
                        "read": {"type": "str", "default": ".*"},
                    },
                },
            },
        },
        "policies": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "vhost": {"type": "str", "default": "/"},
                "pattern": {"type": "str", "required": True},
                "definition": {"type": "dict", "required": True},
                "priority": {"type": "int", "default": 0},
                "apply_to": {
                    "type": "str",
                    "choices": ["all", "queues", "classic_queues", "quorum_queues", "streams", "exchanges"],
                    "default": "all",
                },
            },
        },
        "absent_users": {"type": "list", "elements": "str", "default": []},
        "absent_members": {"type": "list", "elements": "str", "default": []},
    }
)


class Vhost:
    """A virtual host."""

    def __init__(self, broker: Broker, wanted: dict[str, Any]) -> None:
        self.name = f"vhost {wanted['name']}"
        self.settle = Once(self._write)
        self._broker = broker
        self._wanted = wanted

    def read(self) -> Document | None:
        """Return which queues it makes when nobody says which."""
        for entry in self._broker.entries("vhosts", name=self._wanted["name"]):
            return {"default_queue_type": entry.get("default_queue_type", "classic")}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Return how to make or change it."""
        after = {"default_queue_type": self._wanted["default_queue_type"]}
        if current == after:
            return Plan(current, after)
        summary = f"Change the queue type of {self.name}" if current else f"Create {self.name}"
        return Plan(current, after, (Step("write", summary, lambda writer, results: self.settle(writer)),))

    def _write(self, writer: Node) -> None:
        current, queues = self.read(), self._wanted["default_queue_type"]
        if current is None:
            change(writer, "add_vhost", self._wanted["name"], "--default-queue-type", queues)
        elif current["default_queue_type"] != queues:
            change(writer, "update_vhost_metadata", self._wanted["name"], "--default-queue-type", queues)


class User:
    """A user and what it may do."""

    def __init__(self, broker: Broker, wanted: dict[str, Any]) -> None:
        self.name = f"user {wanted['name']}"
        self._broker = broker
        self._wanted = wanted
        self._permissions = {
            entry["vhost"]: {key: entry[key] for key in ("configure", "write", "read")}
            for entry in wanted["permissions"]
        }

    def read(self) -> Document | None:
        """Return its tags, its permissions where some are wanted, and whether its password is the wanted one."""
        name = self._wanted["name"]
        for entry in self._broker.entries("users", name=name):
            permissions: Document = {}
            for vhost in self._permissions:
                found = self._broker.entries("permissions", user=name, vhost=vhost)
                permissions[vhost] = {key: found[0][key] for key in ("configure", "write", "read")} if found else None
            return {
                "password_is_current": entry.get("hashing_algorithm") == SHA256
                and password_fits(self._wanted["password"], entry["password_hash"]),
                "tags": sorted(entry["tags"]),
                "permissions": permissions,
            }
        return None

    def plan(self, current: Document | None) -> Plan:
        """Return how to make it, and to give it what it lacks."""
        wanted, name = self._wanted, self._wanted["name"]
        after = {"password_is_current": True, "tags": sorted(wanted["tags"]), "permissions": self._permissions}
        steps = []
        if current is None:
            steps.append(self._password_step("add_user", f"Create {self.name}"))
        elif not current["password_is_current"]:
            steps.append(self._password_step("change_password", f"Change the password of {self.name}"))
        if after["tags"] != (current["tags"] if current else []):
            steps.append(self._step("tags", f"Change the tags of {self.name}", "set_user_tags", name, *after["tags"]))
        for vhost, patterns in self._permissions.items():
            if patterns != (current["permissions"][vhost] if current else None):
                steps.append(self._permission_step(vhost, patterns))
        return Plan(current, after, tuple(steps))

    def _password_step(self, verb: str, summary: str) -> Step:
        name, password = self._wanted["name"], self._wanted["password"]
        return Step("password", summary, lambda writer, results: give_password(writer, verb, name, password))

    def _step(self, key: str, summary: str, *arguments: str) -> Step:
        return Step(key, summary, lambda writer, results: change(writer, *arguments))

    def _permission_step(self, vhost: str, patterns: dict[str, str]) -> Step:
        def submit(writer: Node, results: Results) -> None:
            self._broker.make_vhost(writer, vhost)
            change(writer, "set_permissions", "--vhost", vhost, self._wanted["name"], *patterns.values())

        return Step(f"permissions {vhost}", f"Change the permissions of {self.name} in vhost {vhost}", submit)


class AbsentUser:
    """A user that is not to be."""

    def __init__(self, broker: Broker, name: str) -> None:
        self.name = f"user {name}"
        self._broker = broker
        self._user = name

    def read(self) -> Document | None:
        """Return the user's tags, or None where there is no such user."""
        for entry in self._broker.entries("users", name=self._user):
            return {"tags": sorted(entry["tags"])}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Return how to delete it."""
        step = Step("delete", f"Delete {self.name}", lambda writer, results: change(writer, "delete_user", self._user))
        return Plan(current, None, (step,) if current else ())


class Policy:
    """A policy for queues and exchanges whose names fit a pattern."""

    def __init__(self, broker: Broker, wanted: dict[str, Any]) -> None:
        self.name = f"policy {wanted['name']} in vhost {wanted['vhost']}"
        self._broker = broker
        self._wanted = wanted

    def read(self) -> Document | None:
        """Return the policy."""
        for entry in self._broker.entries("policies", name=self._wanted["name"], vhost=self._wanted["vhost"]):
            return {
                "pattern": entry["pattern"],
                "definition": entry["definition"],
                "priority": entry["priority"],
                "apply_to": entry["apply-to"],
            }
        return None

    def plan(self, current: Document | None) -> Plan:
        """Return how to set it."""
        after = {key: self._wanted[key] for key in ("pattern", "definition", "priority", "apply_to")}
        step = Step("set", f"{'Change' if current else 'Create'} {self.name}", self._submit)
        return Plan(current, after, () if current == after else (step,))

    def _submit(self, writer: Node, results: Results) -> None:
        wanted = self._wanted
        self._broker.make_vhost(writer, wanted["vhost"])
        options = ["--vhost", wanted["vhost"], "--priority", str(wanted["priority"]), "--apply-to", wanted["apply_to"]]
        change(writer, "set_policy", *options, wanted["name"], wanted["pattern"], json.dumps(wanted["definition"]))


class StrangePolicy:
    """A policy that no entry of the task is about, in a virtual host that is to have no others."""

    def __init__(self, broker: Broker, vhost: str, name: str) -> None:
        self.name = f"policy {name} in vhost {vhost}"
        self._broker = broker
        self._place = {"name": name, "vhost": vhost}

    def read(self) -> Document | None:
        """Return what it is for and what it does, or None where it is gone."""
        for entry in self._broker.entries("policies", **self._place):
            return {"pattern": entry["pattern"], "definition": entry["definition"]}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Return how to delete it."""
        step = Step("delete", f"Delete {self.name}, which no role knows", self._submit)
        return Plan(current, None, (step,) if current else ())

    def _submit(self, writer: Node, results: Results) -> None:
        change(writer, "clear_policy", "--vhost", self._place["vhost"], self._place["name"])


def strange_policies(broker: Broker, params: dict[str, Any]) -> list[Resource]:
    """Return the policies that have to go."""
    known = {(entry["vhost"], entry["name"]) for entry in params["policies"]}
    own = {entry["name"] for entry in params["vhosts"] if entry["other_policies"] == "absent"}
    found = sorted((entry["vhost"], entry["name"]) for entry in broker.entries("policies"))
    return [StrangePolicy(broker, vhost, name) for vhost, name in found if vhost in own and (vhost, name) not in known]


def message_broker(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task."""
    broker = Broker(reader)
    # A broker that does not answer is one error of the task, not one of each object.
    broker.entries("vhosts")
    found: list[Resource] = [Vhost(broker, entry) for entry in params["vhosts"]]
    broker.vhosts = {entry["name"]: vhost for entry, vhost in zip(params["vhosts"], found)}
    found += [User(broker, entry) for entry in params["users"]]
    found += [AbsentUser(broker, name) for name in params["absent_users"]]
    found += [Policy(broker, entry) for entry in params["policies"]]
    found += strange_policies(broker, params)
    found += [AbsentMember(reader, name) for name in params["absent_members"]]
    names = [resource.name for resource in found]
    for name in names:
        if names.count(name) > 1:
            raise ResourceError(f"{name} is listed twice. Keep one of the two.")
    return Fleet(found, broker.refresh)
