# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project may have of Cinder, what it has, and what Cinder says to too much."""

from __future__ import annotations

from .state import Answer, Document, Fault, Request, State

DEFAULTS = {
    "volumes": 10,
    "per_volume_gigabytes": -1,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
    "groups": 10,
}
LIMIT_NAMES = {
    "maxTotalVolumes": "volumes",
    "maxTotalVolumeGigabytes": "gigabytes",
    "maxTotalSnapshots": "snapshots",
    "maxTotalBackups": "backups",
    "maxTotalBackupGigabytes": "backup_gigabytes",
}
USED_NAMES = {
    "totalVolumesUsed": "volumes",
    "totalGigabytesUsed": "gigabytes",
    "totalSnapshotsUsed": "snapshots",
    "totalBackupsUsed": "backups",
    "totalBackupGigabytesUsed": "backup_gigabytes",
}
SIZES = {
    "gigabytes": "volume or snapshot exceeds allowed gigabytes",
    "backup_gigabytes": "backup exceeds allowed Backup gigabytes",
}


def allowed(state: State, project_id: str) -> dict[str, int]:
    """Return the quotas of a project."""
    own = state.table("volume_quotas").get(project_id, {})
    return {name: own.get(name, value) for name, value in defaults(state).items() if name in DEFAULTS}


def defaults(state: State) -> dict[str, int]:
    """Return what a project has without quotas of its own; each volume type has some, which the fake does not count."""
    types = [row["name"] for row in state.table("volume_types").values()]
    found = {**DEFAULTS, **{f"{part}_{name}": -1 for name in types for part in ("volumes", "gigabytes", "snapshots")}}
    said = state.table("volume_quota_classes").get("default", {})
    return {name: said.get(name, value) for name, value in found.items()}


def used(state: State, project_id: str) -> dict[str, int]:
    """Count what a project has."""
    volumes, snapshots, backups = (
        [row for row in state.table(table).values() if row["_project"] == project_id]
        for table in ("volumes", "snapshots", "backups")
    )
    return {
        "volumes": len(volumes),
        "per_volume_gigabytes": 0,
        "snapshots": len(snapshots),
        "gigabytes": sum(row["size"] for row in volumes + snapshots),
        "backups": len(backups),
        "backup_gigabytes": sum(row["size"] for row in backups),
        "groups": 0,
    }


def reserve(state: State, project_id: str, **wanted: int) -> None:
    """Refuse what would be too much, in Cinder's words."""
    limits, usage = allowed(state, project_id), used(state, project_id)
    for name, count in wanted.items():
        if limits[name] < 0 or usage[name] + count <= limits[name]:
            continue
        if name in SIZES:
            used_words = f"Requested {count}G, quota is {limits[name]}G and {usage[name]}G has been consumed."
            words = f"Requested {SIZES[name]} quota. {used_words}"
        else:
            words = f"Maximum number of {name} allowed ({limits[name]}) exceeded"
        raise Fault(413, words, "overLimit")


def limits(state: State, request: Request) -> Answer:
    """Answer the limits and the use of the caller's project."""
    project_id = request.scope(request.query.get("project_id"))
    limit, usage = allowed(state, project_id), used(state, project_id)
    absolute = {key: limit[name] for key, name in LIMIT_NAMES.items()}
    absolute.update({key: usage[name] for key, name in USED_NAMES.items()})
    return 200, {"limits": {"rate": [], "absolute": absolute}}


def show_quota(state: State, request: Request) -> Answer:
    """Answer the quotas of a project."""
    project_id = request.scope(request.match["project"])
    limit, usage = allowed(state, project_id), used(state, project_id)
    values: Document = dict(limit)
    if request.query.get("usage", "").lower() == "true":
        values = {name: {"limit": value, "in_use": usage[name], "reserved": 0} for name, value in limit.items()}
    return 200, {"quota_set": {"id": project_id, **values}}


def default_quota(state: State, request: Request) -> Answer:
    """Answer what a project has without quotas of its own."""
    return 200, {"quota_set": {"id": request.match["project"], **defaults(state)}}


def set_quota(state: State, request: Request) -> Answer:
    """Keep the quotas of a project; an unknown name is an error."""
    request.require_admin()
    wanted = request.body["quota_set"]
    unknown = sorted(set(wanted) - set(DEFAULTS) - {"tenant_id"})
    if unknown:
        raise Fault(400, f"Invalid input received: Bad key(s) in quota set: {', '.join(unknown)}", "badRequest")
    kept = state.table("volume_quotas").setdefault(request.match["project"], {})
    kept.update({name: int(value) for name, value in wanted.items() if name in DEFAULTS})
    return 200, {"quota_set": allowed(state, request.match["project"])}


def forget_quota(state: State, request: Request) -> Answer:
    """Return a project to the defaults."""
    request.require_admin()
    state.table("volume_quotas").pop(request.match["project"], None)
    return 200, None


PROJECT = r"/os-quota-sets/(?P<project>[^/]+)"
ROUTES = [
    ("GET", r"/limits", limits),
    ("GET", PROJECT, show_quota),
    ("GET", PROJECT + "/defaults", default_quota),
    ("PUT", PROJECT, set_quota),
    ("DELETE", PROJECT, forget_quota),
]
