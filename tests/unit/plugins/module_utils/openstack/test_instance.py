# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances from their first volume to their last."""

from __future__ import annotations

import pytest

from tests.site import Site

WEB = {
    "name": "web1",
    "flavor": "tiny",
    "image": "debian",
    "root_volume": {"size": 2},
    "data_volumes": [{"size": 1}],
    "floating_ip": "auto",
    "metadata": {"team": "red"},
}


@pytest.fixture
def site(cloud):
    """A project with a network."""
    return Site(cloud)


def test_an_instance_gets_its_volumes_then_its_server_then_its_address(site):
    result = site.run("instance", **WEB)
    assert not result.get("failed"), result
    assert result["actions"] == [
        "Create the volume web1-root (2 GiB)",
        "Create the volume web1-data-1 (1 GiB)",
        "Create the server web1 (tiny)",
        "Give web1 a floating IP",
    ]
    made = result["instance"]
    assert made["status"] == "ACTIVE"
    assert [(volume["role"], volume["size"], volume["device"]) for volume in made["volumes"]] == [
        ("root", 2, "/dev/vda"),
        ("data-1", 1, "/dev/vdb"),
    ]
    assert made["floating_ip"].startswith("203.0.113.")
    assert made["metadata"] == {"team": "red"}
    assert {volume["metadata"]["conductor_instance"] for volume in site.rows("volumes")} == {"web1"}
    assert not any(device["delete_on_termination"] for device in site.rows("servers")[0]["_devices"])


def test_an_instance_in_no_group_is_taken_out_of_the_default_one(cloud):
    bare = {"flavor": "tiny", "image": "debian", "security_groups": []}
    site = Site(cloud)
    check, made = site.instance(check=True, **bare), site.instance(**bare)
    assert check["actions"] == made["actions"]
    assert made["actions"][-1] == "Put web1 in network inside into the security groups (none)"
    assert check["instance"]["security_groups"] == made["instance"]["security_groups"] == []
    assert site.instance(**bare)["changed"] is False


def test_the_second_run_sends_nothing(site):
    site.run("instance", **WEB)
    sent = len(site.state.writes)
    result = site.run("instance", **WEB)
    assert (result["changed"], result["actions"], len(site.state.writes)) == (False, [], sent)


def test_check_mode_prints_the_plan_and_sends_nothing(site):
    predicted = site.run("instance", check=True, **WEB)
    assert site.state.writes == []
    done = site.run("instance", **WEB)
    assert predicted["actions"] == done["actions"]
    assert predicted["diff"][0]["before"] == done["diff"][0]["before"]
    for key in ("name", "status", "flavor", "image", "networks", "metadata", "cores", "ram"):
        assert predicted["instance"][key] == done["instance"][key]


def test_absent_takes_all_that_was_made_and_then_nothing(site):
    site.run("instance", **WEB)
    result = site.instance(state="absent")
    assert result["instance"] is None, result
    assert [site.rows(table) for table in ("servers", "volumes", "floatingips")] == [[], [], []]
    again = site.instance(state="absent")
    assert (again["changed"], again["actions"]) == (False, [])


def test_absent_leaves_a_volume_that_somebody_attached(site):
    from tests.fake import volume

    site.make()
    other = volume.make_volume(site.state, site.project_id, name="precious")
    server = site.rows("servers")[0]
    server["_devices"].append({"volume_id": other["id"], "device": "/dev/vdc", "delete_on_termination": False})
    volume.attach(site.state, other["id"], server["id"], "/dev/vdc")
    site.instance(state="absent")
    assert [row["name"] for row in site.rows("volumes")] == ["precious"]


def test_absent_leaves_the_volume_of_another_instance(site):
    from tests.fake import volume

    site.make()
    marks = {"conductor_instance": "web2", "conductor_role": "data-1"}
    other = volume.make_volume(site.state, site.project_id, name="web2-data-1", metadata=marks)
    server = site.rows("servers")[0]
    server["_devices"].append({"volume_id": other["id"], "device": "/dev/vdc", "delete_on_termination": False})
    volume.attach(site.state, other["id"], server["id"], "/dev/vdc")
    assert site.instance(state="absent")["instance"] is None
    assert [row["name"] for row in site.rows("volumes")] == ["web2-data-1"]


def test_a_renamed_server_keeps_what_is_its_own(site):
    site.make()
    site.rows("servers")[0]["name"] = "renamed"
    assert site.run("instance", name="renamed", data_volumes=[{"size": 1}])["changed"] is False
    assert site.run("instance", name="renamed", state="absent")["instance"] is None
    assert site.rows("volumes") == []


def test_an_instance_can_be_removed_by_its_id(site):
    key = site.make()["instance"]["id"]
    site.state.settle = 0.3
    assert site.run("instance", name=key, state="absent")["instance"] is None
    assert site.rows("volumes") == []


def test_kept_volumes_are_not_taken_by_the_next_instance(site):
    site.make()
    assert site.instance(state="absent", delete_volumes=False)["instance"] is None
    kept = {row["id"] for row in site.rows("volumes")}
    assert len(kept) == 2
    result = site.make()
    assert not kept & {volume["id"] for volume in result["instance"]["volumes"]}


def test_absent_with_snapshots_fails_before_the_first_write_and_names_them(site):
    site.make()
    data = next(row for row in site.rows("volumes") if row["name"] == "web1-data-1")
    fields = {
        "name": "nightly",
        "volume_id": data["id"],
        "_project": site.project_id,
        "status": "available",
        "metadata": {},
    }
    site.state.add("snapshots", {**fields, "size": 1})
    sent = len(site.state.writes)
    result = site.instance(state="absent")
    assert result["failed"] and "nightly of web1-data-1" in result["msg"]
    assert len(site.state.writes) == sent
    assert not site.instance(state="absent", delete_volumes=False).get("failed")


