# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which projects may be deleted."""

from __future__ import annotations

from ..resource import Document, ResourceError
from .session import CloudReader
from .tenant_identity import MARK

SERVICE_ROLE = "service"


def read_service_users(reader: CloudReader, project_id: str) -> list[str]:
    """Return who works in the project for a service of the cloud."""
    query = {"scope.project.id": project_id, "include_names": "true"}
    rows = reader.list("identity", "/v3/role_assignments", "role_assignments", **query)
    found = [row.get("user") or row["group"] for row in rows if row["role"]["name"].lower() == SERVICE_ROLE]
    return sorted({entry["name"] for entry in found})


def check_end(reader: CloudReader, project: Document, service_users: list[str], force: bool) -> None:
    """Refuse to delete what the cloud lives from, what this login lives from, and what others made."""
    name = project["name"]
    if project["id"] == reader.project_id:
        raise ResourceError(f"name: {name} is the project that this login works in. It does not delete itself.")
    if service_users:
        raise ResourceError(
            f"name: {name} is a project of the cloud itself: {', '.join(service_users)} have the role {SERVICE_ROLE}"
            f" there. It is never deleted, not even with force: true."
        )
    if not project["made_by_us"] and not force:
        raise ResourceError(
            f"name: the project {name} was not made by this module: it does not have the tag {MARK}."
            f" Give force: true to delete it with all that it owns."
        )
