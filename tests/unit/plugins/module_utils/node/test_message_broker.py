# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message broker: one read, and what it leads to."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.conductor.cloud.plugins.module_utils.node.message_broker import SPEC, message_broker
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, NotInstalledError
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Host, Killed

SECRET = "broker-secret"
WANTED = {
    "vhosts": [{"name": "openstack"}],
    "users": [{"name": "openstack", "password": SECRET, "permissions": [{"vhost": "openstack", "write": "^a$"}]}],
    "policies": [{"name": "expire", "vhost": "openstack", "pattern": "^r", "definition": {"expires": 5}}],
    "absent_users": ["guest"],
}


def stored(password):
    """Return a password as the broker keeps it."""
    return base64.b64encode(b"salt" + hashlib.sha256(b"salt" + password.encode()).digest()).decode()


class FakeBroker(FakeNode):
    """A host with a broker."""

    def __init__(self):
        super().__init__(Host())
        self.reads = 0
        self.vhosts = {"/": "classic"}
        self.users = {"guest": {"password_hash": stored("guest"), "tags": ["administrator"]}}
        self.permissions = {("guest", "/"): (".*", ".*", ".*")}
        self.policies = {}
        self.members = ["rabbit@one", "rabbit@two", "rabbit@three"]
        self.running = ["rabbit@one", "rabbit@three"]

    def reader(self):
        """Return the host; the tests look at the log."""
        return self

    def ask(self, argv, given=None, **options):
        """Export the definitions, or tell of the cluster."""
        if argv[2] == "cluster_status":
            return Answer(0, json.dumps({"disk_nodes": self.members, "running_nodes": self.running}), "")
        assert argv[2] == "export_definitions"
        self.reads += 1
        kind = {"hashing_algorithm": "rabbit_password_hashing_sha256"}
        names = ("configure", "write", "read")
        found = {
            "vhosts": [{"name": name, "default_queue_type": queues} for name, queues in self.vhosts.items()],
            "users": [{"name": name, **kind, **user} for name, user in self.users.items()],
            "permissions": [
                {"user": user, "vhost": vhost, **dict(zip(names, patterns))}
                for (user, vhost), patterns in self.permissions.items()
            ],
            "policies": list(self.policies.values()),
        }
        return Answer(0, json.dumps(found), "")

    def command(self, argv, given=None, **options):
        """Change the broker."""
        verb, *rest = [word for word in argv[1:] if word != "--quiet"]
        getattr(self, f"_{verb}")(*rest, **({"given": given} if given else {}))
        self.host.wrote(" ".join([verb, *rest]))
        return ""

    def _forget_cluster_node(self, name):
        self.members.remove(name)

    def _add_vhost(self, name, option, queues):
        self.vhosts[name] = queues

    def _update_vhost_metadata(self, name, option, queues):
        self.vhosts[name] = queues

    def _add_user(self, name, given):
        self.users[name] = {"password_hash": stored(given.strip()), "tags": []}

    def _change_password(self, name, given):
        self.users[name]["password_hash"] = stored(given.strip())

    def _set_user_tags(self, name, *tags):
        self.users[name]["tags"] = list(tags)

    def _delete_user(self, name):
        del self.users[name]

    def _set_permissions(self, option, vhost, user, *patterns):
        if vhost not in self.vhosts:
            raise ResourceError(f"Virtual host '{vhost}' does not exist")
        self.permissions[user, vhost] = patterns

    def _clear_policy(self, option, vhost, name):
        assert self.policies.pop(name)["vhost"] == vhost

    def _set_policy(self, option, vhost, option2, priority, option3, apply_to, name, pattern, definition):
        if vhost not in self.vhosts:
            raise ResourceError(f"Virtual host '{vhost}' does not exist")
        self.policies[name] = {
            "name": name,
            "vhost": vhost,
            "pattern": pattern,
            "definition": json.loads(definition),
            "priority": int(priority),
            "apply-to": apply_to,
        }


def task(**changes):
    """Return what builds the fleet of a task."""
    checked = ArgumentSpecValidator(SPEC.options).validate({**json.loads(json.dumps(WANTED)), **changes})
    assert not checked.error_messages
    return lambda reader: message_broker(reader, checked.validated_parameters)


