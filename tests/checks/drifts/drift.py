# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a drift."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Drift:
    """One thing that went astray.

    ``node`` is a script for the shell of the first node, ``cloud`` one for the controller's, as administrator of the
    cloud. ``says`` are regular expressions; each has to fit one of the sentences of check mode as a whole. One that is
    ``alone`` hides others, or changes what they say. One that is ``refused``, with such words, is repaired by ``undo``.
    Tasks that fit ``silences`` need what is astray, and cannot tell. While it is ``unasked``, no request reaches a
    service.
    """

    name: str
    says: tuple[str, ...]
    node: str = ""
    cloud: str = ""
    restarts: tuple[str, ...] = ()
    alone: bool = False
    refused: str = ""
    undo: str = ""
    silences: tuple[str, ...] = ()
    unasked: bool = False
