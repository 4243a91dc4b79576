# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run removes an instance while another one makes or changes it: nothing is lost that was not meant to go."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import instance, volume_resize

from tests.pairs import Task, pair, short_pauses, site
from tests.site import Site

__all__ = ["short_pauses", "site"]

# How much later the second run of a pair begins, in seconds: another moment for each pair.
LEADS = [0.008 * number for number in range(1, 14)]
MAKE = {"name": "web1", "flavor": "tiny", "image": "debian", "root_volume": {"size": 1}, "data_volumes": [{"size": 1}]}
CHANGE = {"name": "web1", "flavor": "small", "stop": True, "data_volumes": [{"size": 1}, {"size": 1}]}
GONE = {"name": "web1", "state": "absent"}
GROW = {"instance": "web1", "volume": "data-1", "size": 2, "stop": True}
RESIZE = Task(volume_resize.SPEC, volume_resize.resizes, GROW)
# What whoever came second is told.
LATE = (
    "is gone",
    "no instance web1",
    "is at it",
    "was at it",
    "not be found",
    "is busy: run",
    "failed to get volume",
    "task_state deleting",
    "Currently in 'deleting'",
)


def task(wanted: dict[str, Any]) -> Task:
    """Return a task of the module instance."""
    parts = dict.fromkeys(instance.PARTS)
    return Task(instance.SPEC, instance.instances, {**parts, **wanted})


def left(site: Site) -> dict[str, int]:
    """Count what the project has of the instance."""
    found = {table: len(site.rows(table)) for table in ("servers", "volumes", "floatingips")}
    return {table: number for table, number in found.items() if number}


def whole(site: Site, size: int) -> None:
    """See one running instance with its data, and nothing noted."""
    assert left(site) == {"servers": 1, "volumes": 2}
    row = site.data()
    assert (row["size"], row["status"], row["_data"]) == (size, "in-use", "precious")
    assert [entry["device"] for entry in row["attachments"]] == ["/dev/vdb"]
    assert not [key for key in (*row["metadata"], *site.server()["metadata"]) if key == "conductor_operation"]
    assert site.server()["status"] == "ACTIVE"


def failures(results: list[dict[str, Any]]) -> list[str]:
    """Return what the runs were told that failed; only one may, and it has to know why."""
    found = [result["msg"] for result in results if result.get("failed")]
    assert len(found) < 2, found
    assert all(any(words in message for words in LATE) for message in found), found
    return found


@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
def test_a_resize_and_a_removal(site, when_busy):
    """Either the removal comes first, and all is gone, or it waits for the resize, or leaves it the instance."""
    site.cloud.exchange.is_rough = True
    for lead in LEADS:
        results = pair(site, RESIZE, task({**GONE, "when_busy": when_busy}), lead=lead)
        told = failures(results)
        if results[1].get("failed"):
            assert when_busy == "refuse", told
            whole(site, 2)
            assert site.instance(state="absent")["changed"]
        assert left(site) == {}, lead
        site.make()
        site.data()["_data"] = "precious"


def test_a_resize_and_a_removal_that_keeps_the_volumes(site):
    """The data stay, and no note."""
    site.cloud.exchange.is_rough = True
    for lead in LEADS:
        results = pair(site, RESIZE, task({**GONE, "delete_volumes": False}), lead=lead)
        failures(results)
        assert not results[1].get("failed")
        assert left(site) == {"volumes": 2}, lead
        row = site.data()
        assert (row["status"], row["_data"], row["attachments"]) == ("available", "precious", [])
        assert "conductor_operation" not in row["metadata"]
        site.state.table("volumes").clear()
        site.make()
        site.data()["_data"] = "precious"


def test_a_change_and_a_removal(site):
    """The removal comes first, or waits for the end of the change."""
    site.cloud.exchange.is_rough = True
    for lead in LEADS:
        results = pair(site, task(CHANGE), task(GONE), lead=lead)
        failures(results)
        again = site.run("instance", **GONE)
        assert not again.get("failed"), again
        assert left(site) == {}, lead
        site.make()


@pytest.mark.parametrize("lead", [0, 0.002, 0.006, 0.01, 0.02, 0.03, 0.05])
def test_two_creations(site, lead):
    """One of them makes the instance; the other one takes back what it made, and finds it made, or says why not."""
    site.cloud.exchange.is_rough = True
    for _number in range(3):
        assert not site.run("instance", **GONE).get("failed")
        results = pair(site, task(MAKE), task(MAKE), lead=lead)
        assert not failures(results)
        assert left(site) == {"servers": 1, "volumes": 2}
        assert sorted(row["status"] for row in site.rows("volumes")) == ["in-use", "in-use"]
        assert not site.run("instance", **MAKE)["changed"]


def test_a_creation_and_a_removal(site):
    """Whatever comes of it, the next run of either kind ends where it should."""
    site.cloud.exchange.is_rough = True
    for number, lead in enumerate(LEADS):
        assert not site.run("instance", **GONE).get("failed")
        results = pair(site, task(MAKE), task(GONE), lead=lead)
        failures(results)
        last = (MAKE, GONE)[number % 2]
        again = site.run("instance", **last)
        assert not again.get("failed"), again
        assert left(site) == ({"servers": 1, "volumes": 2} if last is MAKE else {}), lead
