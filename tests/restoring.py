# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of a restore in place share: an instance whose volumes hold other data than its backup."""

from __future__ import annotations

from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION

from tests.site import Site

RESTORE = {"name": "sunday", "instance": "web1", "state": "restored", "in_place": True, "stop": True}
OLD, NEW = "as it was on sunday", "written since"


def overwritten(cloud: Any) -> Site:
    """Return a running instance with two data volumes, whose data are not those of its backup any more."""
    site = Site(cloud)
    site.make(data_volumes=[{"size": 1}, {"size": 1}], state="started")
    fill(site, OLD)
    assert site.run("backup", name="sunday", instance="web1")["changed"]
    fill(site, NEW)
    return site


def fill(site: Site, text: str) -> None:
    """Let each volume hold this."""
    for row in site.rows("volumes"):
        row["_data"] = f"{row['name']} {text}"


def data(site: Site) -> list[dict[str, Any]]:
    """Return the data volumes in order."""
    return sorted((row for row in site.rows("volumes") if "data" in row["name"]), key=lambda row: row["name"])


def whole(site: Site, text: str, root: str = NEW) -> bool:
    """See all volumes in their places with these data, and nothing noted; say whether the instance runs."""
    for number, row in enumerate(data(site)):
        assert (row["status"], row["_data"]) == ("in-use", f"{row['name']} {text}")
        assert [entry["device"] for entry in row["attachments"]] == [("/dev/vdb", "/dev/vdc")[number]]
        assert OPERATION not in row["metadata"]
        assert row["metadata"]["conductor_instance"] == "web1"
        assert row["metadata"]["conductor_role"] == f"data-{number + 1}"
    assert next(row for row in site.rows("volumes") if row["name"] == "web1-root")["_data"] == f"web1-root {root}"
    assert OPERATION not in site.server()["metadata"]
    return bool(site.server()["status"] == "ACTIVE")


def copies(site: Site) -> dict[str, str]:
    """Return the ids of the copies of the data volumes."""
    return {row["volume_id"]: row["id"] for row in site.rows("backups")}
