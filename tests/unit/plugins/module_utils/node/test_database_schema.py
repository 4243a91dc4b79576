# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas: when their commands run, and what a failure or a kill leaves to the next run."""

from __future__ import annotations

import json

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.conductor.cloud.plugins.module_utils.node.database_schema import (
    SPEC,
    STAMPS,
    SchemaWriter,
    database_schemas,
)
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_digest import DPKG_STATUS
from ansible_collections.conductor.cloud.tests.unit.fake_mariadb import FakeServer
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Host, Killed

SECRET = "bootstrap-secret"
WANTED = {
    "name": "keystone",
    "database": "keystone",
    "packages": ["python3-keystone"],
    "user": "keystone",
    "commands": [
        {"argv": ["sync"]},
        {
            "argv": ["bootstrap", "mysql://x"],
            "environment": {"PASSWORD": SECRET},
            "unless": "SELECT 1 FROM keystone.local_user",
        },
    ],
}


class Cloud:
    """A host whose command makes a schema."""

    def __init__(self):
        self.host = Host()
        self.server = FakeServer()
        self.install("1.0")

    def install(self, version):
        """Install a version of the package."""
        text = f"Package: python3-keystone\nStatus: install ok installed\nVersion: {version}\n"
        self.host.files[DPKG_STATUS] = (text.encode(), "root", "root", "0644")

    def writer(self):
        """Return the client of a run."""
        cloud = self

        class Working(FakeNode):
            def command(self, argv, **options):
                if argv[0] == "sync":
                    # As those of real services do: they fail on what they left half made.
                    assert "keystone.half" not in cloud.server.tables
                    cloud.server.tables["keystone.half"] = []
                said = super().command(argv, **options)
                if argv[0] == "sync":
                    del cloud.server.tables["keystone.half"]
                    cloud.server.tables["keystone.alembic_version"] = [{"version_num": "abc"}]
                if argv[0] == "bootstrap":
                    cloud.server.tables["keystone.local_user"] = [{"1": 1}]
                return said

        return SchemaWriter(Working(self.host), self.server)


def task(**changes):
    """Return what builds the fleet of a task."""
    checked = ArgumentSpecValidator(SPEC.options).validate({"schemas": [{**json.loads(json.dumps(WANTED)), **changes}]})
    assert not checked.error_messages
    return lambda reader: database_schemas(reader, checked.validated_parameters)


def test_empty_database_runs_all_and_then_nothing(converge):
    cloud = Cloud()
    predicted = converge(task(), cloud.writer(), check=True)
    assert cloud.host.log == []
    done = converge(task(), cloud.writer())
    assert predicted["actions"] == done["actions"] == [
        "Note that schema keystone is begun",
        "Run sync for schema keystone",
        "Run bootstrap for schema keystone",
        "Note that schema keystone is complete, since it has no revision yet",
    ]
    current = {"schema keystone": {"current": True, "reasons": []}}
    assert predicted["results_by_name"] == done["results_by_name"] == current
    assert SECRET not in repr(done) and SECRET not in repr(cloud.host.log)
    assert converge(task(), cloud.writer())["changed"] is False


@pytest.mark.parametrize("reason", ["its packages changed", "its revision is not the one that was completed"])
def test_what_changed_runs_what_is_needed(converge, reason):
    cloud = Cloud()
    converge(task(), cloud.writer())
    if "packages" in reason:
        cloud.install("2.0")
    else:
        cloud.server.tables["keystone.alembic_version"] = [{"version_num": "old"}]
    done = converge(task(), cloud.writer())
    assert done["actions"] == [
        "Run sync for schema keystone",
        f"Note that schema keystone is complete, since {reason}",
    ]
    assert converge(task(), cloud.writer())["changed"] is False


