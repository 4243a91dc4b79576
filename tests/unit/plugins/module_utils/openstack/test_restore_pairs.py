# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that restore the same volume in the same moment: it is done before the instance runs again, and not after.

Where one run takes over before the other one could say that a volume is restored, it is restored twice. Nobody has
written to it meanwhile.
"""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import backup
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION

from tests.pairs import Task, pair, short_pauses, site

__all__ = ["short_pauses", "site"]

PAIRS = 5
RESTORE = {"name": "sunday", "instance": "web1", "state": "restored", "in_place": True, "stop": True}


@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
def test_no_restore_comes_after_the_instance_runs_again(site, when_busy):
    for name in ("sunday", "monday"):
        site.data()["_data"] = f"of {name}"
        assert not site.run("backup", name=name, instance="web1").get("failed")
    for number in range(PAIRS):
        since, name = len(site.state.writes), ("sunday", "monday")[number % 2]
        site.data()["_data"] = "written since"
        task = Task(backup.SPEC, backup.backups, {**RESTORE, "name": name, "when_busy": when_busy})
        failed = [result["msg"] for result in pair(site, task, task) if result.get("failed")]
        words = ("is at it", "another run was at it", "is busy: run")
        assert len(failed) < (1 if when_busy == "wait" else 2), failed
        assert all(any(word in message for word in words) for message in failed), failed
        done = [write for write in site.state.writes[since:] if write.status < 400]
        restored = [place for place, write in enumerate(done) if write.path.endswith("/restore")]
        started = [place for place, write in enumerate(done) if "os-start" in (write.body or {})]
        assert len(started) == 1 and 1 <= len(restored) <= 2, number
        assert max(restored) < started[0], number
        row = site.data()
        assert (row["status"], row["_data"], len(row["attachments"])) == ("in-use", f"of {name}", 1)
        assert site.server()["status"] == "ACTIVE" and OPERATION not in site.server()["metadata"]
