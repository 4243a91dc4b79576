# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of a fake cloud with recorded answers finds what differs."""

from __future__ import annotations

import pytest

from tests.fake.clock import QuickClock
from tests.fake.shapes import Calls, differences
from tests.laws.replay import played

REAL: Calls = {"GET /v3/x": {"200": {"x": ["dict"], "x.size": ["int"]}}}


@pytest.mark.parametrize("answers", [{"201": {}}, {"200": {"x.other": ["int"]}}, {"200": {"x.size": ["str"]}}], ids=str)
def test_a_wrong_answer_is_seen(answers: dict) -> None:
    """Another status, another field, another kind."""
    assert len(differences({"GET /v3/x": answers}, REAL)) == 1


def test_nothing_is_no_other_kind() -> None:
    """A field may be empty on one side."""
    assert differences({"GET /v3/x": {"200": {"x.size": ["NoneType"]}}}, REAL) == []


def test_all_kinds_of_calls_are_compared(short_pauses: QuickClock) -> None:
    """The tasks reach every service, and what one of them answers is no longer the same when a field is missing."""
    calls = played(short_pauses)
    assert len(calls) > 60
    assert differences(calls, calls) == []
    fewer = {
        call: {status: dict(list(places.items())[:1]) for status, places in answers.items()}
        for call, answers in calls.items()
    }
    assert len(differences(calls, fewer)) > 60
