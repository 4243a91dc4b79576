# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants: whole ones, several at once, and the least that one can be."""

from __future__ import annotations

from typing import Any

from tests.laws.cases import Case
from tests.notes import GROW
from tests.site import Site

PASSWORD = "correct \"horse\"  <battery> & 'stäple'"
WHOLE = {
    "name": "research",
    "description": "Physics",
    "user": {"name": "research", "password": PASSWORD, "email": "research@example.org", "update_password": "always"},
    "quotas": {
        "instances": 7,
        "cores": 14,
        "ram": 4096,
        "volumes": 9,
        "gigabytes": 90,
        "networks": 5,
        "floating_ips": 3,
    },
    "subnet": {"cidr": "192.168.42.0/24", "dns_nameservers": ["192.0.2.53"]},
    "external_network": "public",
    "security_groups": [
        {"name": "ssh", "rules": [{"protocol": "tcp", "port": 22}, {"protocol": "icmp"}]},
        {
            "name": "web",
            "description": "Pages",
            "rules": [
                {"protocol": "tcp", "port_range_min": 8000, "port_range_max": 8080, "remote_ip_prefix": "192.0.2.0/24"},
                {"protocol": "tcp", "port": 80, "remote_group": "ssh"},
                {"direction": "egress", "protocol": "udp", "port": 53},
            ],
        },
    ],
}
CHANGED = {
    **WHOLE,
    "description": "Chemistry",
    "user": {**WHOLE["user"], "password": "another-" + PASSWORD, "email": "chemistry@example.org"},
    "quotas": {"instances": 8, "networks": -1},
    "subnet": {"cidr": "192.168.42.0/24", "dns_nameservers": ["192.0.2.54", "192.0.2.53"]},
    "security_groups": [
        {"name": "ssh", "description": "Shell", "rules": [{"protocol": "tcp", "port": 2222}]},
        {"name": "rdp", "rules": [{"protocol": "tcp", "port": 3389}]},
    ],
}


def with_unfinished_work(cloud: Any) -> None:
    """Let a resize die in a project when its volume is off, long ago, and leave a backup, too."""
    site = Site(cloud)
    site.make()
    assert site.run("backup", name="nightly", instance="web1")["changed"]
    assert site.killed(2, "after", "volume_resize", **GROW)
    cloud.settle()
    cloud.state.clock.sleep(60)


CASES = [
    Case(
        "tenant",
        WHOLE,
        name="tenant, whole",
        change=CHANGED,
        absent={"name": "research", "state": "absent"},
        secrets=(PASSWORD, CHANGED["user"]["password"]),
        # The services keep the quotas of projects that are gone.
        keeps=("compute_quotas", "volume_quotas", "network_quotas"),
    ),
    Case(
        "tenant",
        {"name": "plain"},
        name="tenant, only a project",
        change={"name": "plain", "description": "With words"},
        absent={"name": "plain", "state": "absent"},
    ),
    Case(
        "tenant",
        {
            "tenants": [
                {"name": "one", "subnet": {"cidr": "10.1.0.0/24"}},
                {"name": "two", "external_network": "public"},
            ]
        },
        name="tenant, two at once",
        absent={"tenants": [{"name": "one"}, {"name": "two"}], "state": "absent"},
    ),
    Case(
        "tenant",
        {"name": "demo", "state": "absent", "force": True},
        name="tenant, with unfinished work",
        prepare=with_unfinished_work,
        keeps=("compute_quotas", "volume_quotas", "network_quotas"),
        ends=("web1-root", "web1-data-1"),
    ),
]
