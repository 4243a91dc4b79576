# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault that is made on purpose, and the tests that have to notice it."""

from __future__ import annotations

from dataclasses import dataclass

LAWS = "tests/laws/test_laws.py"
CLOUD = "plugins/module_utils/openstack/"
UNIT = "tests/unit/plugins/module_utils/openstack/"


@dataclass(frozen=True)
class Mutation:
    """One text of a file that becomes another one, and the tests, a file and its ``-k``, of which one has to fail."""

    law: str
    what: str
    file: str
    old: str
    new: str
    tests: str
    only: str

    def __str__(self) -> str:
        return f"{self.law}: {self.what}"
