# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose project and whose user it is: what somebody else made is not taken for the task's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake.identity import grant, make_user
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


@pytest.mark.parametrize(
    ("option", "changes"),
    [("password", {"password": "other", "update_password": "always"}), ("email", {"email": "x@example.org"})],
)
@pytest.mark.parametrize("name", ["research", "demo"])
def test_a_guest_is_not_changed(cloud: FakeCloud, name: str, option: str, changes: dict[str, Any]) -> None:
    """The administrator may work in any project, and belongs to none of them."""
    refused(cloud, f"user.{option}: the user admin was not made for", name=name, user={"name": "admin", **changes})


def test_a_guest_gets_a_role(cloud: FakeCloud) -> None:
    """With the password that is current already, there is nothing to change."""
    user = {"name": "admin", "password": "secret", "update_password": "always"}
    result = run_module("tenant", {**cloud.params(), "name": "demo", "user": user})
    assert result["actions"] == ["Give the user admin the role member in the project"]


def test_its_own_user_is_changed(cloud: FakeCloud) -> None:
    """Who was made with the project belongs to it."""
    user = {"name": "research", "password": "secret", "update_password": "always"}
    params = {**cloud.params(), "name": "research", "user": user}
    assert run_module("tenant", params)["changed"]
    result = run_module("tenant", {**params, "user": {**user, "password": "other", "email": "x@example.org"}})
    assert result["actions"] == ["Change the user research: email x@example.org, password (hidden)"]


def test_no_tenants_are_none(cloud: FakeCloud) -> None:
    """A list may turn out empty."""
    result = run_module("tenant", {**cloud.params(), "tenants": []})
    assert not result.get("failed"), result
    assert (result["changed"], result["actions"]) == (False, [])


@pytest.mark.parametrize("where", [None, "demo", "research"])
def test_a_user_that_somebody_else_made_stays(cloud: FakeCloud, where: str | None) -> None:
    """Alice has no role at all, or by her group alone; she goes with a project that is the only one that she has."""
    made = run_module("tenant", {**cloud.params(), "name": "research"})
    alice = make_user(cloud.state, "alice", "x", default_project_id=made["tenant"]["project"]["id"])
    if where:
        project = next(row["id"] for row in cloud.state.table("projects").values() if row["name"] == where)
        grant(cloud.state, alice["id"], project, "member")
        cloud.state.table("assignments")[next(reversed(cloud.state.table("assignments")))]["group"] = "physicists"
    result = run_module("tenant", {**cloud.params(), "name": "research", "state": "absent"})
    assert not result.get("failed"), result
    assert ("Delete the user alice" in result["actions"]) is (where == "research")


def test_a_project_that_somebody_else_made_stays(cloud: FakeCloud) -> None:
    """Only on demand does it go, and with it what belongs to it."""
    absent = {"name": "demo", "state": "absent"}
    refused(cloud, "the project demo was not made by this module", "tag conductor.cloud", "force: true", **absent)
    result = run_module("tenant", {**cloud.params(), **absent, "force": True})
    assert result["actions"][-1] == "Delete the project demo"
    assert "demo" not in [row["name"] for row in cloud.state.table("projects").values()]


def test_using_a_project_does_not_mark_it(cloud: FakeCloud) -> None:
    """A task that changes demo does not make it its own."""
    changed = run_module("tenant", {**cloud.params(), "name": "demo", "description": "Lent"})
    assert changed["tenant"]["project"]["made_by_us"] is False
    refused(cloud, "was not made by this module", name="demo", state="absent")


@pytest.mark.parametrize("force", [False, True])
def test_the_project_of_the_services_stays(cloud: FakeCloud, force: bool) -> None:
    """Without it there is no cloud."""
    assert run_module("tenant", {**cloud.params(), "name": "service"})["changed"]
    user = {"name": "nova", "password": "secret", "role": "service"}
    assert run_module("tenant", {**cloud.params(), "name": "service", "user": user})["changed"]
    refused(cloud, "service is a project of the cloud itself: nova", name="service", state="absent", force=force)
