# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quota classes of Nova and Cinder, of which both use one: the default."""

from __future__ import annotations

from typing import Any

from . import compute_objects, volume_quota
from .state import Answer, Fault, Request, State


def show_compute(state: State, request: Request) -> Answer:
    """Answer Nova's default quotas."""
    request.require_admin()
    return 200, {"quota_class_set": {"id": "default", **compute_objects.defaults(state)}}


def set_compute(state: State, request: Request) -> Answer:
    """Keep Nova's default quotas; an unknown name is an error, and the answer has no id."""
    request.require_admin()
    given = request.body["quota_class_set"]
    unknown = sorted(set(given) - set(compute_objects.QUOTAS))
    if unknown:
        what = f"Additional properties are not allowed ({unknown[0]!r} was unexpected)"
        raise Fault(400, f"Invalid input for field/attribute quota_class_set. Value: {given}. {what}")
    state.table("compute_quota_classes").setdefault("default", {}).update(given)
    return 200, {"quota_class_set": compute_objects.defaults(state)}


def show_volume(state: State, request: Request) -> Answer:
    """Answer Cinder's default quotas, with those of the volume types that there are."""
    request.require_admin()
    return 200, {"quota_class_set": {"id": "default", **volume_quota.defaults(state)}}


def set_volume(state: State, request: Request) -> Answer:
    """Keep Cinder's default quotas; a name is unknown, too, if there is no such volume type yet."""
    request.require_admin()
    given = request.body["quota_class_set"]
    unknown = sorted(set(given) - set(volume_quota.defaults(state)))
    if unknown:
        raise Fault(400, f"Invalid input received: Bad key(s) in quota class set: {', '.join(unknown)}", "badRequest")
    state.table("volume_quota_classes").setdefault("default", {}).update(given)
    return 200, {"quota_class_set": volume_quota.defaults(state)}


PATH = r"/os-quota-class-sets/default"
COMPUTE_ROUTES: list[Any] = [("GET", rf"/v2\.1{PATH}", show_compute), ("PUT", rf"/v2\.1{PATH}", set_compute)]
VOLUME_ROUTES: tuple[Any, ...] = (("GET", PATH, show_volume), ("PUT", PATH, set_volume))
