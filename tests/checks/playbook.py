# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook of the collection against the test cloud."""

from __future__ import annotations

import sys

from tests.checks.cloud import play

if __name__ == "__main__":
    sys.exit(play(*sys.argv[1:]))
