# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps that are collected one by one, and how a later one finds what an earlier one made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .rival import age

Reference = Callable[[Results], str]


class Draft:
    """The steps of a plan as they come together."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(
        self,
        key: str,
        summary: str,
        submit: Callable[[Any, Results], Any],
        after: Iterable[str] = (),
        done: Callable[[Document | None], bool] | None = None,
        waiting_for: str = "",
    ) -> None:
        """Add a write that waits for those of the steps in ``after`` that the plan has."""
        planned = {step.key for step in self.steps}
        needs = tuple(name for name in after if name in planned)
        self.steps.append(Step(key, summary, submit, needs=needs, done=done, waiting_for=waiting_for))

    def keys(self, start: str = "") -> tuple[str, ...]:
        """Return the keys of the steps so far that begin like this."""
        return tuple(step.key for step in self.steps if step.key.startswith(start))


def reference(current: Document | None, key: str, kind: str) -> Reference:
    """Return what gives the id of an object: that of the existing one, or of the one that step ``key`` makes."""
    known = (current or {}).get("id")
    return lambda results: known or results[key][kind]["id"]


def only(rows: list[Document], name: str, option: str, words: str) -> Document | None:
    """Return the one row of this name, or None; two of them are an error."""
    found = [row for row in rows if row["name"] == name]
    if len(found) > 1:
        found.sort(key=age)
        ids = ", ".join(f"{row['id']} (made {row['created_at']})" for row in found)
        raise ResourceError(
            f"{option}: the project has {len(found)} {words}s called {name}: {ids}. Older versions of this collection"
            f" made it twice where two runs began at once. Delete the {words} that nothing uses, such as"
            f" openstack {words} delete {found[-1]['id']}, or rename all but one."
        )
    return found[0] if found else None


def given(options: Document, *names: str) -> Document:
    """Return those of the options that the task gives."""
    return {name: options[name] for name in names if options.get(name) is not None}


def differing(current: Document, wanted: Document) -> Document:
    """Return what of ``wanted`` is not so yet."""
    return {key: value for key, value in wanted.items() if current.get(key) != value}


def in_words(changes: Document) -> str:
    """Return changes as people write them."""
    return ", ".join(f"{key} {value}" for key, value in changes.items())
