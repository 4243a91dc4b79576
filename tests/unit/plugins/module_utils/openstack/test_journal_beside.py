# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that change different parts of one instance, which each would stop and start: one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import backup, instance, volume_resize
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION

from tests.pairs import Task, pair, short_pauses, site
from tests.site import Site

__all__ = ["short_pauses", "site"]

PAIRS = 6
BUSY = ("is at it", "another run was at it", "is busy: run")


def grow(volume: str, size: int, **options: Any) -> Task:
    """Return a run that extends a volume."""
    wanted = {"instance": "web1", "volume": volume, "size": size, "stop": True, **options}
    return Task(volume_resize.SPEC, volume_resize.resizes, wanted)


def change(site: Site, **options: Any) -> Task:
    """Return a run that changes the flavor."""
    others = {"tiny": "small", "small": "tiny"}
    wanted = {"name": "web1", "flavor": others[site.server()["flavor"]["original_name"]], "stop": True, **options}
    return Task(instance.SPEC, instance.instances, wanted)


def restore(name: str) -> Task:
    """Return a run that restores the data volumes."""
    wanted = {"name": name, "instance": "web1", "state": "restored", "in_place": True, "stop": True}
    return Task(backup.SPEC, backup.backups, wanted)


@pytest.fixture
def two(site: Site) -> Iterator[Site]:
    """An instance with two data volumes."""
    volumes = [{"name": "web1-data-1", "size": 1}, {"name": "web1-data-2", "size": 1}]
    assert not site.instance(data_volumes=volumes).get("failed")
    yield site


def spans(site: Site, since: int) -> list[str]:
    """Return in order what stopped or started the server, and what was done meanwhile."""
    found = []
    for write in site.state.writes[since:]:
        if write.status < 400 and (write.path.endswith(("/action", "/restore")) or "os-volume_att" in write.path):
            found.append(next(iter(write.body)) if write.path.endswith("/action") else write.method)
    return found


def in_turn(done: list[str], whole: int) -> bool:
    """Say whether nothing was done while the other run had stopped the server."""
    starts = [place for place, what in enumerate(done) if what == "os-start"]
    stops = [place for place, what in enumerate(done) if what == "os-stop"]
    return len(starts) == len(stops) == whole and sorted([*starts, *stops]) == [
        place for both in zip(stops, starts) for place in both
    ]


def refused(results: list[dict[str, Any]], when_busy: str) -> int:
    """Return how many runs did not go on: none of those that wait, and no more than one."""
    failed = [result["msg"] for result in results if result.get("failed")]
    assert len(failed) < (1 if when_busy == "wait" else 2), failed
    assert all(any(word in message for word in BUSY) for message in failed), failed
    return len(failed)


@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
@pytest.mark.parametrize("other", ["flavor", "volume"])
def test_changes_of_one_instance_wait_for_each_other(two, other, when_busy):
    for number in range(PAIRS):
        since = len(two.state.writes)
        options = {"when_busy": when_busy}
        beside = change(two, **options) if other == "flavor" else grow("web1-data-2", number + 2, **options)
        results = pair(two, grow("web1-data-1", number + 2, **options), beside)
        missing = refused(results, when_busy)
        assert in_turn(spans(two, since), 2 - missing), (number, spans(two, since))
        rows = {row["name"]: row for row in two.rows("volumes")}
        assert [row["status"] for row in rows.values()] == ["in-use"] * 3
        assert two.data()["_data"] == "precious"
        server = two.server()
        assert server["status"] == "ACTIVE"
        assert not [row for row in (server, *rows.values()) if OPERATION in row["metadata"]], number
        if not missing:
            assert two.data()["size"] == number + 2
            if other == "flavor":
                assert server["flavor"]["original_name"] == beside.wanted["flavor"]
            else:
                assert rows["web1-data-2"]["size"] == number + 2


def test_a_volume_grows_before_or_after_a_restore_and_not_meanwhile(site):
    names = ("sunday", "monday")
    assert not [name for name in names if site.run("backup", name=name, instance="web1").get("failed")]
    for number in range(PAIRS):
        since = len(site.state.writes)
        results = pair(site, grow("data-1", number + 2), restore(names[number % 2]))
        refused(results, "wait")
        assert in_turn(spans(site, since), 2), (number, spans(site, since))
        assert (site.data()["size"], site.data()["status"], site.data()["_data"]) == (number + 2, "in-use", "precious")
        assert OPERATION not in {*site.server()["metadata"], *site.data()["metadata"]}
