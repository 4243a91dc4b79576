# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that mean the same are the same."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.security_rules import (
    normal,
    rule_words,
    wanted_rule,
)

from tests.fake.server import FakeCloud
from tests.module import run_module

TCP = {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"protocol": "any"}, {"protocol": None}),
        ({"protocol": "6"}, {"protocol": "TCP"}),
        ({"protocol": 17}, {"protocol": "udp"}),
        ({"protocol": "icmp", "ethertype": "IPv6"}, {"protocol": "icmpv6", "ethertype": "IPv6"}),
        ({"remote_ip_prefix": "0.0.0.0/0"}, {}),
        ({"remote_ip_prefix": "192.0.2.7/24"}, {"remote_ip_prefix": "192.0.2.0/24"}),
        ({"remote_ip_prefix": "::/0", "ethertype": "IPv6"}, {"ethertype": "IPv6"}),
        ({"protocol": "tcp", "port": 22}, TCP),
        ({"protocol": "tcp", "port_range_min": 22}, TCP),
    ],
)
def test_two_ways_to_say_it(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Ways of writing are no difference."""
    assert wanted_rule(one, "rules") == wanted_rule(other, "rules")


def test_words() -> None:
    """A rule as a person would say it."""
    assert rule_words(normal(TCP)) == "ingress IPv4 tcp 22 from anywhere"
    ranged = {"protocol": "udp", "port_range_min": 1, "port_range_max": 9, "direction": "egress", "remote_group": "db"}
    assert rule_words(normal(ranged)) == "egress IPv4 udp 1 to 9 to db"


def rules(cloud: FakeCloud, group: str) -> list[str]:
    """Return the rules of a group that are not about the way out."""
    key = next(row["id"] for row in cloud.state.table("security_groups").values() if row["name"] == group)
    found = [row for row in cloud.state.table("security_group_rules").values() if row["security_group_id"] == key]
    return sorted(str(row["port_range_min"]) for row in found if row["direction"] == "ingress")


def test_rules_of_a_group_are_authoritative(cloud: FakeCloud) -> None:
    """A rule that somebody added by hand goes; groups that are not named keep theirs."""

    def groups(*ports: int) -> list[dict[str, Any]]:
        return [{"name": "web", "rules": [{"protocol": "tcp", "port": port} for port in ports]}]

    tenant = {**cloud.params(), "name": "research"}
    assert "msg" not in run_module("tenant", {**tenant, "security_groups": [*groups(80, 443), {"name": "free"}]})
    assert rules(cloud, "web") == ["443", "80"]
    second = run_module("tenant", {**tenant, "security_groups": groups(80, 8080)})
    assert second["actions"] == [
        "Allow ingress IPv4 tcp 8080 from anywhere in the security group web",
        "Take ingress IPv4 tcp 443 from anywhere out of the security group web",
    ]
    assert rules(cloud, "web") == ["80", "8080"]
    without_rules = run_module("tenant", {**tenant, "security_groups": [{"name": "web"}]})
    assert not without_rules["changed"]
    assert run_module("tenant", {**tenant, "security_groups": [{"name": "web", "rules": []}]})["changed"]
    assert rules(cloud, "web") == []
