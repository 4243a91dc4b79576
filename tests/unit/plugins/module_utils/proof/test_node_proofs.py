# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs on a node, against small servers and a host that are right, and that are not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.proof import (
    node_cache,
    node_locks,
    node_network,
    node_proxy,
    node_storage,
)
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


class Host:
    """A host whose commands answer from a table of their first words; ``rbd`` keeps what it is given."""

    def __init__(self, health: str = "HEALTH_OK", spoils: bool = False, reaches: bool = True) -> None:
        self.health, self.spoils, self.reaches = health, spoils, reaches
        self.images: dict[str, str] = {}
        self.switches: list[str] = []

    def output(self, argv: list[str]) -> str:
        """Answer a command that reads."""
        if argv[0] == "ceph":
            checks = {} if self.health == "HEALTH_OK" else {"OSD_DOWN": {"summary": {"message": "1 osds down"}}}
            return json.dumps({"health": {"status": self.health, "checks": checks}, "osdmap": {"num_up_osds": 1}})
        if argv[0] == "ovn-nbctl":
            return "\n".join(self.switches)
        if argv[0] == "ovn-sbctl":
            return "node-1" if "Chassis" in argv else " ".join(f"name={name}" for name in self.switches)
        if "ls" in argv:
            return "\n".join(self.images)
        return "other" if self.spoils else self.images[argv[-2]]

    def command(self, argv: list[str], given: str = "") -> str:
        """Carry out a command that writes."""
        if argv[0] == "ovn-nbctl":
            if "ls-add" in argv and self.reaches:
                self.switches.append(argv[-1])
            return ""
        if "import" in argv:
            self.images[argv[-1]] = given
        else:
            self.images.pop(argv[-1])
        return ""


CINDER = {"user": "cinder", "pool": "volumes"}


def test_a_block_device_keeps_what_is_written() -> None:
    """Nothing is left behind."""
    host = Host()
    assert node_storage.prove(host, CINDER)["health"] == "HEALTH_OK"
    assert not host.images


def test_storage_that_gives_back_other_data_is_found_out() -> None:
    """The device is removed all the same."""
    host = Host(spoils=True)
    with pytest.raises(ResourceError, match="gave back other data"):
        node_storage.prove(host, CINDER)
    assert not host.images


def test_storage_that_is_not_healthy_says_why() -> None:
    """Ceph's own reason stands in the error."""
    with pytest.raises(ResourceError, match="HEALTH_WARN: 1 osds down"):
        node_storage.prove(Host(health="HEALTH_WARN"), CINDER)


def test_a_switch_reaches_every_chassis() -> None:
    """The chassis are named."""
    assert node_network.prove(Host(), {}) == {"chassis": ["node-1"]}


def test_a_northd_that_sleeps_is_found_out() -> None:
    """What is in the northbound database alone is not enough."""
    with pytest.raises(ResourceError, match="northd to bring a new switch"):
        node_network.prove(Host(reaches=False), {})


@contextmanager
def cache(forgets: bool) -> Iterator[list[str]]:
    """Serve as Memcached does, for one connection."""
    server = socket.create_server(("127.0.0.1", 0))
    kept: dict[str, str] = {}

    def serve() -> None:
        connection = server.accept()[0]
        stream = connection.makefile("rw", newline="\r\n")
        for line in stream:
            verb, name = line.split()[:2]
            if verb == "set":
                kept[name] = stream.readline().strip()
                answer = "STORED"
            elif verb == "delete":
                answer = "DELETED" if kept.pop(name, None) else "NOT_FOUND"
            else:
                answer = f"VALUE {name} 0 32\n{kept[name]}\nEND" if name in kept and not forgets else "END"
            stream.write(answer + "\n")
            stream.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield [f"127.0.0.1:{server.getsockname()[1]}"]
    server.close()
    thread.join(5)


def test_a_cache_gives_back_what_it_was_given() -> None:
    """Set, get, delete, miss."""
    with cache(forgets=False) as servers:
        assert node_cache.prove(None, {"servers": servers}) == {"servers": servers}


def test_a_cache_that_forgets_is_found_out() -> None:
    """To answer is not enough."""
    with cache(forgets=True) as servers, pytest.raises(ResourceError, match="lost a value"):
        node_cache.prove(None, {"servers": servers})


def test_a_server_that_is_down_is_named(monkeypatch: Any) -> None:
    """HAProxy's word for it stands in the error."""
    rows = [{"pxname": "glance", "svname": "node-1", "status": "DOWN"}]
    monkeypatch.setattr(node_proxy.FrontReader, "servers", lambda front: rows)
    with pytest.raises(ResourceError, match="glance/node-1 is DOWN"):
        node_proxy.prove(None, {"socket": "", "ca_bundle": None, "places": []})


class Members:
    """Members that keep locks; those that are ``apart`` do not hear of what the others are told."""

    def __init__(self, apart: str = "") -> None:
        self.apart, self.words = apart, {"": {}, apart: {}}

    def of(self, argv: list[str]) -> dict[str, str]:
        """Return what the member knows that a command speaks to."""
        server = next(word for word in argv if word.startswith("--endpoints=")).partition("//")[2].partition(":")[0]
        return self.words[self.apart if server == self.apart else ""]

    def output(self, argv: list[str]) -> str:
        """Answer a command that reads."""
        return "\n\n".join(self.of(argv)) if "--prefix" in argv else f"{self.of(argv).get(argv[-1], '')}\n"

    def command(self, argv: list[str]) -> str:
        """Carry out a command that writes."""
        if "put" in argv:
            self.of(argv)[argv[-2]] = argv[-1]
        else:
            self.of(argv).pop(argv[-1], None)
        return ""


MEMBERS = {"servers": ["192.0.2.1", "192.0.2.2", "192.0.2.3"]}


def test_what_one_member_is_told_the_next_one_knows() -> None:
    """And nothing stays, not even of an older proof."""
    members = Members()
    members.words[""].update({"conductor-proof-1000-abcdef": "left", "cinder": "a lock"})
    assert node_locks.prove(members, MEMBERS) == MEMBERS
    assert members.words[""] == {"cinder": "a lock"}


def test_a_member_that_hears_nothing_is_found_out() -> None:
    """It is named."""
    with pytest.raises(ResourceError, match="192.0.2.2 does not know what 192.0.2.1 was told"):
        node_locks.prove(Members(apart="192.0.2.2"), MEMBERS)
