# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the module, and ask the host for the time in a way that is fast enough to compare clocks with."""

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the clock to what the module finds."""
        result = super().run(tmp, task_vars)
        result.update(self._execute_module(task_vars=task_vars))
        if not result.get("failed"):
            before = time.time()
            said = self._low_level_execute_command("date +%s.%N", sudoable=False)["stdout"].strip()
            after = time.time()
            if said.replace(".", "", 1).isdigit():
                result["clock"] = {"host": float(said), "before": before, "after": after}
        return result
