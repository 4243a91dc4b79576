# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why something failed, in the words of Nova and Cinder."""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError


def raise_server_error(reader: Any, document: Document, what: str) -> None:
    """Raise what Nova says about a server that failed, with the id of the request."""
    actions = reader.list("compute", f"/servers/{document['id']}/os-instance-actions", "instanceActions")
    last = max(actions, key=lambda action: action["start_time"]) if actions else {}
    reason = document.get("fault") or event_reason(reader, document["id"], last) or last.get("message") or "nothing"
    request_id = last.get("request_id")
    raise ResourceError(
        f"{document['name']}: {what}. Nova says: {reason.strip()} (request {request_id or 'unknown'}).",
        request_id=request_id,
        status=document["status"],
    )


def event_reason(reader: Any, server_id: str, action: Document) -> str | None:
    """Return what the events of an instance action tell about its failure."""
    if not action:
        return None
    path = f"/servers/{server_id}/os-instance-actions/{action['request_id']}"
    found = (reader.find("compute", path) or {}).get("instanceAction", {})
    failed = [event for event in found.get("events", ()) if event.get("result") == "Error"]
    return next((event["details"] for event in failed if event.get("details")), None)


def raise_volume_error(
    reader: Any, name: str, volume: Document, while_doing: str, source: str = "", more: str = ""
) -> None:
    """Raise what Cinder says about a volume that failed; of a restore, it tells at the volume or at its source."""
    last = last_message(reader, volume["id"], source)
    raise ResourceError(
        f"{name}: volume {volume['name'] or volume['id']} went to {volume['status']} {while_doing}. "
        f"Cinder says: {last.get('user_message') or 'nothing'} (request {last.get('request_id') or 'unknown'}).{more}",
        request_id=last.get("request_id"),
        status=volume["status"],
    )


def last_message(reader: Any, *ids: str) -> Document:
    """Return what Cinder told last about one of these objects; nothing where it told nothing."""
    messages: list[Document] = []
    for found in filter(None, ids):
        messages += reader.list("block-storage", "/messages", "messages", resource_uuid=found)
    last: Document = max(messages, key=lambda message: message["created_at"], default={})
    return last


def raise_stays(reader: Any, words: str, name: str, row: Document) -> None:
    """Raise why an object could not be deleted, in the words of its service."""
    if words == "server":
        raise_server_error(reader, {**row, "name": name}, "the server could not be deleted")
    last = last_message(reader, row["id"])
    raise ResourceError(
        f"The {words} {name} ({row['id']}) could not be deleted: its status is {row['status']}. Cinder says:"
        f" {row.get('fail_reason') or last.get('user_message') or 'nothing'} (request"
        f" {last.get('request_id') or 'unknown'}).",
        request_id=last.get("request_id"),
    )
