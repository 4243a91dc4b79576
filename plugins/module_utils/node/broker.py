# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How RabbitMQ is asked and changed."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Protocol

from ..resource import Document, NotYetError, Plan, ResourceError, Results, Step
from .node import Node, NodeReader, NotInstalledError
from .quorum import no_majority

# Debian's /usr/sbin/rabbitmqctl puts its arguments through a shell, which would expand what patterns hold.
RABBITMQCTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"
# What a broker has that was just installed.
NEW = {
    "vhosts": [{"name": "/"}],
    "users": [{"name": "guest", "tags": ["administrator"], "hashing_algorithm": "", "password_hash": ""}],
    "permissions": [{"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}],
}
AS_RABBITMQ = {"user": "rabbitmq", "timeout": 120}
SHA256 = "rabbit_password_hashing_sha256"
SALT_BYTES = 4


def password_fits(password: str, stored: str) -> bool:
    """Tell whether RabbitMQ's salted hash is one of this password."""
    data = base64.b64decode(stored)
    salt, hashed = data[:SALT_BYTES], data[SALT_BYTES:]
    return hashlib.sha256(salt + password.encode()).digest() == hashed


def change(writer: Node, *arguments: str) -> None:
    """Change the broker."""
    writer.command([RABBITMQCTL, "--quiet", *arguments], what=f"rabbitmqctl {arguments[0]}", **AS_RABBITMQ)


def give_password(writer: Node, verb: str, user: str, password: str) -> None:
    """Change the broker with a password, which goes through standard input.

    The command reads a password from there only when it has exactly these two arguments.
    """
    writer.command(
        [RABBITMQCTL, verb, user], given=f"{password}\n", secrets=[password], what=f"rabbitmqctl {verb}", **AS_RABBITMQ
    )


class Settles(Protocol):
    """What is made before others that stand on it."""

    def settle(self, writer: Node) -> None:
        """Make it."""


class Broker:
    """What the broker has."""

    def __init__(self, reader: NodeReader) -> None:
        self._reader = reader
        self._definitions: dict[str, Any] | None = None
        self.vhosts: dict[str, Settles] = {}

    def refresh(self) -> None:
        """Forget what was read."""
        self._definitions = None

    def _read(self) -> dict[str, Any]:
        """Return all that the broker has; one that is not installed yet will have what it brings along."""
        command = [RABBITMQCTL, "--quiet", "export_definitions", "-", "--format", "json"]
        try:
            return json.loads(self._reader.output(command, **AS_RABBITMQ))
        except NotInstalledError:
            return NEW
        except ResourceError as error:
            raise NotYetError(str(error)) from error

    def entries(self, kind: str, **properties: str) -> list[dict[str, Any]]:
        """Return the objects of a kind that have these properties."""
        if self._definitions is None:
            self._definitions = self._read()
        return [
            entry
            for entry in self._definitions.get(kind, ())
            if all(entry[key] == value for key, value in properties.items())
        ]

    def make_vhost(self, writer: Node, name: str) -> None:
        """See to it that a virtual host of this task is there before something in it is changed."""
        if name in self.vhosts:
            self.vhosts[name].settle(writer)


class AbsentMember:
    """A broker that the others of its cluster are to forget, with the copies of queues that it had."""

    def __init__(self, reader: NodeReader, member: str) -> None:
        self.name = f"member {member}"
        self._reader = reader
        self._member = member

    def read(self) -> Document | None:
        """Return all members, and which of the others do not run; None where the cluster does not count it."""
        command = [RABBITMQCTL, "--quiet", "cluster_status", "--formatter", "json"]
        status = json.loads(self._reader.output(command, **AS_RABBITMQ))
        members = [*status["disk_nodes"], *status.get("ram_nodes", ())]
        if self._member not in members:
            return None
        stopped = sorted(set(members) - set(status["running_nodes"]) - {self._member})
        return {"members": sorted(members), "stopped": stopped}

    def plan(self, current: Document | None) -> Plan:
        """Return how to forget it. RabbitMQ refuses while it runs."""
        if current and current["stopped"]:
            stopped = " and ".join(current["stopped"])
            raise ResourceError(f"{self.name}: {stopped} does not run. Bring it back first.")
        # A queue that has copies on two brokers does nothing with one of them, not even forget the other copy.
        problem = no_majority(len(current["members"]), "brokers") if current else ""
        if problem:
            raise ResourceError(f"{self.name}: {problem}")
        step = Step("forget", f"Have the brokers forget {self._member}", self._forget)
        return Plan(current, None, (step,) if current else ())

    def _forget(self, writer: Node, results: Results) -> None:
        change(writer, "forget_cluster_node", self._member)
