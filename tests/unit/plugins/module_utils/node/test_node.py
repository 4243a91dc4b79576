# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of a host, on the host that runs the tests."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
import sys

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, Node, NodeReader, checked
from ansible_collections.conductor.cloud.plugins.module_utils.node.once import Once
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

ME = {"owner": pwd.getpwuid(os.getuid()).pw_name, "group": grp.getgrgid(os.getgid()).gr_name}


def test_written_file_is_read_back(tmp_path):
    path = str(tmp_path / "new" / "file")
    Node().write(path, b"one\n", mode="0640", **ME)
    Node().write(path, b"two\n", mode="0600", **ME)
    assert NodeReader().content(path) == b"two\n"
    assert NodeReader().stat(path) == {"kind": "file", "mode": "0600", **ME}
    assert os.listdir(tmp_path / "new") == ["file"]


def test_reader_cannot_write():
    verbs = {name for name in dir(NodeReader()) if not name.startswith("_")}
    assert verbs == {"ask", "content", "files_below", "output", "reader", "stat"}
    assert not isinstance(Node().reader(), Node)


def test_what_is_not_there_is_none(tmp_path):
    assert NodeReader().content(str(tmp_path / "none")) is None
    assert NodeReader().content(str(tmp_path)) is None
    assert NodeReader().stat(str(tmp_path / "none" / "below")) is None


def test_directories_and_links(tmp_path):
    folder = str(tmp_path / "folder")
    Node().make_directory(folder, mode="0700", **ME)
    assert NodeReader().stat(folder) == {"kind": "directory", "mode": "0700", **ME}
    os.symlink(folder, tmp_path / "link")
    assert NodeReader().stat(str(tmp_path / "link"))["kind"] == "link"
    Node().remove(str(tmp_path / "link"))
    Node().remove(folder)
    Node().remove(folder)
    assert os.listdir(tmp_path) == []


def test_full_directory_is_not_removed(tmp_path):
    Node().write(str(tmp_path / "a" / "b"), b"", **ME)
    with pytest.raises(ResourceError, match="not empty"):
        Node().remove(str(tmp_path / "a"))


def test_failed_command_ends_with_its_own_words_without_secrets():
    program = "import sys; sys.stderr.write('bad password ' + sys.stdin.read()); sys.exit(3)"
    with pytest.raises(ResourceError) as error:
        Node().command([sys.executable, "-c", program], given="s3cret", secrets=["s3cret"], what="sign in")
    assert str(error.value) == "sign in: ended with status 3: bad password ********"


def test_command_has_a_small_environment():
    said = NodeReader().output([sys.executable, "-c", "import os; print(sorted(os.environ))"], environment={"X": "1"})
    assert set(said.strip("[]\n").replace("'", "").split(", ")) == {"HOME", "LC_ALL", "PATH", "X"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: NodeReader().output(["no-such-command"]), "no such command"),
        (lambda: NodeReader().output(["sleep", "5"], timeout=0.1), "no answer after"),
        (lambda: NodeReader().output(["true"], user="no-such-user"), "no user no-such-user"),
        (lambda: Node().write("/tmp/x", b"", owner="no-such-user"), "no user no-such-user"),
        (lambda: Node().write("/tmp/x", b"", group="no-such-group"), "no group no-such-group"),
        (lambda: Node().write("/proc/no/file", b"", **ME), "/proc/no/file: "),
    ],
)
def test_errors_are_words(call, words):
    with pytest.raises(ResourceError, match=words):
        call()


def test_once_writes_once_and_repeats_its_error():
    calls = []

    def write(writer):
        calls.append(writer)
        raise ResourceError("broken")

    once = Once(write)
    for writer in (1, 2):
        with pytest.raises(ResourceError, match="broken"):
            once(writer)
    assert calls == [1]


def test_lock_of_another_program_is_waited_for(tmp_path):
    path = tmp_path / "lock"
    Node().await_lock(str(path), 60)
    path.touch()
    program = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'r+b'); fcntl.lockf(file, fcntl.LOCK_EX); "
        "print(flush=True); time.sleep(1.5)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        Node().await_lock(str(path), 0)
        assert other.poll() is None
        Node().await_lock(str(path), 60)
        assert other.wait() == 0


def test_what_dpkg_says_of_a_package_is_part_of_the_reason():
    output = "Setting up a ...\ndpkg: error processing package b (--configure):\n its script failed\nSetting up c ...\n"
    with pytest.raises(ResourceError, match=r"E: no more\ndpkg: error .*\n its script failed$"):
        checked(Answer(100, output, "E: no more"), "apt-get")
