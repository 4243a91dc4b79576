# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something goes wrong while two runs at different parts of one instance settle who goes first."""

from __future__ import annotations

import json
from email.utils import formatdate

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION, read_note
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_view import NOBODY

from tests.notes import GROW, SANE, forge, meddle, moment, whole

FIRST, LAST = "0" * 15 + "1", "f" * 16
CHANGE = {"operation": "flavor_change", "flavor": "small", "power": "running"}


def note_beside(site, owner, **changes):
    """Let another run note a flavor change, just now."""
    row = site.rows("servers")[0]
    common = {key: value for key, value in SANE.items() if key not in ("device", "was", "size")}
    note = {**common, **CHANGE, "server": row["id"], "owner": owner, "beat": moment(site), **changes}
    row["metadata"][OPERATION] = json.dumps(note)


def power(site, state):
    """Let another run stop or start the instance."""
    site.rows("servers")[0].update({"OS-EXT-STS:vm_state": state})


def started(site):
    """Say whether anybody asked for a start."""
    return any("os-start" in write.body for write in site.state.writes)


def cut(site, monkeypatch, when, after):
    """Do the first write of a kind, and then lose its answer."""
    answer, met = site.cloud.answer, []

    def cutting(method, path, query, body, headers):
        found = answer(method, path, query, body, headers)
        if not met and when in f"{method} {path}":
            met.append(path)
            after()
            return None
        return found

    monkeypatch.setattr(site.cloud, "answer", cutting)
    return met


def test_a_run_does_not_start_what_its_rival_has_stopped_where_the_answer_to_its_withdrawal_is_lost(site, monkeypatch):
    meddle(site, monkeypatch, "POST /volume", after=lambda: note_beside(site, FIRST))
    met = cut(site, monkeypatch, "DELETE /volume", lambda: power(site, "stopped"))
    result = site.run("volume_resize", **GROW, when_busy="refuse")
    assert result["failed"] and met, result
    assert not started(site), site.writes()
    assert OPERATION not in site.data()["metadata"]


def renewed(site, monkeypatch):
    """Let another run, that comes last, note a change while this one does, and work on it for good."""
    answer, met = site.cloud.answer, []

    def renewing(method, path, query, body, headers):
        found = answer(method, path, query, body, headers)
        if method == "POST" and path.endswith("/metadata") and not met:
            met.append(path)
        if met:
            note_beside(site, LAST)
        return found

    monkeypatch.setattr(site.cloud, "answer", renewing)
    return met


def test_a_run_that_has_waited_too_long_for_a_rival_leaves_nothing_to_do(site, monkeypatch):
    met = renewed(site, monkeypatch)
    result = site.run("volume_resize", **GROW)
    assert result["failed"] and "waited 60 s" in result["msg"] and met, result
    assert not started(site) and OPERATION not in site.data()["metadata"], site.data()["metadata"]


def test_a_run_that_takes_over_starts_nothing_while_its_rival_works(site, monkeypatch):
    """What the dead run has left stays noted."""
    power(site, "stopped")
    site.data()["metadata"][OPERATION] = forge(site, owner="a" * 16)
    met = renewed(site, monkeypatch)
    result = site.run("volume_resize", **GROW)
    assert result["failed"] and "waited 60 s" in result["msg"] and met, result
    left = read_note(site.data()["metadata"])
    assert not started(site), site.writes()
    assert left and (left.owner, left.device, left.power) == (NOBODY, "/dev/vdb", "running")


def test_what_another_run_left_between_plan_and_note_is_kept(site, monkeypatch):
    """It failed with the volume off; the one that withdraws has to leave where it was."""
    answer, met = site.cloud.answer, []

    def failed(method, path, query, body, headers):
        if path.endswith(f"/volumes/{site.data()['id']}") and not met:
            met.append(path)
            site.data()["metadata"][OPERATION] = forge(site, owner=NOBODY)
        return answer(method, path, query, body, headers)

    monkeypatch.setattr(site.cloud, "answer", failed)
    meddle(site, monkeypatch, "POST /volume", after=lambda: note_beside(site, FIRST))
    result = site.run("volume_resize", **GROW, when_busy="refuse")
    assert result["failed"] and met, result
    left = read_note(site.data()["metadata"])
    assert left and (left.owner, left.device) == (NOBODY, "/dev/vdb")


def test_a_long_flavor_change_is_waited_for(site, monkeypatch):
    """While Nova moves the server, its note cannot be renewed."""
    answer, begun = site.cloud.answer, []
    row = site.rows("servers")[0]
    note_beside(site, LAST)
    row.update({"OS-EXT-STS:task_state": "resize_migrating"})

    def slow(method, path, query, body, headers):
        begun.append(site.state.clock.monotonic())
        if begun[-1] - begun[0] > 45 and OPERATION in row["metadata"]:
            row["metadata"].pop(OPERATION)
            row.update({"OS-EXT-STS:task_state": None})
        return answer(method, path, query, body, headers)

    monkeypatch.setattr(site.cloud, "answer", slow)
    result = site.run("volume_resize", **GROW)
    assert not result.get("failed"), result
    assert whole(site, 2)


@pytest.mark.parametrize("owner", [FIRST, LAST])
def test_a_rival_is_alive_by_the_clock_of_its_own_service(site, monkeypatch, owner):
    exchange, late = site.cloud.exchange, 50

    def ahead(method, target, given, raw):
        found = exchange(method, target, given, raw)
        if found and target.startswith("/compute"):
            found[1]["Date"] = formatdate(site.state.clock.time() + late, usegmt=True)
        return found

    monkeypatch.setattr(site.cloud, "exchange", ahead)
    beat = moment(site, late)
    met = meddle(site, monkeypatch, "POST /volume", after=lambda: note_beside(site, owner, beat=beat))
    result = site.run("volume_resize", **GROW, when_busy="refuse")
    assert result.get("failed") and "is at it" in result["msg"] and met, result


def test_a_run_takes_over_only_what_there_was_when_it_began(site, monkeypatch):
    """That others are dead can only be known of those."""
    met = meddle(site, monkeypatch, "POST /volume", after=lambda: note_beside(site, FIRST))
    result = site.run("volume_resize", **GROW, takeover=True, when_busy="refuse")
    assert result.get("failed") and "is at it" in result["msg"] and met, result
    assert OPERATION in site.server()["metadata"] and OPERATION not in site.data()["metadata"]
