# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases and accounts: what is made, what is seen, what is left alone."""

from __future__ import annotations

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.conductor.cloud.plugins.module_utils.node import mariadb
from ansible_collections.conductor.cloud.plugins.module_utils.node.database import SPEC, databases, password_hash
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_mariadb import FakeServer

SECRET = "s3cret-0815"


def task(**options):
    """Return what builds the fleet of a task with these options."""
    checked = ArgumentSpecValidator(SPEC.options).validate(options)
    assert not checked.error_messages, checked.error_messages
    return lambda reader: databases(reader, checked.validated_parameters)


def nova(name, **other):
    """Return an entry of databases."""
    return {"name": name, "user": "nova", "password": SECRET, **other}


NOVA = task(
    databases=[nova("nova"), nova("nova_api"), nova("nova_cell0", hosts=["%", "localhost"])],
    users=[{"name": "health", "password": "", "privileges": {"*.*": ["usage"]}}],
)


def test_known_password_has_the_known_hash():
    assert password_hash("password") == "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"
    assert password_hash("") == ""


def test_first_run_makes_all_and_second_nothing(converge):
    server = FakeServer()
    predicted = converge(NOVA, server, check=True)
    assert server.log == []
    done = converge(NOVA, server)
    assert predicted["actions"] == done["actions"]
    assert predicted["results_by_name"] == done["results_by_name"]
    assert "Grant ALL PRIVILEGES on nova_api.* to user nova@%" in done["actions"]
    assert ("health", "%") in server.accounts and ("nova", "localhost") in server.accounts
    again = converge(NOVA, server)
    assert again["changed"] is False and again["actions"] == []


def test_questions_do_not_grow_with_the_databases(converge):
    few, many = FakeServer(), FakeServer()
    converge(task(databases=[nova("nova")]), few, check=True)
    converge(task(databases=[nova(f"nova_{number}", user=f"user{number}") for number in range(50)]), many, check=True)
    assert many.questions == few.questions


def test_secret_is_in_no_statement_and_no_result(converge):
    server = FakeServer()
    done = converge(NOVA, server)
    assert SECRET not in repr(server.log) and SECRET not in repr(done)


def test_grant_is_for_one_database_alone(converge):
    server = FakeServer()
    converge(NOVA, server)
    assert ("GRANT ALL PRIVILEGES ON `nova\\_api`.* TO %s@%s", ("nova", "%")) in server.log


def test_other_password_is_changed(converge):
    server = FakeServer()
    converge(NOVA, server)
    changed = task(databases=[nova("nova", password="another-one")])
    assert converge(changed, server)["actions"] == ["Change the password of user nova@%"]
    assert converge(changed, server)["changed"] is False


def test_lacking_privilege_is_added_and_nothing_taken_away(converge):
    server = FakeServer()
    server.databases["a"] = ("latin1", "latin1_bin")
    wanted = task(users=[{"name": "b", "password": "x", "privileges": {"a.*": ["SELECT", "INSERT"]}}])
    converge(task(users=[{"name": "b", "password": "x", "privileges": {"a.*": ["SELECT", "CREATE"]}}]), server)
    assert converge(wanted, server)["actions"] == ["Grant INSERT on a.* to user b@%"]
    assert server.grants["b", "%", "a.*"] == {"SELECT", "CREATE", "INSERT"}
    everything = task(users=[{"name": "b", "password": "x", "privileges": {"a.*": ["ALL"], "*.*": ["ALL"]}}])
    assert converge(everything, server)["actions"] == ["Grant ALL PRIVILEGES on *.* to user b@%"]
    assert converge(everything, server)["changed"] is False


def test_defaults_of_a_database_change_only_when_given(converge):
    server = FakeServer()
    server.databases["nova"] = ("utf8mb3", "utf8mb3_uca1400_ai_ci")
    plain = task(databases=[{"name": "nova"}])
    assert converge(plain, server)["changed"] is False
    given = task(databases=[{"name": "nova", "collation": "utf8mb3_general_ci"}])
    assert converge(given, server)["actions"] == ["Change the defaults of database nova"]
    assert converge(given, server)["changed"] is False


def test_absent_drops_once(converge):
    server = FakeServer()
    converge(NOVA, server)
    gone = task(databases=[nova("nova", state="absent")], users=[{"name": "health", "state": "absent"}])
    assert converge(gone, server)["actions"] == ["Drop database nova", "Drop user health@%"]
    assert "nova" not in server.databases and converge(gone, server)["changed"] is False
    assert ("nova", "%") in server.accounts


def test_contradictions_are_errors_in_words(converge):
    server = FakeServer()
    two = task(databases=[nova("a"), nova("b", password="other")])
    assert "user nova@%: two entries give different passwords" in converge(two, server)["msg"]
    assert "a is listed twice" in converge(task(databases=[nova("a"), nova("a")]), server)["msg"]
    both = task(databases=[nova("a")], users=[{"name": "nova", "state": "absent"}])
    assert "another entry needs it" in converge(both, server)["msg"]
    bad = task(users=[{"name": "b", "password": "x", "privileges": {"a.*": ["SELECT; DROP"]}}])
    assert "SELECT; DROP is not" in converge(bad, server)["msg"]
    table = task(users=[{"name": "b", "password": "x", "privileges": {"a.t": ["SELECT"]}}])
    assert "a.t is not" in converge(table, server)["msg"]
    assert "collation a-b is not" in converge(task(databases=[nova("a", collation="a-b")]), server)["msg"]


def test_missing_driver_is_named_once(converge, monkeypatch):
    monkeypatch.setattr(mariadb, "SERVER", "/")
    monkeypatch.setattr(mariadb, "IMPORT_ERROR", ImportError("No module named 'pymysql'"))
    result = converge(NOVA, mariadb.connect({"socket": "/run/none.sock"}))
    assert result["msg"].count("python3-pymysql is missing on this host") == 1


def test_reader_of_the_server_asks_and_does_not_change():
    reader = mariadb.connect({"socket": "/run/none.sock"}).reader()
    assert not hasattr(reader, "change")
    with pytest.raises(ResourceError, match="begins with SELECT"):
        reader.rows("DROP DATABASE nova")
