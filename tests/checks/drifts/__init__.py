# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may drift on a node, how to bring it about, what check mode has to say of it, and what may restart."""

from __future__ import annotations

from tests.checks.drifts.drift import Drift
from tests.checks.drifts.files import FILES
from tests.checks.drifts.held import HELD
from tests.checks.drifts.machine import MACHINE

# Files come last, so that what is restarted for others starts with the right ones.
DRIFTS = (*MACHINE, *HELD, *FILES)

__all__ = ["DRIFTS", "Drift"]
