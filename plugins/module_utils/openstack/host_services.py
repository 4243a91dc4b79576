# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenStack knows of a host: Nova's services and provider of resources, and Neutron's agents.

Nova and Neutron keep these for ever after a host is gone, count it as a service that is down, and Placement as room.
"""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .host_drain import COMPUTE, DRAINED, HostDrain
from .session import Cloud, CloudReader

SPEC = ArgSpec(
    {
        "host": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["drained", "ready", "disabled", "absent"], "required": True},
        "lost": {"type": "bool", "default": False},
    }
)
REASON = "It is being removed"
# Whatever else a move of a guest is, one of its two hosts is still needed.
ENDED = ("confirmed", "reverted", "error", "failed", "completed", "cancelled", "done")
SHOWN = 10
# Placement calls a consumer so that it was not told the type of, as by Nova, and takes it from nobody.
UNTYPED = "unknown"


class HostServices:
    """All that is registered under the name of a host."""

    def __init__(self, reader: CloudReader, params: dict[str, Any]) -> None:
        self.host = params["host"]
        self.name = f"services of {self.host}"
        self.is_absent = params["state"] == "absent"
        self.is_lost = params["lost"]
        self._reader = reader
        self._ids: dict[str, str] = {}
        self._blockers: list[str] = []

    def _rows(self, service: str, path: str, key: str, **query: Any) -> list[Document]:
        return self._reader.list(service, path, key, **query) if self._reader.offers(service) else []

    def read(self) -> Document | None:
        """Return services, agents and the provider of the host, and why it is disabled; None where nothing is known."""
        services = [row for row in self._rows("compute", "/os-services", "services") if row["host"] == self.host]
        agents = [row for row in self._rows("network", "/v2.0/agents", "agents") if row["host"] == self.host]
        providers = self._rows("placement", "/resource_providers", "resource_providers", name=self.host)
        self._ids = {row["binary"]: row["id"] for row in services}
        self._ids |= {f"agent {row['id']}": row["id"] for row in agents}
        self._ids |= {"provider": row["uuid"] for row in providers}
        self._blockers = list(self._found_blockers(services))
        reasons = [row.get("disabled_reason") or "" for row in services if row["binary"] == COMPUTE]
        document = {
            "services": {row["binary"]: row["status"] for row in services},
            "reason": "".join(reasons),
            "agents": sorted(f"{row['binary']} {row['id']}" for row in agents),
            "provider": bool(providers),
        }
        return document if any(document.values()) else None

    def _found_blockers(self, services: list[Document]) -> list[str]:
        """Return in words what has to be done by somebody before the host may go."""
        found = []
        guests = self._rows("compute", "/servers", "servers", all_tenants=1, host=self.host) if services else []
        if guests:
            names = ", ".join(f"{row['name']} ({row['id']})" for row in guests[:SHOWN])
            more = f" and {len(guests) - SHOWN} more" if len(guests) > SHOWN else ""
            how = "Evacuate them" if self.is_lost else "Move them to other hosts"
            found.append(f"{self.host} still has the instances {names}{more}. {how}, or delete them.")
        moves = self._rows("compute", "/os-migrations", "migrations", host=self.host) if services else []
        moving = sorted({row["instance_uuid"] for row in moves if row["status"] not in ENDED})
        if moving:
            names = ", ".join(moving)
            how = "Wait for them, and confirm those that are finished"
            found.append(f"{self.host} is part of moves that have not ended, of {names}. {how}.")
        up = sorted(row["binary"] for row in services if row["state"] == "up")
        if self.is_lost and up:
            found.append(
                f"{self.host} cannot be reached, and yet reported itself within the last minute ({', '.join(up)}). "
                "Take its power, or wait until it is down."
            )
        return found

    def plan(self, current: Document | None) -> Plan:
        """Return what disables the host, or forgets it."""
        if current is None:
            return Plan(None, None)
        if self._blockers:
            raise ResourceError(" ".join(self._blockers))
        return self._absent(current) if self.is_absent else self._disabled(current)

    def _disabled(self, current: Document) -> Plan:
        # Who only drained it for a restart would enable it again.
        if current["services"].get(COMPUTE) != "enabled" and current["reason"] != DRAINED:
            return Plan(current, current)
        path, body = f"/os-services/{self._ids[COMPUTE]}", {"status": "disabled", "disabled_reason": REASON}
        step = Step(
            "disable",
            f"Disable {COMPUTE} of {self.host}, so that no instance comes to it",
            lambda writer, results: writer.put("compute", path, body),
        )
        services = {**current["services"], COMPUTE: "disabled"}
        return Plan(current, {**current, "services": services, "reason": REASON}, (step,))

    def _absent(self, current: Document) -> Plan:
        steps = [self._delete(name, "compute", "/os-services", name) for name in sorted(current["services"])]
        for agent in current["agents"]:
            binary, identity = agent.rsplit(" ", 1)
            steps.append(self._delete(binary, "network", "/v2.0/agents", f"agent {identity}"))
        if current["provider"]:
            what = f"Delete the resource provider of {self.host}, and what is left allocated there"
            steps.append(Step("provider", what, self._delete_provider))
        return Plan(current, None, tuple(steps))

    def _delete(self, binary: str, service: str, path: str, key: str) -> Step:
        where = f"{path}/{self._ids[key]}"
        what = f"Delete {binary} of {self.host}"
        return Step(key, what, lambda writer, results: writer.delete(service, where))

    def _delete_provider(self, writer: Cloud, results: Results) -> None:
        """Nova has deleted it with its service, unless instances that left without its help have allocations there."""
        provider = self._ids["provider"]
        found = writer.find("placement", f"/resource_providers/{provider}/allocations")
        for consumer in (found or {}).get("allocations", {}):
            self._give_back(writer, consumer, provider)
        writer.delete("placement", f"/resource_providers/{provider}")

    def _give_back(self, writer: Cloud, consumer: str, provider: str) -> None:
        held = writer.get("placement", f"/allocations/{consumer}")
        others = {other: entry for other, entry in held["allocations"].items() if other != provider}
        kept = {other: {"resources": entry["resources"]} for other, entry in others.items()}
        told = {key: held[key] for key in ("consumer_generation", "project_id", "user_id", "consumer_type")}
        if told["consumer_type"] == UNTYPED:
            told["consumer_type"] = "INSTANCE"
        writer.put("placement", f"/allocations/{consumer}", {"allocations": kept, **told})


def host_services(reader: CloudReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    kind = HostDrain if params["state"] in ("drained", "ready") else HostServices
    return Fleet([kind(reader, params)])
