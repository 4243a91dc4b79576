# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authority and what it signs: made once, and signed anew when there is a reason."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node.certificates import certificates
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, ResourceError
from ansible_collections.conductor.cloud.tests.unit import fake_node

FRONT = {"name": "server", "common_name": "cloud", "alt_names": ["IP:192.0.2.5", "DNS:cloud"], "client": False}
NODE = {"name": "nodes/one", "common_name": "one", "alt_names": ["DNS:one"], "client": True}
TASK = {
    "directory": "/made",
    "authority": {"name": "cloud authority", "days": 3650},
    "certificates": [FRONT, NODE],
    "days": 825,
    "renewal_days": 30,
    "renew": False,
}


def task(**changes):
    """Return what a module is given."""
    params = {**TASK, **changes}
    return lambda reader: certificates(reader, params)


def client():
    """Return a host without any certificate."""
    return fake_node.FakeNode(fake_node.Host())


def apply(world, **changes):
    """Run the task; return what it did."""
    engine = Engine(task(**changes)(world.reader()), world)
    engine.look()
    engine.apply()
    entries = engine.report()
    assert not [entry["msg"] for entry in entries if entry.get("failed")]
    return [action for entry in entries for action in entry["actions"]]


@pytest.fixture
def made():
    """Return a host that has all of it."""
    world = client()
    assert len(apply(world)) == 3
    return world


def test_all_is_made_once(made):
    assert apply(made) == []
    assert {path: entry[3] for path, entry in made.host.files.items()} == {
        **dict.fromkeys(["/made/ca.key", "/made/server.key", "/made/nodes/one.key"], "0600"),
        **dict.fromkeys(["/made/ca.crt", "/made/server.crt", "/made/nodes/one.crt"], "0644"),
    }


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"renewal_days": 826}, "anew, which ends soon"),
        ({"certificates": [{**FRONT, "alt_names": ["DNS:cloud"]}]}, "anew, whose names are others"),
        ({"certificates": [{**FRONT, "client": True}]}, "anew, whose names are others"),
    ],
)
def test_what_is_not_as_wanted_is_signed_anew(made, changes, said):
    key = made.content("/made/server.key")
    assert f"Sign /made/server.crt {said}" in apply(made, **changes)
    assert made.content("/made/server.key") == key


def test_who_asks_gets_new_ones_with_the_same_keys(made):
    key = made.content("/made/server.key")
    signed = [f"Sign /made/{name}.crt anew, as was asked for" for name in ("server", "nodes/one")]
    assert apply(made, renew=True) == signed
    assert (made.content("/made/server.key"), apply(made)) == (key, [])


def test_names_in_another_order_or_spelling_are_the_same(made):
    other = {**FRONT, "alt_names": ["DNS:cloud", "IP:192.0.2.5", "DNS:cloud"]}
    assert apply(made, certificates=[other]) == []


def test_another_authority_signs_all_anew(made):
    assert apply(made, authority={"name": "other", "days": 3650}) == [
        "Sign /made/ca.crt anew, whose names are others",
        "Sign /made/server.crt anew, which is of another authority",
        "Sign /made/nodes/one.crt anew, which is of another authority",
    ]
    assert apply(made, authority={"name": "other", "days": 3650}) == []


def test_a_lost_key_is_replaced_with_its_certificate(made):
    made.host.files.pop("/made/server.key")
    assert apply(made) == ["Make /made/server.crt and its key"]
    made.host.files.pop("/made/server.crt")
    assert apply(made) == ["Sign /made/server.crt"]


def test_the_key_of_somebody_else_is_seen(made):
    made.host.files["/made/server.key"] = made.host.files["/made/nodes/one.key"]
    assert apply(made) == ["Sign /made/server.crt anew, which is of another key"]


def test_a_key_that_others_may_read_is_closed(made):
    content, owner, group, _mode = made.host.files["/made/server.key"]
    made.host.files["/made/server.key"] = (content, owner, group, "0644")
    assert apply(made) == ["Change the mode of /made/server.crt or its key"]
    assert made.stat("/made/server.key")["mode"] == "0600"
    assert made.content("/made/server.key") == content


def test_an_authority_that_is_not_named_signs_if_it_is_there(made):
    made.host.files.pop("/made/nodes/one.crt")
    assert apply(made, authority=None) == ["Sign /made/nodes/one.crt"]
    world = client()
    engine = Engine(task(authority=None)(world.reader()), world)
    engine.look()
    engine.apply()
    assert engine.report()[0]["msg"] == "authority: /made/ca.crt and its key are not there. Have them made first."


def test_what_is_no_certificate_is_not_written_over(made):
    made.host.files["/made/server.crt"] = (b"precious", "root", "root", "0644")
    engine = Engine(task()(made.reader()), made)
    engine.look()
    assert engine.report()[1]["msg"] == "/made/server.crt: this is no certificate. Move it away."


def test_a_name_of_an_unknown_kind():
    with pytest.raises(ResourceError, match="neither DNS:name nor IP:address"):
        task(certificates=[{**FRONT, "alt_names": ["cloud"]}])(client().reader())


def test_openssl_trusts_what_was_made(tmp_path):
    for verb in ("first", "again"):
        done = apply(Node(), directory=str(tmp_path))
        assert bool(done) == (verb == "first")
    verify = ["openssl", "verify", "-CAfile", tmp_path / "ca.crt", "-x509_strict"]
    purposes = {"server.crt": ["sslserver"], "nodes/one.crt": ["sslserver", "sslclient"]}
    for name, wanted in purposes.items():
        for purpose in wanted:
            subprocess.run([*verify, "-purpose", purpose, tmp_path / name], check=True, capture_output=True)
    refused = [*verify, "-purpose", "sslclient", tmp_path / "server.crt"]
    assert subprocess.run(refused, capture_output=True, check=False).returncode
    address = [*verify, "-verify_ip", "192.0.2.5", tmp_path / "server.crt"]
    subprocess.run(address, check=True, capture_output=True)
