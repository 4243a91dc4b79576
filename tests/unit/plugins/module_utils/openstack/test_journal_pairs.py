# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that start in the same moment: the work is done once, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import instance, journal, volume_resize

from tests.pairs import Task, pair, short_pauses, site
from tests.site import Site

__all__ = ["short_pauses", "site"]

# Of resizes of a volume, in each of four ways; together they are 52.
PAIRS = 26


def done(site: Site, since: int) -> Counter[str]:
    """Count what was done, by name."""
    found: Counter[str] = Counter()
    for write in site.state.writes[since:]:
        if write.status < 400 and write.path.endswith("/action"):
            found[next(iter(write.body))] += 1
        elif write.status < 400 and "os-volume_attachments" in write.path:
            found[f"{write.method} volume"] += 1
    return found


def one_has_it(results: list[dict[str, Any]], when_busy: str) -> bool:
    """Say whether one run did the work and the other one waited or stopped."""
    failed = [result["msg"] for result in results if result.get("failed")]
    words = ("is at it", "another run was at it", "is busy: run")
    assert len(results) == 2 and len(failed) < 2, failed
    assert when_busy == "refuse" or not failed, failed
    return all(any(word in message for word in words) for message in failed)


@pytest.mark.parametrize("looks", [journal.LOOKS, 1])
@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
def test_a_volume_is_resized_once(site, monkeypatch, when_busy, looks):
    """With the pause in which the later note counts, and without it, where only the cloud's own refusals are left."""
    monkeypatch.setattr(journal, "LOOKS", looks)
    for number in range(PAIRS // 2):
        since = len(site.state.writes)
        wanted = {"instance": "web1", "volume": "data-1", "size": number + 2, "stop": True, "when_busy": when_busy}
        task = Task(volume_resize.SPEC, volume_resize.resizes, wanted)
        results = pair(site, task, task)
        assert one_has_it(results, when_busy)
        expected = {"os-stop": 1, "DELETE volume": 1, "os-extend": 1, "POST volume": 1, "os-start": 1}
        assert done(site, since) == expected, number
        row = site.data()
        assert (row["status"], row["size"], row["_data"]) == ("in-use", number + 2, "precious")
        assert [entry["device"] for entry in row["attachments"]] == ["/dev/vdb"]
        assert "conductor_operation" not in row["metadata"]
        assert site.server()["status"] == "ACTIVE"


@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
def test_a_flavor_is_changed_once(site, when_busy):
    for number in range(PAIRS // 5):
        since = len(site.state.writes)
        wanted = {"name": "web1", "flavor": ("small", "tiny")[number % 2], "stop": True, "when_busy": when_busy}
        task = Task(instance.SPEC, instance.instances, wanted)
        results = pair(site, task, task)
        assert one_has_it(results, when_busy)
        assert done(site, since) == {"os-stop": 1, "resize": 1, "confirmResize": 1, "os-start": 1}, number
        server = site.server()
        assert (server["flavor"]["original_name"], server["status"]) == (wanted["flavor"], "ACTIVE")
        assert "conductor_operation" not in server["metadata"]


@pytest.mark.parametrize("lead", [-0.02, -0.002, 0.005, 0.015])
@pytest.mark.parametrize(("size", "flavor"), [(2, "tiny"), (1, "small")])
def test_what_shall_be_stopped_is_not_started_again(site, size, flavor, lead):
    """A resize of a volume, or a change of the flavor, would start what it finds running when it begins.

    To stop a server takes longer here than a note is on its way, as in any cloud.
    """
    site.state.settle = 0.2
    grow = {"instance": "web1", "volume": "data-1", "size": size, "stop": True}
    change = {"name": "web1", "flavor": flavor, "stop": True}
    work = Task(volume_resize.SPEC, volume_resize.resizes, grow)
    if size == 1:
        work = Task(instance.SPEC, instance.instances, change)
    stop = Task(instance.SPEC, instance.instances, {"name": "web1", "state": "stopped"})
    results = pair(site, work, stop, lead=lead)
    assert not [result["msg"] for result in results if result.get("failed")]
    row, server = site.data(), site.server()
    assert (row["status"], row["size"], row["_data"]) == ("in-use", size, "precious")
    assert (server["flavor"]["original_name"], server["status"]) == (flavor, "SHUTOFF")
    assert "conductor_operation" not in {*row["metadata"], *server["metadata"]}