def test_first_run_makes_all_with_one_read_and_second_nothing(converge):
    broker = FakeBroker()
    predicted = converge(task(), broker, check=True)
    assert broker.reads == 1 and broker.host.log == []
    done = converge(task(), broker)
    assert predicted["actions"] == done["actions"] == [
        "Create vhost openstack",
        "Create user openstack",
        "Change the permissions of user openstack in vhost openstack",
        "Delete user guest",
        "Create policy expire in vhost openstack",
    ]
    assert predicted["results_by_name"] == done["results_by_name"]
    assert SECRET not in repr(broker.host.log) and SECRET not in repr(done)
    assert converge(task(), broker)["changed"] is False


@pytest.mark.parametrize("step", range(1, 6))
def test_killed_run_is_finished_by_the_next(converge, step):
    broker = FakeBroker()
    broker.host.die_at = step
    with pytest.raises(Killed):
        converge(task(), broker)
    broker.host.die_at = None
    converge(task(), broker)
    assert converge(task(), broker)["changed"] is False
    assert set(broker.users) == {"openstack"}


def test_differences_are_changed_one_by_one(converge):
    broker = FakeBroker()
    converge(task(), broker)
    user = {"name": "openstack", "password": "new", "tags": ["monitoring"], "permissions": [{"vhost": "openstack"}]}
    changed = task(
        vhosts=[{"name": "openstack", "default_queue_type": "stream"}],
        users=[user],
        policies=[{**WANTED["policies"][0], "priority": 3}],
    )
    assert converge(changed, broker)["actions"] == [
        "Change the queue type of vhost openstack",
        "Change the password of user openstack",
        "Change the tags of user openstack",
        "Change the permissions of user openstack in vhost openstack",
        "Change policy expire in vhost openstack",
    ]
    assert converge(changed, broker)["changed"] is False


def test_unknown_vhost_is_the_brokers_own_error(converge):
    result = converge(task(vhosts=[]), FakeBroker())
    assert result["failed"] and "Virtual host 'openstack' does not exist" in result["msg"]


def test_user_wanted_and_unwanted_is_an_error(converge):
    assert "user openstack is listed twice" in converge(task(absent_users=["openstack"]), FakeBroker())["msg"]


def test_broker_that_does_not_answer_is_one_error(converge):
    class Silent(FakeBroker):
        def ask(self, argv, given=None, **options):
            return Answer(69, "", "epmd reports: node 'rabbit' not running at all")

    result = converge(task(), Silent())
    assert result["msg"].count("not running at all") == 1


def test_policy_that_nobody_asked_for_is_deleted_where_there_are_to_be_no_others(converge):
    broker = FakeBroker()
    converge(task(), broker)
    broker._set_policy("", "openstack", "", "0", "", "all", "drop", ".*", '{"max-length": 1}')
    assert not converge(task(), broker)["changed"]
    own = task(vhosts=[{"name": "openstack", "other_policies": "absent"}])
    predicted = converge(own, broker, check=True)
    assert "drop" in broker.policies
    actions = ["Delete policy drop in vhost openstack, which no role knows"]
    assert predicted["actions"] == converge(own, broker)["actions"] == actions
    assert list(broker.policies) == ["expire"]
    assert not converge(own, broker)["changed"]


class NothingInstalled(FakeNode):
    """A host without a broker."""

    def ask(self, argv, given=None, **options):
        """Say that there is no such command."""
        raise NotInstalledError(f"{argv[0]}: there is no such command on this host.")


def test_a_broker_that_is_to_be_installed_brings_its_user_along():
    validated = ArgumentSpecValidator(SPEC.options).validate(WANTED).validated_parameters
    fleet = message_broker(NothingInstalled(Host()), validated)
    plans = {resource.name: resource.plan(resource.read()) for resource in fleet.resources}
    assert [step.summary for step in plans["user guest"].steps] == ["Delete user guest"]
    assert plans["user openstack"].steps[0].summary == "Create user openstack"


def test_a_broker_that_goes_is_forgotten(converge):
    broker = FakeBroker()
    build = task(absent_members=["rabbit@two"])
    assert "Have the brokers forget rabbit@two" in converge(build, broker)["actions"]
    assert broker.members == ["rabbit@one", "rabbit@three"]
    assert not converge(build, broker)["changed"]


def test_none_of_two_is_forgotten(converge):
    broker = FakeBroker()
    broker.members.remove("rabbit@three")
    broker.running.remove("rabbit@three")
    assert "of 2 brokers none can go" in converge(task(absent_members=["rabbit@two"]), broker)["msg"]
    assert broker.members == ["rabbit@one", "rabbit@two"]


def test_none_is_forgotten_while_another_is_away(converge):
    broker = FakeBroker()
    assert "rabbit@two does not run" in converge(task(absent_members=["rabbit@three"]), broker)["msg"]
