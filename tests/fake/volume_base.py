# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Cinder lists, shows, starts and refuses: what its volumes, snapshots and backups share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from .server import Handler
from .state import Answer, Document, Fault, Request, State, page

ERRORS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    409: "conflictingRequest",
    413: "overLimit",
}
FOR_ADMINISTRATORS = ("migration_status", "cluster_name", "provider_id", "qos_specs_id")
ONLY_READ = ("os-vol-tenant-attr:tenant_id", "volume_image_metadata")
FILTERS = ("name", "status", "volume_id", "bootable", "resource_uuid", "resource_type")


def error(fault: Fault) -> Document:
    """Write a fault as Cinder does."""
    kind = ERRORS.get(fault.status, "computeFault")
    more = {"retryAfter": "0"} if fault.status == 413 else {}
    return {kind: {"code": fault.status, "message": str(fault), **more}}


def now() -> str:
    """Return the time as Cinder writes it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")


def view(row: Document, request: Request) -> Document:
    """Return what a client may see; the answer to a write does not show all that a question for the object does."""
    hidden = () if request.token.is_admin else FOR_ADMINISTRATORS
    left_out = () if request.method == "GET" else ONLY_READ
    return {key: value for key, value in row.items() if not key.startswith("_") and key not in (*hidden, *left_out)}


def owned(state: State, request: Request, table: str, key: str = "") -> Document:
    """Return an object of the caller's project, or answer 404."""
    row = state.get(table, key or request.match["id"], table[:-1].capitalize(), "itemNotFound")
    if row.get("_project", request.token.project_id) != request.token.project_id and not request.token.is_admin:
        raise Fault(404, f"{table[:-1].capitalize()} {row['id']} could not be found.", "itemNotFound")
    return row


def listing(table: str, key: str = "") -> Handler:
    """Return a handler that lists a project's objects, or those of all projects to an administrator."""

    def handler(state: State, request: Request) -> Answer:
        everyone = request.query.get("all_tenants", "").lower() in ("1", "true") and request.token.is_admin
        rows = [
            row
            for row in reversed(state.table(table).values())
            if (everyone or row.get("_project", request.token.project_id) == request.token.project_id)
            and all(str(row.get(name)) == request.query[name] for name in FILTERS if name in request.query)
        ]
        found, following = page(request, key or table, rows)
        more = {f"{key or table}_links": [{"rel": "next", "href": state.url + following}]} if following else {}
        return 200, {key or table: [view(row, request) for row in found], **more}

    return handler


def show(table: str, key: str = "") -> Handler:
    """Return a handler that shows one object."""
    return lambda state, request: (200, {key or table[:-1]: view(owned(state, request, table), request)})


def moved(state: State, row: Document, before: str, after: str, effect: Callable[[], object] = lambda: None) -> None:
    """Let a status change later, if it is still the one that it was."""

    def change() -> None:
        if row["status"] == before:
            effect()
            row.update(status=after, updated_at=now())

    state.later(change)


def started(
    state: State,
    row: Document,
    kind: str,
    before: str,
    after: str,
    effect: Callable[[], object] = lambda: None,
    failed: str = "error",
) -> None:
    """Like moved(), but into an error with a message if a test asked for it with fail_next()."""
    fault = state.table("volume_faults").pop(kind, None)
    if not fault:
        moved(state, row, before, after, effect)
        return
    moved(state, row, before, failed, lambda: tell(state, row, kind, fault["message"]))


def tell(state: State, row: Document, kind: str, message: str) -> None:
    """Say why something failed: in the object where Cinder has a field for it, and as a user message."""
    if "fail_reason" in row:
        row["fail_reason"] = message
    document = {
        "event_id": "VOLUME_VOLUME_001_001",
        "user_message": message,
        "message_level": "ERROR",
        "created_at": now(),
        "guaranteed_until": now(),
        "request_id": "req-00000000-0000-0000-0000-000000000000",
        "resource_type": "VOLUME" if kind in ("volume", "extend") else f"VOLUME_{kind.upper()}",
        "resource_uuid": row["id"],
        "links": [],
        "_project": row["_project"],
    }
    state.add("messages", document)


def fail_next(state: State, kind: str, message: str) -> None:
    """Let the next ``volume``, ``extend``, ``snapshot`` or ``backup`` end in an error status."""
    state.table("volume_faults")[kind] = {"message": message}
