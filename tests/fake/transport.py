# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a fake cloud without a socket: requests' own adapter, whose bytes go straight to the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse


def content(request: Any) -> bytes:
    """Return the body of a prepared request as bytes, also where it is a file."""
    body = request.body
    if body is None:
        return b""
    if hasattr(body, "read"):
        return bytes(body.read())
    return body.encode() if isinstance(body, str) else bytes(body)


@contextmanager
def direct(cloud: Any) -> Iterator[None]:
    """Let all requests for this cloud reach it without a socket; others are refused."""
    place = urlsplit(cloud.url).netloc

    def send(adapter: HTTPAdapter, request: Any, **_options: Any) -> requests.Response:
        if urlsplit(request.url).netloc != place:
            raise requests.ConnectionError(f"{request.url} is not of this cloud", request=request)
        answer = cloud.exchange(request.method, request.path_url, request.headers, content(request))
        if answer is None:
            raise requests.ConnectionError("the connection was closed without an answer", request=request)
        status, headers, body = answer
        raw = HTTPResponse(BytesIO(body), headers, status, reason=headers.pop("reason"), preload_content=False)
        return adapter.build_response(request, raw)

    with mock.patch.object(HTTPAdapter, "send", send), mock.patch("requests.sessions.get_environ_proxies", no_proxies):
        yield


def no_proxies(*_: Any, **__: Any) -> dict[str, str]:
    """Return the proxies on the way to the cloud."""
    return {}
