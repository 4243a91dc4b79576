# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs make the same thing in the same moment: the oldest counts, and the other run takes its own back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Set

from ..resource import Document, ResourceError, RivalError
from .session import ApiError

__all__ = ["RivalError", "age", "keep_one", "others_first", "settled", "until_gone"]

# How long to wait for others to take back what they made in vain, in seconds.
PAUSES = (0.5, 0.5, 1, 1, 2, 3)
# What services answer to a write for which another run was first.
REFUSED = (400, 403, 404, 409)

Rows = list[Document]


def age(row: Document) -> tuple[str, str]:
    """Return what orders things by their time; of two of one second, all runs have to choose the same one."""
    return str(row["created_at"]), str(row["id"])


def keep_one(what: str, looks: Iterable[Rows], mine: Set[str], take_back: Callable[[Document], None]) -> None:
    """Return where this run has made the oldest or the only one; else take back ``mine``, and raise RivalError.

    ``looks`` yields, time and again, what there is of a thing that should be there once, read after ``mine`` were made.
    Whoever has made the oldest waits until the others have taken theirs back. Those that do not have looked before it
    was there: it is this one then that goes. So no two runs go on, however their clocks and those of the cloud differ.
    """
    for rows, pause in zip(looks, (*PAUSES, 0)):
        own = [row for row in rows if row["id"] in mine]
        if not own or len(own) == len(rows):
            return
        if min(rows, key=age)["id"] not in mine or not pause:
            for row in own:
                take_back(row)
            raise RivalError(f"{what}: another run makes it, too, and was first.")
        time.sleep(pause)


def again(look: Callable[[], Rows]) -> Iterable[Rows]:
    """Look as often as somebody asks."""
    while True:
        yield look()


def others_first(what: str, error: ResourceError, is_there: Callable[[], bool]) -> ResourceError:
    """Return what has the engine look again, where a write was refused as another run was first; else the error."""
    was_refused = isinstance(error, ApiError) and error.status in REFUSED
    return RivalError(f"{what}: another run was first: {error}") if was_refused and is_there() else error


def until_gone(look: Callable[[], Rows], row: Document) -> None:
    """Return when a thing is gone, or when it should long be."""
    for pause in PAUSES:
        if row["id"] not in [other["id"] for other in look()]:
            break
        time.sleep(pause)


def settled(look: Callable[[], Rows]) -> Rows:
    """Return what there is; where names are there twice, when other runs have had the time to take theirs back."""
    rows = look()
    # Longer than the maker of one of them waits for the other one to go, before its own goes.
    for pause in (*PAUSES, *PAUSES):
        if len({row["name"] for row in rows}) == len(rows):
            break
        time.sleep(pause)
        rows = look()
    return rows
