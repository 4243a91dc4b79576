# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default quotas of Nova and Cinder: what a project may use that has no quotas of its own."""

from __future__ import annotations

import re
from typing import Any

from ..resource import Document, Plan, ResourceError, Step
from .lookup import hint

# Those of the microversions that the session speaks. Neutron has its defaults in its file alone.
NAMES = {
    "compute": ("instances", "cores", "ram", "key_pairs", "metadata_items", "server_groups", "server_group_members"),
    "block_storage": (
        "volumes",
        "snapshots",
        "gigabytes",
        "backups",
        "backup_gigabytes",
        "per_volume_gigabytes",
        "groups",
    ),
}
# What Cinder counts for each volume type, too.
OF_A_TYPE = ("volumes", "snapshots", "gigabytes")
# The column of both databases.
MOST = 2**31 - 1
PATH, KEY = "/os-quota-class-sets/default", "quota_class_set"


class DefaultQuotas:
    """The default quotas of one service, of which only those that are named count."""

    def __init__(self, option: str, wanted: Document, listings: Any) -> None:
        self._service = option.replace("_", "-")
        self.name = f"default quotas of {self._service}"
        self.wanted = wanted
        self._option = option
        self._listings = listings

    def read(self) -> Document:
        """Return the quotas as they are; a volume type that there is not has none."""
        found = read_quotas(self._service, self._listings)
        for name in self.wanted:
            if name not in found:
                raise no_such_quota(self._option, name, [key for key in found if key != "id"])
        return {name: found[name] for name in self.wanted}

    def plan(self, current: Document) -> Plan:
        """Set those that differ."""
        return Plan(current, self.wanted, quota_steps(self._service, current, self.wanted))


def read_quotas(service: str, listings: Any) -> Document:
    """Return all default quotas of a service."""
    found: Document = listings.document(service, PATH)[KEY]
    return found


def quota_steps(service: str, current: Document, wanted: Document) -> tuple[Step, ...]:
    """Return the one write for all quotas that differ, or none."""
    changes = {name: value for name, value in wanted.items() if value != current.get(name)}
    if not changes:
        return ()
    words = ", ".join(f"of {name} to {value}" for name, value in changes.items())
    return (
        Step(
            "default_quotas",
            f"Set the default quota {words}",
            lambda writer, results: writer.put(service, PATH, {KEY: changes}),
        ),
    )


def checked_quotas(given: Document) -> dict[str, Document]:
    """Return the wanted quotas as numbers, by option; refuse what is none, before anything is asked."""
    found: dict[str, Document] = {}
    for option, known in NAMES.items():
        quotas = given.get(option) or {}
        for name in quotas:
            if name not in known and not (option == "block_storage" and is_of_a_type(name)):
                raise no_such_quota(option, name, list(known))
        found[option] = {name: number(option, name, value) for name, value in quotas.items() if value is not None}
    return found


def is_of_a_type(name: str) -> bool:
    """Tell whether a name may be that of a volume type's quota, such as volumes_ssd."""
    return any(name.startswith(f"{part}_") for part in OF_A_TYPE)


def take_of_type(quotas: Document, volume_type: str) -> Document:
    """Take the quotas of one volume type out of those of Cinder: they can be set when there is the type."""
    names = [f"{part}_{volume_type}" for part in OF_A_TYPE]
    return {name: quotas.pop(name) for name in names if name in quotas}


def number(option: str, name: str, value: Any) -> int:
    """Return a quota as a number, which a template may have written as text."""
    is_whole = not isinstance(value, bool) and re.fullmatch("-1|[0-9]+", str(value))
    if not is_whole or int(value) > MOST:
        raise ResourceError(
            f"default_quotas.{option}.{name}: {value!r} is not a quota. Give a number from 0 to {MOST}, or -1 for "
            "unlimited."
        )
    return int(value)


def no_such_quota(option: str, name: str, names: list[str]) -> ResourceError:
    """Return the error for a name that the service does not know."""
    return ResourceError(f"default_quotas.{option}: there is no quota {name}. {hint(name, names)}")
