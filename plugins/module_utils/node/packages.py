# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packages a service is made of, from dpkg's status file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .unit_digest import versions

FIELDS = re.compile(r"^(Package|Source|Status|Depends|Pre-Depends|Provides): (.*)$", re.MULTILINE)
NAME = re.compile(r"^\s*([^\s(:]+)")


@dataclass(frozen=True)
class Package:
    """An installed package."""

    name: str
    source: str
    depends: tuple[str, ...]
    provides: tuple[str, ...]


def names_in(relation: str) -> tuple[str, ...]:
    """Return the names in a dependency field, all alternatives of it."""
    found = (NAME.match(part) for part in re.split(r"[,|]", relation))
    return tuple(match.group(1) for match in found if match)


class Packages:
    """The installed packages of a host."""

    def __init__(self, status: str) -> None:
        self._status = status

    @cached_property
    def versions(self) -> dict[str, str]:
        """The version of each."""
        return versions(self._status)

    @cached_property
    def _installed(self) -> dict[str, Package]:
        found = {}
        for paragraph in self._status.split("\n\n"):
            fields = dict(FIELDS.findall(paragraph))
            name = fields.get("Package", "")
            if name in self.versions:
                found[name] = Package(
                    name,
                    fields.get("Source", name).split(" ")[0],
                    names_in(fields.get("Pre-Depends", "")) + names_in(fields.get("Depends", "")),
                    names_in(fields.get("Provides", "")),
                )
        return found

    @cached_property
    def _providers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {name: [name] for name in self._installed}
        for package in self._installed.values():
            for name in package.provides:
                found.setdefault(name, []).append(package.name)
        return found

    def behind(self, names: Iterable[str]) -> list[str]:
        """Return ``names``, what is built from the same sources, and the Python packages they all need.

        A new version of any of these changes what a service does; one of its shell tools does not.
        """
        roots = set(names)
        sources = {self._installed[name].source for name in roots if name in self._installed}
        found, waiting = set(roots), list(roots)
        while waiting:
            package = self._installed.get(waiting.pop())
            for wanted in package.depends if package else ():
                for name in self._providers.get(wanted, ()):
                    belongs = name.startswith("python3") or self._installed[name].source in sources
                    if belongs and name not in found:
                        found.add(name)
                        waiting.append(name)
        return sorted(found)
