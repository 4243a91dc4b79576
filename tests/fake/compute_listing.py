# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Nova tells of servers and services, also while it does not reach the cell that they are in."""

from __future__ import annotations

import re

from .compute_objects import is_in_cell, mapped, view
from .state import Answer, Document, Fault, Request, State, page

FILTERS = (
    *("name", "status", "all_tenants", "project_id", "host"),
    *("limit", "marker", "sort_key", "sort_dir", "changes-since"),
)
OF_DOWN_CELL = ("id", "status", "tenant_id", "created")


def list_servers(state: State, request: Request) -> Answer:
    """List servers, newest first; an unknown parameter is refused and the name is a regular expression."""
    unknown = sorted(set(request.query) - set(FILTERS))
    if unknown:
        raise Fault(400, f"Additional properties are not allowed ('{unknown[0]}' was unexpected)")
    everyone = request.query.get("all_tenants", "").lower() in ("1", "true") and request.token.is_admin
    rows = [
        row
        for row in reversed(state.table("servers").values())
        if everyone or row["_project"] == request.token.project_id
    ]
    away = [row for row in rows if is_in_cell(row)] if state.misses_cell() else []
    shown = matching(request, [view(state, row) for row in rows if row not in away], everyone)
    if set(request.query) <= {"all_tenants"}:
        # To whom asks for anything else, Nova does not tell that something is left out.
        shown = [of_down_cell(row) for row in away] + shown
    if not request.path.endswith("/detail"):
        shown = [{key: row[key] for key in ("id", "name" if "name" in row else "status")} for row in shown]
    found, following = page(request, "servers", shown)
    more = {"servers_links": [{"rel": "next", "href": state.url + following}]} if following else {}
    return 200, {"servers": found, **more}


def matching(request: Request, rows: list[Document], everyone: bool) -> list[Document]:
    """Return the servers that the filters find, as a list shows them."""
    found = [row for row in rows if re.search(request.query.get("name", ""), row["name"])]
    if "status" in request.query:
        found = [row for row in found if row["status"] == request.query["status"]]
    if everyone and "project_id" in request.query:
        found = [row for row in found if row["tenant_id"] == request.query["project_id"]]
    if everyone and "host" in request.query:
        found = [row for row in found if row.get("OS-EXT-SRV-ATTR:host") == request.query["host"]]
    for row in found:
        if not row["os-extended-volumes:volumes_attached"] or not row["addresses"]:
            # A server that found no host is kept apart, and the list does not have its fault.
            row.pop("fault", None)
    return found


def of_down_cell(row: Document) -> Document:
    """Return what Nova's own database has of a server."""
    return {key: {**row, "status": "UNKNOWN"}[key] for key in OF_DOWN_CELL}


def show_server(state: State, request: Request) -> Answer:
    """Show one server; of one in a cell that is down also what was asked for as it was made."""
    server = mapped(state, request)
    shown = view(state, server)
    if is_in_cell(server) and state.misses_cell():
        return 200, {"server": {**of_down_cell(shown), "flavor": shown["flavor"], "image": shown["image"]}}
    return 200, {"server": shown}


def list_services(state: State, request: Request) -> Answer:
    """List the services that a test has put there; of a cell that is down, the names of its compute nodes."""
    request.require_admin()
    rows = list(state.table("compute_services").values())
    if state.misses_cell():
        nodes = [row for row in rows if row["binary"] == "nova-compute"]
        rows = [{"binary": row["binary"], "host": row["host"], "status": "UNKNOWN"} for row in nodes]
    return 200, {"services": rows}


def list_migrations(state: State, request: Request) -> Answer:
    """List the moves of servers that a test has put there; of a cell that is down, none, and nobody is told."""
    request.require_admin()
    rows = [] if state.misses_cell() else list(state.table("migrations").values())
    return 200, {"migrations": rows}