@pytest.mark.parametrize(
    ("state", "status"), [("stopped", "SHUTOFF"), ("started", "ACTIVE"), ("present", "ACTIVE"), ("restarted", "ACTIVE")]
)
def test_power(site, state, status):
    site.make()
    assert site.instance(state=state)["instance"]["status"] == status
    assert site.instance(state=state)["changed"] is (state == "restarted")


def test_several_instances_take_one_set_of_lists(site):
    result = site.run(
        "instance",
        flavor="tiny",
        image="debian",
        floating_ip="auto",
        instances=[{"name": f"web{number}"} for number in range(4)] + [{"name": "big", "flavor": "small"}],
    )
    assert not result.get("failed"), result
    made = result["results_by_name"]
    assert sorted(made) == ["big", "web0", "web1", "web2", "web3"]
    assert made["big"]["flavor"] == "small" and len({entry["floating_ip"] for entry in made.values()}) == 5
    site.state.reads.clear()
    again = site.run("instance", flavor="tiny", instances=[{"name": f"web{number}"} for number in range(4)])
    assert again["changed"] is False and len(site.state.reads) < 10
    gone = site.run("instance", state="absent", instances=[{"name": name} for name in made])
    assert not gone.get("failed") and site.rows("volumes") == []


def test_one_that_fails_does_not_stop_the_others(site):
    from tests.fake import compute_objects

    compute_objects.fail_next(site.state, "create", "No valid host was found.")
    names = [{"name": "web1"}, {"name": "web2"}]
    result = site.run("instance", flavor="tiny", image="debian", instances=names, concurrency=1)
    assert result["failed"] and "No valid host was found." in result["msg"]
    assert sorted(row["status"] for row in result["results_by_name"].values()) == ["ACTIVE", "ERROR"]


def test_the_quota_is_for_all_instances_together(site):
    site.state.table("compute_quotas")[site.project_id] = {"instances": 2}
    names = [{"name": f"web{number}"} for number in range(3)]
    result = site.run("instance", flavor="tiny", image="debian", instances=names)
    assert "instances: 1 needed, 2 of 2 in use" in result["msg"]
    assert site.state.writes == []


def test_a_stopped_instance_starts_again(site):
    site.make(state="stopped")
    assert site.server()["status"] == "SHUTOFF"
    assert site.instance(state="started")["actions"] == ["Start web1"]
    assert site.server()["status"] == "ACTIVE"


def test_a_running_instance_changes_its_flavor_only_when_it_may_be_stopped(site):
    site.make()
    refused = site.instance(flavor="small")
    assert "is running with tiny" in refused["msg"]
    result = site.instance(flavor="small", stop=True)
    assert not result.get("failed"), result
    assert (result["instance"]["flavor"], result["instance"]["status"]) == ("small", "ACTIVE")
    assert "conductor_operation" not in site.server()["metadata"]
    assert site.instance(flavor="small")["changed"] is False


def test_a_stopped_instance_stays_stopped_with_its_new_flavor(site):
    site.make(state="stopped")
    before = [row["id"] for row in site.rows("volumes")]
    result = site.instance(flavor="small", state="stopped")
    assert (result["instance"]["flavor"], result["instance"]["status"]) == ("small", "SHUTOFF")
    assert [row["id"] for row in site.rows("volumes")] == before


def test_a_running_instance_that_shall_be_stopped_changes_its_flavor_on_the_way(site):
    site.make()
    result = site.instance(flavor="small", state="stopped")
    assert result["actions"][:2] == ["Note the flavor change on web1", "Stop web1"]
    assert (result["instance"]["flavor"], result["instance"]["status"]) == ("small", "SHUTOFF")


def test_a_flavor_change_that_no_host_takes_leaves_the_old_one_and_says_why(site):
    from tests.fake import compute_objects

    site.make()
    compute_objects.fail_next(site.state, "resize", "No valid host was found.")
    result = site.instance(flavor="small", stop=True)
    assert "No valid host was found." in result["msg"]
    assert result["instance"]["flavor"] == "tiny"
    assert site.server()["status"] == "ACTIVE"
    assert "conductor_operation" not in site.server()["metadata"]


def test_a_flavor_change_that_cannot_be_confirmed_is_reverted(site):
    site.make(state="stopped")
    count = len(site.state.writes)
    site.state.break_write(1, 500)
    result = site.instance(flavor="small", state="stopped")
    assert result["failed"], result
    assert len(site.state.writes) == count + 3
    assert (site.server()["flavor"]["original_name"], site.server()["status"]) == ("tiny", "SHUTOFF")


def test_a_server_in_error_gives_novas_reason_and_the_request(site):
    from tests.fake import compute_objects

    compute_objects.fail_next(site.state, "create", "No valid host was found. There are not enough hosts available.")
    result = site.instance(**WEB)
    assert "There are not enough hosts available." in result["msg"] and "req-" in result["msg"]
    again = site.instance(**WEB)
    assert "state: absent removes it" in again["msg"]
    assert not site.instance(state="absent").get("failed")


def test_a_volume_that_fails_gives_cinders_reason(site):
    from tests.fake import volume_base

    volume_base.fail_next(site.state, "volume", "No weighed backends available")
    result = site.instance(**WEB)
    assert "No weighed backends available" in result["msg"]
    assert site.rows("servers") == []
