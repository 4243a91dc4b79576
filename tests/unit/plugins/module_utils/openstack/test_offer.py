# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud offers: options that are left out, and what is refused before the first write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fake.server import FakeCloud
from tests.module import run_module

NETWORK = {
    "name": "outside",
    "physical_network": "physnet2",
    "cidr": "198.51.100.0/24",
    "gateway": "198.51.100.1",
    "pool_start": "198.51.100.10",
    "pool_end": "198.51.100.20",
}
FLAVOR = {"name": "big", "vcpus": 1, "ram": 128}


def offer(cloud: FakeCloud, **params: Any) -> dict[str, Any]:
    """Run the module."""
    return run_module("cloud_offer", {**cloud.params(), **params})


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The content of an image."""
    path = tmp_path / "guest.raw"
    path.write_bytes(b"content")
    return str(path)


def test_what_is_left_out_stays(cloud: FakeCloud, file: str) -> None:
    """It was said once."""
    image = {"name": "guest", "file": file}
    said = {
        "images": [{**image, "disk_format": "qcow2", "min_ram": 256, "min_disk": 2, "visibility": "community"}],
        "flavors": [{**FLAVOR, "disk": 5}],
        "external_networks": [{**NETWORK, "network_type": "vlan", "vlan": 100}],
    }
    assert offer(cloud, **said)["changed"]
    again = offer(cloud, images=[image], flavors=[FLAVOR], external_networks=[NETWORK])
    assert (again.get("msg"), again["changed"], again["actions"]) == (None, False, [])


def test_what_was_never_said_is_plain(cloud: FakeCloud, file: str) -> None:
    """As the documentation tells."""
    params = {"images": [{"name": "guest", "file": file}], "flavors": [FLAVOR], "external_networks": [NETWORK]}
    found = offer(cloud, **params)["results_by_name"]
    image = {"disk_format": "raw", "visibility": "public", "min_disk": 0, "min_ram": 0}
    assert {key: found["image guest"][key] for key in image} == image
    assert found["flavor big"]["disk"] == 0
    assert found["external network outside"]["network_type"] == "flat"


def test_an_image_without_a_checksum_is_replaced(cloud: FakeCloud, file: str) -> None:
    """Nobody knows what it holds."""
    image = {"name": "guest", "file": file}
    offer(cloud, images=[image])
    row = cloud.state.newest("images")
    row["os_hash_value"] = None
    assert offer(cloud, images=[image])["actions"][0] == "Hide the former image guest"
    assert row["name"] == f"guest (replaced, {row['id'][:8]})"


@pytest.mark.parametrize("option", ["images", "flavors", "volume_types", "external_networks"])
def test_what_is_given_twice_is_refused(cloud: FakeCloud, file: str, option: str) -> None:
    """Both would be made."""
    entry = {
        "images": {"name": "one", "file": file},
        "flavors": {**FLAVOR, "name": "one"},
        "volume_types": {"name": "one"},
        "external_networks": {**NETWORK, "name": "one"},
    }[option]
    result = offer(cloud, **{option: [entry, entry]})
    assert result["msg"] == f"{option}: one is given 2 times. Give each once."
    assert cloud.state.writes == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cidr": "198.51.100.5/24"}, "198.51.100.5/24 has host bits set"),
        ({"cidr": "nonsense"}, "'nonsense' does not appear to be an IPv4 or IPv6 network"),
        ({"gateway": "198.51.100"}, "'198.51.100' does not appear to be an IPv4 or IPv6 address"),
        ({"pool_end": "192.0.2.9"}, "pool_end 192.0.2.9 is not in cidr 198.51.100.0/24"),
    ],
)
def test_what_is_no_subnet_is_refused(cloud: FakeCloud, change: dict[str, str], words: str) -> None:
    """Neutron would do it when the network is there already."""
    result = offer(cloud, external_networks=[{**NETWORK, **change}])
    assert f"external_networks: outside: {words}" in result["msg"]
    assert cloud.state.writes == []


def test_an_address_has_several_spellings(cloud: FakeCloud) -> None:
    """Neutron knows one of them."""
    six = {"cidr": "2001:DB8::/64", "gateway": "2001:db8::1", "pool_start": "2001:db8::A", "pool_end": "2001:db8:0::14"}
    network = {**NETWORK, **six}
    assert offer(cloud, external_networks=[network])["changed"]
    subnet = cloud.state.newest("subnets")
    assert (subnet["cidr"], subnet["allocation_pools"][0]["end"]) == ("2001:db8::/64", "2001:db8::14")
    assert not offer(cloud, external_networks=[network])["changed"]
