# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of a node behind a front that runs: drained before the node is worked on, and ready again after it.

HAProxy forgets this when it is reloaded, so that a run which died leaves nothing behind that the next one of the site
would not mend.
"""

from __future__ import annotations

import csv
import io
import re
import socket
import time
from collections.abc import Callable
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step

SOCKET = "/run/haproxy/admin.sock"
SPEC = ArgSpec(
    {
        "node": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["ready", "drained"], "required": True},
        "keep": {"type": "list", "elements": "str", "default": []},
        "socket": {"type": "str", "default": SOCKET},
    }
)
VERBS = {"ready": "ready", "drained": "drain"}
UP = ("UP", "no check")
TRIES, PAUSE = 10, 0.2  # seconds between looks at what is remembered


class FrontReader:
    """What HAProxy tells at its admin socket."""

    def __init__(self, path: str) -> None:
        self.path = path

    def reader(self) -> FrontReader:
        """Return the same without the verb that changes something."""
        return FrontReader(self.path)

    def say(self, words: str) -> str:
        """Return the answer to one command."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(self.path)
                connection.sendall(f"{words}\n".encode())
                return connection.makefile().read()
        except OSError as error:
            raise ResourceError(f"{self.path}: {error}") from error

    def servers(self) -> list[dict[str, str]]:
        """Return the servers with what the statistics have of each."""
        rows = csv.DictReader(io.StringIO(self.say("show stat").removeprefix("# ")))
        return [row for row in rows if row["svname"] not in ("FRONTEND", "BACKEND")]

    def serving(self) -> dict[str, str]:
        """Return the server that serves each service of which the others wait, and that is remembered."""
        tables = re.findall(r"^# table: ([^,]+),", self.say("show table"), re.M)
        found = {table: re.search(r" server_key=(\S+)", self.say(f"show table {table}")) for table in tables}
        return {table: match[1] for table, match in found.items() if match}


class Front(FrontReader):
    """The front, and how to change what stands behind it."""

    def set_state(self, server: str, verb: str) -> None:
        """Take a server out, or let it in again."""
        said = self.say(f"set server {server} state {verb}").strip()
        if said:
            raise ResourceError(f"{server}: HAProxy refused to make it {verb}: {said}")

    def forget(self, server: str) -> None:
        """Have the next client choose anew which server serves: it would go on with one that is drained."""
        service, _slash, node = server.partition("/")
        for _try in range(TRIES):
            # A client that came just before may have it remembered again.
            if self.serving().get(service) != node:
                return
            self.say(f"clear table {service}")
            time.sleep(PAUSE)


def state_of(row: dict[str, str], serving: dict[str, str]) -> str:
    """Return what becomes of requests to a server, in one word."""
    if row["status"].startswith(("MAINT", "DRAIN")):
        # A connection that is only passed on lasts for as long as its client likes.
        busy = row["mode"] == "http" and int(row["scur"] or 0)
        return "draining" if busy or serving.get(row["pxname"]) == row["svname"] else "drained"
    return "ready" if row["status"].startswith(UP) else "down"


class Servers:
    """All servers of one node, by the names that HAProxy has for them."""

    def __init__(self, reader: FrontReader, wanted: dict[str, Any]) -> None:
        self.name = f"{wanted['node']} behind the front"
        self.wanted = wanted
        self._reader = reader
        self._replaced: set[str] = set()
        self._passed_on: set[str] = set()

    def read(self) -> Document:
        """Return the state of each server, and note which of them have another one beside them."""
        rows, serving = self._reader.servers(), self._reader.serving()
        ready = [row for row in rows if state_of(row, serving) == "ready"]
        others = {row["pxname"] for row in ready if row["svname"] != self.wanted["node"]}
        own = [row for row in rows if row["svname"] == self.wanted["node"]]
        self._passed_on = {f"{row['pxname']}/{row['svname']}" for row in own if row["mode"] == "tcp"}
        self._replaced = {f"{row['pxname']}/{row['svname']}" for row in own if row["pxname"] in others}
        return {f"{row['pxname']}/{row['svname']}": state_of(row, serving) for row in own}

    def plan(self, current: Document | None) -> Plan:
        """Return what takes each server to the wanted state."""
        current, state = current or {}, self.wanted["state"]
        moved = [name for name, found in current.items() if found != state and self._may_change(name)]
        return Plan(current, {**current, **dict.fromkeys(moved, state)}, tuple(map(self._step, moved)))

    def _may_change(self, server: str) -> bool:
        """Tell whether a server is this task's: the last one of a service has to go on."""
        is_drained = self.wanted["state"] == "drained"
        return server not in self.wanted["keep"] and (not is_drained or server in self._replaced)

    def _step(self, server: str) -> Step:
        state = self.wanted["state"]
        summary = f"Drain {server}" if state == "drained" else f"Send requests to {server} again"

        def submit(writer: Front, results: Results) -> None:
            writer.set_state(server, VERBS[state])
            if state == "drained":
                writer.forget(server)

        waiting = f"requests to {server} have ended" if state == "drained" else f"{server} is up"
        return Step(server, summary, submit, (), self._reached(server), waiting)

    def _reached(self, server: str) -> Callable[[Document | None], bool]:
        # Another front that is not drained yet may have told this one again who serves. It tells the next one, too.
        enough = {self.wanted["state"]} | ({"draining"} if server in self._passed_on else set())
        return lambda document: (document or {}).get(server) in enough


def front_servers(reader: FrontReader, params: dict[str, Any]) -> Fleet:
    """Return the servers of a node."""
    return Fleet([Servers(reader, params)])
