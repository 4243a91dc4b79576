# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The power of an instance when somebody else has changed it, or is about to."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.notes import GROW, SMALL, forge, meddle, moment, whole


def test_what_was_started_since_a_run_died_runs_in_the_end(site, short_pauses):
    """The dead run had noted that the instance was stopped."""
    site.instance(state="stopped")
    assert site.killed(0, "after", "instance", **SMALL)
    short_pauses.sleep(60)
    assert not site.instance(state="started").get("failed")
    result = site.instance(**SMALL)
    assert not result.get("failed"), result
    assert (site.server()["flavor"]["original_name"], site.server()["status"]) == ("small", "ACTIVE")


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        ("present", "ACTIVE", "ACTIVE"),
        ("stopped", "ACTIVE", "SHUTOFF"),
        ("started", "ACTIVE", "ACTIVE"),
        ("present", "SHUTOFF", "SHUTOFF"),
        ("started", "SHUTOFF", "ACTIVE"),
    ],
)
def test_the_flavor_that_somebody_has_changed_is_confirmed(site, state, before, after):
    """Other clients do not stop the instance for it."""
    if before == "SHUTOFF":
        site.instance(state="stopped")
    flavor = next(row["id"] for row in site.state.table("flavors").values() if row["name"] == "small")
    path = f"/servers/{site.server()['id']}/action"
    connect(site.cloud.params("demo", "demo")).post("compute", path, {"resize": {"flavorRef": flavor}})
    site.cloud.settle()
    predicted = site.instance(check=True, **SMALL, state=state)
    result = site.instance(**SMALL, state=state)
    assert not result.get("failed"), result
    assert predicted["actions"] == result["actions"]
    assert predicted["instance"]["status"] == result["instance"]["status"] == after
    assert (site.server()["flavor"]["original_name"], site.server()["status"]) == ("small", after)
    assert site.instance(**SMALL, state=state)["changed"] is False


@pytest.mark.parametrize("state", ["started", "stopped"])
def test_an_instance_of_which_an_image_is_taken_stays_as_it_is(site, state):
    """Nova is at it for a while, and that is waited for."""
    site.instance(state=state)
    status = site.server()["status"]
    row = site.rows("servers")[0]
    for module, wanted in (("instance", {"name": "web1", "metadata": {"team": "blue"}}), ("volume_resize", GROW)):
        row["OS-EXT-STS:task_state"] = "image_uploading"
        site.state.later(lambda: row.update({"OS-EXT-STS:task_state": None}), 5)
        result = site.run(module, **wanted)
        assert not result.get("failed"), result
        assert result["instance"]["status"] == site.server()["status"] == status
    assert ("Stop web1" in result["actions"]) is (state == "started")
    assert whole(site, 2) is (state == "started")


@pytest.mark.parametrize(("module", "wanted"), [("volume_resize", GROW), ("instance", SMALL)])
def test_what_somebody_stops_right_before_it_is_noted_is_not_started_again(site, monkeypatch, module, wanted):
    """The run has seen it running, and plans to stop it for a while."""
    answer, asked = site.cloud.answer, []
    place = site.data()["id"] if module == "volume_resize" else site.server()["id"]

    def stopped(method, path, query, body, headers):
        if method == "GET" and path.endswith(place) and not asked:
            asked.append(path)
            assert not site.instance(state="stopped").get("failed")
        return answer(method, path, query, body, headers)

    monkeypatch.setattr(site.cloud, "answer", stopped)
    result = site.run(module, **wanted)
    assert not result.get("failed") and asked, result
    assert "Start web1 again" not in result["actions"]
    assert not whole(site, 2 if module == "volume_resize" else 1)


def test_what_another_run_has_started_again_is_stopped_again(site, monkeypatch):
    """That run had noted what it does after this one had looked."""

    def end():
        site.data()["metadata"].pop(OPERATION)
        site.rows("servers")[0]["OS-EXT-STS:vm_state"] = "active"

    def note():
        site.data()["metadata"][OPERATION] = forge(site, beat=moment(site))
        site.state.later(end, 5)

    met = meddle(site, monkeypatch, "os-stop", after=note)
    result = site.instance(state="stopped")
    assert not result.get("failed") and met, result
    assert result["actions"] == ["Stop web1", "Wait for another run on instance web1", "Stop web1"]
    assert not whole(site, 1)


def test_a_run_that_may_not_wait_says_that_another_one_is_at_it(site, monkeypatch):
    def note():
        site.data()["metadata"][OPERATION] = forge(site, beat=moment(site))

    meddle(site, monkeypatch, "os-stop", after=note)
    result = site.instance(state="stopped", when_busy="refuse")
    assert result["failed"] and "is at it" in result["msg"]
