# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes that several objects of a task stand on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..resource import ResourceError


class Once:
    """A write that happens once, whoever asks for it first.

    A task works on many objects at the same time. An object that stands on another one calls the other's
    write before its own: it then comes second, and learns of the other's error, whichever was sent first.
    """

    def __init__(self, write: Callable[[Any], Any]) -> None:
        self._write = write
        self._turn = threading.Lock()
        self._done = False
        self._error: ResourceError | None = None

    def __call__(self, writer: Any) -> None:
        """Write, unless that was done; raise the error that it had."""
        with self._turn:
            if not self._done:
                self._done = True
                try:
                    self._write(writer)
                except ResourceError as error:
                    self._error = error
        if self._error:
            raise self._error
