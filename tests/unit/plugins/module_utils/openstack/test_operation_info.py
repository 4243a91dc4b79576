# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unfinished is seen, with what would finish it."""

from __future__ import annotations

import pytest

from tests.site import Site

GROW = {"instance": "web1", "volume": "web1-data-1", "size": 2, "stop": True}
SMALL = {"name": "web1", "flavor": "small", "stop": True}


@pytest.fixture
def site(cloud):
    """A project with a running instance."""
    site = Site(cloud)
    site.make()
    return site


def unfinished(site, **params):
    """List what is unfinished."""
    sent = len(site.state.writes)
    result = site.run("operation_info", **params)
    assert not result.get("failed"), result
    assert len(site.state.writes) == sent
    return result["operations"]


def test_nothing_is_unfinished(site):
    assert unfinished(site) == []
    assert not site.run("volume_resize", **GROW).get("failed")
    assert unfinished(site) == []


def test_a_resize_is_seen_alive_and_dead(site, short_pauses):
    assert site.killed(2, "after", "volume_resize", **GROW)
    entry = unfinished(site)[0]
    assert (entry["operation"], entry["volume"]["name"], entry["instance"]["name"]) == (
        "volume_resize",
        "web1-data-1",
        "web1",
    )
    assert (entry["from_size"], entry["size"], entry["device"], entry["power"]) == (1, 2, "/dev/vdb", "running")
    assert entry["alive"] and entry["problem"] is None and entry["since"] <= entry["heartbeat"]
    site.cloud.settle()
    short_pauses.sleep(40)
    entry = unfinished(site, instance="web1")[0]
    assert not entry["alive"]
    assert entry["next_run"] == [
        "Take over the resize on web1-data-1",
        "Extend the volume web1-data-1 from 1 to 2 GiB",
        "Attach the volume web1-data-1 to web1 as /dev/vdb again",
        "Start web1 again",
        "Clear the note on web1-data-1",
    ]
    result = site.run("volume_resize", **GROW)
    assert result["actions"] == entry["next_run"]
    assert unfinished(site) == []


def test_a_flavor_change_is_seen(site, short_pauses):
    assert site.killed(2, "after", "instance", **SMALL)
    site.cloud.settle()
    short_pauses.sleep(40)
    entry = unfinished(site)[0]
    assert (entry["operation"], entry["flavor"], entry["volume"], entry["alive"]) == (
        "flavor_change",
        "small",
        None,
        False,
    )
    assert site.instance(**SMALL)["actions"] == entry["next_run"]
    assert unfinished(site) == []


def test_a_restore_is_seen(site):
    assert not site.run("backup", instance="web1", name="sunday").get("failed")
    restore = {"name": "sunday", "state": "restored", "new_name": "web2", "flavor": "tiny"}
    assert site.killed(0, "after", "backup", **restore)
    entry = unfinished(site)[0]
    assert (entry["operation"], entry["instance"]) == ("restore", {"id": None, "name": "web2"})
    assert entry["next_run"] == ["Finish the instance web2, as conductor.cloud.backup does with state: restored"]
    assert unfinished(site, instance="web1") == []
    assert not site.run("backup", **restore).get("failed")
    assert unfinished(site) == []


def test_what_cannot_be_finished_says_why(site):
    assert site.killed(0, "after", "volume_resize", **GROW)
    site.state.table("volume_quotas")[site.project_id] = {"gigabytes": 2}
    entry = unfinished(site)[0]
    assert entry["next_run"] == [] and "gigabytes" in entry["problem"]
    site.rows("servers").clear()
    site.state.table("servers").clear()
    entry = unfinished(site)[0]
    assert entry["instance"]["name"] is None and "there is no instance" in entry["problem"]
