# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run dies before or after any of its writes: the next one finishes, and nothing is there twice."""

from __future__ import annotations

import pytest

from tests.site import Site

MAKE = {
    "name": "web1",
    "flavor": "tiny",
    "image": "debian",
    "root_volume": {"size": 1},
    "data_volumes": [{"size": 1}],
    "floating_ip": "auto",
    "concurrency": 1,
}
# Slow transitions: the next run finds the work of the dead one still under way.
MOMENTS = [("after", 0.3)]


@pytest.fixture
def site(cloud):
    """A project with a network."""
    return Site(cloud)


def counts(site):
    """How many objects there are."""
    return [len(site.rows(table)) for table in ("servers", "volumes", "floatingips")]


@pytest.mark.parametrize(("when", "settle"), MOMENTS)
@pytest.mark.parametrize("number", range(4))
def test_making_an_instance(site, number, when, settle):
    site.state.settle = settle
    assert site.killed(number, when, "instance", **MAKE)
    result = site.run("instance", **MAKE)
    assert not result.get("failed"), result
    assert counts(site) == [1, 2, 1]
    assert result["instance"]["status"] == "ACTIVE" and result["instance"]["floating_ip"]
    assert site.run("instance", **MAKE)["changed"] is False


@pytest.mark.parametrize(("when", "settle"), MOMENTS)
@pytest.mark.parametrize("number", range(4))
def test_removing_an_instance(site, number, when, settle):
    assert not site.run("instance", **MAKE).get("failed")
    site.state.settle = settle
    assert site.killed(number, when, "instance", name="web1", state="absent", concurrency=1)
    result = site.run("instance", name="web1", state="absent")
    assert not result.get("failed"), result
    assert counts(site) == [0, 0, 0]


@pytest.mark.parametrize(("when", "settle"), MOMENTS)
@pytest.mark.parametrize("number", range(4))
def test_removing_what_a_dead_run_began_to_make(site, number, when, settle):
    site.state.settle = settle
    assert site.killed(number, when, "instance", **MAKE)
    result = site.run("instance", name="web1", state="absent")
    assert not result.get("failed"), result
    assert counts(site) == [0, 0, 0]


@pytest.mark.parametrize(("when", "settle"), MOMENTS)
@pytest.mark.parametrize("number", range(6))
def test_changing_the_flavor_of_a_running_instance(site, number, when, settle):
    assert not site.run("instance", **MAKE).get("failed")
    site.state.settle = settle
    change = {"name": "web1", "flavor": "small", "stop": True}
    assert site.killed(number, when, "instance", **change)
    result = site.run("instance", **change)
    assert not result.get("failed"), result
    assert (site.server()["flavor"]["original_name"], site.server()["status"]) == ("small", "ACTIVE")
    assert "conductor_operation" not in site.server()["metadata"]
    assert site.run("instance", **change)["changed"] is False
