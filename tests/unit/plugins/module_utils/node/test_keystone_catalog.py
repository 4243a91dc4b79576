# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog: what it plans, that it converges from wherever it was stopped, and what it refuses."""

from __future__ import annotations

import json

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.conductor.cloud.plugins.module_utils.node.keystone_catalog import SPEC, Catalog
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, Fleet, NotYetError, ResourceError
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.fake_keystone import FakeKeystone, Stopped

SECRET = "pass-0815"
WANTED = {
    "roles": ["service", "admin", "member", "reader"],
    "role_implications": [{"role": "admin", "implies": "member"}],
    "domains": ["heat"],
    "projects": [{"name": "service", "description": "Users of the services"}],
    "users": [{"name": "glance", "password": SECRET, "project": "service", "roles": ["service", "admin"]}],
    "services": [
        {"name": "glance", "type": "image", "endpoints": {"internal": "https://a:9292", "public": "https://x:9292"}},
        {"name": "cinder", "type": "volumev3", "endpoints": {"internal": "https://10.0.0.5:8776/v3"}},
    ],
}


def catalog(keystone, **changes):
    checked = ArgumentSpecValidator(SPEC.options).validate({**json.loads(json.dumps(WANTED)), **changes})
    assert not checked.error_messages
    return Catalog(keystone, checked.validated_parameters)


def verbs(keystone):
    return sorted(write.split()[0] for write in keystone.writes)


def converge(keystone, **changes):
    engine = Engine(Fleet([catalog(keystone, **changes)]), keystone, concurrency=1)
    engine.look()
    engine.apply()
    return engine.report()[0]


@pytest.fixture(name="keystone")
def a_keystone():
    return FakeKeystone()


def test_planning_writes_nothing_and_predicts_what_is_read_after_the_run(keystone):
    resource = catalog(keystone)
    plan = resource.plan(resource.read())
    assert keystone.writes == []
    converge(keystone)
    found = catalog(keystone).read()
    ids = [user.pop("id") for user in found["users"].values()]
    assert [user.pop("id") for user in plan.after["users"].values()] == [None] * len(ids) and all(ids)
    assert found == plan.after
    assert plan.before.keys() == plan.after.keys()


def test_who_is_there_keeps_its_id(keystone):
    converge(keystone)
    resource = catalog(keystone)
    plan = resource.plan(resource.read())
    assert plan.after["users"] == plan.before["users"]


def test_a_second_run_has_nothing_to_do(keystone):
    assert converge(keystone)["changed"]
    keystone.writes.clear()
    assert not converge(keystone)["changed"]
    assert keystone.writes == []


def test_it_finishes_from_wherever_it_was_stopped():
    finished = FakeKeystone()
    converge(finished)
    for number in range(len(finished.writes)):
        keystone = FakeKeystone()
        keystone.stop_before = number
        with pytest.raises(Stopped):
            converge(keystone)
        keystone.stop_before = None
        converge(keystone)
        assert verbs(keystone) == verbs(finished)


def test_the_number_of_reads_does_not_grow_with_the_entries(keystone):
    converge(keystone)
    keystone.reads.clear()
    catalog(keystone).read()
    few = len(keystone.reads)
    keystone.reads.clear()
    users = [{"name": f"u{number}", "project": "service", "roles": ["admin"]} for number in range(50)]
    catalog(keystone, users=users).read()
    assert len(keystone.reads) == few <= 9


def test_a_rotated_password_is_seen_and_set(keystone):
    converge(keystone)
    users = [{**WANTED["users"][0], "password": "rotated"}]
    entry = converge(keystone, users=users)
    assert entry["actions"] == ["Set password of user glance"]
    assert keystone.accepts("glance", "Default", "rotated")


def test_no_password_stands_in_what_people_see(keystone):
    assert SECRET not in json.dumps(converge(keystone))


def test_a_moved_endpoint_is_moved_not_doubled(keystone):
    converge(keystone)
    services = [{"name": "glance", "type": "image", "endpoints": {"internal": "https://10.0.0.6:9292"}}]
    assert converge(keystone, services=services)["actions"] == [
        "Move the internal endpoint of glance to https://10.0.0.6:9292"
    ]
    assert len(keystone.entries["endpoints"]) == 3


def test_a_disabled_user_is_enabled(keystone):
    converge(keystone)
    next(iter(keystone.entries["users"].values()))["enabled"] = False
    assert converge(keystone)["actions"] == ["Set enabled and password of user glance"]


def test_absent_twice_changes_nothing_the_second_time(keystone):
    converge(keystone)
    gone = {
        "users": [{"name": "glance", "state": "absent"}],
        "services": [{"name": "glance", "type": "image", "state": "absent"}],
    }
    assert converge(keystone, **gone)["actions"] == ["Delete user glance", "Delete service glance"]
    assert not converge(keystone, **gone)["changed"]


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"name": "nova", "project": "servcie"}, "users: nova: there is no project Default/servcie"),
        ({"name": "nova", "project": "service", "roles": ["amdin"]}, "users: nova: there is no role amdin"),
        ({"name": "nova", "domain": "haet"}, "users: nova: there is no domain haet"),
        ({"name": "nova", "roles": ["admin"]}, "users: nova: roles need a project"),
    ],
)
def test_an_unknown_name_is_refused_before_the_first_write(keystone, user, message):
    with pytest.raises(ResourceError, match=message):
        catalog(keystone, users=[user]).read()
    assert keystone.writes == []


class NoKeystone:
    """What asks a Keystone that does not run."""

    def __init__(self, to_come):
        self.to_come = to_come

    def list(self, path, key, **query):
        raise NotYetError("no answer")

    def is_to_come(self):
        return self.to_come


def test_of_one_that_is_to_come_it_is_known_what_its_bootstrap_leaves():
    one = catalog(NoKeystone(to_come=True), roles=["admin", "reader", "auditor"], region="RegionOne")
    with pytest.raises(NotYetError) as caught:
        one.read()
    found = caught.value.instead
    assert (found["region"], found["roles"]) == ("RegionOne", ["admin", "reader"])
    said = [step.summary for step in one.plan(found).steps]
    assert "Create role auditor" in said
    assert "Create role admin" not in said
    assert [summary for summary in said if summary.startswith("Create service ")]


def test_of_one_that_does_not_answer_nothing_is_known():
    with pytest.raises(NotYetError) as caught:
        catalog(NoKeystone(to_come=False)).read()
    assert caught.value.instead is None
