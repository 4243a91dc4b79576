# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which servers behind the front are drained."""

from __future__ import annotations

import pytest

from ansible.errors import AnsibleFilterError
from ansible_collections.conductor.cloud.plugins.filter.drained_servers import drained_servers

SERVICES = [{"name": "keystone", "group": "keystone"}, {"name": "mariadb", "group": "mariadb"}]
GROUPS = {"keystone": ["node-1", "node-2"], "mariadb": ["node-1", "node-2", "node-3"]}


def test_nobody_is_drained_unless_somebody_says_so():
    assert drained_servers(SERVICES, GROUPS, []) == []


def test_a_node_is_drained_for_all_its_services():
    assert drained_servers(SERVICES, GROUPS, ["node-2"]) == ["keystone/node-2", "mariadb/node-2"]


def test_a_server_is_drained_alone():
    assert drained_servers(SERVICES, GROUPS, ["mariadb/node-2"]) == ["mariadb/node-2"]


def test_a_name_that_nobody_has_is_an_error():
    with pytest.raises(AnsibleFilterError, match="no server node-4 behind the front. Did you mean node-"):
        drained_servers(SERVICES, GROUPS, ["node-4"])


def test_a_service_keeps_a_server():
    with pytest.raises(AnsibleFilterError, match="no server would be left for keystone. Leave"):
        drained_servers(SERVICES, GROUPS, ["node-2", "keystone/node-1"])
    with pytest.raises(AnsibleFilterError, match="no server would be left for keystone, mariadb"):
        drained_servers(SERVICES, {name: ["node-1"] for name in GROUPS}, ["node-1"])


def test_a_service_without_nodes_is_nobody_s_loss():
    assert drained_servers(SERVICES, {**GROUPS, "keystone": []}, ["node-2"]) == ["mariadb/node-2"]
