# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of monitors and OSDs: whole or not there."""

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_daemons
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import NodeReader
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, ResourceError
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.fake_ceph import FakeCeph

UUID = "5d4c3b2a-1111-4222-8333-444455556666"
KEY = "a-key-of-an-osd"
MONITOR = {
    "name": "node-1",
    "fsid": UUID,
    "members": {"node-1": "192.0.2.11", "node-2": "192.0.2.12"},
    "keyring": "/etc/ceph/ceph.mon.keyring",
}


class FakeHost(NodeReader):
    """A real directory, where the programs of Ceph leave what they are known by."""

    def __init__(self, breaks=""):
        self.cluster = FakeCeph()
        self.commands = []
        self.breaks = breaks

    def command(self, argv, given=None, **options):
        self.commands.append(argv)
        if argv[0] == self.breaks:
            raise ResourceError(f"{argv[0]}: ended with status 1: no space left")
        options = dict(zip(argv[1:], argv[2:]))
        if argv[0] == "monmaptool":
            self.write(argv[-1], b"monmap")
        elif argv[0] == "ceph-mon":
            self.write(f"{options['--mon-data']}/keyring", b"")
        else:
            self.write(f"{options['--osd-data']}/fsid", f"{options['--osd-uuid']}\n".encode())
        return ""

    def write(self, path, content, **owner):
        with open(path, "wb") as stream:
            stream.write(content)

    def make_directory(self, path, **owner):
        os.makedirs(path)

    def remove(self, path):
        os.unlink(path)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    for name in ("MONITORS", "OSDS"):
        monkeypatch.setattr(ceph_daemons, name, str(tmp_path))
    return tmp_path


def monitor(reader):
    return Fleet([ceph_daemons.Monitor(reader, MONITOR)])


def osd(reader):
    return Fleet([ceph_daemons.Osd(reader, UUID, KEY, 20)])


@pytest.mark.parametrize("build", [monitor, osd])
def test_it_is_made_once(build, converge, place):
    host = FakeHost()
    predicted = converge(build, host, check=True)
    assert (host.commands, list(place.iterdir())) == ([], [])
    assert converge(build, host)["actions"] == predicted["actions"]
    commands = list(host.commands)
    assert not converge(build, host)["changed"]
    assert host.commands == commands


@pytest.mark.parametrize(("build", "program"), [(monitor, "ceph-mon"), (monitor, "monmaptool"), (osd, "ceph-osd")])
def test_what_was_left_unfinished_is_made_anew(build, program, converge, place):
    host = FakeHost(breaks=program)
    assert "no space left" in converge(build, host)["msg"]
    assert converge(build, host, check=True)["changed"]
    host.breaks = ""
    assert "msg" not in converge(build, host)
    assert [path.name for path in place.iterdir()] in (["ceph-node-1"], ["ceph-0"])
    assert not converge(build, host)["changed"]


def test_an_osd_gets_its_number_from_the_cluster(converge):
    host = FakeHost()
    host.cluster.osds["another"] = 0
    result = converge(osd, host)
    assert result["object"]["id"] == 1
    assert KEY not in json.dumps([result, host.commands])


@pytest.mark.parametrize(
    ("up", "state", "made"),
    [(1, ["exists", "up"], True), (0, ["exists"], False), (0, ["exists", "new"], True)],
)
def test_no_osd_is_made_while_all_older_ones_are_down(up, state, made, converge, monkeypatch):
    monkeypatch.setattr(ceph_daemons, "ONE_UP_SECONDS", 0)
    host = FakeHost()
    host.cluster.dump = [{"osd": 0, "in": 1, "up": up, "state": state}]
    result = converge(osd, host)
    assert bool(host.cluster.writes) == made
    assert made or "osd.0 are down" in result["msg"]


def test_the_data_of_another_osd_is_not_touched(converge, place):
    (place / "ceph-0").mkdir()
    (place / "ceph-0" / "fsid").write_text("another\n")
    result = converge(osd, FakeHost())
    assert "ceph-0 holds another OSD" in result["msg"]
    assert (place / "ceph-0" / "fsid").read_text() == "another\n"


def test_all_monitors_stand_in_the_first_map(converge):
    host = FakeHost()
    converge(monitor, host)
    assert "[v2:192.0.2.12:3300,v1:192.0.2.12:6789]" in host.commands[0]
