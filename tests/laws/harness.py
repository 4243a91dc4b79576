# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module as ansible does: its arguments in, its JSON out, in this process."""

from __future__ import annotations

import importlib
import io
import json
from contextlib import redirect_stdout
from typing import Any

from ansible.module_utils.testing import patch_module_args

MODULES = "ansible_collections.conductor.cloud.plugins.modules"


class Died(BaseException):
    """The process of a module came to a sudden end. Nothing in a module can catch it."""


def run_module(name: str, params: dict[str, Any], check: bool = False) -> dict[str, Any]:
    """Return what the module prints. A traceback is not an answer: it fails the test that called."""
    main = importlib.import_module(f"{MODULES}.{name}").main
    arguments = {**params, "_ansible_check_mode": check, "_ansible_diff": True, "_ansible_remote_tmp": "/tmp"}
    printed = io.StringIO()
    with patch_module_args(arguments), redirect_stdout(printed):
        try:
            main()
        except SystemExit:
            pass
    result = json.loads(printed.getvalue().strip().splitlines()[-1])
    result.pop("invocation", None)
    return result
