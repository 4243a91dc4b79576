# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that make the same tenant in the same moment: all of it is there once, and no later run is broken."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import tenant

from tests.fake import network_objects
from tests.module import run_module
from tests.pairs import Task, pair, short_pauses, site
from tests.site import Site

__all__ = ["short_pauses", "site"]

# How much later the second run of a pair begins, in seconds.
LEADS = (0, 0.004, 0.015, 0.03)
WEB = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port": 80}
TENANT = {
    "user": {"name": "u", "password": "correct-horse", "update_password": "on_create", "role": "member"},
    "subnet": {"cidr": "10.1.0.0/24"},
    "external_network": "public",
    "security_groups": [
        {"name": "web", "rules": [WEB]},
        {"name": "all", "rules": [{**WEB, "port": 443, "remote_group": "web"}]},
    ],
}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_tenant_has_all_once(site, is_there):
    """Also where its project is older, and nothing of Keystone's can tell the runs apart."""
    for number, lead in enumerate(LEADS):
        site.cloud.exchange.is_rough = number % 2 == 0
        wanted = {**TENANT, "name": f"t{number}", "user": {**TENANT["user"], "name": f"u{number}"}}
        params = filled(wanted, tenant.SPEC.options)
        if is_there:
            assert not run_module("tenant", {**site.cloud.params(), "name": f"t{number}"}).get("failed")
        both = Task(tenant.SPEC, tenant.tenants, params, ("admin", "admin"))
        failed = [result["msg"] for result in pair(site, both, both, lead=lead) if result.get("failed")]
        assert not failed, failed
        project = next(row["id"] for row in site.state.table("projects").values() if row["name"] == f"t{number}")
        found = {table: names(site, table, project) for table in ("networks", "subnets", "routers", "security_groups")}
        assert found == {
            "networks": [f"t{number}-net"],
            "subnets": [f"t{number}-subnet"],
            "routers": [f"t{number}-router"],
            "security_groups": ["all", "default", "web"],
        }
        again = run_module("tenant", {**site.cloud.params(), **wanted})
        assert not again.get("failed") and not again["changed"], again


def names(site: Site, table: str, project: str) -> list[str]:
    """Return the names of what a project has."""
    return sorted(row["name"] for row in site.state.table(table).values() if row["project_id"] == project)


def filled(given: Any, options: Any) -> Any:
    """Return options as a module gets them."""
    if isinstance(given, list):
        return [filled(entry, options) for entry in given]
    if not isinstance(given, dict):
        return given
    found = {name: option.get("default") for name, option in options.items()}
    return {**found, **{name: filled(value, options[name].get("options", {})) for name, value in given.items()}}


def test_what_is_there_twice_is_named(site):
    """As older versions left it."""
    wanted = {**site.cloud.params(), "name": "demo", "network": {"name": "inside"}}
    other = network_objects.make_network(site.state, site.project_id, name="inside")
    result = run_module("tenant", wanted)
    assert result["failed"] and "the project has 2 networks called inside" in result["msg"]
    assert "openstack network delete" in result["msg"] and other["id"] in result["msg"]
