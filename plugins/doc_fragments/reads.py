# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for modules that only read."""

from __future__ import annotations


class ModuleDocFragment:
    """Check mode and diff of a module that changes nothing."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Changes nothing in any mode.
    support: full
  diff_mode:
    description: There is nothing to show, since nothing is changed.
    support: none
"""
