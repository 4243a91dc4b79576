# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that add the same thing in the same moment: it is there once, and no later run is broken by doubles."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import instance

from tests.fake import network_objects
from tests.pairs import Task, pair, short_pauses, site

__all__ = ["short_pauses", "site"]

# How much later the second run of a pair begins, in seconds.
LEADS = (0, 0.004, 0.015, 0.03)


def task(**wanted: Any) -> Task:
    """Return a task of the module instance for web1."""
    return Task(instance.SPEC, instance.instances, {"name": "web1", **wanted})


def no_failure(results: list[dict[str, Any]]) -> bool:
    """Say whether both runs did it, and one of them said so."""
    failed = [result["msg"] for result in results if result.get("failed")]
    assert not failed, failed
    return any(result["changed"] for result in results)


@pytest.mark.parametrize("is_rough", [False, True])
def test_a_data_volume_is_added_once(site, is_rough):
    site.cloud.exchange.is_rough = is_rough
    for number, lead in enumerate(LEADS, 2):
        wanted = [{"size": 1}] * number
        assert no_failure(pair(site, task(data_volumes=wanted), task(data_volumes=wanted), lead=lead))
        found = Counter(row["metadata"]["conductor_role"] for row in site.rows("volumes"))
        assert found == Counter(["root", *(f"data-{count + 1}" for count in range(number))]), lead
        assert {row["status"] for row in site.rows("volumes")} == {"in-use"}
        assert not site.instance(data_volumes=wanted)["changed"]
    gone = site.instance(state="absent")
    assert not gone.get("failed") and not site.rows("volumes"), gone


@pytest.mark.parametrize("groups", [None, ["web"]])
def test_a_network_is_connected_once(site, groups):
    network_objects.make_group(site.state, site.project_id, name="web")
    for number, lead in enumerate(LEADS * 2):
        network = network_objects.make_network(site.state, site.project_id, name=f"n{number}")
        network_objects.make_subnet(site.state, network, cidr="192.168.2.0/24")
        site.cloud.exchange.is_rough = number % 2 == 1
        wanted = task(networks=[f"n{number}"], security_groups=groups)
        assert no_failure(pair(site, wanted, wanted, lead=lead))
        ports = [row for row in site.rows("ports") if row["network_id"] == network["id"] and row["device_id"]]
        assert [row["device_id"] for row in ports if row["device_owner"] == "compute:nova"] == [site.server()["id"]]
        assert not site.instance(networks=[f"n{number}"], security_groups=groups)["changed"]


def test_a_floating_ip_is_given_once(site):
    for number, lead in enumerate(LEADS * 2):
        site.cloud.exchange.is_rough = number % 2 == 1
        assert no_failure(pair(site, task(floating_ip="auto"), task(floating_ip="auto"), lead=lead))
        found = site.rows("floatingips")
        assert len(found) == 1 and found[0]["port_id"], number
        assert not site.instance(floating_ip="none").get("failed") and not site.rows("floatingips")
