# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files and the units of a service, as one task."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from ..argspec import ArgSpec
from ..resource import Fleet, ResourceError
from .files import FileResource, file_resources
from .node import NodeReader
from .systemd import Systemd
from .units import UnitResource, full_name

SPEC = ArgSpec(
    {
        "files": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "path": {"type": "str", "required": True},
                "state": {"type": "str", "choices": ["file", "directory", "absent"], "default": "file"},
                "content": {"type": "str"},
                "owner": {"type": "str", "default": "root"},
                "group": {"type": "str", "default": "root"},
                "mode": {"type": "str"},
                "validate": {"type": "list", "elements": "str"},
            },
        },
        "units": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "state": {"type": "str", "choices": ["started", "stopped", "any"]},
                "enabled": {"type": "bool"},
                "masked": {"type": "bool", "default": False},
                "files": {"type": "list", "elements": "str", "default": []},
                "reload_files": {"type": "list", "elements": "str", "default": []},
                "packages": {"type": "list", "elements": "str", "default": []},
                "restart": {"type": "bool", "default": True},
                "reload": {"type": "bool", "default": False},
                "holds": {
                    "type": "dict",
                    "options": {
                        "command": {"type": "list", "elements": "str", "required": True},
                        "output": {"type": "list", "elements": "str", "default": []},
                    },
                },
                "before_restart": {"type": "list", "elements": "str", "default": []},
            },
        },
        "secrets": {"type": "list", "elements": "str", "default": [], "no_log": True},
    }
)
SHORTEST_LINE = 8


def spellings(secrets: Iterable[str]) -> set[str]:
    """Return the forms in which files hold secrets: as they are, and as URLs, JSON and XML spell them.

    A diff shows a file by its lines, so the lines of a long secret are secrets, too.
    """
    found = set()
    for secret in filter(None, secrets):
        found |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), escape(secret)}
        found.add(json.dumps(secret)[1:-1])
        found |= {line for line in secret.splitlines() if len(line) >= SHORTEST_LINE}
    return found


def service_files(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task: its files, and its units, which come after all its files."""
    files = file_resources(reader, params["files"], spellings(params["secrets"]))
    names = [full_name(unit["name"]) for unit in params["units"]]
    for name in names:
        if names.count(name) > 1:
            raise ResourceError(f"units: {name} is listed twice. Keep one of the two.")
    if not names:
        return Fleet(files)
    systemd = Systemd(reader, names, [file.settle for file in files])
    planned = contents(files)
    units = [UnitResource(systemd, with_defaults(unit), planned) for unit in params["units"]]
    return Fleet([*files, *units], systemd.refresh)


def contents(files: list[FileResource]) -> dict[str, bytes | None]:
    """Return what the files of the task will hold."""
    return {file.name: file.wanted.data for file in files if file.wanted.state != "directory"}


def with_defaults(unit: dict[str, Any]) -> dict[str, Any]:
    """Return a unit's options: who says nothing wants it to run now and after a boot, unless it is masked."""
    found = dict(unit)
    if not unit["masked"]:
        found["state"] = unit["state"] or "started"
        if unit["enabled"] is None and found["state"] != "any":
            found["enabled"] = found["state"] == "started"
    return found
