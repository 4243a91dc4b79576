# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose compute service is to restart: no instance is sent there, and what is under way there has ended.

When Nova's compute service starts, it makes an error of each instance that it was building when it stopped. An instance
is under way from the moment that the scheduler chose its host, which nobody can read, until it has no task any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, Plan, Step
from .instance_steps import nothing
from .session import Cloud, CloudReader

COMPUTE = "nova-compute"
DRAINED = "Drained for a restart of its services"
BUILDING = "BUILD"
# A move that has come to its end, or waits for somebody to confirm it, does not need the service.
RESTING = ("accepted", "confirmed", "reverted", "error", "failed", "completed", "cancelled", "done", "finished")


class HostDrain:
    """The compute service of a host, and the instances that it is working on."""

    def __init__(self, reader: CloudReader, params: dict[str, Any]) -> None:
        self.host = params["host"]
        self.name = f"compute service of {self.host}"
        self.is_ready = params["state"] == "ready"
        self._reader = reader
        self._id = ""
        self._unplaced: set[str] = set()

    def read(self) -> Document | None:
        """Return the status of the service, why it has that, and its work; None where the host is no compute node."""
        rows = self._reader.list("compute", "/os-services", "services", host=self.host, binary=COMPUTE)
        if not rows:
            return None
        self._id = rows[0]["id"]
        return {
            "services": {COMPUTE: rows[0]["status"]},
            "reason": rows[0].get("disabled_reason") or "",
            "instances": [] if self.is_ready else self._busy(),
        }

    def _busy(self) -> list[Document]:
        """Return the instances that the host works on. Those without a host are read first: they may come to this."""
        building = self._servers(status=BUILDING)
        self._unplaced = {row["id"] for row in building if not row.get("OS-EXT-SRV-ATTR:host")}
        found = {row["id"]: self._told(row) for row in self._servers(host=self.host) if self._has_work(row)}
        for row in self._reader.list("compute", "/os-migrations", "migrations", host=self.host):
            if row["status"] not in RESTING:
                found.setdefault(row["instance_uuid"], {"name": row["instance_uuid"], "status": row["status"]})
        return [found[identity] for identity in sorted(found)]

    def _servers(self, **query: Any) -> list[Document]:
        return self._reader.list("compute", "/servers/detail", "servers", all_tenants=1, **query)

    @staticmethod
    def _has_work(row: Document) -> bool:
        return bool(row["OS-EXT-STS:task_state"]) or row["status"] == BUILDING

    @staticmethod
    def _told(row: Document) -> Document:
        return {"name": f"{row['name']} ({row['id']})", "status": row["OS-EXT-STS:task_state"] or row["status"]}

    def plan(self, current: Document | None) -> Plan:
        """Return what drains the host, or gives it instances again if that is why it gets none."""
        if current is None:
            return Plan(None, None)
        return self._ready(current) if self.is_ready else self._drained(current)

    def _ready(self, current: Document) -> Plan:
        if current["reason"] != DRAINED:
            return Plan(current, current)
        step = self._put("enable", f"Enable {COMPUTE} of {self.host}", {"status": "enabled"})
        return Plan(current, {**current, "services": {COMPUTE: "enabled"}, "reason": ""}, (step,))

    def _drained(self, current: Document) -> Plan:
        """A service that somebody has disabled stays as it is: it gets no instances, and is not enabled after."""
        is_enabled = current["services"][COMPUTE] == "enabled"
        if not is_enabled and not current["instances"]:
            return Plan(current, current)
        rest = Step(
            "rest",
            f"Wait until no instance of {self.host} is being worked on",
            nothing,
            done=self._is_at_rest(),
            waiting_for=f"all work on instances of {self.host} to end",
        )
        if not is_enabled:
            return Plan(current, {**current, "instances": []}, (rest,))
        body = {"status": "disabled", "disabled_reason": DRAINED}
        disable = self._put("disable", f"Disable {COMPUTE} of {self.host}, so that no instance comes to it", body)
        after = {"services": {COMPUTE: "disabled"}, "reason": DRAINED, "instances": []}
        return Plan(current, after, (disable, rest))

    def _is_at_rest(self) -> Callable[[Document | None], bool]:
        """Return what tells whether all has ended that was begun before the first time it is asked."""
        begun: list[set[str]] = []

        def at_rest(current: Document | None) -> bool:
            if not begun:
                begun.append(self._unplaced)
            return not (current or {}).get("instances") and not begun[0] & self._unplaced

        return at_rest

    def _put(self, key: str, summary: str, body: Document) -> Step:
        path = f"/os-services/{self._id}"

        def put(writer: Cloud, _results: Any) -> None:
            writer.put("compute", path, body)

        return Step(key, summary, put)
