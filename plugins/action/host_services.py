# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module of the same name without a process of its own."""

from __future__ import annotations

from ..modules.host_services import main
from ..plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    """See the documentation of the module."""

    MAIN = staticmethod(main)
