# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who founds a cluster: nobody beside one that runs, and nobody in doubt."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import galera
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, FakeReader, Host, Unit

OURS, OTHER = "5a3ad2b6-0001-11f1-8000-1f6f0f3b0a51", "5a3ad2b6-0002-11f1-8000-1f6f0f3b0a51"
FRESH = {
    "unit": "inactive", "status": None, "size": 0, "state": None, "uuid": None, "seqno": None,
    "safe_to_bootstrap": False, "has_view": False, "databases": [],
}
PRIMARY = {**FRESH, "unit": "active", "status": "Primary", "size": 2, "state": "Synced", "uuid": OURS, "seqno": -1}
STOPPED = {**FRESH, "uuid": OURS, "seqno": 70, "databases": ["keystone"]}
CRASHED = {**STOPPED, "unit": "failed", "seqno": -1}
IN_A_CHANGE = {**CRASHED, "uuid": None}
ALONE = {**FRESH, "unit": "active", "status": "Disconnected", "databases": ["keystone"]}


def members(*documents):
    """Return members by name."""
    return dict(zip(("one", "two", "three"), documents))


def task(name="one", *documents, recover=False):
    """Return what builds the fleet of a task."""
    params = {"name": name, "members": members(*documents), "recover": recover}
    return lambda reader: galera.founding(reader, params)


FOUND = task("one", FRESH, FRESH, FRESH)


def test_the_first_founds_where_nobody_ever_had_a_cluster():
    assert galera.founder(members(FRESH, FRESH, FRESH)) == "one"
    assert galera.founder(members(ALONE, FRESH, FRESH)) == "one"
    # They were started before anybody was told to found it, and try again and again.
    waits = {**FRESH, "unit": "activating", "seqno": -1}
    assert galera.founder(members(waits, waits, FRESH)) == "one"


@pytest.mark.parametrize(
    "documents",
    [
        (FRESH, PRIMARY, PRIMARY),
        (FRESH, PRIMARY, None),
        (STOPPED, PRIMARY, FRESH),
        (PRIMARY, PRIMARY, PRIMARY),
        ({**CRASHED, "unit": "activating"}, CRASHED, CRASHED),
        ({**PRIMARY, "status": "non-Primary"}, FRESH, FRESH),
    ],
)
def test_nobody_founds_beside_a_cluster(documents):
    assert galera.founder(members(*documents)) is None


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ((FRESH, None, FRESH), "two cannot be asked"),
        ((FRESH, STOPPED, STOPPED), "two and three had a cluster before"),
        ((FRESH, CRASHED, FRESH), "two had a cluster before"),
        ((IN_A_CHANGE, IN_A_CHANGE, IN_A_CHANGE), "one and two and three had a cluster before"),
        ((FRESH, IN_A_CHANGE, FRESH), "two had a cluster before"),
        ((ALONE, {**FRESH, "databases": ["nova"]}, FRESH), "one and two have databases"),
        ((FRESH, ALONE, FRESH), "two has the databases and has to stand before one"),
    ],
)
def test_nobody_founds_in_doubt(documents, words):
    with pytest.raises(ResourceError, match=words):
        galera.founder(members(*documents))


def test_the_newest_founds_again():
    assert galera.survivor(members({**STOPPED, "seqno": 69}, STOPPED, {**STOPPED, "seqno": 12})) == "two"
    last = {**STOPPED, "safe_to_bootstrap": True}
    assert galera.survivor(members(STOPPED, STOPPED, last)) == "three"
    assert galera.survivor(members(FRESH, STOPPED, FRESH)) == "two"


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ((PRIMARY, STOPPED, STOPPED), "runs or starts on one"),
        ((STOPPED, None, STOPPED), "two cannot be asked"),
        ((STOPPED, CRASHED, STOPPED), "position of two is unknown"),
        ((STOPPED, IN_A_CHANGE, STOPPED), "position of two is unknown"),
        ((STOPPED, {**STOPPED, "uuid": OTHER}, STOPPED), "of different clusters"),
        (({**STOPPED, "safe_to_bootstrap": True}, {**STOPPED, "seqno": 71}, STOPPED), "two has newer data"),
        ((FRESH, FRESH, FRESH), "nothing to recover"),
    ],
)
def test_nobody_founds_again_in_doubt(documents, words):
    with pytest.raises(ResourceError, match=words):
        galera.survivor(members(*documents))


