# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose compute service is to restart: no instance is sent there, and what a restart would break has ended.

When Nova's compute service starts, it makes an error of each instance that it was building when it stopped, and leaves
half done what it was moving. Which instances are sent to a host is known before they are there: the scheduler allocates
what they need at the host's resource provider.
"""

from __future__ import annotations

from typing import Any

from ..resource import Document, Plan, ResourceError, Step
from .instance_steps import nothing
from .session import Cloud, CloudReader

COMPUTE = "nova-compute"
DRAINED = "Drained for a restart of its services"
BUILDING, DELETING, FAILED = "BUILD", "deleting", "ERROR"
# Task states of Nova. All others, such as to delete or to reboot an instance, go on or end when the service starts.
BROKEN = {
    *("image_backup", "image_snapshot", "image_snapshot_pending", "image_pending_upload", "image_uploading"),
    *("rebuilding", "rebuild_block_device_mapping", "rebuild_spawning", "migrating"),
    *("resize_prep", "resize_migrating", "resize_migrated", "resize_finish", "resize_reverting", "resize_confirming"),
    *("shelving", "shelving_image_pending_upload", "shelving_image_uploading", "shelving_offloading", "unshelving"),
}


def has_work(server: Document) -> bool:
    """Tell whether a restart of its compute service would break an instance."""
    status, task = server["status"], server["OS-EXT-STS:task_state"]
    return status != FAILED and (task in BROKEN or (status == BUILDING and task != DELETING))


def told(server: Document) -> Document:
    """Return an instance and what is done with it, for a person."""
    task = server["OS-EXT-STS:task_state"] or server["status"]
    return {"name": f"{server['name']} ({server['id']})", "status": task}


class HostDrain:
    """The compute service of a host, and the instances that it is working on."""

    def __init__(self, reader: CloudReader, params: dict[str, Any]) -> None:
        self.host = params["host"]
        self.name = f"compute service of {self.host}"
        self.is_ready = params["state"] == "ready"
        self._reader = reader
        self._id = ""
        self._has_others = False

    def read(self) -> Document:
        """Return the status of the service, why it has that, and the instances that a restart would break."""
        rows = self._reader.list("compute", "/os-services", "services", binary=COMPUTE)
        service = next((row for row in rows if row["host"] == self.host), None)
        if service is None:
            known = ", ".join(sorted(row["host"] for row in rows)) or "nobody"
            raise ResourceError(f"host: Nova knows no compute service of {self.host}, but of {known}")
        others = [row for row in rows if row["host"] != self.host]
        self._id = service["id"]
        self._has_others = any((row["status"], row["state"]) == ("enabled", "up") for row in others)
        is_at_work = service["state"] == "up" and not self.is_ready
        return {
            "services": {COMPUTE: service["status"]},
            "reason": service.get("disabled_reason") or "",
            "instances": [told(row) for row in self._servers() if has_work(row)] if is_at_work else [],
        }

    def _servers(self) -> list[Document]:
        """Return the instances that are on the host, and those that were sent to it."""
        coming = self._consumers()
        here = self._reader.list("compute", "/servers/detail", "servers", all_tenants=1, host=self.host)
        coming -= {row["id"] for row in here}
        # A consumer that is no server is a move away from the host, whose instance is still here.
        found = [self._reader.find("compute", f"/servers/{identity}") for identity in sorted(coming)]
        return here + [answer["server"] for answer in found if answer]

    def _consumers(self) -> set[str]:
        """Return who has allocations at the host's provider, or nobody where it has none yet."""
        if not self._reader.offers("placement"):
            return set()
        rows = self._reader.list("placement", "/resource_providers", "resource_providers", name=self.host)
        answers = [self._reader.find("placement", f"/resource_providers/{row['uuid']}/allocations") for row in rows]
        return {consumer for answer in answers if answer for consumer in answer["allocations"]}

    def plan(self, current: Document) -> Plan:
        """Return what drains the host, or gives it instances again if that is why it gets none."""
        return self._ready(current) if self.is_ready else self._drained(current)

    def _ready(self, current: Document) -> Plan:
        if current["reason"] != DRAINED:
            return Plan(current, current)
        step = self._put("enable", f"Enable {COMPUTE} of {self.host}", {"status": "enabled"})
        return Plan(current, {**current, "services": {COMPUTE: "enabled"}, "reason": ""}, (step,))

    def _drained(self, current: Document) -> Plan:
        """A service that somebody has disabled stays as it is, and so does the only one that takes instances."""
        is_enabled = current["services"][COMPUTE] == "enabled"
        if self._has_others if is_enabled else current["instances"]:
            steps = [self._rest()]
            after = {**current, "instances": []}
            if is_enabled:
                body = {"status": "disabled", "disabled_reason": DRAINED}
                what = f"Disable {COMPUTE} of {self.host}, so that no instance comes to it"
                steps.insert(0, self._put("disable", what, body))
                after |= {"services": {COMPUTE: "disabled"}, "reason": DRAINED}
            return Plan(current, after, tuple(steps))
        return Plan(current, current)

    def _rest(self) -> Step:
        return Step(
            "rest",
            f"Wait until no instance of {self.host} is being built or moved",
            nothing,
            done=lambda current: not (current or {}).get("instances"),
            waiting_for=f"what a restart of {self.host} would break to end",
        )

    def _put(self, key: str, summary: str, body: Document) -> Step:
        path = f"/os-services/{self._id}"

        def put(writer: Cloud, _results: Any) -> None:
            writer.put("compute", path, body)

        return Step(key, summary, put)
