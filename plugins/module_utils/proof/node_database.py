# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MariaDB: what is written through the address that all services use is on every server."""

from __future__ import annotations

import secrets
from typing import Any

from ..resource import ResourceError
from .proof import Proof, expect, is_left, new_name

try:
    import pymysql
except ImportError:
    pymysql = None

# A member of a cluster that is asked answers when it has all that was written before.
CAUGHT_UP = ("SET SESSION wsrep_sync_wait = 1", ())


def connect(host: str, params: dict[str, Any]) -> Any:
    """Sign in to one address."""
    login = {key: params[key] for key in ("user", "password", "database")}
    try:
        return pymysql.connect(host=host, connect_timeout=10, autocommit=True, **login)
    except pymysql.MySQLError as error:
        raise ResourceError(f"no login as {params['user']} at {host}: {error.args[-1]}.") from error


def query(host: str, params: dict[str, Any], *statements: tuple[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    """Run statements on one connection and return the rows of the last."""
    with connect(host, params) as connection, connection.cursor() as cursor:
        try:
            for text, values in statements:
                cursor.execute(text, values)
            return cursor.fetchall()
        except pymysql.MySQLError as error:
            raise ResourceError(f"{host} refuses {text.split()[0]}: {error.args[-1]}.") from error


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Write a word through the front, and read it from every server."""
    if pymysql is None:
        raise ResourceError("python3-pymysql is missing on this host.")
    front, word = params["front"], secrets.token_hex(16)
    for (left,) in query(front, params, ("SHOW TABLES", ())):
        if is_left(left):
            query(front, params, (f"DROP TABLE {left}", ()))
    table = new_name().replace("-", "_")
    create = (f"CREATE TABLE {table} (word VARCHAR(64) PRIMARY KEY)", ())
    try:
        query(front, params, create, (f"INSERT INTO {table} VALUES (%s)", (word,)))
        for server in params["servers"]:
            read = query(server, params, CAUGHT_UP, (f"SELECT word FROM {table}", ()))
            expect(read == ((word,),), f"{server} does not have what was written through {front}.")
    finally:
        query(front, params, (f"DROP TABLE IF EXISTS {table}", ()))
    return {"servers": params["servers"]}


PROOF = Proof(("Write a word through the internal address, read it from every server, and remove it",), prove)
