# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws wait for nothing: modules and clouds live on one clock, on which pauses cost nothing."""

from __future__ import annotations

import pytest

from tests.fake.clock import QuickClock


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> QuickClock:
    """Return the clock that everything of a test lives on."""
    clock = QuickClock()
    for name in ("resource", "openstack.session"):
        monkeypatch.setattr(f"ansible_collections.conductor.cloud.plugins.module_utils.{name}.time", clock)
    monkeypatch.setattr("ansible_collections.conductor.cloud.plugins.module_utils.openstack.session.time", clock)
    monkeypatch.setattr("keystoneauth1.session.time", clock)
    return clock
