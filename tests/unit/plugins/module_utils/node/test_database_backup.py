# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of the database server: complete or not there, and never an increment without what it follows."""

from __future__ import annotations

import os
import tempfile

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import database_backup
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import NodeReader
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


class FakeHost(NodeReader):
    """A real directory, to which mariabackup writes one file."""

    def __init__(self):
        self.directory = f"{tempfile.mkdtemp(prefix='backups-')}/all"
        self.breaks = False
        self.commands = []

    def reader(self):
        return self

    def command(self, argv, **options):
        self.commands.append(argv)
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


def names(host):
    """Return the backups."""
    return list(database_backup.known_backups(host, host.directory))


def test_a_backup_is_made_once(converge):
    host = FakeHost()
    assert converge(MONDAY, host)["actions"] == ["Back up all databases as monday"]
    assert not converge(MONDAY, host)["changed"] and len(host.commands) == 1


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
