# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is asked what: the monitors, and their manager."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_client
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


@pytest.fixture
def asked(monkeypatch):
    """Return a connection, and what was asked of whom. The manager refuses, and the monitors agree."""
    monkeypatch.setattr(ceph_client, "IMPORT_ERROR", None)
    monkeypatch.setattr(ceph_client, "rados", SimpleNamespace(Error=OSError), raising=False)
    connection, log = ceph_client.Connection({}), []

    def answer(who, result):
        def send(command, given, timeout):
            log.append((who, json.loads(command)["prefix"]))
            return result

        return send

    connection.cluster = SimpleNamespace(
        mon_command=answer("monitor", (0, b"yes", "")), mgr_command=answer("manager", (-16, b"", "it is not safe"))
    )
    return connection, log


def test_monitors_are_asked(asked):
    connection, log = asked
    assert connection.order("osd crush rm", "", {"name": "node-4"}) == "yes"
    assert log == [("monitor", "osd crush rm")]


def test_the_manager_is_asked_to_purge(asked):
    """A monitor says that the argument is invalid, whatever it is."""
    connection, log = asked
    with pytest.raises(ResourceError, match="osd purge: it is not safe .error 16."):
        connection.order("osd purge", "", {"id": 3})
    assert log == [("manager", "osd purge")]
