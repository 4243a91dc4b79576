# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the services of a host are there and together: each thing that may be missing is seen missing."""

from __future__ import annotations

import http.server
import json
import threading

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import cluster_health
from ansible_collections.conductor.cloud.plugins.module_utils.node.cluster_health import Health, answers, await_health
from ansible_collections.conductor.cloud.plugins.module_utils.node.front_servers import FrontReader
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, NodeReader
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

GALERA = {"status": "Primary", "state": "Synced", "size": 3}
OVN = {name: {"together": True, "servers": dict.fromkeys("abc", "tcp:")} for name in ("northbound", "southbound")}
CEPH = {
    "quorum": [0, 1, 2],
    "osdmap": {"num_osds": 3, "num_up_osds": 3},
    "pgmap": {"pgs_by_state": [{"state_name": "active+clean"}, {"state_name": "active+clean+scrubbing"}]},
}
WANTED = {
    "mariadb": 3, "rabbitmq": 3, "ovn": 3, "ceph": 3, "etcd": ["etcdctl"], "apis": ["http://here"], "front": True,
    "address": "192.0.2.5",
}  # fmt: skip


class FakeHost(NodeReader):
    """What commands say; an error where there is nothing."""

    def __init__(self):
        self.said = {"systemctl": "", "etcdctl": "well", "ip": "", "rabbitmqctl": "{3,0,3}\n", "ceph": json.dumps(CEPH)}
        self.asked = []

    def ask(self, argv, given=None, **options):
        """Return what a command says."""
        name = argv[0].rsplit("/", 1)[-1]
        self.asked.append(name)
        said = self.said[name]
        return Answer(0, said, "") if isinstance(said, str) else said


class FakeFront(FrontReader):
    """HAProxy with one server."""

    status = "UP"

    def say(self, words):
        """Return the statistics."""
        return f"# pxname,svname,status\nnova,FRONTEND,OPEN\nnova,node-1,{self.status}\n"


@pytest.fixture
def cloud(monkeypatch, tmp_path):
    """Return a host where all is well, and what of it can be broken."""
    (tmp_path / "nova-api.service.json").write_text("{}")
    (tmp_path / "mariadb.service.json").write_text("{}")
    found = {"galera": GALERA, "ovn": OVN, "answers": True, "host": FakeHost(), "front": FakeFront("fake")}
    monkeypatch.setattr(cluster_health, "WATCHES", str(tmp_path))
    monkeypatch.setattr(cluster_health, "PAUSE", 0)
    monkeypatch.setattr(cluster_health.galera, "read_member", lambda reader: found["galera"])
    monkeypatch.setattr(cluster_health.ovn, "read_member", lambda reader: found["ovn"])
    monkeypatch.setattr(cluster_health, "answers", lambda url: found["answers"])
    return found


def look(cloud, timeout=-1.0, **options):
    """Return what was missing in the course of time, and what is in the end."""
    return await_health(Health(cloud["host"], cloud["front"], {**WANTED, **options}), timeout)


def broken_front():
    """Return a front with a server that is down."""
    front = FakeFront("fake")
    front.status = "DOWN 1/2"
    return front


def ceph(**changes):
    """Return what Ceph says with some of it changed."""
    return json.dumps({**CEPH, **changes})


def test_a_host_on_which_all_is_well_has_no_history(cloud):
    assert look(cloud) == ([], [])
    assert cloud["host"].asked == ["systemctl", "etcdctl", "ceph", "rabbitmqctl"]


@pytest.mark.parametrize(
    ("part", "value", "missing"),
    [
        ("galera", {**GALERA, "size": 2}, "mariadb: Primary, Synced, 2 of 3 members"),
        ("galera", {**GALERA, "state": "Joined"}, "mariadb: Primary, Joined, 3 of 3 members"),
        ("galera", {"status": None, "state": None, "size": 0}, "mariadb: no answer, no state, 0 of 3 members"),
        ("galera", {**GALERA, "status": "non-Primary"}, "mariadb: non-Primary, Synced, 3 of 3 members"),
        ("ovn", {**OVN, "southbound": {"together": True, "servers": {"a": ""}}}, "ovn: southbound with 1 of 3"),
        ("ovn", {**OVN, "northbound": {**OVN["northbound"], "together": False}}, "ovn: northbound with 0 of 3"),
        ("answers", False, "apis: http://here"),
        ("front", broken_front(), "front: nova/node-1 is down"),
    ],
)
def test_what_a_member_says_is_not_enough(cloud, part, value, missing):
    cloud[part] = value
    assert look(cloud) == ([f"0 s: {missing}"], [missing])


