# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the laws: how to make each resource, to change it and to have it gone."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Params = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One way to use a module.

    ``make`` are the options of a first run, ``change`` those of a later one that has to change something,
    ``absent`` those that take it away. ``prepare`` fills the cloud before. ``project`` and ``user`` say who
    works. ``secrets`` must not appear anywhere. ``imperative`` verbs act at each run: the third law is not theirs.
    ``unknown`` names the keys that no plan can predict, ``keeps`` the tables in which ``absent`` leaves something,
    ``ends`` the volumes whose contents are meant to end, also with other verbs.
    """

    module: str
    make: Params
    name: str = ""
    change: Params | None = None
    absent: Params | None = None
    prepare: Callable[[Any], None] = lambda cloud: None
    project: str = "admin"
    user: str = "admin"
    secrets: tuple[str, ...] = ()
    imperative: bool = False
    unknown: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name or self.module


def cases() -> list[Case]:
    """Return the whole table: the lines of all files in this folder."""
    found: list[Case] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        found += importlib.import_module(f"{__name__}.{module.name}").CASES
    return found
