# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What administrators make and see: flavors, volume types, and the parts of Cinder."""

from __future__ import annotations

from typing import Any

from .state import Answer, Document, Fault, Request, State


def create_flavor(state: State, request: Request) -> Answer:
    """Make a flavor; names are unique."""
    request.require_admin()
    given = request.body["flavor"]
    if any(row["name"] == given["name"] for row in state.table("flavors").values()):
        raise Fault(409, f"Flavor with name {given['name']} already exists.")
    kept: Document = {"OS-FLV-EXT-DATA:ephemeral": 0, "swap": 0, "os-flavor-access:is_public": True, **given}
    return 200, {"flavor": state.add("flavors", {**kept, "extra_specs": {}})}


def flavor_extra_specs(state: State, request: Request) -> Answer:
    """Set extra specs; Nova takes text alone."""
    request.require_admin()
    flavor = state.get("flavors", request.match["id"], "Flavor", "itemNotFound")
    flavor["extra_specs"].update(texts(request.body["extra_specs"]))
    return 200, {"extra_specs": flavor["extra_specs"]}


def create_type(state: State, request: Request) -> Answer:
    """Make a volume type; names are unique."""
    request.require_admin()
    given = request.body["volume_type"]
    if any(row["name"] == given["name"] for row in state.table("volume_types").values()):
        raise Fault(409, f"Volume Type {given['name']} already exists.")
    kept = {"description": None, "is_public": True, "qos_specs_id": None, "os-volume-type-access:is_public": True}
    return 200, {"volume_type": state.add("volume_types", {**kept, "extra_specs": {}, **given})}


def type_extra_specs(state: State, request: Request) -> Answer:
    """Set extra specs; Cinder takes text alone."""
    request.require_admin()
    found = state.get("volume_types", request.match["id"], "Volume type", "itemNotFound")
    found["extra_specs"].update(texts(request.body["extra_specs"]))
    return 200, {"extra_specs": request.body["extra_specs"]}


def volume_services(state: State, request: Request) -> Answer:
    """List the parts of Cinder; a test may change the state of one."""
    request.require_admin()
    rows = state.table("volume_services")
    if not rows:
        for binary in ("cinder-scheduler", "cinder-volume", "cinder-backup"):
            state.add("volume_services", {"binary": binary, "host": "node-1", "status": "enabled", "state": "up"})
    return 200, {"services": list(rows.values())}


def texts(given: Document) -> Document:
    """Refuse what is not text."""
    for key, value in given.items():
        if not isinstance(value, str):
            what = f"Invalid input for field/attribute {key}. Value: {value}. {value} is not of type 'string'"
            raise Fault(400, what)
    return given


FLAVOR_ROUTES: list[Any] = [
    ("POST", r"/v2\.1/flavors", create_flavor),
    ("POST", r"/v2\.1/flavors/(?P<id>[^/]+)/os-extra_specs", flavor_extra_specs),
]
TYPE_ROUTES: tuple[Any, ...] = (
    ("POST", r"/types", create_type),
    ("POST", r"/types/(?P<id>[^/]+)/extra_specs", type_extra_specs),
)
