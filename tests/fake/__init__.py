# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fake cloud of the tests. A file with a SERVICE in this folder is a service."""

from __future__ import annotations

import importlib
import pkgutil
import time
from typing import Any

from .server import FakeCloud, Service

ORDER = ("identity", "network", "image")


def services() -> list[Service]:
    """Return all services; those that others stand on come first."""
    others = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in ORDER)
    modules = [importlib.import_module(f"{__name__}.{name}") for name in (*ORDER, *others)]
    return [module.SERVICE for module in modules if hasattr(module, "SERVICE")]


def start(settle: float | None = 0.03, clock: Any = time) -> FakeCloud:
    """Return a new cloud; ``with start() as cloud`` runs it. Transitions take ``settle`` seconds of ``clock``."""
    return FakeCloud(services(), settle, clock)
