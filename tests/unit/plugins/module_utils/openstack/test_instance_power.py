# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The power of an instance when somebody else has changed it, or is about to."""

from __future__ import annotations

from tests.notes import SMALL


def test_what_was_started_since_a_run_died_runs_in_the_end(site, short_pauses):
    """The dead run had noted that the instance was stopped."""
    site.instance(state="stopped")
    assert site.killed(0, "after", "instance", **SMALL)
    short_pauses.sleep(60)
    assert not site.instance(state="started").get("failed")
    result = site.instance(**SMALL)
    assert not result.get("failed"), result
    assert (site.server()["flavor"]["original_name"], site.server()["status"]) == ("small", "ACTIVE")
