# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MariaDB on this host, through its socket, as its administrator."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

from ..argspec import ArgSpec
from ..resource import NotYetError, ResourceError

try:
    import pymysql
    import pymysql.cursors
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None

SPEC = ArgSpec({"socket": {"type": "path", "default": "/run/mysqld/mysqld.sock"}})
SERVER = "/usr/sbin/mariadbd"
UNKNOWN_TABLE = (1049, 1146)


class Connection:
    """One connection, made with the first statement and used by one thread at a time."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self._turn = threading.Lock()
        self._opened: Any = None

    def is_installed(self) -> bool:
        """Tell whether there is a server at all: what is not installed yet holds nothing."""
        return os.path.exists(self.socket) or os.path.exists(SERVER)

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[dict[str, Any]] | None:
        """Run one statement; return its rows, or None where there is no such database or table."""
        if IMPORT_ERROR is not None:
            raise ResourceError(f"python3-pymysql is missing on this host; install that package ({IMPORT_ERROR}).")
        with self._turn:
            try:
                with self._open().cursor() as cursor:
                    # Without values the driver leaves percent signs alone, and statements may hold some.
                    cursor.execute(statement, tuple(values) or None)
                    return list(cursor.fetchall())
            except pymysql.err.MySQLError as error:
                if error.args and error.args[0] in UNKNOWN_TABLE:
                    return None
                raise ResourceError(f"MariaDB at {self.socket}: {words_of(error)}") from error

    def _open(self) -> Any:
        if self._opened is None:
            try:
                self._opened = pymysql.connect(
                    unix_socket=self.socket,
                    user="root",
                    autocommit=True,
                    charset="utf8mb4",
                    cursorclass=pymysql.cursors.DictCursor,
                )
            except pymysql.err.MySQLError as error:
                raise NotYetError(
                    f"socket: MariaDB does not let root in at {self.socket}: {words_of(error)}. Is it running?"
                ) from error
        return self._opened


def words_of(error: Exception) -> str:
    """Return what the server said, without the error's number in a tuple."""
    return str(error.args[-1] if error.args else error)


class DatabaseReader:
    """The server, to be asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reader(self) -> DatabaseReader:
        """Return the server without the verb that writes."""
        return DatabaseReader(self._connection)

    def rows(self, question: str, values: Sequence[Any] = ()) -> list[dict[str, Any]] | None:
        """Return the rows that answer ``question``, or None where there is no such database or table."""
        if not question.lstrip().upper().startswith("SELECT"):
            raise ResourceError(f"a question to MariaDB begins with SELECT, and this one does not: {question}")
        if not self._connection.is_installed():
            return None
        return self._connection.run(question, values)


class DatabaseServer(DatabaseReader):
    """The server, to be changed."""

    def change(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one statement that changes something."""
        if self._connection.run(statement, values) is None:
            raise ResourceError(f"MariaDB at {self._connection.socket}: the database is gone.")


def connect(params: dict[str, Any]) -> DatabaseServer:
    """Return the server that the option ``socket`` names. Nothing is sent yet."""
    return DatabaseServer(Connection(params["socket"]))
