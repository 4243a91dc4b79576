# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the collection importable from where it lies, and give tests a cloud."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def collections_path() -> Path:
    """Return a folder in which the collection lies under its full name."""
    if ROOT.parts[-3:] == ("ansible_collections", "conductor", "cloud"):
        return ROOT.parents[2]
    path = Path(tempfile.mkdtemp(prefix="conductor-"))
    (path / "ansible_collections" / "conductor").mkdir(parents=True)
    (path / "ansible_collections" / "conductor" / "cloud").symlink_to(ROOT)
    return path


COLLECTIONS = collections_path()
sys.path.insert(0, str(COLLECTIONS))


# Tests count logins, and leave nothing in anybody's home.
os.environ["CONDUCTOR_TOKEN_CACHE"] = "off"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the clock that modules and clouds live on: its pauses cost nothing."""
    from tests.fake.clock import QuickClock

    clock = QuickClock()
    monkeypatch.setattr("ansible_collections.conductor.cloud.plugins.module_utils.resource.time", clock)
    monkeypatch.setattr("ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal.time", clock)
    monkeypatch.setattr("ansible_collections.conductor.cloud.plugins.module_utils.openstack.session.time", clock)
    monkeypatch.setattr("ansible_collections.conductor.cloud.plugins.module_utils.openstack.rival.time", clock)
    monkeypatch.setattr("keystoneauth1.session.time", clock)
    return clock


@pytest.fixture
def cloud(short_pauses: Any) -> Iterator[Any]:
    """A running fake cloud with nothing in it but what a new cloud has."""
    from tests.fake import start

    with start(clock=short_pauses) as running:
        yield running


@pytest.fixture
def connection(cloud: Any) -> dict[str, Any]:
    """The connection options of a module, for the administrator of the fake cloud."""
    return cloud.params()
