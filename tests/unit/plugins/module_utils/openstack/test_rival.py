# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who keeps what two runs have made."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.rival import (
    PAUSES,
    RivalError,
    keep_one,
    settled,
)

OLD = {"id": "b", "created_at": "2026-01-01T00:00:00"}
SAME_SECOND = {"id": "a", "created_at": "2026-01-01T00:00:00"}
YOUNG = {"id": "0", "created_at": "2026-01-01T00:00:01"}


def kept(mine: set[str], *looks: list[dict[str, Any]]) -> tuple[list[str], int]:
    """Return what a run took back, and how often it looked."""
    back: list[str] = []
    seen = []

    def look() -> Any:
        for rows in (*looks, *[looks[-1]] * len(PAUSES)):
            seen.append(rows)
            yield rows

    try:
        keep_one("it", look(), mine, lambda row: back.append(row["id"]))
    except RivalError:
        assert back
    else:
        assert not back
    return back, len(seen)


@pytest.mark.parametrize("rows", [[OLD], [], [YOUNG]])
def test_alone_there_is_nothing_to_settle(short_pauses: Any, rows: Any) -> None:
    """Also where somebody has removed it meanwhile."""
    assert kept({"b"}, rows) == ([], 1)


def test_the_younger_one_goes_at_once(short_pauses: Any) -> None:
    """Its name does not matter."""
    assert kept({"0"}, [OLD, YOUNG]) == (["0"], 1)


def test_of_one_second_all_choose_the_same(short_pauses: Any) -> None:
    """The services' times have no fractions."""
    assert kept({"b"}, [OLD, SAME_SECOND]) == (["b"], 1)
    assert kept({"a"}, [OLD, SAME_SECOND], [SAME_SECOND]) == ([], 2)


def test_the_oldest_waits_for_the_others_to_go(short_pauses: Any) -> None:
    """Then it is the only one."""
    assert kept({"b"}, [OLD, YOUNG], [OLD, YOUNG], [OLD]) == ([], 3)


def test_who_does_not_go_has_looked_before(short_pauses: Any) -> None:
    """That run goes on with its own, so that the oldest is taken back."""
    assert kept({"b"}, [OLD, YOUNG]) == (["b"], len(PAUSES) + 1)


def test_a_reader_waits_longer_than_the_maker(short_pauses: Any) -> None:
    """Else it would fail over doubles of which one goes in the next moment."""
    both = [{**OLD, "name": "it"}, {**YOUNG, "name": "it"}]
    looks = iter([both] * (len(PAUSES) + 2) + [both[:1]])
    assert settled(lambda: next(looks)) == both[:1]
    assert settled(lambda: both) == both
