# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many members of a cluster may go: a cluster decides by more than half of those that it counts."""

from __future__ import annotations


def no_majority(count: int, what: str, leaving: int = 1) -> str:
    """Say why none of ``count`` members may go; nothing where those that are left are a majority of all."""
    is_majority = (count - leaving) * 2 > count
    return "" if is_majority else f"of {count} {what} none can go: the rest is no majority. Add one first."
