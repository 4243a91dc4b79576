# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Open vSwitch, in a database that answers like the real one."""

from __future__ import annotations

import json

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.node.ovs import SPEC, resources
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet

WANTED = {
    "external_ids": {"ovn-remote": "tcp:192.0.2.11:6642", "odd": 'a "b", c=d'},
    "other_config": {"userspace-tso-enable": True},
    "bridges": [{"name": "br-ex", "datapath_type": "netdev", "ports": ["eth9"]}],
    "manager": ["ptcp:6640:127.0.0.1"],
    "northbound_connection": ["ptcp:6641:192.0.2.11"],
    "southbound_connection": ["ptcp:6642:192.0.2.11"],
    "wait": 0,
}


def a_set(members):
    """Write a set as the database does: a set of one like its only member."""
    return members[0] if len(members) == 1 else ["set", members]


class FakeSwitch:
    """The commands of Open vSwitch and OVN that are in use."""

    def __init__(self):
        self.maps = {"external_ids": {"system-id": "kept"}, "other_config": {}}
        self.bridges, self.targets = {}, {"ovs-vsctl": [], "ovn-nbctl": [], "ovn-sbctl": []}
        self.writes = []
        self.silent = False

    def reader(self):
        return self

    def ask(self, argv):
        if self.silent:
            return Answer(1, "", "database connection failed")
        columns = next(word for word in argv if word.startswith("--columns=")).removeprefix("--columns=").split(",")
        rows = self._rows(argv[0], argv[-1])
        data = [[row[name] for name in columns] for row in rows]
        return Answer(0, json.dumps({"headings": columns, "data": data}), "")

    def _rows(self, program, table):
        if table == "Open_vSwitch":
            return [{name: ["map", [list(pair) for pair in content.items()]] for name, content in self.maps.items()}]
        if table in ("Manager", "Connection"):
            return [{"target": target} for target in self.targets[program]]
        ports = [port for bridge in self.bridges for port in self._ports(bridge)]
        if table == "Port":
            return [{"_uuid": ["uuid", f"id of {port}"], "name": port} for port in ports]
        live = self.bridges.items()
        return [
            {"name": name, "datapath_type": kind, "ports": a_set([["uuid", f"id of {port}"] for port in ports])}
            for name, kind, ports in ((name, kind, self._ports(name)) for name, (kind, added) in live)
        ]

    def _ports(self, bridge):
        return [bridge, *self.bridges[bridge][1]]

    def command(self, argv):
        self.writes.append(argv)
        words = [word for word in argv if not word.startswith("--timeout") and word not in ("--no-wait", "--may-exist")]
        program, verb, *rest = [word for word in words if word != "--no-leader-only"]
        if verb == "add-br":
            self.bridges[rest[0]] = [rest[-1].split("=")[1] if "--" in rest else "", []]
        elif verb == "add-port":
            self.bridges[rest[0]][1].append(rest[1])
        elif verb == "set" and rest[0] == "bridge":
            self.bridges[rest[1]][0] = rest[2].split("=")[1]
        elif verb == "set":
            for assignment in rest[2:]:
                column, pair = assignment.split(":", 1)
                key, end = json.JSONDecoder().raw_decode(pair)
                self.maps[column][key] = json.loads(pair[end + 1:])
        else:
            self.targets[program] = rest
        return ""


def build(**changes):
    checked = ArgumentSpecValidator(SPEC.options).validate({**json.loads(json.dumps(WANTED)), **changes})
    assert not checked.error_messages
    return lambda reader: Fleet(resources(reader, checked.validated_parameters))


@pytest.fixture(name="switch")
def a_switch():
    return FakeSwitch()


def test_check_mode_predicts_what_the_run_does(switch, converge):
    predicted = converge(build(), switch, check=True)
    assert switch.writes == []
    done = converge(build(), switch)
    assert predicted["actions"] == done["actions"]
    assert predicted["results_by_name"] == done["results_by_name"]
    assert switch.maps["external_ids"] == {"system-id": "kept", **WANTED["external_ids"]}


def test_a_second_run_has_nothing_to_do(switch, converge):
    converge(build(), switch)
    switch.writes.clear()
    assert not converge(build(), switch)["changed"]
    assert switch.writes == []


def test_only_the_keys_that_differ_are_set(switch, converge):
    converge(build(), switch)
    ids = {**WANTED["external_ids"], "ovn-remote": "tcp:192.0.2.12:6642"}
    assert converge(build(external_ids=ids), switch)["actions"] == ["Set external_ids ovn-remote of Open vSwitch"]


def test_a_bridge_gets_another_datapath(switch, converge):
    converge(build(), switch)
    switch.bridges["br-ex"][0] = ""
    assert converge(build(), switch)["actions"] == ["Set datapath_type netdev of bridge br-ex"]


def test_what_nobody_asked_for_is_left_alone(switch, converge):
    converge(build(), switch)
    assert not converge(lambda reader: Fleet(resources(reader, defaults(bridges=[]))), switch)["changed"]
    assert switch.targets["ovs-vsctl"] == WANTED["manager"]


def defaults(**given):
    return ArgumentSpecValidator(SPEC.options).validate(given).validated_parameters


def test_an_empty_list_closes_a_database(switch, converge):
    converge(build(), switch)
    assert converge(build(southbound_connection=[]), switch)["actions"] == [
        "Let OVN southbound database listen at no address"
    ]
    assert switch.targets["ovn-sbctl"] == []


def test_a_database_that_does_not_answer_is_an_error_in_its_own_words(switch, converge):
    switch.silent = True
    assert "database connection failed" in converge(build(), switch)["msg"]
