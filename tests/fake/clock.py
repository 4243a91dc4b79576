# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock on which pauses cost nothing: slow transitions stay slow, and the tests do not wait for them."""

from __future__ import annotations

import threading
import time


class QuickClock:
    """The real time and all that was slept. Has what callers use of the module ``time``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slept = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        with self._lock:
            self._slept += seconds

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic() + self._slept

    def time(self) -> float:
        """Return the time of day, in seconds since 1970."""
        return time.time() + self._slept
