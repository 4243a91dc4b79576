# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad input gets: a message that names option, value and what would be right, before the first write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.fake import network_objects
from tests.module import run_module

SUBNET = {"cidr": "192.168.42.0/24"}


@pytest.fixture(autouse=True)
def clouds(cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clouds.yaml with two clouds."""
    auth = "".join(f"      {key}: {value}\n" for key, value in cloud.params()["auth"].items())
    path = tmp_path / "clouds.yaml"
    path.write_text(f"clouds:\n  admin:\n    auth:\n{auth}  production:\n    auth:\n{auth}")
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(path))


def refused(fake: Any, *words: str, **params: Any) -> str:
    """Run the module tenant, and see it refuse with these words and without a write."""
    result = run_module("tenant", {"name": "research", **params})
    assert result.get("failed"), result
    assert not result["changed"]
    assert fake.state.writes == []
    for word in words:
        assert word in result["msg"]
    return result["msg"]


def test_the_cloud_works_when_all_is_right(cloud: Any) -> None:
    """Otherwise a refusal below would prove nothing."""
    assert run_module("tenant", {"cloud": "admin", "name": "research"})["changed"]


def test_unknown_cloud(cloud: Any) -> None:
    """The clouds that there are stand in the message."""
    refused(cloud, "cloud:", "produktion", "admin, production", cloud="produktion")


def test_no_cloud_at_all(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing says where to sign in."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/nonexistent")
    refused(cloud, "cloud", "auth", "clouds.yaml")


@pytest.mark.parametrize(("option", "value"), [("username", "nobody"), ("password", "wrong"), ("project_name", "none")])
def test_wrong_credentials(cloud: Any, option: str, value: str) -> None:
    """Keystone does not say which part is wrong, but we say who was refused where."""
    auth = {**cloud.params()["auth"], option: value}
    words = refused(cloud, "refuses the credentials", auth["username"], auth["project_name"], cloud.url, auth=auth)
    assert "wrong" not in words


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v3", "{}/nothing", "https://127.0.0.1:9"])
def test_an_endpoint_that_does_not_answer(cloud: Any, address: str) -> None:
    """The address stands in the message."""
    where = address.format(cloud.url)
    refused(cloud, "auth_url", where, auth={**cloud.params()["auth"], "auth_url": where})


def test_a_service_that_does_not_answer(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service stands in the message."""
    cloud.state.break_route("GET /network", "before")
    refused(cloud, "network: no answer to GET", cloud="admin", subnet=SUBNET)


def test_a_ca_that_is_not_there(cloud: Any) -> None:
    """The path stands in the message."""
    refused(cloud, "ca_cert", "/nonexistent/ca.crt", cloud="admin", ca_cert="/nonexistent/ca.crt")


def test_a_file_that_is_no_yaml(cloud: Any) -> None:
    """The places where the file could be stand in the message."""
    Path(os.environ["OS_CLIENT_CONFIG_FILE"]).write_text("clouds:\n  admin: [\n")
    refused(cloud, "no clouds.yaml with a cloud admin", "YAML", "OS_CLIENT_CONFIG_FILE", cloud="admin")


def test_unknown_region(cloud: Any) -> None:
    """The regions that there are stand in the message."""
    refused(cloud, "region_name", "Mars", "RegionOne", cloud="admin", region_name="Mars", subnet=SUBNET)


def test_a_role_that_lacks(cloud: Any) -> None:
    """A member makes no tenants."""
    refused(cloud, "demo has member in project demo", "the role admin", **cloud.params("demo", "demo"))


def test_a_project_without_a_role(cloud: Any) -> None:
    """The role that is needed and the projects with one stand in the message."""
    result = run_module("tenant_info", {**cloud.params("demo", "demo"), "project": "admin"})
    assert result["msg"].startswith("project: demo has no role in a project admin")
    assert "role member" in result["msg"]
    assert "(projects with a role: demo)" in result["msg"]


NETWORK_CASES = {
    "unknown external network": (
        {"external_network": "publik"},
        ["external_network", "publik", "Did you mean public?"],
    ),
    "unknown domain": ({"domain": "mars"}, ["domain", "mars", "Default"]),
    "unknown role": ({"user": {"name": "u", "password": "p", "role": "membre"}}, ["user.role", "Did you mean member?"]),
    "no password": ({"user": {"name": "u"}}, ["user.password", "needs a password"]),
    "no network": ({"subnet": {"cidr": "192.168.42.300/24"}}, ["subnet.cidr", "192.168.42.300", "192.168.42.0/24"]),
    "host bits": ({"subnet": {"cidr": "192.168.42.1/24"}}, ["subnet.cidr", "has host bits set"]),
    "no room": ({"subnet": {"cidr": "192.168.42.1/32"}}, ["subnet.cidr", "has 1 addresses", "4 or more"]),
    "gateway elsewhere": (
        {"subnet": {**SUBNET, "gateway_ip": "10.0.0.1"}},
        ["subnet.gateway_ip", "10.0.0.1", "42.0/24"],
    ),
    "gateway no address": ({"subnet": {**SUBNET, "gateway_ip": "x"}}, ["subnet.gateway_ip", "'x'", "192.168.42.1"]),
    "name server by name": ({"subnet": {**SUBNET, "dns_nameservers": ["foo"]}}, ["subnet.dns_nameservers", "'foo'"]),
    "pool elsewhere": (
        {"subnet": {**SUBNET, "allocation_pools": [{"start": "192.168.42.9", "end": "192.168.43.1"}]}},
        ["subnet.allocation_pools[0].end", "192.168.43.1", "192.168.42.0/24"],
    ),
    "name server of another family": (
        {"subnet": {**SUBNET, "dns_nameservers": ["2001:db8::53"]}},
        ["subnet.dns_nameservers", "2001:db8::53 is not IPv4"],
    ),
    "pool with the gateway": (
        {"subnet": {**SUBNET, "allocation_pools": [{"start": "192.168.42.1", "end": "192.168.42.9"}]}},
        ["subnet.allocation_pools[0]", "the gateway 192.168.42.1 lies between"],
    ),
    "pools that overlap": (
        {
            "subnet": {
                **SUBNET,
                "allocation_pools": [
                    {"start": "192.168.42.5", "end": "192.168.42.9"},
                    {"start": "192.168.42.9", "end": "192.168.42.20"},
                ],
            }
        },
        ["subnet.allocation_pools[1]", "192.168.42.9 to 192.168.42.20 shares addresses"],
    ),
    "pool backwards": (
        {"subnet": {**SUBNET, "allocation_pools": [{"start": "192.168.42.9", "end": "192.168.42.5"}]}},
        ["subnet.allocation_pools[0]", "the start 192.168.42.9 comes after the end 192.168.42.5"],
    ),
    "long name": ({"name": "n" * 65}, ["name: a name has 1 to 64 characters", "has 65"]),
    "empty name": ({"user": {"name": "", "password": "x"}}, ["user.name: a name has 1 to 255 characters", "has 0"]),
    "long group": ({"security_groups": [{"name": "g" * 256}]}, ["security_groups[0].name", "255", "256"]),
    "quota below": ({"quotas": {"cores": -2}}, ["quotas.cores", "-2", "-1 for unlimited"]),
    "quota too small": (
        {"quotas": {"networks": 0}, "subnet": SUBNET},
        ["quotas.networks", "the quota is 0", "Set quotas.networks to 1 or more"],
    ),
    "groups above the default quota": (
        {"security_groups": [{"name": f"group-{number}"} for number in range(10)]},
        ["quotas.security_groups", "the quota is 10, 1 are in use and 10 more", "to 11"],
    ),
    "the cloud's own group": ({"security_groups": [{"name": "default"}]}, ["security_groups.name", "default"]),
    "twice the same group": ({"security_groups": [{"name": "a"}, {"name": "a"}]}, ["security_groups.name", "2 times"]),
    "ports without protocol": (
        {"security_groups": [{"name": "a", "rules": [{"port": 22}]}]},
        ["security_groups.a.rules.protocol", "tcp"],
    ),
    "no such port": (
        {"security_groups": [{"name": "a", "rules": [{"protocol": "tcp", "port": 70000}]}]},
        ["security_groups.a.rules", "70000", "65535"],
    ),
    "another family": (
        {"security_groups": [{"name": "a", "rules": [{"remote_ip_prefix": "2001:db8::/64"}]}]},
        ["2001:db8::/64 is not IPv4", "ethertype"],
    ),
}


@pytest.mark.parametrize(("params", "words"), NETWORK_CASES.values(), ids=NETWORK_CASES.keys())
def test_what_cannot_be(cloud: Any, params: dict[str, Any], words: list[str]) -> None:
    """Each part of a tenant is checked before the first write."""
    refused(cloud, *words, cloud="admin", **params)


def test_addresses_cannot_change(cloud: Any) -> None:
    """A difference that the API cannot change is an error with words."""
    assert "msg" not in run_module("tenant", {"cloud": "admin", "name": "research", "subnet": SUBNET})
    cloud.state.writes.clear()
    other = {"cidr": "192.168.43.0/24"}
    refused(
        cloud, "subnet.cidr", "192.168.42.0/24", "192.168.43.0/24", "cannot be changed", cloud="admin", subnet=other
    )


def test_a_name_that_matches_twice(cloud: Any) -> None:
    """Both ids stand in the message."""
    admin = next(iter(cloud.state.table("projects")))
    second = network_objects.make_network(cloud.state, admin, name="public", **{"router:external": True})
    refused(cloud, "external_network", "public", "2", second["id"], cloud="admin", external_network="public")


def test_an_option_that_does_not_exist(cloud: Any) -> None:
    """Ansible's own check names it."""
    result = run_module("tenant", {"cloud": "admin", "name": "research", "qoutas": {}})
    assert "qoutas" in result["msg"]


def test_one_error_does_not_hide_another(cloud: Any) -> None:
    """A task with many objects tells what is wrong with each of them, and begins none."""
    tenants = [{"name": "one", "external_network": "x"}, {"name": "two", "domain": "y"}, {"name": "three"}]
    result = run_module("tenant", {"cloud": "admin", "tenants": tenants})
    assert [error["name"] for error in result["errors"]] == ["one", "two"]
    assert cloud.state.writes == []
