# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tenants have, and how much of it they use."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, ResourceError
from .lookup import Lookup, hint
from .security_rules import group_document
from .session import CloudReader
from .tenant_identity import domain_id
from .tenant_quota import QUOTAS

INFO = ArgSpec(
    {
        "name": {"type": "str"},
        "domain": {"type": "str"},
        "all_tenants": {"type": "bool", "default": False},
    },
    mutually_exclusive=(("name", "all_tenants"), ("name", "project"), ("all_tenants", "project")),
)
# Where a service tells limits together with what is in use.
USAGE: dict[str, tuple[str, str, dict[str, str]]] = {
    "compute": ("/os-quota-sets/{}/detail", "quota_set", {}),
    "block-storage": ("/os-quota-sets/{}", "quota_set", {"usage": "true"}),
    "network": ("/v2.0/quotas/{}/details.json", "quota", {}),
}
# Each list is read once for all tenants.
LISTS = {
    "networks": ("id", "name"),
    "subnets": ("id", "name", "cidr", "gateway_ip", "network_id"),
    "routers": ("id", "name", "external_network_id"),
    "floatingips": ("id", "floating_ip_address", "fixed_ip_address", "status"),
}


def tenants_info(reader: CloudReader, params: Document) -> list[Document]:
    """Return the tenants that the task asks for, sorted by name."""
    lookup = Lookup(reader)
    projects = chosen(lookup, params)
    rows = {name: listing(reader, name) for name in LISTS}
    groups = reader.list("network", "/v2.0/security-groups", "security_groups")
    users = assigned(reader) if params["name"] or params["all_tenants"] else None
    return [
        document(reader, project, rows, groups, users) for project in sorted(projects, key=lambda row: str(row["name"]))
    ]


def chosen(lookup: Lookup, params: Document) -> list[Document]:
    """Return the projects: the one of the login, the named one, or all of the domain."""
    reader = lookup.reader
    if not params["name"] and not params["all_tenants"]:
        return [reader.get("identity", f"/v3/projects/{reader.project_id}")["project"]]
    rows = reader.list("identity", "/v3/projects", "projects", domain_id=domain_id(lookup, params["domain"]))
    if params["all_tenants"]:
        return rows
    found = [row for row in rows if params["name"] in (row["id"], row["name"])]
    if not found:
        names = sorted(row["name"] for row in rows)
        raise ResourceError(f"name: there is no project {params['name']}. {hint(params['name'], names)}")
    return found


def listing(reader: CloudReader, name: str) -> list[Document]:
    """Return a list of Neutron."""
    rows = reader.list("network", f"/v2.0/{name}", name)
    for row in rows:
        row["external_network_id"] = (row.get("external_gateway_info") or {}).get("network_id")
    return rows


def assigned(reader: CloudReader) -> list[Document]:
    """Return who has which role in which project."""
    rows = reader.list("identity", "/v3/role_assignments", "role_assignments", include_names="true")
    return [
        {"project": row["scope"]["project"]["id"], "name": row["user"]["name"], "role": row["role"]["name"]}
        for row in rows
        if "user" in row and "project" in row.get("scope", {})
    ]


def document(
    reader: CloudReader, project: Document, rows: dict[str, list[Document]], groups: list[Document], users: Any
) -> Document:
    """Return one tenant."""
    key = project["id"]
    mine = {
        name: [{field: row[field] for field in LISTS[name]} for row in found if row["project_id"] == key]
        for name, found in rows.items()
    }
    own_groups = [row for row in groups if row["project_id"] == key]
    names = {row["id"]: row["name"] for row in own_groups}
    names_of_users = sorted({row["name"] for row in users or () if row["project"] == key})
    return {
        "project": {field: project[field] for field in ("id", "name", "description", "enabled", "domain_id")},
        "users": None
        if users is None
        else [
            {"name": name, "roles": sorted(r["role"] for r in users if (r["project"], r["name"]) == (key, name))}
            for name in names_of_users
        ],
        "quotas": usage(reader, key),
        "networks": mine["networks"],
        "subnets": mine["subnets"],
        "routers": mine["routers"],
        "floating_ips": mine["floatingips"],
        "security_groups": [group_document(row, names)[0] for row in own_groups],
    }


def usage(reader: CloudReader, project_id: str) -> Document:
    """Return each quota with its limit and what is in use."""
    found: Document = {}
    for service, (path, key, query) in USAGE.items():
        if reader.offers(service):
            answer = reader.get(service, path.format(project_id), **query)[key]
            for name, field in QUOTAS[service].items():
                entry = answer[field]
                found[name] = {"limit": entry["limit"], "used": entry.get("in_use", entry.get("used"))}
    return found
