# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be changed on an instance that exists, and what is seen of it."""

from __future__ import annotations

import pytest

from tests.fake import network_objects
from tests.site import Site


@pytest.fixture
def site(cloud):
    """A project with an instance and a second network and security group."""
    site = Site(cloud)
    site.make(metadata={"team": "red", "kept": "yes"})
    network = network_objects.make_network(cloud.state, site.project_id, name="second")
    network_objects.make_subnet(cloud.state, network, name="second", cidr="192.168.2.0/24")
    network_objects.make_group(cloud.state, site.project_id, name="web")
    return site


@pytest.mark.parametrize(
    ("change", "key", "value", "actions"),
    [
        (
            {"metadata": {"team": "blue"}},
            "metadata",
            {"team": "blue", "kept": "yes"},
            ["Set the metadata team of web1"],
        ),
        (
            {"security_groups": ["web"]},
            "security_groups",
            ["web"],
            ["Put web1 in network inside into the security groups web"],
        ),
        ({"networks": ["second"]}, "networks", ["inside", "second"], ["Connect web1 to the network second"]),
    ],
)
def test_a_change_is_predicted_made_and_then_done(site, change, key, value, actions):
    predicted = site.instance(check=True, **change)
    result = site.instance(**change)
    assert not result.get("failed"), result
    assert result["actions"] == predicted["actions"] == actions
    assert result["instance"][key] == predicted["instance"][key] == value
    assert site.instance(**change)["changed"] is False


def test_a_group_that_is_named_twice_is_one_group(site):
    web = next(row["id"] for row in site.rows("security_groups") if row["name"] == "web")
    groups = {"security_groups": ["web", web, "web"]}
    assert site.instance(check=True, **groups)["instance"]["security_groups"] == ["web"]
    assert site.instance(**groups)["instance"]["security_groups"] == ["web"]
    assert site.instance(check=True, **groups)["changed"] is False


@pytest.mark.parametrize("root", [{}, {"type": None}, {"type": "ssd"}])
def test_a_root_volume_without_a_size_keeps_the_one_that_it_has(cloud, root):
    site = Site(cloud)
    site.make(root_volume=root)
    assert site.instance(root_volume=root)["changed"] is False
    assert site.instance(root_volume={**root, "type": "luxury"})["failed"]


def test_a_server_that_boots_from_no_volume_gets_none(site):
    server = site.rows("servers")[0]
    for volume in site.rows("volumes"):
        volume["attachments"] = []
    server.update(_devices=[], metadata={}, name="by-hand")
    result = site.run("instance", name="by-hand", root_volume={"type": "ssd"})
    assert result["msg"] == "root_volume: instance by-hand has no root volume. Leave the option out."
    assert site.run("instance", name="by-hand", metadata={"team": "red"})["actions"] == [
        "Set the metadata team of by-hand"
    ]


def test_a_data_volume_can_be_added(site):
    result = site.instance(data_volumes=[{"size": 1}, {"size": 3, "name": "logs"}])
    assert result["actions"] == ["Create the volume logs (3 GiB)", "Attach the volume logs"]
    assert [(row["name"], row["device"]) for row in result["instance"]["volumes"]] == [
        ("web1-root", "/dev/vda"),
        ("web1-data-1", "/dev/vdb"),
        ("logs", "/dev/vdc"),
    ]


def test_a_floating_ip_comes_and_goes(site):
    address = site.instance(floating_ip="auto")["instance"]["floating_ip"]
    assert address
    assert site.instance(floating_ip="auto")["changed"] is False
    assert site.instance(floating_ip=address)["changed"] is False
    assert site.instance(floating_ip="none")["actions"] == [f"Release the floating IP {address}"]
    assert site.rows("floatingips") == []
    assert site.instance(floating_ip="none")["changed"] is False


def test_an_address_that_somebody_else_made_is_given_and_stays(site):
    public = next(row for row in site.state.table("networks").values() if row["router:external"])
    fields = {"floating_network_id": public["id"], "port_id": None, "floating_ip_address": "203.0.113.99"}
    network_objects.new(site.state, "floatingip", site.project_id, **fields)
    assert site.instance(floating_ip="203.0.113.99")["instance"]["floating_ip"] == "203.0.113.99"
    assert site.instance(floating_ip="none")["actions"] == ["Take away the floating IP 203.0.113.99"]
    assert len(site.rows("floatingips")) == 1


def test_instances_are_seen_with_a_number_of_requests_that_does_not_grow(site):
    site.state.reads.clear()
    site.run("instance_info")
    few = len(site.state.reads)
    for number in range(3):
        site.make(name=f"more{number}", networks=["inside"])
    site.state.reads.clear()
    found = site.run("instance_info")["instances"]
    assert [entry["name"] for entry in found] == ["more0", "more1", "more2", "web1"]
    assert len(site.state.reads) == few
    assert [len(entry["volumes"]) for entry in found] == [2, 2, 2, 2]


def test_the_console_is_read_on_request_only(site):
    site.rows("servers")[0]["_console"] = "one\ntwo\nthree"
    assert "console" not in site.run("instance_info")["instances"][0]
    found = site.run("instance_info", name="web1", console=True, console_lines=2)["instances"]
    assert found[0]["console"] == "two\nthree"
    assert site.run("instance_info", name="nobody")["instances"] == []


@pytest.mark.parametrize(("status", "actions"), [(409, []), (500, ["Stop web1"])])
def test_a_write_that_was_refused_is_no_action(site, status, actions):
    site.state.break_route("POST .*/action", status)
    result = site.instance(state="stopped")
    assert result["failed"]
    assert (result["actions"], result["changed"]) == (actions, bool(actions))


@pytest.mark.parametrize(
    ("vm_state", "status"),
    [("paused", "PAUSED"), ("suspended", "SUSPENDED"), ("rescued", "RESCUE"), ("shelved", "SHELVED")],
)
def test_a_state_that_others_brought_about_is_told(site, vm_state, status):
    site.rows("servers")[0]["OS-EXT-STS:vm_state"] = vm_state
    assert site.server()["status"] == status
    words = f"state: instance web1 is {status}; only an ACTIVE or SHUTOFF instance can become stopped."
    assert site.instance(state="stopped")["msg"] == words
    assert site.instance(state="absent")["changed"]
