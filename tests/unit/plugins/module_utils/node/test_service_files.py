# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and units: what changes, what restarts, and what a killed run leaves to the next."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import unit_digest
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_files import service_files, spellings
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Host, Killed, Unit

STATUS = """Package: sample
Source: sample-src (1)
Status: install ok installed
Version: 1.0
Depends: python3-lib (>= 1), sample-common, libc6, adduser | other

Package: sample-common
Source: sample-src
Status: install ok installed
Version: 1.0

Package: python3-lib
Status: install ok installed
Version: {lib}
Depends: python3-deep | python3-missing

Package: python3-deep
Status: install ok installed
Version: 3

Package: libc6
Status: install ok installed
Version: 2

Package: python3-gone
Status: deinstall ok config-files
Version: 9
"""


def a_host(**units):
    """Return a host with a package and a unit."""
    host = Host(units=units or {"sample.service": Unit()})
    set_library(host, "1")
    return host


def set_library(host, version):
    """Install a version of the library."""
    host.files[unit_digest.DPKG_STATUS] = (STATUS.format(lib=version).encode(), "root", "root", "0644")


def a_file(path="/etc/sample.conf", content="debug = true\n", **other):
    """Return an entry of files."""
    return {"path": path, "state": "file", "content": content, "owner": "root", "group": "root", "mode": None, **other}


def a_unit(name="sample", **other):
    """Return an entry of units."""
    base = {"state": None, "enabled": None, "masked": False, "restart": True, "reload": False}
    return {"name": name, "files": ["/etc/sample.conf"], "packages": ["sample"], **base, **other}


def task(files=(), units=()):
    """Return what builds the fleet of a task."""
    params = {"files": list(files), "units": list(units), "secrets": []}
    return lambda reader: service_files(reader, params)


SAMPLE = task([a_file()], [a_unit()])


def test_first_run_writes_enables_and_starts(converge):
    host = a_host()
    predicted = converge(SAMPLE, FakeNode(host), check=True)
    assert host.log == []
    done = converge(SAMPLE, FakeNode(host))
    assert predicted["actions"] == done["actions"] == [
        "Make /etc/sample.conf",
        "Have sample.service record what it starts with",
        "Enable sample.service",
        "Start sample.service",
    ]
    assert predicted["diff"] == done["diff"]
    assert predicted["results_by_name"] == done["results_by_name"]
    assert host.log.count("systemctl daemon-reload") == 1
    assert host.log[0] == "write /etc/sample.conf"


def test_second_run_changes_nothing(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    writes = len(host.log)
    assert converge(SAMPLE, FakeNode(host))["changed"] is False
    assert len(host.log) == writes


def test_changed_file_restarts_and_shows_its_lines(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    changed = task([a_file(content="debug = false\n")], [a_unit()])
    predicted = converge(changed, FakeNode(host), check=True)
    done = converge(changed, FakeNode(host))
    expected = ["Change content of /etc/sample.conf", "Restart sample.service, whose files changed"]
    assert predicted["actions"] == done["actions"] == expected
    assert done["diff"][0]["before"]["content"] == ["debug = true", ""]
    assert done["diff"][0]["after"]["content"] == ["debug = false", ""]
    assert host.units["sample.service"].starts == 2


def test_unchanged_file_is_not_shown(converge):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    assert "content" not in converge(SAMPLE, FakeNode(host))["results_by_name"]["/etc/sample.conf"]


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


@pytest.mark.parametrize("step", range(1, 5))
def test_next_run_finishes_what_a_killed_one_began(converge, step):
    host = a_host()
    converge(SAMPLE, FakeNode(host))
    set_library(host, "2")
    files = [a_file(content="a"), a_file("/etc/other.conf", "b")]
    changed = task(files, [a_unit(files=[file["path"] for file in files])])
    host.log.clear()
    host.die_at = step
    with pytest.raises(Killed):
        converge(changed, FakeNode(host))
    host.die_at = None
    converge(changed, FakeNode(host))
    assert converge(changed, FakeNode(host))["changed"] is False
    record = host.files[unit_digest.record_path("sample.service")][0]
    host.start("sample.service")
    assert host.files[unit_digest.record_path("sample.service")][0] == record


def test_failed_file_leaves_the_units_as_they_are(converge):
    class Refusing(FakeNode):
        def write(self, path, *rest, **named):
            if path == "/etc/sample.conf":
                raise ResourceError(f"{path}: Read-only file system")
            super().write(path, *rest, **named)

    host = a_host()
    result = converge(SAMPLE, Refusing(host))
    assert result["failed"] and host.units["sample.service"].starts == 0
    assert {entry["name"] for entry in result["errors"]} == {"/etc/sample.conf", "sample.service"}


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


def test_absent_and_directory(converge):
    host = a_host()
    wanted = task(
        [
            a_file("/srv/a/b", "x"),
            a_file("/srv/a", None, state="directory", mode="0700"),
            a_file("/etc/old", None, state="absent"),
        ]
    )
    host.files["/etc/old"] = (b"old", "root", "root", "0644")
    done = converge(wanted, FakeNode(host))
    assert host.log.index("make /srv/a") < host.log.index("write /srv/a/b")
    assert "Remove /etc/old" in done["actions"] and "/etc/old" not in host.files
    assert converge(wanted, FakeNode(host))["changed"] is False


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (a_file(mode="420"), "mode 420"),
        (a_file("relative"), "relative"),
        (a_file(content=None), "needs content"),
        (a_file("/etc/x", "y", state="absent"), "content belongs"),
    ],
)
def test_bad_input_is_an_error_in_words(converge, entry, words):
    result = converge(task([entry]), FakeNode(a_host()))
    assert result["failed"] and words in result["msg"]


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


def test_same_object_twice_is_an_error(converge):
    assert "/etc/sample.conf is listed twice" in converge(task([a_file(), a_file()]), FakeNode(a_host()))["msg"]
    twice = task(units=[a_unit("sample"), a_unit("sample.service")])
    assert "sample.service is listed twice" in converge(twice, FakeNode(a_host()))["msg"]


def test_timers_cannot_record(converge):
    result = converge(task(units=[a_unit("sample.timer")]), FakeNode(a_host()))
    assert result["failed"] and "sample.timer" in result["msg"]


def test_secrets_are_known_in_all_their_spellings():
    found = spellings(["p@ss/word", "", "-----BEGIN KEY-----\nabcdefgh1234\n-----END KEY-----"])
    assert {"p@ss/word", "p%40ss%2Fword", "abcdefgh1234"} <= found
    assert "" not in found


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
