# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go wrong, in kinds that the engine tells apart. Callers take them from ``resource``."""

from __future__ import annotations

from typing import Any


class ResourceError(Exception):
    """Something that a person has to know: what was wrong, and what would be right.

    It is a refusal where a write was certainly not done, as whoever should do it says.
    """

    is_refusal = False

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class UncertainError(ResourceError):
    """A write whose answer was lost: nobody knows yet whether it was done, or, if ``is_late``, whether it will be."""

    is_late = False


class UnsentError(ResourceError):
    """A write that was not sent, as something had changed since it was planned."""


class RivalError(UncertainError, UnsentError):
    """Another run makes the same thing, and was first: what there is now has to be planned for."""


class NotYetError(ResourceError):
    """What holds the objects does not run, so that check mode cannot know them; a run brings it up before.

    ``instead``, where it is given, is the document that the run will read.
    """

    def __init__(self, message: str, instead: dict[str, Any] | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.instead = instead
