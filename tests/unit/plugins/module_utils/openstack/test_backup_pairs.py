# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that make the same backup in the same moment, or the same instance of it: it is there once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import backup

from tests.pairs import Task, pair, short_pauses, site

__all__ = ["short_pauses", "site"]

# How much later the second run of a pair begins, in seconds.
LEADS = (0, 0.004, 0.01, 0.02, 0.04)


def both(site: Any, lead: float, **wanted: Any) -> None:
    """Let two runs do the same; both have to succeed."""
    task = Task(backup.SPEC, backup.backups, wanted)
    failed = [result["msg"] for result in pair(site, task, task, lead=lead) if result.get("failed")]
    assert not failed, failed


@pytest.mark.parametrize("method", ["backup", "snapshot"])
@pytest.mark.parametrize("keep", [None, 1])
def test_each_volume_is_copied_once(site, method, keep):
    for number, lead in enumerate(LEADS):
        site.cloud.exchange.is_rough = number % 2 == 1
        wanted = {"name": f"b{number}", "instance": "web1", "method": method, "keep": keep}
        both(site, lead, **wanted)
        rows = [row for row in site.rows(f"{method}s") if row["metadata"]["conductor_backup"] == f"b{number}"]
        assert Counter(row["metadata"]["conductor_role"] for row in rows) == {"root": 1, "data-1": 1}
        assert {row["status"] for row in rows} == {"available"}
        assert keep is None or len(site.rows(f"{method}s")) == 2
        again = site.run("backup", **{key: value for key, value in wanted.items() if value is not None})
        assert not again.get("failed") and not again["changed"], again
        if keep is None:
            assert not site.run("backup", name=f"b{number}", state="absent").get("failed")


@pytest.mark.parametrize("method", ["backup", "snapshot"])
def test_an_instance_is_restored_once(site, method):
    site.run("backup", name="b0", instance="web1", method=method)
    for number, lead in enumerate(LEADS):
        site.cloud.exchange.is_rough = number % 2 == 1
        wanted = {"name": "b0", "state": "restored", "new_name": f"copy{number}"}
        both(site, lead, **wanted)
        rows = [row for row in site.rows("volumes") if row["name"].startswith(f"copy{number}")]
        assert sorted((row["name"], row["status"], len(row["attachments"])) for row in rows) == [
            (f"copy{number}-data-1", "in-use", 1),
            (f"copy{number}-root", "in-use", 1),
        ]
        assert Counter(row["name"] for row in site.rows("servers"))[f"copy{number}"] == 1
        assert next(row["_data"] for row in rows if row["name"].endswith("data-1")) == "precious"
        again = site.run("backup", **wanted)
        assert not again.get("failed") and not again["changed"], again
        assert not site.run("instance", name=f"copy{number}", state="absent").get("failed")
