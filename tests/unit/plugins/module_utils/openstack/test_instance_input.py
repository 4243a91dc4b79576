# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad input gets: a message that names the option, the value and what would be right, and no write."""

from __future__ import annotations

import pytest

from tests.fake import compute_objects, image, network_objects
from tests.site import Site

WEB = {"name": "web1", "flavor": "tiny", "image": "debian", "root_volume": {"size": 1}}


@pytest.fixture
def site(cloud):
    """A project with a network, a key of another user, and an image that is hard to please."""
    site = Site(cloud)
    image.make_image(cloud.state, "huge", min_disk=20, min_ram=4096)
    image.make_image(cloud.state, "unready", status="queued")
    network_objects.make_network(cloud.state, site.project_id, name="no-subnet")
    return site


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image": "debain"}, "image: there is no image debain. Did you mean debian?"),
        ({"flavor": "smal"}, "flavor: there is no flavor smal. Did you mean small?"),
        ({"networks": ["insid"]}, "networks: there is no network insid. Did you mean inside?"),
        ({"security_groups": ["ssh"]}, "security_groups: there is no security group ssh. There are: default."),
        ({"key_name": "me"}, "key_name: there is no key me."),
        (
            {"root_volume": {"size": 1, "type": "sdd"}},
            "root_volume: type: there is no volume type sdd. Did you mean ssd?",
        ),
        ({"data_volumes": [{"size": 1, "type": "x"}]}, "data_volumes: type: there is no volume type x."),
        ({"availability_zone": "mars"}, "availability_zone: there is no zone mars. Available are: nova."),
        (
            {"floating_ip": "203.0.113.7"},
            "floating_ip: the project has no address 203.0.113.7. Free are: none; or use auto.",
        ),
        ({"floating_ip": "auto", "floating_network": "inside"}, "floating_network: inside is not an external network"),
        ({"floating_ip": "maybe"}, "floating_ip: maybe is neither auto nor none nor an address"),
        ({"image": "huge"}, "root_volume: 1 GiB is too small for the image huge, which needs 20 GiB."),
        (
            {"image": "huge", "root_volume": None},
            "flavor: tiny has 128 MiB of memory, but the image huge needs 4096 MiB.",
        ),
        ({"image": "unready"}, "image: unready is queued. Only an active image can be used."),
        ({"networks": ["no-subnet"]}, "networks: no-subnet has no subnet"),
        ({"networks": None}, "networks: name the networks of the instance. The project has 2: inside, no-subnet."),
        ({"root_volume": {"size": 2000}}, "gigabytes: 2000 GiB needed, 0 of 1000 GiB in use"),
        ({"data_volumes": [{"size": 1}] * 10}, "volumes: 11 needed, 0 of 10 in use"),
        ({"flavor": None}, "flavor: give it, as there is no instance web1 yet"),
        ({"image": None}, "image: give it, as there is no instance web1 yet"),
        ({"state": "restarted"}, "name: there is no instance web1 that could be restarted."),
        ({"root_volume": {"size": 0}}, "root_volume: 0 GiB is too small"),
        ({"user_data": "x" * 50000}, "user_data: it takes 66668 bytes in base64; Nova takes 65535 at most."),
        ({"metadata": {"conductor_role": "x"}}, "metadata: conductor_role is for the marks of this collection."),
        ({"metadata": {"a": None}}, "metadata: the value of a is null, and Nova keeps text. Write text, in quotes."),
        ({"metadata": {"a": True}}, "metadata: the value of a is true"),
        ({"metadata": {"a": {"b": 1}}}, 'metadata: the value of a is {"b": 1}'),
        ({"metadata": {"long": "x" * 256}}, "metadata: long is too long"),
        ({"name": ""}, "name: a name has 1 to 236 characters, '' has 0."),
        ({"name": "x" * 237}, "name: a name has 1 to 236 characters"),
        ({"data_volumes": [{"size": 1, "name": "x" * 256}]}, "data_volumes: name: a name has 1 to 255 characters"),
        ({"data_volumes": [{"size": 0}]}, "data_volumes: the size of web1-data-1 is 0 GiB; give 1 or more."),
    ],
)
def test_a_new_instance(site, change, words):
    result = site.run("instance", **{"networks": ["inside"], **WEB, **change})
    assert result["failed"] and words in result["msg"]
    assert site.state.writes == [] and result["changed"] is False


