# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stateful OpenStack over HTTP, on one port of 127.0.0.1, for the tests."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .state import Answer, Fault, Query, Request, State, Token, Write

Handler = Callable[[State, Request], Answer]
Route = tuple[str, str, Handler]
Exchanged = tuple[int, dict[str, str], bytes]
NOBODY = Token("", None, ())


@dataclass(frozen=True)
class Service:
    """What a service file registers.

    ``type`` and ``name`` stand in the catalog, with the address ``/<mount>`` + ``endpoint``, in which
    ``{project_id}`` is the caller's. ``routes`` match what follows ``/<mount>``. ``error`` writes a
    fault in the service's own form. ``seed`` fills a new cloud. The functions in ``public`` ask for no token.
    """

    type: str
    name: str
    mount: str
    routes: list[Route]
    error: Callable[[Fault], Any]
    endpoint: str = ""
    seed: Callable[[State], None] = lambda state: None
    public: tuple[Handler, ...] = ()


class Connection(BaseHTTPRequestHandler):
    """One connection: HTTP/1.1, kept open, silent."""

    cloud: Any = None
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        # Who dies while sending has asked for nothing.
        answer = self.cloud.exchange(self.command, self.path, self.headers, raw) if len(raw) == length else None
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        status, headers, content = answer
        self.send_response_only(status, headers.pop("reason"))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


class Listener(ThreadingHTTPServer):
    """Takes connections, and does not complain of those whose owners died."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of all errors but lost connections."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


for _verb in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
    setattr(Connection, f"do_{_verb}", Connection._respond)


class FakeCloud:
    """The running fake. ``state`` is its memory, ``params()`` what a module needs to sign in."""

    def __init__(self, services: list[Service], settle: float | None = 0.03, clock: Any = time) -> None:
        self.state = State(settle, clock)
        self.services = services
        self._routes = [
            (method, re.compile(f"^/{service.mount}{pattern}/?$"), handler, service)
            for service in services
            for method, pattern, handler in service.routes
        ]
        self._server = Listener(("127.0.0.1", 0), self._handler())
        self.url = self.state.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        for service in services:
            service.seed(self.state)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> FakeCloud:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def params(self, project: str = "admin", user: str = "admin", password: str = "secret") -> dict[str, Any]:
        """Return the connection options of a module."""
        return {
            "auth": {
                "auth_url": f"{self.url}/identity/v3",
                "username": user,
                "password": password,
                "project_name": project,
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            }
        }

    def settle(self) -> None:
        """Let all transitions that are under way come to their ends."""
        while self.state.settle is not None and self.state.pending():
            self.state.clock.sleep(0.01)
            with self.state.lock:
                self.state.catch_up()

    def catalog(self, project_id: str | None) -> list[dict[str, Any]]:
        """Return what a token tells about the services."""
        return [
            {
                "id": f"service-{service.name}",
                "type": service.type,
                "name": service.name,
                "endpoints": [
                    {
                        "id": f"{service.name}-{interface}",
                        "interface": interface,
                        "region": "RegionOne",
                        "region_id": "RegionOne",
                        "url": f"{self.url}/{service.mount}{service.endpoint.format(project_id=project_id or '')}",
                    }
                    for interface in ("public", "internal", "admin")
                ],
            }
            for service in self.services
        ]

    def exchange(self, method: str, target: str, given: Mapping[str, str], raw: bytes) -> Exchanged | None:
        """Handle one request as it comes over the wire; return status, headers and content, or None like answer()."""
        headers = {key.lower(): value for key, value in given.items()}
        parts = urlsplit(target)
        is_json = "json" in headers.get("content-type", "json")
        sent = json.loads(raw) if raw and is_json else {"_content": raw} if raw else {}
        answer = self.answer(method, parts.path, Query(parse_qsl(parts.query)), sent, headers)
        if answer is None:
            return None
        status, body = answer
        extra = body.pop("_headers", {}) if isinstance(body, dict) else {}
        is_data = isinstance(body, bytes)
        content = b"" if body is None or method == "HEAD" else body if is_data else json.dumps(body).encode()
        date = formatdate(self.state.clock.time(), usegmt=True)
        said = {"reason": HTTPStatus(status).phrase, "Date": date, **extra}
        said.setdefault("x-openstack-request-id", f"req-{uuid.uuid4()}")
        if content:
            said["Content-Type"] = "application/octet-stream" if is_data else "application/json"
        if status not in (204, 304):
            said["Content-Length"] = str(len(content))
        return status, said, content

    def answer(self, method: str, path: str, query: Query, body: Any, headers: dict[str, str]) -> Answer | None:
        """Handle one request; None stands for a connection that drops without an answer."""
        state = self.state
        is_login = method == "POST" and path.endswith("/auth/tokens")
        with state.lock:
            state.catch_up()
            trap = state.spring(method, path, is_login)
            write = None
            token = state.tokens.get(headers.get("x-auth-token", ""), NOBODY)
            if method not in ("GET", "HEAD") and not is_login:
                write = Write(method, path, body, token.project_id)
                state.writes.append(write)
            elif not is_login:
                state.reads.append(path)
            if trap and trap.how == "before":
                return None
            if trap and trap.how == "front":
                return 503, {"_headers": {"x-openstack-request-id": ""}}
            answer = self._dispatch(Request(method, path, query, body, headers, token), trap)
            if write:
                write.status = answer[0]
            if is_login:
                state.logins.append(answer[0])
            return None if trap and trap.how == "after" else answer

    def _dispatch(self, request: Request, trap: Any) -> Answer:
        for method, pattern, handler, service in self._routes:
            match = pattern.match(request.path)
            if method != request.method or not match:
                continue
            request.match = match.groupdict()
            try:
                if trap and isinstance(trap.how, int):
                    raise Fault(trap.how, trap.words(request.body), "Injected")
                if request.token is NOBODY and handler not in service.public:
                    raise Fault(401, "The request you have made requires authentication.", "Unauthorized")
                status, body = handler(self.state, request)
            except Fault as fault:
                return fault.status, service.error(fault)
            if isinstance(body, dict) and "token" in body:
                project = body["token"].get("project", {}).get("id")
                body["token"]["catalog"] = self.catalog(project)
            return status, body
        return 404, {
            "error": {"code": 404, "title": "Not Found", "message": f"{request.method} {request.path}: no route"}
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("CloudConnection", (Connection,), {"cloud": self})
