# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API of an ARA server, as far as runs are recorded and looked up."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

from ansible.module_utils.urls import open_url

from ..resource import ResourceError


class Ara:
    """A server, and the login to it."""

    def __init__(self, server: str, username: str = "", password: str = "", timeout: float = 30) -> None:
        self.server = server.rstrip("/")
        self.login: dict[str, Any] = {}
        if username and password:
            self.login = {"url_username": username, "url_password": password, "force_basic_auth": True}
        self.timeout = timeout

    def get(self, path: str, **query: Any) -> Any:
        """Return one answer, as JSON."""
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, document: dict[str, Any]) -> Any:
        """Create an object and return it."""
        return self._ask("POST", path, json.dumps(document))

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the objects of a list, page by page."""
        offset = 0
        while True:
            page = self.get(path, limit=100, offset=offset, **query)
            yield from page["results"]
            offset += len(page["results"])
            if not page["next"] or not page["results"]:
                return

    def _ask(self, method: str, path: str, data: str | None = None) -> Any:
        url = f"{self.server}/api/v1/{path}"
        try:
            answer = open_url(
                url,
                method=method,
                data=data,
                headers={"Accept": "application/json", "Content-Type": "application/json"},
                timeout=self.timeout,
                **self.login,
            )
            return json.loads(answer.read())
        except HTTPError as error:
            raise ResourceError(f"ARA refused {method} {url}: {error.code} {error.reason}") from error
        except (URLError, HTTPException, ssl.SSLError, OSError) as error:
            raise ResourceError(f"ARA at {self.server} does not answer: {error}") from error
        except ValueError as error:
            raise ResourceError(f"What answers at {url} is not ARA: {error}") from error
