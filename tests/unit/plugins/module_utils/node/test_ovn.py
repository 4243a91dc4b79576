# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who founds the clusters of OVN's databases, and which servers they are to forget."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import ovn
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, NotInstalledError
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, FakeReader, Host

OURS, OTHER = "b39af6d3-9846-44a6-b254-bd80a8c71cc1", "b39af6d3-9846-44a6-b254-bd80a8c70000"
ADDRESSES = {"one": "192.0.2.11", "two": "192.0.2.12", "three": "192.0.2.13"}
ABSENT = {
    "kind": "absent", "cluster": None, "server": None, "address": None, "role": None, "together": False,
    "servers": {}, "used": False,
}
ALONE = {**ABSENT, "kind": "standalone"}
USED = {**ALONE, "used": True}
STATUS = """cf08
Name: OVN_Northbound
Cluster ID: b39a (b39af6d3-9846-44a6-b254-bd80a8c71cc1)
Server ID: cf08 (cf085cf6-9ec4-488b-90a1-9ce019fc646b)
Address: tcp:192.0.2.11:6643
Status: cluster member
Role: leader
Term: 2
Leader: self
Vote: self

Connections: <-585d ->585d
Servers:
    cf08 (cf08 at tcp:192.0.2.11:6643) (self) next_index=3 match_index=6
    34ef (34ef at tcp:192.0.2.12:6643) next_index=7 match_index=6
    585d (585d at tcp:192.0.2.13:6643) next_index=7 match_index=6 last msg 175 ms ago
"""
SERVERS = {"cf08": "tcp:192.0.2.11:6643", "34ef": "tcp:192.0.2.12:6643", "585d": "tcp:192.0.2.13:6643"}
CONTROL = ovn.DATABASES[0].control


def server(short_id, role="follower", **other):
    """Return what a server that is in the cluster says."""
    address = SERVERS.get(short_id, "tcp:192.0.2.12:6643")
    return {
        **ABSENT, "kind": "clustered", "cluster": OURS, "server": f"{short_id}5cf6-9ec4", "address": address,
        "role": role, "together": True, "servers": SERVERS, **other,
    }


WHOLE = (server("cf08", "leader"), server("34ef"), server("585d"))
STOPPED = {**server("34ef"), "role": None, "together": False, "servers": {}}


def members(*documents):
    """Return members by name."""
    return dict(zip(ADDRESSES, documents))


def task(name, *documents):
    """Return what builds the fleet of a task; both databases of a host are alike."""
    both = {key: document and dict.fromkeys(("northbound", "southbound"), document) for key, document in
            members(*documents).items()}
    return lambda reader: ovn.memberships(reader, {"name": name, "members": both, "addresses": ADDRESSES})


FOUND = task("one", ABSENT, ABSENT, ABSENT)


@pytest.mark.parametrize(
    ("documents", "name"),
    [
        ((ABSENT, ABSENT, ABSENT), "one"),
        ((ALONE, ALONE, ALONE), "one"),
        ((ABSENT, USED, ALONE), "two"),
        (WHOLE, None),
        ((ABSENT, *WHOLE[1:]), None),
        ((ABSENT, STOPPED, None), None),
        ((ABSENT, None, STOPPED), None),
    ],
)
def test_one_founds_where_nobody_knows_a_cluster(documents, name):
    assert ovn.founder(members(*documents), "northbound") == name


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ((ABSENT, None, ABSENT), "two cannot be asked"),
        ((USED, ABSENT, USED), "one and three have databases in use"),
        ((USED, STOPPED, STOPPED), "one would lose a database"),
        ((STOPPED, {**STOPPED, "cluster": OTHER}, ABSENT), "of different clusters"),
    ],
)
def test_nobody_founds_in_doubt(documents, words):
    with pytest.raises(ResourceError, match=words):
        ovn.founder(members(*documents), "northbound")


def test_servers_whose_databases_are_gone_are_lost():
    assert not ovn.lost_servers(members(*WHOLE), ADDRESSES)
    assert not ovn.lost_servers(members(WHOLE[0], None, WHOLE[2]), ADDRESSES)
    assert not ovn.lost_servers(members(WHOLE[0], STOPPED, WHOLE[2]), ADDRESSES)
    assert ovn.lost_servers(members(WHOLE[0], ABSENT, WHOLE[2]), ADDRESSES) == {"34ef": "192.0.2.12"}
    anew = server("aaaa", servers={**SERVERS, "aaaa": "tcp:192.0.2.12:6643"})
    assert ovn.lost_servers(members(WHOLE[0], anew, WHOLE[2]), ADDRESSES) == {"34ef": "192.0.2.12"}


