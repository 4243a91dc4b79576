# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of a fake cloud with recorded answers finds what differs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fake.clock import QuickClock
from tests.fake.shapes import Calls, called, changes, differences
from tests.laws import replay
from tests.laws.replay import main, played, read, recorded, write

REAL: Calls = {"GET /v3/x": {"200": {"x": ["dict"], "x.size": ["int"]}}}


@pytest.mark.parametrize("answers", [{"201": {}}, {"200": {"x.other": ["int"]}}, {"200": {"x.size": ["str"]}}], ids=str)
def test_a_wrong_answer_is_seen(answers: dict) -> None:
    """Another status, another field, another kind."""
    assert len(differences({"GET /v3/x": answers}, REAL)) == 1


def test_nothing_is_no_other_kind() -> None:
    """A field may be empty on one side."""
    assert differences({"GET /v3/x": {"200": {"x.size": ["NoneType"]}}}, REAL) == []


def test_the_fake_answers_as_the_services_did(short_pauses: QuickClock) -> None:
    """To the same tasks, which reach every service: the same statuses, and no field that there is not."""
    calls = played(short_pauses)
    assert len(calls) > 60
    assert differences(calls, recorded()) == []
    assert set(calls) <= set(recorded())
    fewer = {
        call: {status: dict(list(places.items())[:1]) for status, places in answers.items()}
        for call, answers in calls.items()
    }
    assert len(differences(calls, fewer)) > 60


def test_a_recording_that_is_stale_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another status, or a field that is no longer there; what is recorded anew is not stale."""
    assert changes(REAL, REAL) == []
    assert changes({"GET /v3/x": {"200": {"x": ["dict"]}}}, REAL) == ["GET /v3/x: 200: there is no x.size any more"]
    newer = tmp_path / "newer.json"
    write(newer, REAL)
    assert read(newer) == REAL
    monkeypatch.setattr(replay, "RECORDED", tmp_path / "kept.json")
    write(replay.RECORDED, {"GET /v3/x": {"200": {"x.more": ["int"]}}})
    for options, status in (([], 1), (["--keep"], 0), ([], 0)):
        monkeypatch.setattr(sys, "argv", ["replay", str(newer), *options])
        assert main() == status


def test_the_project_in_an_address_is_no_difference() -> None:
    """Cinder's address has it on some clouds."""
    project = "0123456789abcdef0123456789abcdef"
    assert called("GET", f"/volume/v3/{project}/volumes/detail?limit=1") == called("GET", "/v3/volumes/detail")
    assert called("GET", f"/v3/projects/{project}") == "GET /v3/projects/..."
