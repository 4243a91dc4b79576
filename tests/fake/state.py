# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fake cloud remembers: objects, transitions that take their time, faults, and every request."""

from __future__ import annotations

import html
import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

Document = dict[str, Any]
Answer = tuple[int, Any]


class Fault(Exception):
    """An error that the service answers with. ``kind`` is the service's own name for it."""

    def __init__(self, status: int, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


@dataclass
class Token:
    """Who sends a request, and in which project."""

    user_id: str
    project_id: str | None
    roles: tuple[str, ...]

    @property
    def is_admin(self) -> bool:
        """The role that may see and change everything."""
        return "admin" in self.roles


class Query(dict[str, str]):
    """What follows the question mark: the last value of each name, and in ``all`` the others, too."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self.all = {
            name: {value.lower() for key, value in pairs if key == name} for name in {key for key, value in pairs}
        }


@dataclass
class Request:
    """One request as a service function sees it. ``match`` holds the named groups of its route."""

    method: str
    path: str
    query: Query
    body: Document
    headers: dict[str, str]
    token: Token
    match: dict[str, str] = field(default_factory=dict)

    def require_admin(self) -> None:
        """Refuse whoever is not an administrator, as the default policies do."""
        if not self.token.is_admin:
            raise Fault(403, "You are not authorized to perform the requested action.", "Forbidden")

    def scope(self, project_id: str | None = None) -> str:
        """Return the project that the request is for: another one's only for an administrator."""
        if project_id and project_id != self.token.project_id:
            self.require_admin()
        return project_id or self.token.project_id or ""


@dataclass
class Write:
    """A request that could change something, kept for the tests."""

    method: str
    path: str
    body: Document
    project_id: str | None
    status: int = 0


@dataclass
class Trap:
    """What goes wrong, and when.

    ``how`` is ``before`` or ``after`` (the connection drops), a status, or ``front`` (503 of a front without servers).
    """

    how: str | int
    at_write: int | None = None
    route: str = ""
    message: str = "injected"
    times: int = 1

    def words(self, body: Document) -> str:
        """Return what the service says of a request that it refuses; it repeats one in all the ways there are."""
        if "{request}" not in self.message:
            return self.message
        as_json = json.dumps(body)
        return self.message.replace("{request}", f"{as_json} {body!r} {quote(as_json)} {html.escape(as_json)}")


class State:
    """All that the services share. A transition takes ``settle`` seconds of ``clock``; None: for ever."""

    def __init__(self, settle: float | None = 0.03, clock: Any = time) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.settle = settle
        self.tables: dict[str, dict[str, Document]] = {}
        self.tokens: dict[str, Token] = {}
        self.writes: list[Write] = []
        self.reads: list[str] = []
        self.logins: list[int] = []
        self.traps: list[Trap] = []
        self.url = ""
        self.cell_is_down = False
        self.lost_connections = 0
        self._due: list[tuple[float, Callable[[], None]]] = []

    def table(self, name: str) -> dict[str, Document]:
        """Return the objects of one kind by id, in the order in which they were made."""
        return self.tables.setdefault(name, {})

    def add(self, name: str, document: Document, dashes: bool = True) -> Document:
        """Keep a new object and give it an id."""
        document.setdefault("id", str(uuid.uuid4()) if dashes else uuid.uuid4().hex)
        self.table(name)[document["id"]] = document
        return document

    def get(self, name: str, key: str, what: str = "", kind: str = "") -> Document:
        """Return one object or answer 404."""
        if key not in self.table(name):
            raise Fault(404, f"{what or name} {key} could not be found.", kind or "NotFound")
        return self.table(name)[key]

    def newest(self, name: str) -> Document:
        """Return the object that was made last."""
        return list(self.table(name).values())[-1]

    def later(self, change: Callable[[], None], seconds: float | None = None) -> None:
        """Let ``change`` happen after ``seconds`` (``settle`` when left out)."""
        wait = self.settle if seconds is None else seconds
        if wait is not None:
            self._due.append((self.clock.monotonic() + wait, change))

    def pending(self) -> bool:
        """Say whether something is still under way."""
        return bool(self._due)

    def catch_up(self) -> None:
        """Let happen what is due, in the order of its time."""
        while True:
            now = self.clock.monotonic()
            due = sorted((item for item in self._due if item[0] <= now), key=lambda item: item[0])
            if not due:
                return
            self._due.remove(due[0])
            due[0][1]()

    def misses_cell(self) -> bool:
        """Say whether Nova gets no answer from its cell: it is down, or a connection was lost, which Nova knows now."""
        if self.lost_connections > 0:
            self.lost_connections -= 1
            return True
        return self.cell_is_down

    def spring(self, method: str, path: str, is_login: bool = False) -> Trap | None:
        """Return the trap that this request falls into; who signs in writes nothing."""
        for trap in self.traps:
            is_write = method != "GET" and not is_login
            by_count = trap.at_write is not None and is_write and trap.at_write == len(self.writes)
            by_route = trap.route and re.search(trap.route, f"{method} {path}")
            if trap.times > 0 and (by_count or by_route):
                trap.times -= 1
                return trap
        return None

    def break_write(self, number: int, how: str | int = "before", message: str = "injected") -> None:
        """Break the write ``number`` from now on (0 is the next), and no other; ``{request}`` repeats what was sent."""
        self.traps.append(Trap(how, at_write=len(self.writes) + number, message=message))

    def break_route(self, route: str, how: str | int, message: str = "injected", times: int = 1000) -> None:
        """Break the requests whose ``METHOD /path`` the pattern ``route`` finds."""
        self.traps.append(Trap(how, route=route, message=message, times=times))

    def snapshot(self) -> dict[str, dict[str, str]]:
        """Return all objects as text, to compare two moments of the cloud."""
        with self.lock:
            return {name: {key: repr(value) for key, value in rows.items()} for name, rows in self.tables.items()}


def timestamp() -> str:
    """Return the time as the services write it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def matching(entries: list[Document], query: Query, but: tuple[str, ...] = ()) -> list[Document]:
    """Filter entries by equality, as Keystone and Neutron do; ``but`` names the other parameters."""
    skipped = ("limit", "marker", "sort_key", "sort_dir", "sort", "fields", *but)
    wanted = {key: values for key, values in query.all.items() if key not in skipped}
    return [
        entry for entry in entries if all(str(entry.get(key, "")).lower() in values for key, values in wanted.items())
    ]


def page(request: Request, key: str, entries: list[Document], most: int = 1000) -> tuple[list[Document], str | None]:
    """Cut one page out of entries; return it and the address of the next one."""
    ids = [str(entry["id"]) for entry in entries]
    marker = request.query.get("marker")
    if marker and marker not in ids:
        raise Fault(400, f"marker [{marker}] not found", "badRequest")
    start = ids.index(marker) + 1 if marker else 0
    size = min(int(request.query.get("limit", most)), most)
    found = entries[start : start + size]
    if start + size >= len(entries):
        return found, None
    return found, f"{request.path}?limit={size}&marker={found[-1]['id']}"
