# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memcached: every server keeps a value and gives it back."""

from __future__ import annotations

import secrets
import socket
from typing import Any

from ..resource import ResourceError
from .proof import Proof, expect, new_name


PORT = 11211


def ask(stream: Any, command: str) -> str:
    """Send one command and return the first line of the answer."""
    stream.write(f"{command}\r\n".encode())
    stream.flush()
    return stream.readline().decode().strip()


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Set a value, get it, delete it, and miss it."""
    for server in params["servers"]:
        name, word = new_name(), secrets.token_hex(16)
        address, _colon, port = server.partition(":")
        try:
            with socket.create_connection((address, int(port or PORT)), timeout=10) as connection:
                stream = connection.makefile("rwb")
                stored = ask(stream, f"set {name} 0 60 {len(word)}\r\n{word}")
                expect(stored == "STORED", f"{server} does not store a value: {stored}.")
                header = ask(stream, f"get {name}")
                expect(header.startswith("VALUE"), f"{server} lost a value.")
                kept, end = stream.readline().decode().strip(), stream.readline().decode().strip()
                expect(kept == word and end == "END", f"{server} gave back another value.")
                expect(ask(stream, f"delete {name}") == "DELETED", f"{server} does not delete a value.")
                expect(ask(stream, f"get {name}") == "END", f"{server} still has a deleted value.")
        except OSError as error:
            raise ResourceError(f"{server}: {error}") from error
    return {"servers": params["servers"]}


PROOF = Proof(("Set a value on every server, get it, delete it, and miss it",), prove)
