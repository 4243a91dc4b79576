# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose project and whose user it is: what somebody else made is not taken for the task's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake.server import FakeCloud
from tests.module import run_module


def refused(cloud: FakeCloud, *words: str, **params: Any) -> None:
    """Run the module tenant, and see it refuse with these words and without a write."""
    cloud.state.writes.clear()
    result = run_module("tenant", {**cloud.params(), **params})
    assert result.get("failed"), result
    assert [word for word in words if word not in result["msg"]] == [], result["msg"]
    assert cloud.state.writes == []


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("name", ["DEMO", "d\u00e9mo", "demo "])
def test_another_spelling_is_another_project(cloud: FakeCloud, name: str, state: str) -> None:
    """Keystone answers with demo; that one is not meant."""
    refused(cloud, f"name: to Keystone {name} is", "the project demo. Write demo.", name=name, state=state)


def test_another_spelling_is_another_user(cloud: FakeCloud) -> None:
    """Keystone answers with admin, whose password must not be changed."""
    user = {"name": "\u00e1dmin", "password": "other", "update_password": "always"}
    refused(cloud, "user.name", "the user admin. Write admin.", name="research", user=user)


def test_a_project_that_was_switched_off_stays_so(cloud: FakeCloud) -> None:
    """No option speaks of it."""
    demo = next(row for row in cloud.state.table("projects").values() if row["name"] == "demo")
    demo["enabled"] = False
    result = run_module("tenant", {**cloud.params(), "name": "demo", "description": "Asleep"})
    assert result["actions"] == ["Change the project demo: description Asleep"]
    assert demo["enabled"] is False
