# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of an instance with two volumes: both kinds, the next one of a row, and what is restored."""

from __future__ import annotations

from typing import Any

from tests.laws.cases import Case
from tests.site import Site

USER_DATA = "#!/bin/sh\necho battery-staple-correct\n"
NIGHTLY = {"name": "nightly", "instance": "web1"}
SNAPSHOT = {**NIGHTLY, "method": "snapshot"}
IN_PLACE = {"name": "nightly", "state": "restored", "instance": "web1", "in_place": True}
RESTORED = {"name": "nightly", "state": "restored", "new_name": "web2", "floating_ip": "auto", "user_data": USER_DATA}


def with_instance(cloud: Any) -> None:
    """Make what shall be backed up."""
    Site(cloud).make()


def with_backup(cloud: Any) -> None:
    """Make a backup of it, too."""
    site = Site(cloud)
    site.make()
    assert site.run("backup", **NIGHTLY)["changed"]


def with_snapshot(cloud: Any) -> None:
    """Make a backup of it that is of snapshots."""
    site = Site(cloud)
    site.make()
    assert site.run("backup", **SNAPSHOT)["changed"]


def with_older_data(cloud: Any, **params: Any) -> None:
    """Make two backups of an instance, each of other data than its volumes hold then."""
    site = Site(cloud)
    site.make(**params)
    for name in ("nightly", "later"):
        for volume in site.rows("volumes"):
            volume["_data"] = f"{volume['name']} when the backup {name} was made"
        assert site.run("backup", **{**NIGHTLY, "name": name})["changed"]


def with_older_data_on_two(cloud: Any) -> None:
    """Have two data volumes in that instance."""
    with_older_data(cloud, data_volumes=[{"size": 1}, {"size": 1}])


def with_older_data_stopped(cloud: Any) -> None:
    """Have that instance stopped."""
    with_older_data(cloud, state="stopped")


HERE: dict[str, Any] = {"project": "demo", "user": "demo"}
# Which addresses an instance gets is for Neutron to say.
UNKNOWN = ("addresses", "floating_ip", "floating_ips")
CASES = [
    Case(
        "backup",
        NIGHTLY,
        name="backup, the next one replaces it",
        change={**NIGHTLY, "name": "next", "keep": 1},
        absent={"name": "nightly", "state": "absent"},
        prepare=with_instance,
        **HERE,
    ),
    Case(
        "backup",
        SNAPSHOT,
        name="backup, of snapshots",
        absent={"name": "nightly", "state": "absent"},
        prepare=with_instance,
        **HERE,
    ),
    Case(
        "backup",
        {**NIGHTLY, "name": "delta", "incremental": True},
        name="backup, an increment",
        absent={"name": "delta", "state": "absent"},
        prepare=with_backup,
        **HERE,
    ),
    Case(
        "backup",
        RESTORED,
        name="backup, restored",
        change={**RESTORED, "floating_ip": "none"},
        prepare=with_backup,
        secrets=(USER_DATA,),
        unknown=UNKNOWN,
        **HERE,
    ),
    Case("backup", RESTORED, name="backup, restored from snapshots", prepare=with_snapshot, unknown=UNKNOWN, **HERE),
    Case(
        "backup",
        {**IN_PLACE, "stop": True},
        name="backup, restored in place while running",
        prepare=with_older_data_on_two,
        ends=("web1-data-1", "web1-data-2"),
        **HERE,
    ),
    Case(
        "backup",
        IN_PLACE,
        name="backup, restored in place while stopped",
        change={**IN_PLACE, "name": "later"},
        prepare=with_older_data_stopped,
        ends=("web1-data-1",),
        **HERE,
    ),
    Case(
        "backup",
        {**IN_PLACE, "force": True},
        name="backup, restored in place again",
        prepare=with_older_data_stopped,
        imperative=True,
        **HERE,
    ),
]
