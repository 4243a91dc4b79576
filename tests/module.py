# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module as ansible does: its own main(), arguments in, JSON out."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

REAL_SLEEP = time.sleep


def doze(seconds: float) -> None:
    """Sleep a tenth of the time: the fake cloud is quick."""
    REAL_SLEEP(seconds / 10)


def run_module(
    name: str, params: dict[str, Any], check: bool = False, sleep: Callable[[float], None] = doze
) -> dict[str, Any]:
    """Return the result of a module of this collection, also when it failed."""
    module = importlib.import_module(f"ansible_collections.conductor.cloud.plugins.modules.{name}")
    arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": True}
    output = io.StringIO()
    with (
        patch_module_args(arguments),
        contextlib.redirect_stdout(output),
        contextlib.suppress(SystemExit),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(time, "sleep", sleep)
        module.main()
    return json.loads(output.getvalue().strip().splitlines()[-1])
