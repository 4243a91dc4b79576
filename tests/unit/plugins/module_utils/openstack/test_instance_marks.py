# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes with the marks of an instance that they do not belong to."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.fake import image, volume
from tests.site import Site


@pytest.fixture(name="site")
def fixture_site(cloud: Any) -> Site:
    """A project with an instance."""
    site = Site(cloud)
    site.make()
    return site


def back_up(site: Site) -> str:
    """Back the instance up; return the id of the copy of its data volume."""
    assert not site.run("backup", name="nightly", instance="web1").get("failed")
    return next(row["id"] for row in site.rows("backups") if row["volume_id"] == site.data()["id"])


def rescue(site: Site, copy: str) -> str:
    """Restore a copy into a volume of its own, as a person does; return its id."""
    session = connect(site.cloud.params("demo", "demo"))
    body = {"volume": {"name": "rescued", "size": 1, "description": "by hand"}}
    made = session.post("block-storage", "/volumes", body)["volume"]["id"]
    site.cloud.settle()
    session.post("block-storage", f"/backups/{copy}/restore", {"restore": {"volume_id": made}})
    site.cloud.settle()
    assert site.state.table("volumes")[made]["metadata"]["conductor_instance"] == "web1"
    return made


def test_what_a_person_restored_stays_when_the_instance_goes(site: Site) -> None:
    """Cinder gives it the marks of the backed-up volume."""
    rescued = rescue(site, back_up(site))
    assert site.instance(state="absent")["instance"] is None
    assert list(site.state.table("volumes")) == [rescued]
    assert site.instance(state="absent")["changed"] is False


def test_what_a_person_restored_is_not_taken_for_a_new_instance(site: Site) -> None:
    """The next instance of that name gets a volume of its own."""
    copy = back_up(site)
    site.instance(state="absent")
    rescued = rescue(site, copy)
    result = site.make()
    assert rescued not in [entry["id"] for entry in result["instance"]["volumes"]]


@pytest.mark.parametrize("has_server", [True, False])
def test_two_volumes_with_the_same_mark_are_both_kept(site: Site, has_server: bool) -> None:
    """Only a person can tell which one is the instance's own."""
    marks = {"conductor_instance": "web1", "conductor_role": "data-1"}
    other = volume.make_volume(site.state, site.project_id, name="twin", metadata=marks)
    if not has_server:
        lose_server(site)
    sent = len(site.state.writes)
    result = site.instance(state="absent")
    assert result["failed"] and f"twin ({other['id']})" in result["msg"]
    assert f"web1-data-1 ({site.data()['id']})" in result["msg"]
    assert len(site.state.writes) == sent
    other["metadata"].clear()
    assert site.instance(state="absent")["instance"] is None
    assert [row["name"] for row in site.rows("volumes")] == ["twin"]


def lose_server(site: Site) -> None:
    """Delete the server with another client."""
    connect(site.cloud.params("demo", "demo")).delete("compute", f"/servers/{site.server()['id']}")
    site.cloud.settle()


def test_a_server_that_boots_from_what_is_left_says_so(site: Site) -> None:
    """The guest will not be a new one."""
    lose_server(site)
    wanted = {"flavor": "tiny", "image": "debian", "data_volumes": [{"size": 1}, {"size": 1}]}
    result = site.instance(root_volume={"size": 1}, **wanted)
    assert result["actions"] == [
        "Create the volume web1-data-2 (1 GiB)",
        "Create the server web1 (tiny) with the existing web1-root and web1-data-1",
    ]


def test_what_is_left_of_another_image_is_not_booted(site: Site) -> None:
    """A person asks for a new system and would get the old one."""
    lose_server(site)
    other = image.make_image(site.state, "newer")
    sent = len(site.state.writes)
    result = site.instance(flavor="tiny", image="newer", root_volume={"size": 1})
    assert result["failed"] and "image: the volume web1-root" in result["msg"]
    assert f"not from newer ({other['id']})" in result["msg"]
    assert len(site.state.writes) == sent


def test_a_twin_does_not_change_what_is_attached(site: Site) -> None:
    """The attached volume is the one that counts."""
    marks = {"conductor_instance": "web1", "conductor_role": "data-1"}
    volume.make_volume(site.state, site.project_id, name="twin", size=7, metadata=marks)
    result = site.instance(data_volumes=[{"size": 1}])
    assert not result.get("failed") and result["changed"] is False
