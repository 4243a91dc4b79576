# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance is removed while others are at work on it, or were and died."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION

from tests.notes import GROW, SMALL, forge

BEGUN = pytest.mark.parametrize(
    ("module", "wanted", "title"), [("volume_resize", GROW, "resize"), ("instance", SMALL, "flavor change")]
)


def test_nobody_at_work_is_no_reason_to_wait(site):
    result = site.instance(state="absent", when_busy="refuse")
    assert result["actions"] == [
        "Delete the server web1",
        "Delete the volume web1-root",
        "Delete the volume web1-data-1",
    ]


@BEGUN
def test_another_run_is_refused_or_waited_for(site, module, wanted, title):
    """Then it is known to be dead, and its work is given up."""
    assert site.killed(0, "after", module, **wanted)
    sent = len(site.state.writes)
    refused = site.instance(state="absent", when_busy="refuse")
    assert refused["failed"] and "instance web1 is busy: run" in refused["msg"]
    check = site.instance(True, state="absent")
    assert check["actions"] == ["Wait for another run on instance web1"]
    late = site.instance(state="absent", timeout=5)
    assert "waited 5 s for: the end of the run" in late["msg"]
    assert len(site.state.writes) == sent
    result = site.instance(state="absent")
    assert not result.get("failed"), result
    expected = ["Wait for another run on instance web1", f"Delete the server web1 and give up its unfinished {title}"]
    assert result["actions"][:2] == expected
    assert not site.rows("servers") and not site.rows("volumes")


@BEGUN
def test_a_takeover_is_at_once(site, module, wanted, title):
    assert site.killed(0, "after", module, **wanted)
    result = site.instance(state="absent", takeover=True, when_busy="refuse")
    assert result["actions"][0] == f"Delete the server web1 and give up its unfinished {title}"
    assert not site.rows("servers") and not site.rows("volumes")


def test_a_volume_that_was_taken_off_goes_too(site):
    """The resize died when the volume was off."""
    assert site.killed(2, "after", "volume_resize", **GROW)
    site.cloud.settle()
    assert site.data()["status"] == "available"
    assert not site.instance(state="absent").get("failed")
    assert not site.rows("volumes")


def test_a_volume_that_stays_keeps_its_data_and_no_note(site):
    assert site.killed(2, "after", "volume_resize", **GROW)
    check = site.instance(True, state="absent", delete_volumes=False, takeover=True)
    result = site.instance(state="absent", delete_volumes=False, takeover=True)
    assert not result.get("failed"), result
    assert result["actions"] == check["actions"] and "Clear the note on web1-data-1" in result["actions"]
    row = site.data()
    assert (row["status"], row["_data"], row["attachments"]) == ("available", "precious", [])
    assert OPERATION not in row["metadata"]
    assert not site.instance(state="absent", delete_volumes=False)["changed"]


def test_an_odd_note_is_nobody_at_work(site):
    site.data()["metadata"][OPERATION] = forge(site, beat="2099-13-01T00:00:00Z")
    result = site.instance(state="absent", when_busy="refuse")
    assert result["actions"][0] == "Delete the server web1"
    assert not site.rows("volumes")


def test_a_volume_that_somebody_is_at_is_waited_for(site, monkeypatch):
    """A resize that began between the plan and the end of the server has Cinder extend the volume."""
    answer, row = site.cloud.answer, site.data()

    def meddled(method, path, query, body, headers):
        if method == "DELETE" and path.endswith(f"/volumes/{row['id']}") and row["status"] == "available" and not told:
            told.append(path)
            row["status"] = "extending"
            site.state.later(lambda: row.update(status="available", size=2), 3)
        return answer(method, path, query, body, headers)

    told = []
    monkeypatch.setattr(site.cloud, "answer", meddled)
    result = site.instance(state="absent")
    assert not result.get("failed"), result
    assert "Wait for the volume web1-data-1" in result["actions"] and told
    assert not site.rows("volumes")


def test_a_volume_that_cinder_keeps_is_an_error(site):
    site.state.break_route("DELETE .*/volumes/", 400, message="it stays")
    result = site.instance(state="absent")
    assert result["failed"] and "it stays" in result["msg"]


def test_a_server_that_somebody_removes_is_not_waited_for(site, monkeypatch):
    """Neither one that is made nor one that is stopped."""
    answer = site.cloud.answer

    def meddled(method, path, query, body, headers):
        found = answer(method, path, query, body, headers)
        if method == "POST" and (path.endswith("/servers") or "os-stop" in body):
            site.state.table("servers").clear()
        return found

    monkeypatch.setattr(site.cloud, "answer", meddled)
    stopped = site.instance(state="stopped", timeout=600)
    assert stopped["failed"] and "the server is gone: somebody else has removed it" in stopped["msg"]
    made = site.run("instance", name="web9", flavor="tiny", image="debian", timeout=600)
    assert made["failed"] and "the server is gone: somebody else has removed it" in made["msg"]


@pytest.mark.parametrize("is_renamed", [False, True])
@pytest.mark.parametrize("number", range(5))
def test_a_dead_removal_by_another_name_is_finished_under_it(site, number, is_renamed):
    """Neither the id nor a later name is what the volumes were marked with."""
    row = next(iter(site.state.table("servers").values()))
    row["name"] = "db1" if is_renamed else "web1"
    called = "db1" if is_renamed else row["id"]
    assert site.killed(number, "after", "instance", name=called, state="absent", concurrency=1)
    site.cloud.settle()
    result = site.run("instance", name=called, state="absent")
    assert not result.get("failed"), result
    assert not site.rows("servers") and not site.rows("volumes")


def test_volumes_that_a_removal_by_id_keeps_are_nobodys(site):
    """Even where an earlier one, which was stopped, would have deleted them."""
    called = site.server()["id"]
    assert site.killed(1, "after", "instance", name=called, state="absent")
    assert not site.run("instance", name=called, state="absent", delete_volumes=False).get("failed")
    assert not site.run("instance", name=called, state="absent")["changed"]
    assert len(site.rows("volumes")) == 2
