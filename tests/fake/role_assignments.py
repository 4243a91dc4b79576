# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has which role where, as Keystone lists it."""

from __future__ import annotations

from .state import Answer, Document, Request, State

ASSIGNED = {"user": "users", "role": "roles", "project": "projects"}


def assignments(state: State, request: Request) -> Answer:
    """List who has which role where; what a user has through a ``group`` is told as the user's own only in effect."""
    request.require_admin()
    wanted = {"user": request.query.get("user.id"), "project": request.query.get("scope.project.id")}
    in_effect = "effective" in request.query
    found = []
    for row in state.table("assignments").values():
        by_group = "group" in row and not in_effect
        who = {**row, "user": None} if by_group else row
        if all(value is None or who[key] == value for key, value in wanted.items()):
            found.append(shown(state, row, by_group, bool(request.query.get("include_names"))))
    return 200, {"role_assignments": found, "links": {"next": None, "previous": None, "self": ""}}


def shown(state: State, row: Document, by_group: bool, with_names: bool) -> Document:
    """Return one assignment: of a group, or of a user."""
    parts = {key: {"id": row[key]} for key in ASSIGNED}
    if with_names:
        for key, table in ASSIGNED.items():
            parts[key]["name"] = state.table(table)[row[key]]["name"]
    if by_group:
        parts["group"] = {**parts.pop("user"), "id": row["group"]}
    return {"scope": {"project": parts.pop("project")}, "links": {}, **parts}