def test_quotas_of_nova(site):
    site.state.table("compute_quotas")[site.project_id] = {"cores": 2, "ram": 4096}
    result = site.run("instance", networks=["inside"], **{**WEB, "flavor": "large"})
    assert "cores: 4 needed, 0 of 2 in use; ram: 8192 MiB needed, 0 of 4096 MiB in use" in result["msg"]
    assert site.state.writes == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key_name": "mine"}, "key_name: instance web1 was made with None, not mine"),
        ({"config_drive": True}, "config_drive: instance web1 was made with False, not True"),
        ({"user_data": "#!/bin/sh"}, "user_data: instance web1 was made with other user data"),
        ({"root_volume": {"size": 3}}, "root_volume: web1-root has 2 GiB, not 3 GiB, and is not resized."),
        ({"root_volume": {"size": 1}}, "root_volume: web1-root has 2 GiB and cannot shrink to 1 GiB."),
        (
            {"data_volumes": [{"size": 9}]},
            "web1-data-1 has 1 GiB, not 9 GiB, and is resized with conductor.cloud.volume_resize",
        ),
        ({"data_volumes": [{"size": 1, "type": "ssd"}]}, "is of type __DEFAULT__, not ssd"),
        ({"flavor": "small"}, "flavor: instance web1 is running with tiny"),
        ({"flavor": "large", "stop": True}, "cores: 3 needed, 1 of 2 in use"),
    ],
)
def test_an_instance_that_exists(site, change, words):
    site.make(networks=["inside"], root_volume={"size": 2}, user_data="#!/bin/true")
    user = next(row["id"] for row in site.state.table("users").values() if row["name"] == "demo")
    site.state.add("keypairs", {"name": "mine", "public_key": "", "type": "ssh", "fingerprint": "", "_user": user})
    site.state.table("compute_quotas")[site.project_id] = {"cores": 2}
    sent = len(site.state.writes)
    result = site.instance(**change)
    assert result["failed"] and words in result["msg"]
    assert len(site.state.writes) == sent


def test_a_floating_ip_needs_a_router(site):
    network = network_objects.make_network(site.state, site.project_id, name="lonely")
    network_objects.make_subnet(site.state, network, name="lonely", cidr="192.168.9.0/24")
    result = site.run("instance", networks=["lonely"], floating_ip="auto", **WEB)
    assert "no router leads from the network lonely to public" in result["msg"]
    assert site.state.writes == []


def test_a_floating_ip_needs_quota(site):
    site.state.table("network_quotas")[site.project_id] = {"floatingip": 0}
    result = site.run("instance", networks=["inside"], floating_ip="auto", **WEB)
    assert "floating_ips: 1 needed, 0 of 0 in use" in result["msg"]
    assert site.state.writes == []


def test_a_name_that_matches_twice(site):
    flavor = next(iter(site.state.table("flavors").values()))
    ids = [
        compute_objects.make_server(site.state, site.project_id, "", flavor, name="web1")["id"] for _number in range(2)
    ]
    result = site.instance(state="absent")
    assert "2 instances are called web1" in result["msg"] and all(key in result["msg"] for key in ids)
    assert site.instance(name=ids[0], state="stopped")["instance"]["status"] == "SHUTOFF"


def test_user_data_is_never_shown(site):
    result = site.make(networks=["inside"], user_data="#!/bin/sh\necho hidden-word")
    assert "hidden-word" not in str(result)
    assert site.rows("servers")[0]["_user_data"]
