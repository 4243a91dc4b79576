# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request takes longer than a run without a sign of life is believed to live, and another run comes meanwhile."""

from __future__ import annotations

import json

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import journal_view
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import read_note

from tests.fake.state import Fault
from tests.notes import GROW, meddle, whole

LONG = journal_view.ALIVE.total_seconds() + 2
WRITES = ["os-stop", "DELETE /compute", "os-extend", "POST /compute/v2.1/servers/{}/os-vol", "os-start"]


def hinder(site, monkeypatch, when, seconds, meanwhile):
    """Refuse a write for so long as a service that has too many to do, and let something happen just before the end."""
    answer, began, ended = site.cloud.answer, [], []

    def hindered(method, path, query, body, headers):
        is_it = method not in ("GET", "HEAD") and when in f"{method} {path} {json.dumps(body)}"
        if not is_it or ended:
            return answer(method, path, query, body, headers)
        began.append(site.state.clock.monotonic())
        if began[-1] - began[0] < seconds:
            raise Fault(429, "Too many requests")
        ended.append(path)
        meanwhile()
        return answer(method, path, query, body, headers)

    monkeypatch.setattr(site.cloud, "answer", hindered)
    return ended


@pytest.mark.parametrize("when", WRITES)
def test_a_run_whose_write_is_refused_for_long_stays_alive(site, monkeypatch, when):
    """Another run is told so, and does not come in between."""
    told = []

    def other():
        told.append(site.run("volume_resize", **GROW, when_busy="refuse"))

    ended = hinder(site, monkeypatch, when.format(site.server()["id"]), LONG, other)
    assert not site.run("volume_resize", **GROW).get("failed") and ended
    assert "is busy: run" in told[0]["msg"]
    assert whole(site, 2)


@pytest.mark.parametrize("when", WRITES)
def test_a_write_that_comes_after_another_run_has_finished_does_no_lasting_harm(site, monkeypatch, short_pauses, when):
    """It was on its way for long, and its run was taken for dead."""
    told = []

    def other(_send):
        short_pauses.sleep(LONG)
        told.append(site.run("volume_resize", **GROW))

    met = meddle(site, monkeypatch, when.format(site.server()["id"]), before=other)
    result = site.run("volume_resize", **GROW)
    site.cloud.settle()
    assert not told[0].get("failed") and met, told
    assert not result.get("failed"), result
    assert whole(site, 2)


def test_a_run_that_had_to_read_for_long_looks_whose_note_it_is_before_it_writes(site, monkeypatch, short_pauses):
    """It reads what the instance does right before it stops it, and another run comes and goes meanwhile."""
    answer, met = site.cloud.answer, []

    def slow(method, path, query, body, headers):
        is_it = method == "GET" and path.endswith(site.server()["id"]) and read_note(site.data()["metadata"])
        if is_it and not met:
            met.append(path)
            short_pauses.sleep(LONG)
            assert not site.run("volume_resize", **GROW).get("failed")
        return answer(method, path, query, body, headers)

    monkeypatch.setattr(site.cloud, "answer", slow)
    assert not site.run("volume_resize", **GROW).get("failed") and met
    assert sum("os-stop" in write.body for write in site.state.writes) == 1
    assert whole(site, 2)


@pytest.mark.parametrize("when", WRITES)
def test_a_cloud_that_is_away_for_a_while_is_waited_for(site, monkeypatch, when):
    """It refuses all connections for 20 s, right after it has taken a write."""
    answer, back = site.cloud.answer, []

    def restart(method, path, query, body, headers):
        if back and site.state.clock.monotonic() < back[0]:
            return None
        found = answer(method, path, query, body, headers)
        if not back and method != "GET" and when.format(site.server()["id"]) in f"{method} {path} {json.dumps(body)}":
            back.append(site.state.clock.monotonic() + 20)
        return found

    monkeypatch.setattr(site.cloud, "answer", restart)
    result = site.run("volume_resize", **GROW)
    assert not result.get("failed") and back, result
    assert whole(site, 2)
