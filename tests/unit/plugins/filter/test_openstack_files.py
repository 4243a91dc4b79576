# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a service: configuration for the service alone, APIs on the node's own address."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.filter.openstack_files import (
    catalog_services,
    openstack_files,
    openstack_units,
)

SPEC = {
    "name": "placement",
    "packages": ["placement-api"],
    "config": {"/etc/placement/placement.conf": {"DEFAULT": {"debug": False}}},
    "apis": [{"unit": "placement-api", "port": 8778, "wsgi": "/usr/bin/placement-api", "threads": 2}],
    "daemons": ["placement-worker"],
    "files": [{"path": "/etc/placement/policy.yaml", "content": "{}"}],
}


@pytest.fixture(name="files")
def files_of_the_service() -> dict[str, dict]:
    """Return the files by path."""
    return {file["path"]: file for file in openstack_files(SPEC, "192.0.2.11", processes=3)}


def ini(files: dict[str, dict]) -> list[str]:
    """Return the lines of the uWSGI file."""
    return files["/etc/placement/placement-api-wsgi.ini"]["content"].splitlines()


def test_configuration_is_for_the_service_alone(files):
    assert files["/etc/placement/placement.conf"]["mode"] == "0640"
    assert files["/etc/placement/placement.conf"]["group"] == "placement"


def test_an_api_binds_the_address_of_the_node_and_no_other(files):
    sockets = [line for line in ini(files) if "socket" in line.split("=")[0]]
    assert sockets == ["http-socket = 192.0.2.11:8778"]
    assert files["/etc/default/placement-api"]["content"] == (
        'DAEMON_ARGS="--ini /etc/placement/placement-api-wsgi.ini"\n'
    )


def test_an_api_that_fell_is_away_for_a_while_where_there_are_others(files):
    path = "/etc/systemd/system/placement-api.service.d/pause.conf"
    assert path not in files
    paused = openstack_files(SPEC, "192.0.2.11", pause=2)
    assert [file["content"] for file in paused if file["path"] == path] == ["[Service]\nRestartSec=2\n"]
    assert openstack_units(SPEC, paused) == openstack_units(SPEC, list(files.values()))


def test_what_an_api_asks_for_wins_over_what_all_get(files):
    assert "threads = 2" in ini(files)
    assert "processes = 3" in ini(files)


def test_an_answer_says_how_long_it_is_and_that_the_connection_ends(files):
    """So that the front keeps its own connections with clients, and none that has ended with the API."""
    assert "add-header = Connection: close" in ini(files)
    assert not [line for line in ini(files) if line.startswith("rem-header")]


def test_all_units_depend_on_all_files(files):
    units = openstack_units(SPEC, list(files.values()))
    assert [unit["name"] for unit in units] == ["placement-api.service", "placement-worker.service"]
    depended = [*files, "/etc/conductor-cloud/users/placement"]
    assert all(unit["files"] == depended and unit["packages"] == ["placement-api"] for unit in units)


def test_a_service_starts_anew_as_another_user_of_keystone():
    named = openstack_files(SPEC, "192.0.2.11", user_id="6f2c")
    assert {"path": "/etc/conductor-cloud/users/placement", "content": "6f2c\n"} in named
    units = openstack_units(SPEC, named)
    assert units == openstack_units(SPEC, openstack_files(SPEC, "192.0.2.11"))


def test_a_catalog_has_an_address_inside_and_one_outside():
    service = {"name": "nova", "type": "compute", "description": "Compute", "port": 8774, "path": "/v2.1"}
    [found] = catalog_services([{}, {"services": [service]}], "192.0.2.5", "198.51.100.5")
    assert found["endpoints"] == {
        "internal": "https://192.0.2.5:8774/v2.1",
        "public": "https://198.51.100.5:8774/v2.1",
    }
