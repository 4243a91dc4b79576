# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units: what makes one start, restart, reload or stop, and what is said when it does not."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import units
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Unit
from ansible_collections.conductor.cloud.tests.unit.sample_service import (
    SAMPLE,
    a_file,
    a_host,
    a_unit,
    set_library,
    task,
)


def test_upgraded_library_restarts(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    set_library(host, "2")
    assert converge(SAMPLE, FakeNode(host))["actions"] == ["Restart sample.service, whose packages changed"]
    assert converge(SAMPLE, FakeNode(host))["changed"] is False


def test_unit_that_runs_without_a_record_is_restarted(converge):
    host = a_host(**{"sample.service": Unit("enabled", "active", loaded=(b"",))})
    host.files["/etc/sample.conf"] = (b"debug = true\n", "root", "root", "0644")
    assert converge(SAMPLE, FakeNode(host))["actions"] == [
        "Have sample.service record what it starts with",
        "Restart sample.service, whose files and packages changed",
    ]
    assert converge(SAMPLE, FakeNode(host))["changed"] is False


def test_restart_by_hand_makes_a_unit_current(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    set_library(host, "2")
    host.start("sample.service")
    assert converge(SAMPLE, FakeNode(host))["changed"] is False


def test_unit_that_does_not_start_says_why(converge):
    host = a_host(**{"sample.service": Unit(breaks=True)})
    host.answers["journalctl"] = Answer(0, "sample[7]: no such option: debgu\n", "")
    result = converge(SAMPLE, FakeNode(host))
    assert result["failed"] and "no such option: debgu" in result["msg"]


def test_unit_that_is_not_there_does_not_hide_the_others(converge):
    host = a_host()
    result = converge(task([a_file()], [a_unit(), a_unit("misspelled")]), FakeNode(host))
    assert [entry["name"] for entry in result["errors"]] == ["misspelled.service"]
    assert "Unit misspelled.service not found" in result["msg"]
    assert (host.units["sample.service"].enabled, host.units["sample.service"].active) == ("enabled", "active")


def test_unit_that_the_task_defines_is_started(converge):
    host = a_host()
    wanted = task([a_file("/etc/systemd/system/new.service", "[Service]")], [a_unit("new", files=[], packages=[])])

    class Defining(FakeNode):
        def write(self, path, *rest, **named):
            super().write(path, *rest, **named)
            if path == "/etc/systemd/system/new.service":
                host.units["new.service"] = Unit()

    predicted = converge(wanted, Defining(host), check=True)
    done = converge(wanted, Defining(host))
    assert predicted["diff"] == done["diff"] and not done.get("failed")
    assert converge(wanted, FakeNode(host))["changed"] is False


def test_many_units_share_one_reload(converge):
    host = a_host(**{f"sample@{number}.service": Unit() for number in range(20)})
    many = task([a_file()], [a_unit(f"sample@{number}") for number in range(20)])
    converge(many, FakeNode(host))
    assert host.log.count("systemctl daemon-reload") == 1
    assert all(unit.active == "active" and unit.enabled == "enabled" for unit in host.units.values())
    assert converge(many, FakeNode(host))["changed"] is False


def test_restart_false_leaves_an_outdated_unit_and_tells_so(converge):
    host = a_host()
    held = task([a_file()], [a_unit(restart=False)])
    converge(held, FakeNode(host))
    set_library(host, "2")
    result = converge(held, FakeNode(host))
    assert result["changed"] is False
    assert result["results_by_name"]["sample.service"]["outdated"] == ["packages"]


def test_reload_serves_where_only_files_changed(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    changed = task([a_file(content="new")], [a_unit(reload=True)])
    assert converge(changed, FakeNode(host))["actions"][-1] == "Reload sample.service, whose files changed"
    assert converge(changed, FakeNode(host))["changed"] is False
    set_library(host, "2")
    assert converge(changed, FakeNode(host))["actions"] == ["Restart sample.service, whose packages changed"]


def test_a_file_that_is_read_again_needs_no_restart(converge):
    host, unit = a_host(), a_unit(reload_files=["/etc/ssl/sample.pem"])
    converge(task([a_file(), a_file("/etc/ssl/sample.pem", "old")], [unit]), FakeNode(host))
    starts = host.units["sample.service"].starts
    renewed = task([a_file(), a_file("/etc/ssl/sample.pem", "new")], [unit])
    predicted = converge(renewed, FakeNode(host), check=True)["actions"]
    assert predicted == converge(renewed, FakeNode(host))["actions"]
    assert predicted[-1] == "Reload sample.service, whose files changed"
    assert converge(renewed, FakeNode(host))["changed"] is False
    assert "systemctl reload -- sample.service" in host.log
    other = task([a_file(content="other"), a_file("/etc/ssl/sample.pem", "newest")], [unit])
    assert converge(other, FakeNode(host))["actions"][-1] == "Restart sample.service, whose files changed"
    assert converge(other, FakeNode(host))["changed"] is False
    assert host.units["sample.service"].starts > starts


def test_stop_and_mask(converge):
    host = a_host(**{"sample.service": Unit("enabled", "active")})
    bare = {"files": [], "packages": []}
    assert converge(task(units=[a_unit(state="stopped", **bare)]), FakeNode(host))["actions"] == [
        "Disable sample.service",
        "Stop sample.service",
    ]
    masked = task(units=[a_unit(masked=True, **bare)])
    assert converge(masked, FakeNode(host))["actions"] == ["Mask sample.service"]
    assert converge(masked, FakeNode(host))["changed"] is False
    again = task(units=[a_unit(**bare)])
    assert converge(again, FakeNode(host))["actions"] == [
        "Unmask sample.service",
        "Enable sample.service",
        "Start sample.service",
    ]


@pytest.mark.parametrize("path", ["sample@.service", "sample@.service.d/a.conf", "sample@1.service.d/a.conf"])
def test_changed_definition_restarts_without_being_listed(converge, path):
    host = a_host(**{"sample@1.service": Unit()})
    for content in ("[Service]", "[Service]\nRestart=always"):
        defined = task(
            [a_file(f"/etc/systemd/system/{path}", content)], [a_unit("sample@1", files=[], packages=[])]
        )
        predicted = converge(defined, FakeNode(host), check=True)
        done = converge(defined, FakeNode(host))
        assert predicted["diff"] == done["diff"]
        assert converge(defined, FakeNode(host))["changed"] is False
    assert "Restart sample@1.service, whose files changed" in done["actions"]


def test_changed_timer_is_made_known(converge):
    host = a_host(**{"sample.timer": Unit("enabled", "active")})
    defined = task([a_file("/etc/systemd/system/sample.timer", "x")], [a_unit("sample.timer", files=[], packages=[])])
    done = converge(defined, FakeNode(host))
    assert done["actions"][1:] == ["Tell systemd of the changed files of sample.timer"]
    assert "systemctl daemon-reload" in host.log
    assert converge(defined, FakeNode(host))["changed"] is False


@pytest.mark.parametrize("active", ["inactive", "activating", "failed"])
def test_service_of_a_timer_is_made_known_and_left_alone(converge, active):
    host = a_host(**{"sample.service": Unit("static", active)})
    path = "/etc/systemd/system/sample.service"
    left = a_unit(files=[], packages=[], state="any")
    for content in ("[Service]", "[Service]\nNice=10"):
        defined = task([a_file(path, content)], [left])
        predicted = converge(defined, FakeNode(host), check=True)
        done = converge(defined, FakeNode(host))
        assert predicted["diff"] == done["diff"]
        assert done["actions"][1:] == ["Tell systemd of the changed files of sample.service"]
        assert converge(defined, FakeNode(host))["changed"] is False
    assert (host.units["sample.service"].active, host.units["sample.service"].starts) == (active, 0)
    assert [name for name in host.files if name.startswith("/etc")] == [path]


def test_service_of_a_timer_comes_and_goes(converge):
    path, host = "/etc/systemd/system/new.service", a_host()

    class Defining(FakeNode):
        def write(self, path, *rest, **named):
            super().write(path, *rest, **named)
            host.units["new.service"] = Unit("static")

        def remove(self, path):
            super().remove(path)
            del host.units["new.service"]

    for entry in (a_file(path, "[Service]"), a_file(path, None, state="absent")):
        defined = task([entry], [a_unit("new", files=[], packages=[], state="any")])
        predicted = converge(defined, Defining(host), check=True)
        done = converge(defined, Defining(host))
        assert predicted["diff"] == done["diff"] and done["changed"]
        assert converge(defined, Defining(host))["changed"] is False


def test_timers_cannot_record(converge):
    result = converge(task(units=[a_unit("sample.timer")]), FakeNode(a_host()))
    assert result["failed"] and "sample.timer" in result["msg"]


@pytest.mark.parametrize(("status", "failed"), [(0, False), (1, True)])
def test_a_content_that_its_own_command_refuses_replaces_nothing(converge, status, failed):
    host = a_host()
    host.files["/etc/sample.conf"] = (b"good\n", "root", "root", "0644")
    host.answers["sample-check"] = Answer(status, "", "line 3: unknown word")
    entry = a_file(validate=["sample-check", "-f", "%s"])
    result = converge(task([entry], [a_unit()]), FakeNode(host))
    assert bool(result.get("failed")) is failed
    assert (host.files["/etc/sample.conf"][0] == b"good\n") is failed
    assert (host.units["sample.service"].starts == 0) is failed
    assert ("line 3: unknown word" in result.get("msg", "")) is failed


def test_member_is_restarted_only_when_it_may_be_missed(converge, monkeypatch):
    for name in ("LEAVE_SECONDS", "LEAVE_PAUSE"):
        monkeypatch.setattr(units, name, 0)
    host = a_host()
    member = task([a_file()], [a_unit(before_restart=["may-leave"])])
    converge(member, FakeNode(host))
    assert host.units["sample.service"].starts == 1
    set_library(host, "2")
    host.answers["may-leave"] = Answer(1, "", "only 2 of 3 are there\n")
    result = converge(member, FakeNode(host))
    assert result["failed"] and "only 2 of 3 are there" in result["msg"]
    assert host.units["sample.service"].starts == 1
    host.answers["may-leave"] = Answer(0, "", "")
    assert converge(member, FakeNode(host))["actions"] == ["Restart sample.service, whose packages changed"]
    assert host.units["sample.service"].starts == 2


STRANGE = "/etc/systemd/system/sample.service.d/override.conf"


def plant(host, path=STRANGE):
    """Put a drop-in on a host."""
    host.files[path] = (b"[Service]\nNice=5\n", "root", "root", "0644")


def test_strange_drop_in_is_removed_without_a_restart_where_the_unit_never_had_it(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    plant(host)
    assert converge(SAMPLE, FakeNode(host))["actions"] == [f"Remove {STRANGE}, which no role knows"]
    assert STRANGE not in host.files and host.units["sample.service"].starts == 1
    assert converge(SAMPLE, FakeNode(host))["changed"] is False


def test_unit_that_started_with_a_strange_drop_in_is_restarted(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    plant(host)
    host.start("sample.service")
    assert converge(SAMPLE, FakeNode(host), check=True)["actions"] == [
        f"Remove {STRANGE}, which no role knows",
        "Restart sample.service, whose drop-ins changed",
    ]
    assert converge(SAMPLE, FakeNode(host))["changed"]
    assert converge(SAMPLE, FakeNode(host))["changed"] is False


def test_drop_in_of_the_task_stays(converge):
    host = a_host()
    own = task([a_file(), a_file(STRANGE, "[Service]\nNice=5\n")], [a_unit()])
    converge(own, FakeNode(host))
    assert converge(own, FakeNode(host))["changed"] is False
    assert STRANGE in host.files


def test_effect_that_is_gone_restarts_the_unit(converge):
    holds = {"command": ["probe"], "output": [r"^a:1$"]}
    own = task([a_file()], [a_unit(holds=holds)])
    host = a_host()
    host.answers["probe"] = Answer(0, "b:2\na:1\n", "")
    converge(own, FakeNode(host))
    assert converge(own, FakeNode(host))["changed"] is False
    host.answers["probe"] = Answer(0, "a:10\n", "")
    assert converge(own, FakeNode(host))["actions"] == ["Restart sample.service, whose effect changed"]
    host.answers["probe"] = Answer(1, "a:1\n", "")
    assert converge(own, FakeNode(host))["changed"]
