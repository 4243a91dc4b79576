# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of the database server: complete or not there, and never an increment without what it follows."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import database_backup, database_restore
from ansible_collections.conductor.cloud.plugins.module_utils.node.alone import alone_in
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import NodeReader
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


class FakeHost(NodeReader):
    """A real directory, to which mariabackup writes one file."""

    def __init__(self):
        # One place for all of them: what a task says of a place can be compared.
        place = f"{tempfile.gettempdir()}/backups-{os.getpid()}"
        if os.path.isdir(place):
            shutil.rmtree(place)
        self.directory = f"{place}/all"
        self.breaks = False
        self.commands = []

    def reader(self):
        return self

    def command(self, argv, timeout, held):
        assert timeout > 3600 and os.path.samefile(f"/proc/self/fd/{held}", self.directory)
        self.commands.append(argv)
        if argv[0] == "cp":
            shutil.copytree(argv[-2], argv[-1])
        increment = argv[-1].partition("--incremental-dir=")[2]
        if increment:
            # Mariabackup moves what it applies.
            os.unlink(f"{increment}/{database_backup.LABEL}")
        if "--backup" not in argv:
            return ""
        target = next(word for word in argv if word.startswith("--target-dir=")).partition("=")[2]
        os.makedirs(target)
        self.write(f"{target}/ibdata1", b"")
        if self.breaks:
            raise ResourceError("mariadb-backup: ended with status 1: no space left")
        return ""

    def write(self, path, content, **owner):
        with open(path, "wb") as stream:
            stream.write(content)

    def make_directory(self, path, **owner):
        os.makedirs(path, exist_ok=True)

    def remove(self, path):
        os.unlink(path)


def task(name, kind="full", keep=2):
    """Return what builds the fleet of a task."""
    return lambda reader: database_backup.backup(
        reader, {"name": name, "kind": kind, "keep": keep, "directory": reader.directory}
    )


MONDAY = task("monday")


def a_host_with_backups():
    """Return a host with a full backup and one that follows it."""
    host = FakeHost()
    for number, name in enumerate(("monday", "tuesday"), 1):
        os.makedirs(f"{host.directory}/{name}")
        label = {"base": "monday" if name == "tuesday" else None, "number": number}
        host.write(f"{host.directory}/{name}/{database_backup.LABEL}", json.dumps(label).encode())
    return host


def restored(name):
    """Return what builds the fleet of a task that restores."""
    return lambda reader: database_restore.prepared(reader, {"name": name, "directory": reader.directory})


TUESDAY = restored("tuesday")


def names(host):
    """Return the backups."""
    return list(database_backup.known_backups(host, host.directory))


def test_a_backup_is_made_once(converge):
    host = FakeHost()
    assert converge(MONDAY, host)["actions"] == ["Back up all databases as monday"]
    assert not converge(MONDAY, host)["changed"] and len(host.commands) == 1


@pytest.mark.parametrize("build", [task("friday"), task("tuesday", keep=1), restored("tuesday")])
def test_nothing_is_done_while_another_run_is_at_work(converge, monkeypatch, build):
    """It may remove what a copy is made of."""
    host = a_host_with_backups()
    os.makedirs(f"{host.directory}/thursday")
    host.write(f"{host.directory}/thursday/{database_backup.LABEL}", b'{"base": null, "number": 3}')
    for module in (database_backup, database_restore):
        monkeypatch.setattr(module, "PATIENCE", 0)
    before = names(host)
    with alone_in(host.directory, 0):
        assert "still at work there" in converge(build, host)["msg"]
    assert names(host) == before and not host.commands


def test_what_another_run_did_meanwhile_is_not_done_over(converge, monkeypatch):
    """Whoever waited for it plans anew."""
    for build, other in ((task("friday"), "thursday"), (restored("tuesday"), "tuesday.prepared")):
        host = a_host_with_backups()

        @contextmanager
        def waited(directory, patience, host=host, other=other):
            """Have another run end, and then hold the directory."""
            os.makedirs(f"{directory}/{other}")
            host.write(f"{directory}/{other}/{database_backup.LABEL}", b'{"base": null, "number": 9}')
            with alone_in(directory, patience) as held:
                yield held

        for module in (database_backup, database_restore):
            monkeypatch.setattr(module, "alone_in", waited)
        assert "meanwhile. Run again." in converge(build, host)["msg"]
        assert not host.commands


def test_an_increment_follows_the_newest(converge):
    host = FakeHost()
    assert "there is none" in converge(task("tuesday", "incremental"), host)["msg"]
    converge(MONDAY, host)
    converge(task("tuesday", "incremental"), host)
    converge(task("wednesday", "incremental"), host)
    assert f"--incremental-basedir={host.directory}/tuesday" in host.commands[-1]
    backups = database_backup.known_backups(host, host.directory)
    assert database_backup.chain(backups, "wednesday") == ["monday", "tuesday", "wednesday"]
    assert database_backup.chain(backups, "monday") == ["monday"]


def test_what_is_not_complete_is_no_backup(converge):
    host = FakeHost()
    host.breaks = True
    assert "no space left" in converge(MONDAY, host)["msg"]
    assert names(host) == []
    host.breaks = False
    assert converge(MONDAY, host)["changed"] and names(host) == ["monday"]


def test_the_oldest_goes_with_all_that_follow_it(converge):
    host = FakeHost()
    for name, kind in (("a", "full"), ("b", "incremental"), ("c", "full"), ("d", "incremental")):
        converge(task(name, kind), host)
    done = converge(task("e"), host)
    assert done["actions"] == ["Back up all databases as e", "Remove backup b", "Remove backup a"]
    assert names(host) == ["c", "d", "e"]


def test_mistakes_are_told():
    host = FakeHost()
    for name, keep, words in (("../x", 2, "becomes a directory"), ("x", 0, "at least one")):
        with pytest.raises(ResourceError, match=words):
            task(name, keep=keep)(host)
    with pytest.raises(ResourceError, match="no backup x"):
        database_backup.chain({}, "x")
    with pytest.raises(ResourceError, match="follows a, which is gone"):
        database_backup.chain({"b": {"base": "a"}}, "b")


def test_data_is_made_of_all_parts_in_their_order(converge):
    host = a_host_with_backups()
    assert converge(TUESDAY, host)["actions"] == ["Prepare data of monday and what followed: tuesday"]
    copied = [argv[-2].rpartition("/")[2] for argv in host.commands if argv[0] == "cp"]
    assert copied == ["monday", "tuesday"] and names(host) == ["monday", "tuesday"]
    assert sorted(os.listdir(host.directory)) == ["monday", "tuesday", "tuesday.prepared"]
    assert not converge(TUESDAY, host)["changed"]
    assert "There are monday, tuesday" in converge(restored("sunday"), host)["msg"]


def test_nothing_is_made_of_parts(converge):
    host = a_host_with_backups()
    shutil.rmtree(f"{host.directory}/monday")
    assert "follows monday, which is gone" in converge(TUESDAY, host)["msg"] and not host.commands
