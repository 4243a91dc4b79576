# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fake cloud refuses or drops as the real services do, where no recorded call shows it."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import ApiError, connect

from tests.fake import network_objects
from tests.fake.server import FakeCloud
from tests.site import Site


def test_a_port_has_one_floating_ip(cloud: FakeCloud) -> None:
    """Of one external network, made for it or given to it later."""
    site = Site(cloud)
    site.make(floating_ip="auto")
    first = site.rows("floatingips")[0]
    session = connect(cloud.params("demo", "demo"))
    wanted = {"floating_network_id": first["floating_network_id"]}
    with pytest.raises(ApiError, match="answered 409: .*already has a floating IP on external network"):
        session.post("network", "/v2.0/floatingips", {"floatingip": {**wanted, "port_id": first["port_id"]}})
    spare = session.post("network", "/v2.0/floatingips", {"floatingip": wanted})["floatingip"]
    path = f"/v2.0/floatingips/{spare['id']}"
    with pytest.raises(ApiError, match="answered 409"):
        session.put("network", path, {"floatingip": {"port_id": first["port_id"]}})
    assert session.get("network", path)["floatingip"]["port_id"] is None
    again = f"/v2.0/floatingips/{first['id']}"
    assert session.put("network", again, {"floatingip": {"port_id": first["port_id"]}})


@pytest.mark.parametrize(
    ("cidr", "words"),
    [
        ("10.9.0.5/24", "'10.9.0.5/24' isn't a recognized IP subnet cidr, '10.9.0.0/24' is recommended"),
        ("nonsense", "'nonsense' is not a valid IP subnet"),
    ],
)
def test_a_subnet_needs_a_cidr(cloud: FakeCloud, cidr: str, words: str) -> None:
    """Neutron asks for the address of the network itself."""
    session = connect(cloud.params())
    network = session.post("network", "/v2.0/networks", {"network": {"name": "one"}})["network"]["id"]
    with pytest.raises(ApiError, match=f"answered 400: Invalid input for cidr. Reason: {words}"):
        session.post("network", "/v2.0/subnets", {"subnet": {"network_id": network, "cidr": cidr, "ip_version": 4}})


def test_a_port_is_in_a_group_once(cloud: FakeCloud) -> None:
    """However often it is put there."""
    site = Site(cloud)
    group = network_objects.make_group(cloud.state, site.project_id, name="web")["id"]
    site.make(security_groups=["web"])
    port = next(row for row in site.rows("ports") if row["device_owner"].startswith("compute"))
    session = connect(cloud.params("demo", "demo"))
    body = {"port": {"security_groups": [group, group]}}
    assert session.put("network", f"/v2.0/ports/{port['id']}", body)["port"]["security_groups"] == [group]