@pytest.mark.parametrize(
    ("command", "said", "missing"),
    [
        ("systemctl", "nova-api.service loaded failed failed Nova\n", "units: nova-api.service"),
        ("etcdctl", Answer(1, "", "unhealthy cluster\n"), "etcd: unhealthy cluster"),
        ("ceph", ceph(quorum=[0, 1]), "ceph: 2 of 3 monitors"),
        ("ceph", ceph(osdmap={"num_osds": 3, "num_up_osds": 2}), "ceph: 2 of 3 OSDs"),
        ("ceph", ceph(pgmap={"pgs_by_state": [{"state_name": "active+undersized"}]}), "ceph: active+undersized"),
        ("ceph", Answer(1, "", "timed out"), "ceph: ceph --connect-timeout 5: ended with status 1: timed out"),
        ("rabbitmqctl", "{1,0,1}\n", "rabbitmq: 1 of 3 brokers"),
        ("rabbitmqctl", "{3,0,2}\n", "rabbitmq: 2 of 3 brokers have quorum queues that run"),
        ("rabbitmqctl", "{3,1,3}\n", "rabbitmq: 3 of 3 brokers, and 1 that lost others"),
        ("rabbitmqctl", "{2,2,2}\n", "rabbitmq: 2 of 3 brokers, and 2 that lost others"),
    ],
)
def test_what_a_command_says_is_not_enough(cloud, command, said, missing):
    cloud["host"].said[command] = said
    assert look(cloud) == ([f"0 s: {missing}"], [missing])


def test_all_that_is_missing_in_the_end_is_named(cloud):
    cloud["answers"], cloud["galera"] = False, {**GALERA, "size": 1}
    history, missing = look(cloud)
    assert history == ["0 s: mariadb: Primary, Synced, 1 of 3 members"]
    assert missing == ["mariadb: Primary, Synced, 1 of 3 members", "apis: http://here"]


def test_it_waits_until_one_round_finds_nothing_missing(cloud, monkeypatch):
    rounds = iter([{**GALERA, "size": 2}, {**GALERA, "size": 2}, GALERA])
    monkeypatch.setattr(cluster_health.galera, "read_member", lambda reader: next(rounds))
    assert look(cloud, timeout=60) == (["0 s: mariadb: Primary, Synced, 2 of 3 members"], [])


def test_what_a_host_does_not_have_is_not_asked_for(cloud):
    none = {name: type(value)() for name, value in WANTED.items()}
    assert look(cloud, **none) == ([], [])
    assert cloud["host"].asked == ["systemctl"]


@pytest.mark.parametrize(
    ("shown", "holds"), [("eth0 UP 192.0.2.11/24 192.0.2.5/24", True), ("eth0 UP 192.0.2.51/24", False), ("", False)]
)
def test_a_host_tells_whether_it_has_the_address(cloud, shown, holds):
    cloud["host"].said["ip"] = shown
    assert Health(cloud["host"], cloud["front"], WANTED).holds() is holds
    assert not Health(cloud["host"], cloud["front"], {**WANTED, "address": ""}).holds()


def test_a_front_that_does_not_answer_is_missing(cloud, tmp_path):
    cloud["front"] = FrontReader(str(tmp_path / "admin.sock"))
    with pytest.raises(ResourceError):
        cloud["front"].servers()
    _history, missing = look(cloud)
    assert missing[0].startswith("front: ") and "admin.sock" in missing[0]


class Api(http.server.BaseHTTPRequestHandler):
    """An API that answers with the status that its path names."""

    def do_GET(self):
        """Answer."""
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing."""


def test_an_api_answers_where_its_status_is_no_error(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server = http.server.HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}"
    assert [answers(f"{place}/{status}") for status in (200, 300, 401, 503)] == [True, True, False, False]
    server.shutdown()
    server.server_close()
    assert not answers(f"{place}/200")
