# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to Ceph's monitors through librados: one connection, no process and no secret on a command line."""

from __future__ import annotations

import json
import os
from threading import Lock
from typing import Any

from ..argspec import ArgSpec
from ..resource import NotYetError, ResourceError

try:
    import rados
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None

COMMAND_SECONDS = 120
# The manager looks first whether these may be, and a monitor does not pass them on in full.
OF_MANAGER = ("osd purge",)


def spec(user: str) -> ArgSpec:
    """Return the connection options, with the user that a module signs in as."""
    return ArgSpec(
        {
            "ceph_conf": {"type": "path", "default": "/etc/ceph/ceph.conf"},
            "ceph_user": {"type": "str", "default": user},
            "keyring": {"type": "path"},
            "wait": {"type": "int", "default": 60},
        }
    )


class Connection:
    """One connection to the monitors, made when it is first needed."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params
        self.lock = Lock()
        self.cluster: Any = None

    def exists(self) -> bool:
        """Say whether this host knows of a cluster at all, and could talk to it."""
        known = IMPORT_ERROR is None and os.path.exists(self.params["ceph_conf"])
        return self.cluster is not None or known

    def order(self, prefix: str, given: str, arguments: dict[str, Any]) -> str:
        """Send one command and return its output, an error in the monitors' own words."""
        if IMPORT_ERROR is not None:
            raise ResourceError(f"python3-rados is missing on this host: {IMPORT_ERROR}")
        with self.lock:
            self.cluster = self.cluster or self._connect()
        command = json.dumps({"prefix": prefix, "format": "json", **arguments})
        send = self.cluster.mgr_command if prefix in OF_MANAGER else self.cluster.mon_command
        try:
            status, output, said = send(command, given.encode(), timeout=COMMAND_SECONDS)
        except rados.Error as error:
            raise ResourceError(f"ceph {prefix}: {error}") from error
        if status:
            raise ResourceError(f"ceph {prefix}: {said or 'failed'} (error {-status})")
        return output.decode()

    def _connect(self) -> Any:
        user, conf = self.params["ceph_user"], self.params["ceph_conf"]
        settings = {"client_mount_timeout": str(self.params["wait"])}
        if self.params["keyring"]:
            settings["keyring"] = self.params["keyring"]
        try:
            cluster = rados.Rados(conffile=conf, name=user, conf=settings)
            cluster.connect()
        except rados.Error as error:
            raise NotYetError(
                f"ceph: no connection to the monitors as {user} with {conf}: {error}. "
                f"Do the monitors that mon_host names run, and is there a keyring of {user}?"
            ) from error
        return cluster


class CephReader:
    """The cluster, as it is. Answers are kept until ``forget``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._answers: dict[str, Any] = {}

    def reader(self) -> CephReader:
        """Return this client without the verb that writes."""
        return CephReader(self._connection)

    def ask(self, prefix: str, **arguments: Any) -> Any:
        """Return what a reading command answers, or None where there is no cluster yet."""
        if not self._connection.exists():
            return None
        if prefix not in self._answers:
            self._answers[prefix] = json.loads(self._connection.order(prefix, "", arguments))
        return self._answers[prefix]

    def forget(self) -> None:
        """Ask anew from here on."""
        self._answers.clear()


class Ceph(CephReader):
    """The cluster, and how to change it."""

    def order(self, prefix: str, given: str = "", **arguments: Any) -> str:
        """Send a command that changes something; ``given`` is what it would read from a file."""
        return self._connection.order(prefix, given, arguments)


def connect(params: dict[str, Any]) -> Ceph:
    """Return the client that the connection options of a module describe. Nothing is sent yet."""
    return Ceph(Connection(params))
