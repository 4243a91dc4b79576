# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Others meddle with what a run does: another run, or a person who changes the metadata by hand."""

from __future__ import annotations

import json

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import volume_resize
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine

from tests.notes import GROW, SANE, SMALL, forge, meddle, moment, whole


@pytest.mark.parametrize("when", ["os-stop", "os-extend"])
@pytest.mark.parametrize("when_busy", ["refuse", "wait"])
def test_a_run_whose_note_is_taken_stops_before_its_next_write(site, monkeypatch, when, when_busy):
    """The other run's note stays; where that run dies, too, the one that waits for it finishes."""
    answer, sent = site.cloud.answer, []

    def steal(method, path, query, body, headers):
        found = answer(method, path, query, body, headers)
        if when in body:
            site.data()["metadata"][OPERATION] = forge(site, beat=moment(site))
            sent.append(len(site.state.writes))
        return found

    monkeypatch.setattr(site.cloud, "answer", steal)
    result = site.run("volume_resize", **GROW, when_busy=when_busy)
    if when_busy == "wait":
        assert not result.get("failed"), result
        assert whole(site, 2)
        return
    assert result["failed"] and "run 0123456789abcdef is at it" in result["msg"]
    assert len(site.state.writes) == sent[0]
    assert "0123456789abcdef" in site.data()["metadata"][OPERATION]


def count(site, when):
    """Count the writes that were done and in whose path or body ``when`` stands."""
    lines = [f"{write.method} {write.path} {write.body}" for write in site.state.writes if write.status < 400]
    return sum(when in line for line in lines)


def test_a_run_whose_plan_another_one_has_carried_out_does_nothing_twice(site, monkeypatch):
    """The other one comes and goes between the look and the note."""
    login = site.cloud.params("demo", "demo")
    options = {name: option.get("default") for name, option in volume_resize.SPEC.options.items()}

    def other(_send):
        session = connect(login)
        engine = Engine(volume_resize.resizes(session.reader(), {**options, **GROW}), session, timeout=60)
        engine.look()
        engine.apply()
        assert "msg" not in engine.report()[0]

    met = meddle(site, monkeypatch, "/metadata", before=other)
    assert not site.run("volume_resize", **GROW).get("failed") and met
    assert [count(site, what) for what in ("os-stop", "os-extend", "os-start")] == [1, 1, 1]
    assert [
        count(site, f"{verb} /compute/v2.1/servers/{site.server()['id']}/os-vol") for verb in ("DELETE", "POST")
    ] == [
        1,
        1,
    ]
    assert whole(site, 2)


def test_a_write_that_another_run_has_sent_counts(site, monkeypatch):
    """Nova refuses the second stop; whoever still has the note goes on."""
    met = meddle(site, monkeypatch, "os-stop", before=lambda send: send())
    assert not site.run("volume_resize", **GROW).get("failed") and met
    assert whole(site, 2)


def test_a_note_that_nova_refuses_is_another_runs_turn(site, monkeypatch):
    """Nova takes no metadata while it stops a server."""
    session = connect(site.cloud.params("demo", "demo"))
    path = f"/servers/{site.server()['id']}/action"
    site.state.settle = 2
    met = meddle(site, monkeypatch, "/metadata", before=lambda _send: session.post("compute", path, {"os-stop": None}))
    result = site.instance(**SMALL)
    assert not result.get("failed") and met, result
    assert (site.server()["flavor"]["original_name"], site.server()["status"]) == ("small", "SHUTOFF")


def test_a_run_that_has_lost_does_not_take_back_what_the_other_one_did(site, monkeypatch):
    def steal():
        note = {key: value for key, value in SANE.items() if key not in ("device", "was", "size")}
        server = site.rows("servers")[0]
        note.update(operation="flavor_change", flavor="small", server=server["id"], beat=moment(site))
        server["metadata"][OPERATION] = json.dumps(note)

    met = meddle(site, monkeypatch, '"resize"', after=steal)
    result = site.instance(**SMALL, when_busy="refuse")
    assert result["failed"] and "is at it" in result["msg"] and met
    site.cloud.settle()
    assert count(site, "revertResize") == count(site, "confirmResize") == 0
    assert site.server()["status"] == "VERIFY_RESIZE" and OPERATION in site.server()["metadata"]


def test_a_run_that_has_lost_says_so_while_it_waits(site, monkeypatch):
    """What the other one does is no fault of the cloud."""

    def steal():
        site.data()["metadata"][OPERATION] = forge(site, beat=moment(site))
        site.data()["status"] = "in-use"

    met = meddle(site, monkeypatch, "DELETE /compute", after=steal)
    result = site.run("volume_resize", **GROW, when_busy="refuse")
    assert result["failed"] and "is at it" in result["msg"] and met


def test_a_note_that_somebody_removes_is_written_again(site, monkeypatch):
    answer = site.cloud.answer

    def wipe(method, path, query, body, headers):
        found = answer(method, path, query, body, headers)
        if "os-stop" in body:
            site.data()["metadata"].pop(OPERATION)
        return found

    monkeypatch.setattr(site.cloud, "answer", wipe)
    assert not site.run("volume_resize", **GROW).get("failed")
    assert whole(site, 2)


@pytest.mark.parametrize("when", ["DELETE /compute", "os-extend", "POST /compute/v2.1/servers/{}/os-vol", "os-start"])
@pytest.mark.parametrize("is_ours", [True, False])
def test_a_note_that_somebody_removes_while_the_volume_is_off_is_written_again(site, monkeypatch, when, is_ours):
    """The run knows where the volume was, and which one it was, also one that it has not made."""
    if not is_ours:
        site.data()["metadata"].clear()
    when = when.format(site.server()["id"])
    met = meddle(site, monkeypatch, when, after=lambda: site.data()["metadata"].pop(OPERATION))
    result = site.run("volume_resize", **GROW)
    assert not result.get("failed") and met, result
    assert whole(site, 2)


def test_a_run_whose_instance_is_removed_right_after_its_note_says_so(site, monkeypatch):
    def remove():
        assert not site.instance(state="absent", takeover=True).get("failed")

    met = meddle(site, monkeypatch, "/metadata", after=remove)
    result = site.instance(**SMALL)
    assert result["failed"] and "could not be found" in result["msg"] and met
    assert not site.rows("servers") and not site.rows("volumes")
