# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build argument specs that merge together with their conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ArgSpec:
    """An argument spec and what belongs to it. ``a | b`` has the options and conditions of both."""

    options: dict[str, Any] = field(default_factory=dict)
    required_if: tuple[Any, ...] = ()
    required_together: tuple[Any, ...] = ()
    required_one_of: tuple[Any, ...] = ()
    mutually_exclusive: tuple[Any, ...] = ()

    def __or__(self, other: ArgSpec) -> ArgSpec:
        return ArgSpec(
            {**self.options, **other.options},
            self.required_if + other.required_if,
            self.required_together + other.required_together,
            self.required_one_of + other.required_one_of,
            self.mutually_exclusive + other.mutually_exclusive,
        )

    def for_module(self) -> dict[str, Any]:
        """Return the keyword arguments of AnsibleModule."""
        return {
            "argument_spec": self.options,
            "required_if": list(self.required_if),
            "required_together": list(self.required_together),
            "required_one_of": list(self.required_one_of),
            "mutually_exclusive": list(self.mutually_exclusive),
        }


ENGINE = ArgSpec(
    {
        "concurrency": {"type": "int", "default": 8},
        "timeout": {"type": "int", "default": 600},
    }
)
