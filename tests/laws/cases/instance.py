# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances: made, changed, switched on and off, resized, and removed."""

from __future__ import annotations

import json
from typing import Any

from tests.fake import network_objects
from tests.laws.cases import Case
from tests.site import Site

USER_DATA = "#!/bin/sh\necho correct-horse-battery\n"
WHOLE = {
    "name": "web1",
    "flavor": "tiny",
    "image": "debian",
    "root_volume": {"size": 2, "type": "ssd"},
    "data_volumes": [{"size": 1}, {"size": 3, "name": "logs"}],
    "networks": ["inside"],
    "security_groups": ["default", "web"],
    "key_name": "mine",
    "user_data": USER_DATA,
    "config_drive": True,
    "metadata": {"team": "red"},
    "availability_zone": "nova",
    "floating_ip": "auto",
    "state": "started",
}
CHANGED = {
    "name": "web1",
    "flavor": "small",
    "stop": True,
    "data_volumes": [{"size": 1}, {"size": 3}, {"size": 2}],
    "networks": ["second"],
    "security_groups": ["web"],
    "metadata": {"team": "blue", "more": "yes"},
    "floating_ip": "none",
}
LEAST = {"name": "web1", "flavor": "tiny", "image": "debian"}
GONE = {"name": "web1", "state": "absent"}
KNOWN_ID = "5e7a1f00-0000-4000-8000-000000000001"
# Which addresses an instance gets is for Neutron to say.
UNKNOWN = ("addresses", "floating_ip", "floating_ips")


def with_site(cloud: Any) -> None:
    """Make two networks, a security group and a key."""
    site = Site(cloud)
    user = next(row["id"] for row in cloud.state.table("users").values() if row["name"] == "demo")
    key = {"name": "mine", "public_key": "ssh-ed25519 AAAA", "type": "ssh", "fingerprint": "00:11", "_user": user}
    cloud.state.add("keypairs", key)
    network = network_objects.make_network(cloud.state, site.project_id, name="second")
    network_objects.make_subnet(cloud.state, network, name="second", cidr="192.168.2.0/24")
    network_objects.make_group(cloud.state, site.project_id, name="web")


def with_network(cloud: Any) -> None:
    """Make the only network of the project."""
    Site(cloud)


def with_running(cloud: Any) -> None:
    """Make an instance that runs."""
    Site(cloud).make()


def with_known_id(cloud: Any) -> None:
    """Make an instance with a floating IP and an id that a task can name."""
    site = Site(cloud)
    made = site.make(floating_ip="auto")["instance"]["id"]
    cloud.settle()
    cloud.state.tables = json.loads(json.dumps(cloud.state.tables).replace(made, KNOWN_ID))


def with_stopped(cloud: Any) -> None:
    """Make an instance that is stopped."""
    Site(cloud).make(state="stopped")


HERE: dict[str, Any] = {"project": "demo", "user": "demo"}
CASES = [
    Case(
        "instance",
        WHOLE,
        name="instance, whole",
        change=CHANGED,
        absent=GONE,
        prepare=with_site,
        secrets=(USER_DATA,),
        unknown=UNKNOWN,
        **HERE,
    ),
    Case(
        "instance",
        LEAST,
        name="instance, the least, kept volumes",
        absent={**GONE, "delete_volumes": False},
        prepare=with_network,
        unknown=UNKNOWN,
        keeps=("volumes",),
        **HERE,
    ),
    Case(
        "instance",
        {**LEAST, "security_groups": []},
        name="instance, in no security group",
        change={"name": "web1", "security_groups": ["default"]},
        absent=GONE,
        prepare=with_network,
        unknown=UNKNOWN,
        **HERE,
    ),
    Case(
        "instance",
        {"flavor": "tiny", "image": "debian", "instances": [{"name": "one"}, {"name": "two"}]},
        name="instance, two at once",
        absent={"instances": [{"name": "one"}, {"name": "two"}], "state": "absent"},
        prepare=with_network,
        unknown=UNKNOWN,
        **HERE,
    ),
    Case(
        "instance",
        {"name": "web1", "state": "stopped"},
        name="instance, switched off and on",
        change={"name": "web1", "state": "started"},
        prepare=with_running,
        **HERE,
    ),
    Case(
        "instance",
        {"name": KNOWN_ID, "state": "stopped"},
        name="instance, known by its id",
        absent={"name": KNOWN_ID, "state": "absent"},
        prepare=with_known_id,
        **HERE,
    ),
    Case(
        "instance",
        {"name": "web1", "flavor": "small", "state": "stopped"},
        name="instance, flavor while stopped",
        change={"name": "web1", "flavor": "large", "state": "started"},
        prepare=with_stopped,
        **HERE,
    ),
    Case(
        "instance",
        {"name": "web1", "flavor": "small", "stop": True},
        name="instance, flavor while running",
        change={"name": "web1", "flavor": "tiny", "stop": True},
        prepare=with_running,
        **HERE,
    ),
    Case(
        "instance",
        {"name": "web1", "state": "restarted"},
        name="instance, restarted",
        prepare=with_running,
        imperative=True,
        **HERE,
    ),
]
