# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token that one task leaves for the next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.fake import identity
from tests.fake.server import FakeCloud


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tokens are kept, here."""
    monkeypatch.setenv("CONDUCTOR_TOKEN_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "conductor.cloud"


def task(cloud: FakeCloud) -> str:
    """Do what a task does; return the project it worked in."""
    session = connect(cloud.params())
    session.list("network", "/v2.0/networks", "networks")
    return session.project_id


def test_the_second_task_signs_in_no_more(cloud: FakeCloud) -> None:
    """It shows the token of the first one instead."""
    assert task(cloud) == task(cloud) == task(cloud)
    assert cloud.state.logins == [201]
    assert cloud.state.reads.count("/identity/v3/auth/tokens") == 2


def test_nobody_else_can_read_it(cloud: FakeCloud, folder: Path) -> None:
    """And one that others could have read or written is not used."""
    task(cloud)
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert file.read_text() in cloud.state.tokens
    file.chmod(0o644)
    task(cloud)
    assert cloud.state.logins == [201, 201]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_dead_token_is_dropped(cloud: FakeCloud, folder: Path) -> None:
    """Whatever happened to the cloud meanwhile, the task signs in anew."""
    task(cloud)
    cloud.state.tokens.clear()
    assert task(cloud)
    assert cloud.state.logins == [201, 201]
    (file,) = folder.iterdir()
    assert file.read_text() in cloud.state.tokens


def test_a_token_that_dies_on_the_way(cloud: FakeCloud, folder: Path) -> None:
    """The session signs in again, and the next task gets the new token."""
    session = connect(cloud.params())
    session.list("network", "/v2.0/networks", "networks")
    cloud.state.tokens.clear()
    assert session.list("network", "/v2.0/networks", "networks")
    assert session.project_id
    (file,) = folder.iterdir()
    assert file.read_text() in cloud.state.tokens


def test_roles_are_todays(cloud: FakeCloud) -> None:
    """What the file remembers is the token, not what it said yesterday."""
    task(cloud)
    table = cloud.state.table
    admin, project = (
        next(row["id"] for row in table(name).values() if row["name"] == "admin") for name in ("users", "projects")
    )
    identity.grant(cloud.state, admin, project, "reader")
    assert connect(cloud.params()).roles == ["admin", "reader"]
    assert cloud.state.logins == [201]


@pytest.mark.parametrize("why", ["switched off", "no place"])
def test_nothing_is_kept(cloud: FakeCloud, folder: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """By choice, or where there is no place for it: each task signs in."""
    monkeypatch.setenv(*("CONDUCTOR_TOKEN_CACHE", "off") if why == "switched off" else ("XDG_CACHE_HOME", "/dev/null"))
    assert task(cloud) == task(cloud)
    assert cloud.state.logins == [201, 201]
    assert not folder.exists()


def test_other_logins_have_other_files(cloud: FakeCloud, folder: Path) -> None:
    """A token of one user or project is never shown for another."""
    for name in ("admin", "demo"):
        assert connect(cloud.params(name, name)).project_name == name
    assert len(os.listdir(folder)) == 2
