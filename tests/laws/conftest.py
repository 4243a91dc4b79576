# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws wait for nothing: modules and clouds live on one clock, on which pauses cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fake.clock import QuickClock

NAMES = [
    f"ansible_collections.conductor.cloud.plugins.module_utils.{name}"
    for name in ("resource", "openstack.journal", "openstack.rival", "openstack.session")
]


@contextmanager
def quick() -> Iterator[QuickClock]:
    """Let all modules live on one clock."""
    clock = QuickClock()
    with pytest.MonkeyPatch.context() as patch:
        for name in (*NAMES, "keystoneauth1.session"):
            patch.setattr(f"{name}.time", clock)
        yield clock


@pytest.fixture(autouse=True)
def short_pauses() -> Iterator[QuickClock]:
    """Return the clock that everything of a test lives on."""
    with quick() as clock:
        yield clock
