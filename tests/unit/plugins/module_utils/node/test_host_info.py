# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host has, on this machine and on one in memory."""

from __future__ import annotations

import os
import socket

from ansible_collections.conductor.cloud.plugins.module_utils.node import host_info
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, NodeReader
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeReader, Host

URIS = """'http://mirror.example/debian/dists/trixie/InRelease' mirror.example_InRelease 0
'http://mirror.example/debian/dists/trixie/main/binary-amd64/Packages.xz' Packages 0
'http://other.example/debian/dists/trixie/InRelease' other.example_InRelease 0
"""


def test_a_listener_is_found_with_its_program():
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = [entry for entry in host_info.listeners(NodeReader()) if entry["port"] == server.getsockname()[1]]
    with open(f"/proc/{os.getpid()}/comm", encoding="utf-8") as file:
        assert [(entry["address"], entry["program"]) for entry in found] == [("127.0.0.1", file.read().strip())]


def test_addresses_are_written_as_people_write_them():
    assert host_info.address_of("0B02005A") == "90.0.2.11"
    assert host_info.address_of("00000000000000000000000001000000") == "::1"


def test_a_name_without_an_address():
    assert host_info.resolved("localhost") == ["127.0.0.1"]
    assert host_info.resolved("nowhere.invalid") == []


def test_free_space_of_a_directory_that_is_not_there_yet():
    assert host_info.free_space("/tmp/not/there/yet") == host_info.free_space("/tmp") > 0


def test_own_address_needs_no_question_and_one_of_another_network_gets_none():
    own = ["192.0.2.11/24"]
    assert host_info.owner_of(FakeReader(Host()), "192.0.2.11", own) == "this host"
    assert host_info.owner_of(FakeReader(Host()), "198.51.100.5", own) is None


def test_each_mirror_is_tried_once():
    host = Host(
        answers={"apt-get": Answer(0, URIS, ""), "/usr/lib/apt/apt-helper": Answer(1, "", "E: 404  Not Found\n")}
    )
    assert host_info.mirrors(FakeReader(host)) == {
        "http://mirror.example/debian/dists/trixie/InRelease": "404  Not Found",
        "http://other.example/debian/dists/trixie/InRelease": "404  Not Found",
    }


def test_release_and_memory():
    host = Host()
    host.files["/etc/os-release"] = (b'ID=debian\nVERSION_ID="13"\nNAME=x\n', "root", "root", "0644")
    host.files["/proc/meminfo"] = (b"MemTotal:        8048576 kB\n", "root", "root", "0444")
    assert host_info.release(FakeReader(host)) == "debian 13"
    assert host_info.memory(FakeReader(host)) == 7859
    assert host_info.release(FakeReader(Host())) == "unknown"