@pytest.mark.parametrize("step", [1, 2, 3])
def test_killed_run_is_finished_by_the_next(converge, step):
    cloud = Cloud()
    cloud.host.die_at = step
    with pytest.raises(Killed):
        converge(task(), cloud.writer())
    cloud.host.die_at = None
    predicted = converge(task(), cloud.writer(), check=True)
    done = converge(task(), cloud.writer())
    assert predicted["actions"] == done["actions"] and not done.get("failed")
    assert (("KILL 7", ()) in cloud.server.log) is (step < 3)
    assert "keystone.conductor_schema_begun" not in cloud.server.tables
    assert converge(task(), cloud.writer())["changed"] is False
    assert cloud.server.tables["keystone.local_user"]


def test_failing_command_says_why_without_its_secrets_and_is_not_noted(converge):
    cloud = Cloud()
    words = "\n".join(["noise"] * 50 + [f"Access denied, password {SECRET}"])
    cloud.host.answers["bootstrap"] = Answer(1, "", words)
    result = converge(task(), cloud.writer())
    assert result["failed"] and "Access denied, password ********" in result["msg"]
    assert result["msg"].count("noise") < 20 and SECRET not in repr(result)
    assert f"{STAMPS}/keystone.json" not in cloud.host.files
    del cloud.host.answers["bootstrap"]
    assert converge(task(), cloud.writer())["actions"][-1].endswith("an earlier run did not complete it")


def test_commands_that_touch_another_database_are_an_error(converge):
    result = converge(task(database="elsewhere"), Cloud().writer())
    assert result["failed"] and "alembic_version in database elsewhere has no revision" in result["msg"]


def test_version_table_of_another_database(converge):
    cloud = Cloud()
    both = task(version_tables=["alembic_version", "cell.alembic_version"])
    cloud.server.tables["cell.alembic_version"] = [{"version_num": "c"}]
    converge(both, cloud.writer())
    assert converge(both, cloud.writer())["changed"] is False
    cloud.server.tables["cell.alembic_version"] = [{"version_num": "d"}]
    assert converge(both, cloud.writer(), check=True)["changed"] is True


def test_lost_note_costs_no_table(converge):
    cloud = Cloud()
    converge(task(), cloud.writer())
    del cloud.host.files[f"{STAMPS}/keystone.json"], cloud.server.tables["keystone.conductor_schema"]
    cloud.server.log.clear()
    done = converge(task(), cloud.writer())
    assert done["actions"][-1].endswith("nothing tells that it was ever completed")
    assert "DROP TABLE IF EXISTS `keystone`.`conductor_schema_begun`" == cloud.server.log[0][0]
    assert not any(statement.startswith("DROP") for statement, _values in cloud.server.log[1:])


def test_what_another_member_has_completed_is_complete(converge):
    """And what it has upgraded is upgraded, whatever was noted here before."""
    cloud, other = Cloud(), Cloud()
    other.server = cloud.server
    converge(task(), cloud.writer())
    assert converge(task(), other.writer())["changed"] is False
    assert other.host.log == []
    for member in (cloud, other):
        member.install("2.0")
    assert converge(task(), other.writer())["changed"] is True
    assert converge(task(), cloud.writer())["changed"] is False


def test_what_was_in_use_is_not_emptied(converge):
    cloud = Cloud()
    cloud.host.die_at = 1
    with pytest.raises(Killed):
        converge(task(), cloud.writer())
    cloud.host.die_at, cloud.server.size = None, 1000
    result = converge(task(), cloud.writer())
    assert result["failed"] and "Was a backup restored?" in result["msg"] and "keystone.half" in cloud.server.tables


@pytest.mark.parametrize("check", [True, False])
def test_database_whose_content_is_gone_is_not_made_anew_in_silence(converge, check):
    cloud = Cloud()
    converge(task(), cloud.writer())
    cloud.server.tables.clear()
    result = converge(task(), cloud.writer(), check=check)
    assert result["failed"] and "what the database held is gone. Restore it from a backup" in result["msg"]
    assert not cloud.server.tables
    del cloud.host.files[f"{STAMPS}/keystone.json"]
    assert converge(task(), cloud.writer())["changed"] and cloud.server.tables
