# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quotas of a project: one read and at most one write for each service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, ResourceError
from .draft import Draft, Reference, in_words
from .session import CloudReader

# What people call a quota, and what its service calls it.
QUOTAS: dict[str, dict[str, str]] = {
    "compute": {"instances": "instances", "cores": "cores", "ram": "ram", "key_pairs": "key_pairs"},
    "block-storage": {
        "volumes": "volumes",
        "gigabytes": "gigabytes",
        "snapshots": "snapshots",
        "backups": "backups",
        "backup_gigabytes": "backup_gigabytes",
    },
    "network": {
        "networks": "network",
        "subnets": "subnet",
        "ports": "port",
        "routers": "router",
        "floating_ips": "floatingip",
        "security_groups": "security_group",
        "security_group_rules": "security_group_rule",
    },
}
PLACES = {
    "compute": ("/os-quota-sets/{}", "quota_set"),
    "block-storage": ("/os-quota-sets/{}", "quota_set"),
    "network": ("/v2.0/quotas/{}", "quota"),
}
NAMES = tuple(name for names in QUOTAS.values() for name in names)


def check_quotas(wanted: Document) -> None:
    """Refuse what is no quota."""
    for name, value in wanted.items():
        if value is not None and value < -1:
            raise ResourceError(f"quotas.{name}: {value} is not a quota. Give a number from 0 on, or -1 for unlimited.")


def read_quotas(reader: CloudReader, wanted: Document, project_id: str) -> Document:
    """Return the quotas that the task names."""
    found: Document = {}
    for service, names in QUOTAS.items():
        asked = {name: field for name, field in names.items() if wanted.get(name) is not None}
        if asked:
            path, key = PLACES[service]
            answer = reader.get(service, path.format(project_id))[key]
            found.update({name: answer[field] for name, field in asked.items()})
    return found


def read_room(reader: CloudReader, project_id: str | None) -> Document:
    """Return limit and use of Neutron's quotas. A new project has the defaults, and a group with four rules."""
    path, key = PLACES["network"]
    if project_id:
        rows = reader.get("network", path.format(project_id) + "/details.json")[key]
        return {name: (rows[field]["limit"], rows[field]["used"]) for name, field in QUOTAS["network"].items()}
    rows = reader.get("network", path.format(reader.project_id) + "/default")[key]
    used = {"security_groups": 1, "security_group_rules": 4}
    return {name: (rows[field], used.get(name, 0)) for name, field in QUOTAS["network"].items()}


def check_room(room: Document, wanted: Document | None, needed: Document) -> None:
    """Refuse to begin what a quota would stop half way."""
    for name, count in needed.items():
        limit, used = room[name]
        asked = (wanted or {}).get(name)
        limit = limit if asked is None else asked
        if count and 0 <= limit < used + count:
            raise ResourceError(
                f"quotas.{name}: the quota is {limit}, {used} are in use and {count} more are asked for."
                f" Set quotas.{name} to {used + count} or more, or ask for less."
            )


def plan_quotas(draft: Draft, current: Document, wanted: Document, project: Reference) -> Document:
    """Plan one write for each service whose quotas differ; return what they will be."""
    after = {**current, **{name: value for name, value in wanted.items() if value is not None}}
    for service, names in QUOTAS.items():
        changes = {name: after[name] for name in names if name in after and after[name] != current.get(name)}
        if changes:
            body = {names[name]: value for name, value in changes.items()}
            words = f"Set the quotas of {service}: {in_words(changes)}"
            draft.add(f"quotas.{service}", words, put_quotas(service, body, project), after=("project",))
    return after


def put_quotas(service: str, body: Document, project: Reference) -> Callable[[Any, Any], Any]:
    """Return what sends the quotas to their service."""
    path, key = PLACES[service]
    return lambda writer, results: writer.put(service, path.format(project(results)), {key: body})
