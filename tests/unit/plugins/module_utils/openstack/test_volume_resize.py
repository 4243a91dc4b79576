# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A data volume grows, keeps its data, and is always where it was."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.fake import volume_base
from tests.site import Site

GROW = {"instance": "web1", "volume": "web1-data-1", "size": 2}


@pytest.fixture
def site(cloud):
    """A project with a stopped instance and data on its data volume."""
    site = Site(cloud)
    site.make(state="stopped")
    site.data()["_data"] = "precious"
    return site


def whole(site, size):
    """The volume is attached on its device, with its data, and nothing is noted."""
    row = site.data()
    assert (row["status"], row["size"], row["_data"]) == ("in-use", size, "precious")
    assert [entry["device"] for entry in row["attachments"]] == ["/dev/vdb"]
    assert "conductor_operation" not in row["metadata"]
    return True


def test_a_volume_of_a_stopped_instance_grows(site):
    predicted = site.run("volume_resize", check=True, **GROW)
    result = site.run("volume_resize", **GROW)
    assert not result.get("failed"), result
    assert result["actions"] == [
        "Note the resize on web1-data-1",
        "Detach the volume web1-data-1 from web1",
        "Extend the volume web1-data-1 from 1 to 2 GiB",
        "Attach the volume web1-data-1 to web1 as /dev/vdb again",
        "Clear the note on web1-data-1",
    ]
    assert predicted["actions"] == result["actions"]
    assert predicted["instance"] == result["instance"]
    assert whole(site, 2) and site.server()["status"] == "SHUTOFF"
    sent = len(site.state.writes)
    assert site.run("volume_resize", **GROW)["changed"] is False
    assert len(site.state.writes) == sent


@pytest.mark.parametrize("volume", ["vdb", "/dev/vdb", "data-1"])
def test_a_volume_is_found_by_its_device_or_role(site, volume):
    assert site.run("volume_resize", **{**GROW, "volume": volume})["instance"]["volume"]["size"] == 2


def test_a_running_instance_is_stopped_and_started_again(site):
    site.instance(state="started")
    result = site.run("volume_resize", stop=True, **GROW)
    assert not result.get("failed"), result
    assert "Stop web1" in result["actions"] and "Start web1 again" in result["actions"]
    assert whole(site, 2) and site.server()["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 0}, "has 1 GiB and cannot shrink to 0 GiB"),
        ({"volume": "web1-root"}, "is the root volume of web1"),
        ({"volume": "vdz"}, "has no volume vdz. It has: web1-data-1 (/dev/vdb), web1-root (/dev/vda)."),
        ({"instance": "web2"}, "there is no instance web2. Did you mean web1?"),
        ({"size": 5000}, "gigabytes: 4999 GiB needed, 2 of 1000 GiB in use"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_write(site, change, words):
    sent = len(site.state.writes)
    result = site.run("volume_resize", **{**GROW, **change})
    assert result["failed"] and words in result["msg"]
    assert len(site.state.writes) == sent


def test_a_running_instance_is_refused(site):
    site.instance(state="started")
    sent = len(site.state.writes)
    result = site.run("volume_resize", **GROW)
    assert "is running. Stop it first, or give stop: true" in result["msg"]
    assert len(site.state.writes) == sent


@pytest.mark.parametrize("number", range(3))
def test_a_refused_write_leaves_the_volume_attached_and_the_instance_running(site, number):
    site.instance(state="started")
    site.state.break_write(number + 1, 500)
    result = site.run("volume_resize", stop=True, **GROW)
    assert result["failed"], result
    assert whole(site, 1) and site.server()["status"] == "ACTIVE"


def test_a_failed_extension_gives_cinders_reason(site):
    volume_base.fail_next(site.state, "extend", "The pool is full.")
    result = site.run("volume_resize", **GROW)
    assert "The pool is full." in result["msg"]
    site.data()["status"] = "available"
    assert not site.run("volume_resize", **GROW).get("failed")
    assert whole(site, 2)


@pytest.mark.parametrize(("when", "settle"), [("before", 0.03), ("after", 0.3)])
@pytest.mark.parametrize("number", range(7))
def test_a_killed_run_is_finished_by_the_next(site, number, when, settle):
    site.instance(state="started")
    site.state.settle = settle
    assert site.killed(number, when, "volume_resize", stop=True, **GROW)
    result = site.run("volume_resize", stop=True, **GROW)
    assert not result.get("failed"), result
    assert whole(site, 2) and site.server()["status"] == "ACTIVE"
    assert site.run("volume_resize", **GROW)["changed"] is False


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 3}, "is running. Stop it first, or give stop: true"),
        ({"size": 30000, "stop": True}, "gigabytes: 29999 GiB needed"),
    ],
)
def test_an_unfinished_run_opens_no_door(site, change, words):
    """What an earlier run was allowed to do, the next one has to be allowed, too."""
    site.instance(state="started")
    assert site.killed(0, "after", "volume_resize", stop=True, **GROW)
    assert "conductor_operation" in site.data()["metadata"]
    sent = len(site.state.writes)
    result = site.run("volume_resize", **{**GROW, **change})
    assert result["failed"] and words in result["msg"], result
    assert len(site.state.writes) == sent and site.server()["status"] == "ACTIVE"


def test_an_instance_that_is_being_started_is_refused(site):
    """It will run in a moment."""
    site.state.settle = 0.3
    connect(site.cloud.params("demo", "demo")).post(
        "compute", f"/servers/{site.server()['id']}/action", {"os-start": None}
    )
    sent = len(site.state.writes)
    assert "is running. Stop it first" in site.run("volume_resize", **GROW)["msg"]
    assert len(site.state.writes) == sent


def test_a_note_that_somebody_made_up_is_not_believed(site):
    site.data()["metadata"]["conductor_operation"] = '{"operation":"resize","server":"x","device":"../etc"}'
    assert site.run("volume_resize", **{**GROW, "size": 1})["changed"] is False
    assert not site.run("volume_resize", **GROW).get("failed")
    assert whole(site, 2)
