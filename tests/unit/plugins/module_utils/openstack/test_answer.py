# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of what stands before a service: pages, nothing at all, and other forms than were asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import ApiError, connect
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError, UncertainError

from tests.fake.server import FakeCloud

JSON, HTML = "application/json", "text/html"
NETWORKS = ("network", "/v2.0/networks", "networks")
NEW = {"network": {"name": "one"}}
Replace = Callable[[int, bytes, str], None]


@pytest.fixture
def answers(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Return what sets the answer to all requests for networks."""
    exchange = cloud.exchange
    instead: list[tuple[int, bytes, str]] = []

    def replaced(method: str, target: str, headers: Mapping[str, str], raw: bytes) -> Any:
        done = exchange(method, target, headers, raw)
        if "/networks" not in target:
            return done
        status, body, kind = instead[0]
        return status, {"reason": "Odd", "Content-Type": kind, "Content-Length": str(len(body))}, body

    def answer(status: int, body: bytes, kind: str) -> None:
        instead.append((status, body, kind))

    monkeypatch.setattr(cloud, "exchange", replaced)
    return answer


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"<html>", b'{"error": null}'])
@pytest.mark.parametrize("status", [300, 400, 500])
def test_an_error_without_a_document(cloud: FakeCloud, answers: Replace, status: int, body: bytes) -> None:
    """The status says it all; a redirection that nobody followed is no success."""
    answers(status, body, JSON)
    with pytest.raises(ApiError, match=f"network: GET /v2.0/networks answered {status}: Odd") as error:
        connect(cloud.params()).list(*NETWORKS)
    assert error.value.status == status


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html>", JSON, "with what is no JSON document"),
        (b"<html>", HTML, "with what is no JSON document"),
        (b"[]", JSON, "with what is no JSON document"),
        (b"", HTML, "without network"),
        (b"{}", JSON, "without network"),
    ],
)
def test_a_success_that_tells_nothing(cloud: FakeCloud, answers: Replace, body: bytes, kind: str, words: str) -> None:
    """A read failed; of a write nobody knows whether it was done."""
    answers(200, body, kind)
    session = connect(cloud.params())
    with pytest.raises(ResourceError, match=f"GET /v2.0/networks answered 200 {words}") as read:
        session.list(*NETWORKS)
    assert not isinstance(read.value, UncertainError)
    with pytest.raises(UncertainError, match=f"POST /v2.0/networks answered 200 {words}"):
        assert session.post("network", "/v2.0/networks", NEW)["network"]


def test_many_writes_are_answered_with_nothing(cloud: FakeCloud, answers: Replace) -> None:
    """Nobody asks these for more."""
    answers(202, b"", HTML)
    assert connect(cloud.params()).post("network", "/v2.0/networks", NEW) == {}
