# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Etcd: what one member is told, every other one knows."""

from __future__ import annotations

import secrets
from typing import Any

from .proof import Proof, expect, is_left, new_name

TLS = "/etc/etcd/tls"
CONTROL = ("etcdctl", f"--cacert={TLS}/ca.crt", f"--cert={TLS}/node.crt", f"--key={TLS}/node.key")


def control(server: str, *words: str) -> list[str]:
    """Return the command that asks one member."""
    return [*CONTROL, f"--endpoints=https://{server}:2379", *words]


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Put a word to each member, get it from the one after it, and delete it there."""
    servers = params["servers"]
    for name in node.output(control(servers[0], "get", "--prefix", "--keys-only", "conductor-proof")).split():
        if is_left(name):
            node.command(control(servers[0], "del", name))
    for server, other in zip(servers, [*servers[1:], servers[0]]):
        name, word = new_name(), secrets.token_hex(16)
        node.command(control(server, "put", name, word))
        try:
            read = node.output(control(other, "get", "--print-value-only", name)).strip()
            expect(read == word, f"{other} does not know what {server} was told.")
        finally:
            node.command(control(other, "del", name))
    return {"servers": servers}


PROOF = Proof(("Put a word to every member, get it from the next one, and delete it there",), prove)
