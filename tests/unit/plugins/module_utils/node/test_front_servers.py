# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node behind the front: drained, and ready again."""

from __future__ import annotations

import socket
import threading

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node.front_servers import (
    Front,
    FrontReader,
    front_servers,
)
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


class FakeFront(FrontReader):
    """HAProxy in memory: servers by name, with status, mode and what is under way there."""

    def __init__(self, rows=None):
        self.path = "fake"
        self.rows = rows or {
            "keystone/node-1": ["UP", "http", 0],
            "keystone/node-2": ["UP", "http", 3],
            "mariadb/node-1": ["UP", "tcp", 40],
            "mariadb/node-2": ["UP", "tcp", 0],
            "ara/node-2": ["no check", "http", 0],
        }
        self.said = []
        self.serves = ""
        self.late = []

    forget = Front.forget

    def reader(self):
        """Return the same; the engine gives it to nobody who writes."""
        return self

    def say(self, words):
        """Return the statistics; with each look a request ends. Or what is remembered."""
        if words == "show table":
            return "# table: mariadb, type: integer, size:10, used:1\n\n"
        if words == "show table mariadb":
            entry = f"0x7f: key=1 use=0 exp=0 shard=0 server_id=1 server_key={self.serves}\n" if self.serves else ""
            return f"# table: mariadb, type: integer, size:10, used:{len(self.serves)}\n{entry}\n"
        if words == "clear table mariadb":
            self.said.append(words)
            self.serves = self.late.pop() if self.late else ""
            return "\n"
        text = "".join(f"{name.replace('/', ',')},{','.join(map(str, row))}\n" for name, row in self.rows.items())
        for row in self.rows.values():
            row[2] = max(row[2] - 1, 0) if row[1] == "http" else row[2]
        front = "keystone,FRONTEND,OPEN,http,7\n"
        return f"# pxname,svname,status,mode,scur\n{front}{text}"

    def set_state(self, server, verb):
        """Change a server."""
        self.said.append(f"{server} {verb}")
        self.rows[server][0] = {"drain": "DRAIN", "ready": "UP"}[verb]


def task(state="drained", node="node-2", keep=()):
    """Return what builds the fleet of a task."""
    params = {"node": node, "state": state, "keep": list(keep), "socket": "fake"}
    return lambda reader: front_servers(reader, params)


def test_a_node_is_drained_until_its_requests_have_ended(converge):
    front = FakeFront()
    told = converge(task(), front)
    assert told["actions"] == ["Drain keystone/node-2", "Drain mariadb/node-2"]
    assert front.said == ["keystone/node-2 drain", "mariadb/node-2 drain"]
    assert front.rows["keystone/node-2"][2] == 0
    assert converge(task(), front)["changed"] is False


def test_who_is_connected_to_a_database_stays(converge):
    front = FakeFront()
    told = converge(task(node="node-1"), front)
    assert told["results_by_name"]["node-1 behind the front"]["mariadb/node-1"] == "drained"
    assert front.rows["mariadb/node-1"] == ["DRAIN", "tcp", 40]


def test_a_database_that_is_remembered_to_serve_is_forgotten_where_it_is_drained(converge):
    front = FakeFront()
    front.serves, front.late = "node-1", ["node-1"]
    told = converge(task(node="node-1"), front)
    assert told["results_by_name"]["node-1 behind the front"]["mariadb/node-1"] == "drained"
    # The first time, a client who came just before had it remembered again.
    assert front.said[1:] == ["mariadb/node-1 drain", "clear table mariadb", "clear table mariadb"]
    front.serves = "node-2"
    assert converge(task(node="node-1"), front)["changed"] is False


def test_a_run_that_died_before_it_was_forgotten_is_finished(converge):
    front = FakeFront()
    converge(task(node="node-1"), front)
    front.serves = "node-1"
    assert converge(task(node="node-1"), front)["actions"] == ["Drain mariadb/node-1"]
    assert front.serves == ""


def test_a_front_that_is_told_again_by_one_that_is_not_drained_yet_is_not_waited_for(converge):
    front = FakeFront()
    front.serves, front.late = "node-1", ["node-1"] * 20
    told = converge(task(node="node-1"), front)
    assert "Drain mariadb/node-1" in told["actions"] and "msg" not in told
    assert front.said.count("clear table mariadb") == 10


def test_who_serves_in_place_of_a_drained_one_is_not_forgotten(converge):
    front = FakeFront()
    front.serves = "node-1"
    converge(task(node="node-2"), front)
    assert front.serves == "node-1"


def test_the_last_server_of_a_service_goes_on(converge):
    front = FakeFront({"keystone/node-1": ["DOWN", "http", 0], "keystone/node-2": ["UP", "http", 0]})
    assert converge(task(), front)["changed"] is False
    front.rows["keystone/node-1"][0] = "DRAIN"
    assert converge(task(), front)["changed"] is False
    assert front.said == []


def test_requests_come_again_but_not_to_what_is_kept(converge):
    front = FakeFront()
    converge(task(), front)
    told = converge(task("ready", keep=["mariadb/node-2"]), front)
    assert told["actions"] == ["Send requests to keystone/node-2 again"]
    assert front.rows["mariadb/node-2"][0] == "DRAIN"


def test_what_is_down_is_waited_for(converge):
    front = FakeFront({"keystone/node-1": ["UP", "http", 0], "keystone/node-2": ["DOWN", "http", 0]})
    front.set_state = lambda server, verb: front.said.append(verb)
    told = converge(task("ready"), front)
    assert "keystone/node-2 is up" in told["msg"]


def test_the_socket_is_asked_and_a_lost_one_is_named(tmp_path):
    path = str(tmp_path / "admin.sock")
    with pytest.raises(ResourceError, match="admin.sock"):
        FrontReader(path).servers()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def answer():
            with server.accept()[0] as connection:
                assert connection.recv(100) == b"show stat\n"
                connection.sendall(b"# pxname,svname,status,mode,scur\nk,FRONTEND,OPEN,http,1\nk,node-1,UP,http,1\n\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert [row["svname"] for row in FrontReader(path).servers()] == ["node-1"]
        thread.join()
