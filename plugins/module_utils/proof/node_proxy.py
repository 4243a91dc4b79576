# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HAProxy: every server behind it is up, and both addresses show a certificate that is trusted for them."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from ..node.front_servers import FrontReader
from ..resource import ResourceError
from .proof import Proof, expect

# A server in maintenance was put there by a person.
GOOD = ("UP", "no check", "MAINT", "DRAIN")


class Untrusted(ResourceError):
    """The certificate is not good for the address, or not from an authority that is trusted."""


def handshake(place: str, context: ssl.SSLContext) -> str:
    """Greet a TLS port and return how long its certificate is good for."""
    address, port = place.rsplit(":", 1)
    try:
        with socket.create_connection((address, int(port)), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname=address) as secured:
                return str(secured.getpeercert()["notAfter"])
    except ssl.SSLCertVerificationError as error:
        raise Untrusted(f"{place}: {error.verify_message}.") from error
    except OSError as error:
        raise ResourceError(f"{place}: {error}") from error


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Read the states of all servers, and greet all TLS ports."""
    found = FrontReader(params["socket"]).servers()
    expect(found, "there is no server behind HAProxy.")
    down = [row for row in found if not row["status"].startswith(GOOD)]
    names = ", ".join(f"{row['pxname']}/{row['svname']} is {row['status']}" for row in down)
    expect(not down, f"not all servers are up: {names}.")
    trusting = ssl.create_default_context(cafile=params["ca_bundle"])
    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    until = ""
    for place in params["places"]:
        until = handshake(place, trusting)
    try:
        handshake(params["places"][0], stranger)
    except Untrusted:
        return {"servers": len(found), "places": len(params["places"]), "certificate_until": until}
    raise ResourceError("a client that trusts nobody trusts the certificate, so the proof proves nothing.")


PROOF = Proof(
    (
        "See every server behind HAProxy up",
        "Check the certificate of every TLS port on both addresses, and that a client without the authority refuses it",
    ),
    prove,
)
