# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances as hosts, asked of ansible-inventory itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import COLLECTIONS
from tests.site import Site


@pytest.fixture
def site(cloud):
    """A project with two instances, one of which can be reached from outside."""
    site = Site(cloud)
    site.make(floating_ip="auto", metadata={"role": "web server"})
    site.run("instance", name="db", flavor="small", image="debian", root_volume={"size": 1})
    return site


def listing(folder, login, **options):
    """Return what ansible-inventory makes of a configuration: the process."""
    path = folder / "demo.openstack.yml"
    path.write_text(yaml.safe_dump({"plugin": "conductor.cloud.openstack", **login, **options}))
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path), "--list"]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
    }
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def inventory(folder, login, **options):
    """Return the inventory: groups, and hosts with their variables."""
    process = listing(folder, login, **options)
    assert process.returncode == 0, process.stderr
    found = json.loads(process.stdout, object_hook=lambda row: row.get("__ansible_unsafe", row))
    return found, found["_meta"]["hostvars"]


def test_groups_and_variables_of_one_project(site, tmp_path):
    groups, hosts = inventory(
        tmp_path,
        site.cloud.params("demo", "demo"),
        compose={"twice": "openstack_ram * 2"},
        groups={"big": "openstack_ram > 200"},
        keyed_groups=[{"prefix": "zone", "key": "openstack_availability_zone"}],
    )
    assert sorted(hosts) == ["db", "web1"]
    assert (
        groups["project_demo"]["hosts"]
        == groups["status_active"]["hosts"]
        == groups["zone_nova"]["hosts"]
        == ["db", "web1"]
    )
    assert groups["flavor_tiny"]["hosts"] == groups["metadata_role_web_server"]["hosts"] == ["web1"]
    assert groups["big"]["hosts"] == ["db"]
    assert hosts["web1"]["ansible_host"] == hosts["web1"]["openstack_floating_ip"]
    assert hosts["db"]["ansible_host"] == hosts["db"]["openstack_fixed_ip"]
    assert (hosts["db"]["twice"], len(hosts["web1"]["openstack_volumes"])) == (1024, 2)
    assert not any("conductor_instance" in host["openstack_metadata"] for host in hosts.values())


def test_the_address_is_a_matter_of_choice(site, tmp_path):
    login = site.cloud.params("demo", "demo")
    assert "ansible_host" not in inventory(tmp_path, login, address="floating")[1]["db"]
    assert inventory(tmp_path, login, address="fixed")[1]["web1"]["ansible_host"].startswith("192.168.1.")
    assert "ansible_host" not in inventory(tmp_path, login, network="elsewhere")[1]["web1"]


def test_the_number_of_requests_does_not_grow_with_the_number_of_instances(site, tmp_path):
    login = site.cloud.params("demo", "demo")
    inventory(tmp_path, login)
    before = len(site.state.reads)
    inventory(tmp_path, login)
    two = site.state.reads[before:]
    site.run("instance", name="third", flavor="tiny", image="debian", root_volume={"size": 1})
    before = len(site.state.reads)
    assert len(inventory(tmp_path, login)[1]) == 3
    assert sorted(site.state.reads[before:]) == sorted(two)


def test_all_projects_and_one_name_twice(site, tmp_path):
    row = next(row for row in site.rows("servers") if row["name"] == "db")
    row["name"] = "web1"
    groups, hosts = inventory(tmp_path, site.cloud.params(), all_projects=True, group_by=["project"])
    assert sorted(hosts) == sorted(f"web1_{row['id']}" for row in site.rows("servers"))
    assert sorted(groups["project_demo"]["hosts"]) == sorted(hosts)
    assert not any(name.startswith(("flavor_", "status_")) for name in groups)


def test_the_cache_saves_every_request(site, tmp_path):
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "kept")}
    login = site.cloud.params("demo", "demo")
    first = inventory(tmp_path, login, **kept)
    before = len(site.state.reads)
    assert inventory(tmp_path, login, **kept) == first
    assert len(site.state.reads) == before
    assert "secret" not in "".join(path.read_text() for path in (tmp_path / "kept").iterdir())


def test_a_refused_login_is_told_in_words(site, tmp_path):
    process = listing(tmp_path, site.cloud.params("demo", "demo", "wrong"))
    assert process.returncode != 0
    assert "refuses the credentials of demo" in process.stderr
    assert "Traceback" not in process.stderr