def test_only_the_founder_is_told(converge):
    host = Host()
    predicted = converge(task("one", FRESH, FRESH, FRESH), FakeNode(host), check=True)
    assert not host.log
    done = converge(task("one", FRESH, FRESH, FRESH), FakeNode(host))
    assert predicted["actions"] == done["actions"] == ["Have member one found the cluster with its next start"]
    assert host.files[galera.FOUNDING][0] == galera.FOUNDING_TEXT
    assert not converge(task("one", FRESH, FRESH, FRESH), FakeNode(host))["changed"]
    assert not converge(task("two", FRESH, FRESH, FRESH), FakeNode(Host()))["changed"]


def test_what_was_told_is_taken_back_where_a_cluster_runs(converge):
    host = Host(files={galera.FOUNDING: (galera.FOUNDING_TEXT, "root", "root", "0644")})
    done = converge(task("one", FRESH, PRIMARY, FRESH), FakeNode(host))
    assert done["actions"] == ["Keep member one from founding a cluster"]
    assert galera.FOUNDING not in host.files


def test_data_of_the_newest_is_let_on(converge):
    text = f"# GALERA saved state\nversion: 2.1\nuuid:    {OURS}\nseqno:   70\nsafe_to_bootstrap: 0\n".encode()
    host = Host(files={galera.SAVED: (text, "mysql", "mysql", "0660")})
    done = converge(task("one", STOPPED, FRESH, FRESH, recover=True), FakeNode(host))
    assert done["changed"] and b"safe_to_bootstrap: 1\n" in host.files[galera.SAVED][0]
    assert host.files[galera.SAVED][0].count(b"\n") == text.count(b"\n")
    assert not converge(task("one", STOPPED, FRESH, FRESH, recover=True), FakeNode(host))["changed"]


def test_a_member_tells_how_it_is():
    host = Host(units={galera.UNIT: Unit(active="active")})
    host.files[galera.SAVED] = (f"uuid:    {OURS}\nseqno:   -1\nsafe_to_bootstrap: 0\n".encode(), "", "", "")
    host.files[f"{galera.DATA}/keystone/user.ibd"] = host.files[f"{galera.DATA}/mysql/db.frm"] = (b"", "", "", "")
    host.answers["systemctl"] = Answer(0, "active\n", "")
    lines = "wsrep_cluster_size\t3\nwsrep_cluster_status\tPrimary\nwsrep_local_state_comment\tSynced\n"
    host.answers["mariadb"] = Answer(0, lines, "")

    class Reader(FakeReader):
        """Answers with the state alone, as systemctl does with --value."""

        def output(self, argv, given=None, **options):
            return self.host.answers[argv[0]].output

    found = galera.read_member(Reader(host))
    assert found == {**PRIMARY, "size": 3, "databases": ["keystone"]}
    host.answers["systemctl"] = Answer(0, "failed\n", "")
    replayed = f"--wsrep_start_position={OURS}:83407\n"
    assert galera.read_member(Reader(host), replayed)["seqno"] == 83407
    host.files[galera.SAVED] = (f"uuid:    {galera.NO_CLUSTER}\nseqno:   -1\n".encode(), "", "", "")
    found = galera.read_member(Reader(host))
    assert (found["uuid"], found["seqno"]) == (None, -1)
    assert galera.read_member(Reader(host), replayed)["uuid"] == OURS
    unknown = f"--wsrep_start_position={galera.NO_CLUSTER}:-1\n"
    assert galera.read_member(Reader(host), unknown)["seqno"] is None
    host.answers["systemctl"] = Answer(0, "active\n", "")
    host.answers["mariadb"] = Answer(0, f"{lines}wsrep_cluster_state_uuid\t{OURS}\n", "")
    assert galera.read_member(Reader(host))["uuid"] == OURS
