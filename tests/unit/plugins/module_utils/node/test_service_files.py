# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and units of a task: what is written, in which order, and what a killed run leaves to the next."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import unit_digest
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_files import spellings
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Killed
from ansible_collections.conductor.cloud.tests.unit.sample_service import (
    SAMPLE,
    a_file,
    a_host,
    a_unit,
    set_library,
    task,
)


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


def test_same_object_twice_is_an_error(converge):
    assert "/etc/sample.conf is listed twice" in converge(task([a_file(), a_file()]), FakeNode(a_host()))["msg"]
    twice = task(units=[a_unit("sample"), a_unit("sample.service")])
    assert "sample.service is listed twice" in converge(twice, FakeNode(a_host()))["msg"]


def test_secrets_are_known_in_all_their_spellings():
    found = spellings(["p@ss/word", "", "-----BEGIN KEY-----\nabcdefgh1234\n-----END KEY-----"])
    assert {"p@ss/word", "p%40ss%2Fword", "abcdefgh1234"} <= found
    assert "" not in found


def test_yesterdays_secrets_are_not_shown(converge):
    """Whoever changes a password, or removes what holds one, tells only the new one."""
    host = a_host()
    old = "a = 1\nb = 2\npassword = yesterday\nurl = db://me:yesterday@db\nformer = yesterday\n"
    host.files["/etc/sample.conf"] = (old.encode(), "root", "root", "0640")
    new = "a = 1\nb = 3\npassword = today\nurl = db://me:today@db\n"
    wanted = task([a_file(content=new, mode="0640")], secrets=["today"])
    for check in (True, False):
        before = converge(wanted, FakeNode(host), check=check)["diff"][0]["before"]["content"]
        assert before == ["a = 1", "b = 2", "password ********", "url ********", "********", ""]
    assert converge(wanted, FakeNode(host))["changed"] is False
    gone = converge(task([a_file(content=None, state="absent")]), FakeNode(host))
    assert gone["diff"][0]["before"]["content"] == f"{len(new)} bytes that not everybody may read"


def test_former_private_key_is_hidden_where_no_secret_comes_in_its_place(converge):
    """As where a certificate is yet to be signed."""
    host = a_host()
    old = "first\n-----BEGIN EC PRIVATE KEY-----\nMIGk\nAgEB\n-----END EC PRIVATE KEY-----\n"
    host.files["/etc/sample.conf"] = (old.encode(), "root", "root", "0640")
    for content in ("To be signed\n", old):
        told = converge(task([a_file(content=content, mode="0640")]), FakeNode(host), check=True)
        assert told["changed"] == (content != old)
        assert not told["changed"] or not {"MIGk", "AgEB"} & set(told["diff"][0]["before"]["content"])
        assert not told["changed"] or "first" in told["diff"][0]["before"]["content"]
