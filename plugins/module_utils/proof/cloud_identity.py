# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keystone: a user who is made can sign in, with the right password only, and not when removed."""

from __future__ import annotations

import secrets
from typing import Any

from .proof import PREFIX, Proof, expect, is_left, new_name


def sign_in(cloud: Any) -> None:
    """Make a user, sign in as that user with the right and with a wrong password, remove the user."""
    for user in cloud.list("identity", "/v3/users", "users", name__startswith=PREFIX):
        if is_left(user["name"]):
            cloud.delete("identity", f"/v3/users/{user['id']}")
    password = secrets.token_urlsafe(24)
    user = cloud.post("identity", "/v3/users", {"user": {"name": new_name(), "password": password}})["user"]
    try:
        expect(cloud.accepts(user["id"], password), "a new user is refused with the right password.")
        expect(not cloud.accepts(user["id"], f"not {password}"), "a user gets in with a wrong password.")
    finally:
        cloud.delete("identity", f"/v3/users/{user['id']}")
    expect(not cloud.accepts(user["id"], password), "a removed user still gets in.")


def compare(services: list[Any], endpoints: list[Any]) -> None:
    """See that every service has both its addresses, with TLS."""
    for service in services:
        for interface in ("public", "internal"):
            places = [e for e in endpoints if e["service_id"] == service["id"] and e["interface"] == interface]
            expect(places, f"the catalog has no {interface} address for {service['name']}.")
            bare = [place["url"] for place in places if not place["url"].startswith("https://")]
            expect(not bare, f"the catalog has addresses without TLS: {', '.join(bare)}.")


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Sign in as a user made for it, and compare the catalog."""
    sign_in(cloud)
    services = cloud.list("identity", "/v3/services", "services")
    compare(services, cloud.list("identity", "/v3/endpoints", "endpoints"))
    return {"services": sorted(service["type"] for service in services)}


PROOF = Proof(
    (
        "Make a user, sign in as that user with the right and with a wrong password, and remove the user",
        "Compare the catalog: every service has a public and an internal address with TLS",
    ),
    prove,
)
