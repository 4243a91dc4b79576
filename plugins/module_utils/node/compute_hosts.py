# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute nodes that are mapped to Nova's cell, without which no guest can be placed on them."""

from __future__ import annotations

import time
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .database_schema import SchemaReader, SchemaWriter
from .mariadb import SPEC as SOCKET
from .mariadb import DatabaseReader

SPEC = SOCKET | ArgSpec(
    {
        "names": {"type": "list", "elements": "str", "required": True},
        "wait": {"type": "int", "default": 120},
    }
)
MAPPED = "SELECT host FROM nova_api.host_mappings"
REPORTED = "SELECT host FROM nova.compute_nodes WHERE deleted = 0"
DISCOVER = ("nova-manage", "cell_v2", "discover_hosts", "--by-service")


def hosts(server: DatabaseReader, question: str) -> set[str]:
    """Return the hosts that answer a question; none where there is no such table yet."""
    return {row["host"] for row in server.rows(question) or []}


class ComputeHosts:
    """The compute nodes of the inventory. Others are left alone."""

    name = "compute nodes"

    def __init__(self, reader: SchemaReader, params: dict[str, Any]) -> None:
        self.names = sorted(set(params["names"]))
        self.wait = params["wait"]
        self._reader = reader

    def read(self) -> Document:
        """Return which of them are mapped."""
        return {"mapped": sorted(hosts(self._reader.server, MAPPED) & set(self.names))}

    def plan(self, current: Document) -> Plan:
        """Return the step that maps the others."""
        missing = [name for name in self.names if name not in current["mapped"]]
        step = Step("map", f"Map {', '.join(missing)} to the cell", self._map)
        return Plan(current, {"mapped": self.names}, (step,) if missing else ())

    def _map(self, writer: SchemaWriter, results: Results) -> None:
        """Map all that have reported themselves, once all have: until then there is nothing to map."""
        deadline = time.monotonic() + self.wait
        while silent := set(self.names) - hosts(writer.server, REPORTED):
            if time.monotonic() > deadline:
                raise ResourceError(
                    f"compute nodes: {', '.join(sorted(silent))} did not report within {self.wait} s. "
                    "Look into the journal of nova-compute there."
                )
            time.sleep(1)
        writer.node.command(DISCOVER, user="nova")


def compute_hosts(reader: SchemaReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    return Fleet([ComputeHosts(reader, params)])
