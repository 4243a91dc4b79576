# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of Cinder that its database counts, which Cinder's API cannot delete."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, Results, Step
from .database_schema import SchemaReader, SchemaWriter
from .mariadb import SPEC as SOCKET

SPEC = SOCKET | ArgSpec({"absent": {"type": "list", "elements": "str", "required": True}})
COUNTED = "SELECT s.`binary` AS program, s.host AS host FROM cinder.services AS s WHERE s.deleted = 0"


class VolumeHost:
    """The services of Cinder under the name of one host, whichever back end they add to it."""

    def __init__(self, reader: SchemaReader, host: str) -> None:
        self.name = f"{host} in Cinder"
        self.host = host
        self._reader = reader

    def read(self) -> Document | None:
        """Return which services are counted, None where none is."""
        rows = self._reader.server.rows(COUNTED) or []
        own = [row for row in rows if row["host"].split("@")[0] == self.host]
        return {"services": sorted(f"{row['program']} {row['host']}" for row in own)} if own else None

    def plan(self, current: Document | None) -> Plan:
        """Return a step for each of them."""
        steps = [self._step(*service.split(" ", 1)) for service in current["services"]] if current else []
        return Plan(current, None, tuple(steps))

    def _step(self, program: str, host: str) -> Step:
        def submit(writer: SchemaWriter, results: Results) -> None:
            writer.node.command(["cinder-manage", "service", "remove", program, host], user="cinder")

        return Step(f"{program} {host}", f"Have Cinder forget {program} of {host}", submit)


def volume_hosts(reader: SchemaReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task."""
    return Fleet([VolumeHost(reader, host) for host in params["absent"]])
