# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of every module that changes things."""

from __future__ import annotations


class ModuleDocFragment:
    """How many writes at once, and how long to wait."""

    DOCUMENTATION = r"""
options:
  concurrency:
    description: How many writes may be on their way at the same time.
    type: int
    default: 8
  timeout:
    description: How long to wait for what is under way to come to its end, in seconds.
    type: int
    default: 600
attributes:
  check_mode:
    description: Prints the plan and sends no write.
    support: full
  diff_mode:
    description: Shows each object before and after.
    support: full
"""
