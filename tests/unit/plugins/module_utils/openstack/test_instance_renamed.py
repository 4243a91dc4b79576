# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person renames an instance: its parts keep their marks, and nobody else takes them by the old name."""

from __future__ import annotations

import pytest

from tests.notes import GROW, meddle, whole

RESTORE = {"name": "sunday", "state": "restored", "in_place": True, "stop": True}
MAKE = {"name": "web1", "flavor": "tiny", "image": "debian", "root_volume": {"size": 1}}


@pytest.fixture(name="site")
def fixture_site(site):
    """An instance that was made as web1 and is called db1 now."""
    assert not site.run("backup", name="sunday", instance="web1").get("failed")
    site.rows("servers")[0]["name"] = "db1"
    return site


@pytest.mark.parametrize(
    ("when", "module", "wanted", "size"),
    [("os-extend", "volume_resize", {**GROW, "instance": "db1"}, 2), ("/restore", "backup", RESTORE, 1)],
)
def test_a_removal_leaves_what_another_run_has_taken_off_for_a_moment(site, monkeypatch, when, module, wanted, size):
    removals = []
    met = meddle(
        site, monkeypatch, when, before=lambda _send: removals.append(site.run("instance", name="web1", state="absent"))
    )
    assert not site.run(module, **wanted).get("failed") and met
    assert [removal["changed"] for removal in removals] == [False]
    assert whole(site, size)


def test_a_removal_leaves_what_a_dead_run_has_taken_off(site):
    """The third write of a resize takes the volume off."""
    assert site.killed(2, "after", "volume_resize", **{**GROW, "instance": "db1"})
    site.cloud.settle()
    assert site.data()["attachments"] == []
    assert site.run("instance", name="web1", state="absent")["changed"] is False
    assert not site.run("volume_resize", **{**GROW, "instance": "db1"}).get("failed")
    assert whole(site, 2)


def test_a_removal_leaves_a_floating_ip_that_is_on_no_port(site):
    assert not site.run("instance", name="db1", floating_ip="auto").get("failed")
    site.rows("floatingips")[0]["port_id"] = None
    assert site.run("instance", name="web1", state="absent")["changed"] is False
    assert len(site.rows("floatingips")) == 1


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("module", "wanted"),
    [("instance", MAKE), ("backup", {"name": "sunday", "state": "restored", "new_name": "web1", "flavor": "tiny"})],
)
def test_the_old_name_is_refused_for_another_instance(site, check, module, wanted):
    """Nobody could tell the parts of the two."""
    sent = len(site.state.writes)
    result = site.run(module, check=check, **wanted)
    assert result["failed"] and "name: the instance db1" in result["msg"] and "was made as web1" in result["msg"]
    assert len(site.state.writes) == sent


def test_a_renamed_instance_is_removed_with_its_parts(site):
    assert site.run("instance", name="db1", state="absent")["changed"]
    assert not site.rows("servers") and not site.rows("volumes")
