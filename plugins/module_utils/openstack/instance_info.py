# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at instances: the same documents that the module instance works with."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document
from .lookup import Lookup
from .server_state import ProjectView, describe, find_server

SPEC = ArgSpec(
    {
        "name": {"type": "str"},
        "console": {"type": "bool", "default": False},
        "console_lines": {"type": "int", "default": 50},
    }
)


def look_at_instances(cloud: Any, params: Document) -> list[Document]:
    """Return the instances, from lists whose number does not grow with that of the instances."""
    view = ProjectView(Lookup(cloud.reader()))
    if params["name"]:
        found = find_server(view, params["name"])
        servers = [found] if found else []
    else:
        servers = sorted(view.servers(), key=lambda server: (server["name"], server["id"]))
    documents = [describe(view, server["name"], server) or {} for server in servers]
    if params["console"]:
        for document in documents:
            document["console"] = read_console(cloud, document["id"], params["console_lines"])
    return documents


def read_console(cloud: Any, server_id: str, lines: int) -> str:
    """Return the last lines of a console. Nova asks for this with POST, though nothing is written."""
    body = {"os-getConsoleOutput": {"length": lines}}
    return cloud.post("compute", f"/servers/{server_id}/action", body).get("output", "")
