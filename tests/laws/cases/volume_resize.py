# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A data volume grows, of a stopped instance and of a running one."""

from __future__ import annotations

from tests.laws.cases import Case
from tests.laws.cases.instance import HERE, with_running, with_stopped

GROW = {"instance": "web1", "volume": "web1-data-1", "size": 2}

CASES = [
    Case(
        "volume_resize",
        GROW,
        name="volume_resize, stopped",
        change={**GROW, "volume": "/dev/vdb", "size": 5},
        prepare=with_stopped,
        **HERE,
    ),
    Case(
        "volume_resize",
        {**GROW, "stop": True},
        name="volume_resize, running",
        change={**GROW, "volume": "data-1", "size": 5, "stop": True},
        prepare=with_running,
        **HERE,
    ),
]