def test_only_the_founder_is_told(converge):
    host, fresh = Host(), (ABSENT, ABSENT, ABSENT)
    predicted = converge(task("one", *fresh), FakeNode(host), check=True)
    assert not host.log
    done = converge(task("one", *fresh), FakeNode(host))
    assert predicted["actions"] == done["actions"] == [
        "Have the OVN northbound database found a cluster with its next start",
        "Have the OVN southbound database found a cluster with its next start",
    ]
    assert {database.note for database in ovn.DATABASES} == set(host.files)
    assert not converge(task("one", *fresh), FakeNode(host))["changed"]
    assert not converge(task("two", *fresh), FakeNode(Host()))["changed"]
    forgot = converge(task("one", ABSENT, *WHOLE[1:]), FakeNode(host))
    assert len(forgot["actions"]) == 2 and not host.files


class Cluster(FakeNode):
    """A host whose servers still count all others until they are told."""

    def ask(self, argv, given=None, **options):
        text = "\n".join(line for line in STATUS.splitlines() if not (self.host.log and line.startswith("    34ef")))
        return Answer(0, text, "")

    def reader(self):
        return self


def test_the_speaker_removes_the_lost(converge):
    documents = (WHOLE[0], ABSENT, WHOLE[2])
    predicted = converge(task("one", *documents), Cluster(Host()), check=True)
    host = Host()
    done = converge(task("one", *documents), Cluster(host))
    assert predicted["actions"] == done["actions"]
    first = "Remove the lost server 34ef of 192.0.2.12 from the cluster of the OVN northbound database"
    assert done["actions"][0] == first
    assert not converge(task("three", *documents), Cluster(Host()))["changed"]
    assert any("cluster/kick OVN_Northbound 34ef" in line for line in host.log)


class Tools(FakeReader):
    """Answers of ovsdb-tool by its verb."""

    said = {"db-is-clustered": "", "db-cid": OURS, "db-sid": "cf085cf6", "db-local-address": "tcp:192.0.2.11:6643"}

    def ask(self, argv, given=None, **options):
        if argv[0] == "ovn-appctl":
            return Answer(0, STATUS, "") if CONTROL in argv else Answer(1, "", "no such file")
        text = self.said.get(argv[1])
        return Answer(2, "", "") if text is None else Answer(0, f"{text}\n", "")


def test_a_host_tells_how_its_databases_are():
    host = Host(files={database.file: (b"", "root", "root", "0640") for database in ovn.DATABASES})
    found = ovn.read_member(Tools(host))
    whole = server("cf08", "leader", server="cf085cf6")
    assert found["northbound"] == whole
    assert found["southbound"] == {**whole, "role": None, "together": False, "servers": {}}
    assert ovn.read_member(Tools(Host()))["northbound"] == ABSENT


@pytest.mark.parametrize(("rows", "used"), [("[]", False), ('[{"name": "switch"}]', True)])
def test_a_database_alone_tells_whether_it_is_used(rows, used):
    host = Host(files={ovn.DATABASES[0].file: (b"", "root", "root", "0640")})

    class Alone(Tools):
        said = {"query": f'[{{"rows": {rows}}}]'}

    assert ovn.read_member(Alone(host))["northbound"] == (USED if used else ALONE)


def test_a_host_without_the_package_has_no_databases():
    class Bare(FakeReader):
        def ask(self, argv, given=None, **options):
            raise NotInstalledError("ovsdb-tool: there is no such command")

    host = Host(files={ovn.DATABASES[0].file: (b"", "root", "root", "0640")})
    assert ovn.read_member(Bare(host))["southbound"] == ABSENT


@pytest.mark.parametrize(("change", "words"), [({"name": "four"}, "name: four"), ({"addresses": {}}, "addresses: one")])
def test_what_does_not_fit_is_an_error(change, words):
    params = {"name": "one", "members": {"one": {}}, "addresses": ADDRESSES, **change}
    with pytest.raises(ResourceError, match=words):
        ovn.memberships(FakeReader(Host()), params)
