# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest of a game day's load: what it writes, what it says, and what is read back from its volume."""

from __future__ import annotations

import importlib
import subprocess
import time

import pytest

from tests.checks import ROOT

LOAD = ROOT / "roles" / "gameday" / "files" / "load"


class Session:
    """A cloud that has a guest and its volume, unless they are deleted."""

    ends = {"compute": "nova", "volumev3": "cinder"}

    def __init__(self, status="ACTIVE"):
        self.servers = [{"name": "gameday.guest", "id": "s", "status": status}, {"name": "mine", "id": "m"}]
        self.volumes = [{"name": "gameday.volume", "id": "v"}]
        self.sent, self.is_over = [], False

    def send(self, verb, url, body=None):
        """Answer."""
        kind, key = url.split("/")[1:3]
        if verb == "DELETE":
            setattr(self, kind, [entry for entry in getattr(self, kind) if entry["id"] != key])
        self.sent.append((verb, url, body))
        return {kind: list(getattr(self, kind))}, {}


@pytest.fixture
def guest(monkeypatch, tmp_path):
    """Return the program's file, which finds consoles in a folder of the test."""
    monkeypatch.syspath_prepend(str(LOAD))
    module = importlib.import_module("guest")
    monkeypatch.setattr(module, "INSTANCES", str(tmp_path))
    (tmp_path / "s").mkdir()
    yield module
    for name in ("guest", "api"):
        monkeypatch.delitem(importlib.sys.modules, name)


@pytest.fixture
def volume(guest, tmp_path):
    """Return the kind of load, and the file of the guest's console."""
    kind = guest.Volume({"volume_pool": "volumes", "patience": 0.3})
    kind.console = str(tmp_path / "s" / "console.log")
    return kind, tmp_path / "s" / "console.log"


def say(console, *lines):
    """Have the guest say something more."""
    with console.open("a", encoding="ascii") as stream:
        stream.write("".join(f"gameday: {line}\r\n" for line in lines))


def test_blocks_are_acknowledged_as_the_guest_says_them(volume):
    kind, console = volume
    assert kind.said() == 0
    say(console, "written 1", "written 2", "written 3")
    assert list(kind.write("v", 1)) == [1, 2, 3]
    with pytest.raises(kind.errors, match="written nothing"):
        kind.write("v", 2)
    with console.open("a", encoding="ascii") as stream:
        stream.write("gameday: written 4")
    assert kind.said() == 3


def test_a_block_that_the_guest_reads_otherwise_is_an_error(volume):
    kind, console = volume
    say(console, "written 1", "bad 2", "written 3")
    with pytest.raises(kind.errors, match="bad 2"):
        kind.write("v", 1)


def test_a_guest_that_goes_on_is_kept(volume, guest):
    kind, console = volume
    say(console, "written 7")
    assert not kind.find(Session())
    session, begun = Session(), time.monotonic()
    answers = iter([7, 7, 8, 8, 8])
    kind.said = lambda: next(answers)
    assert kind.find(session)
    assert kind.volume == "v"
    assert time.monotonic() - begun < 5
    assert not guest.Volume({}).find(Session("SHUTOFF"))


def test_guest_and_volume_go_one_after_the_other(volume, guest):
    kind = volume[0]
    session = Session()
    for name in ("guest", "volume"):
        with pytest.raises(kind.errors, match=f"{name} is still there"):
            kind.remove(session)
    kind.remove(session)
    assert (session.servers, session.volumes) == ([{"name": "mine", "id": "m"}], [])


def test_what_the_guest_writes_is_found_in_its_volume(volume, guest, tmp_path, monkeypatch):
    """The script of the guest runs here, on a file; then a block is spoilt."""
    kind = volume[0]
    disk, block = tmp_path / "disk", tmp_path / "block"
    disk.touch()
    script = guest.SCRIPT.replace("/dev/vdb", str(disk)).replace("/tmp/block", str(block))
    script = script.replace("! -b", "! -e").replace(" iflag=direct", "")
    script = script.replace("    sleep 1\ndone", '    [ "$number" -lt 9 ] || exit\ndone')
    said = subprocess.run(["sh", "-c", script], check=False, capture_output=True, text=True, timeout=60).stdout
    assert said.splitlines() == [f"gameday: written {number}" for number in range(1, 10)]
    with disk.open("r+b") as stream:
        stream.seek(4 * guest.BLOCK)
        stream.write(b"other")
        stream.truncate(1000 * guest.BLOCK)
    monkeypatch.setattr(guest, "EXPORT", ["sh", "-c", f"cat {disk}"])
    kind.volume = "v"
    assert kind.found() == {"ceph": [1, 2, 3, 5, 6, 7, 8, 9]}
    disk.write_bytes(b"")
    with pytest.raises(kind.errors, match="could not be read"):
        kind.found()


def test_a_call_goes_to_the_guest(guest, monkeypatch):
    session = Session()
    monkeypatch.setattr(importlib.sys.modules["api"], "Session", lambda settings, patience: session)
    calls = guest.Calls({})
    monkeypatch.setattr(guest, "named", lambda asked, kind, name: asked.servers[:1])
    calls.write(calls.open(0), 1)
    assert session.sent[-1] == ("POST", "nova/servers/s/action", {"os-getConsoleOutput": {"length": 1}})
    session.servers = []
    assert calls.open(1) is session
    with pytest.raises(calls.errors, match="no guest yet"):
        guest.Calls({}).open(0)
