# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration as data, written the way oslo.config, uWSGI and systemd read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def lines_of(section: str, options: Any) -> Iterator[str]:
    """Yield the lines of one section."""
    if not isinstance(options, Mapping):
        raise AnsibleFilterError(f"[{section}]: expected a mapping of options, got {type(options).__name__}.")
    for option, value in options.items():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is not None:
                yield f"{option} = {text_of(section, option, item)}"


def text_of(section: str, option: str, value: Any) -> str:
    """Return one value as text: a configuration file has one line for it."""
    if isinstance(value, Mapping):
        raise AnsibleFilterError(
            f"[{section}] {option}: a value is a text, a number, a truth value or a list of them, not a mapping."
        )
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\n" in text or "\r" in text:
        raise AnsibleFilterError(f"[{section}] {option}: the value has more than one line.")
    return text


def oslo_conf(sections: Any) -> str:
    """Return ``section -> option -> value`` as the text of a configuration file, in the order given."""
    if not isinstance(sections, Mapping):
        raise AnsibleFilterError(f"oslo_conf: expected a mapping of sections, got {type(sections).__name__}.")
    blocks = []
    for section, options in sections.items():
        if options is not None:
            blocks.append("\n".join([f"[{section}]", *lines_of(str(section), options)]) + "\n")
    return "\n".join(blocks)


class FilterModule:
    """Name the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file."""
        return {"oslo_conf": oslo_conf}
