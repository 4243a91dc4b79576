# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas of a project: what is used, what is left, and the words for what does not fit."""

from __future__ import annotations

from typing import Any

from ..resource import ResourceError

COMPUTE = {
    "instances": ("totalInstancesUsed", "maxTotalInstances"),
    "cores": ("totalCoresUsed", "maxTotalCores"),
    "ram": ("totalRAMUsed", "maxTotalRAMSize"),
}
STORAGE = {
    "volumes": ("totalVolumesUsed", "maxTotalVolumes"),
    "gigabytes": ("totalGigabytesUsed", "maxTotalVolumeGigabytes"),
    "snapshots": ("totalSnapshotsUsed", "maxTotalSnapshots"),
    "backups": ("totalBackupsUsed", "maxTotalBackups"),
    "backup_gigabytes": ("totalBackupGigabytesUsed", "maxTotalBackupGigabytes"),
}
UNITS = {"ram": " MiB", "gigabytes": " GiB", "backup_gigabytes": " GiB"}
Usage = dict[str, tuple[int, int]]


def usage(reader: Any, service: str) -> Usage:
    """Return what of each quota is used, and its limit (-1: none). ``service`` is compute or block-storage."""
    absolute = reader.get(service, "/limits")["limits"]["absolute"]
    names = COMPUTE if service == "compute" else STORAGE
    return {name: (absolute[used], absolute[most]) for name, (used, most) in names.items() if most in absolute}


class Room:
    """What is left of a project's quotas while one task plans several instances."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._usage: dict[str, Usage] = {}

    def usage(self, service: str) -> Usage:
        """Return what is used, with all that was claimed."""
        if service not in self._usage:
            self._usage[service] = usage(self._reader, service)
        return dict(self._usage[service])

    def claim(self, service: str, needs: dict[str, int]) -> None:
        """Keep room for what is planned, so that the next plan does not count on it."""
        found = self._usage.get(service, {})
        for name, need in needs.items():
            if name in found:
                used, limit = found[name]
                found[name] = (used + max(need, 0), limit)


def check_quota(found: Usage, needs: dict[str, int], what: str) -> None:
    """Raise when one of ``needs`` does not fit, with all numbers."""
    lacking = []
    for name, need in needs.items():
        used, limit = found.get(name, (0, -1))
        if limit != -1 and need > 0 and used + need > limit:
            unit = UNITS.get(name, "")
            lacking.append(f"{name}: {need}{unit} needed, {used} of {limit}{unit} in use")
    if lacking:
        raise ResourceError(
            f"quota: {what} does not fit. {'; '.join(lacking)}. Free something or have the quota raised."
        )
