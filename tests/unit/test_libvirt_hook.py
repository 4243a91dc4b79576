# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvirt calls as a guest starts: it sees to it that the guest's taps are on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

HOOK = Path(__file__).resolve().parents[2] / "roles" / "libvirt" / "files" / "libvirt-hook"
GUEST = """<domain type='qemu'>
  <devices>
    <interface type='ethernet'>
      <target dev='tap882c13fc-4c'/>
    </interface>
    <disk type='network'>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='ethernet'>
      <target dev='tape3f4c736-6e'/>
    </interface>
  </devices>
</domain>
"""
WAIT = "ovs-vsctl --timeout=10 wait-until Interface {} ofport>0"
UP = "ip link set dev {} up"
TAPS = ("tap882c13fc-4c", "tape3f4c736-6e")


@pytest.fixture(name="call")
def a_call(tmp_path):
    """Return what calls the hook, and returns its status and the commands that it ran, all with one status."""

    def call(stage, status):
        said = tmp_path / "said"
        said.write_text("", encoding="utf-8")
        for name in ("ovs-vsctl", "ip"):
            command = tmp_path / name
            command.write_text(f'#!/bin/sh\necho "{name} $*" >>{said}\nexit {status}\n', encoding="utf-8")
            command.chmod(0o755)
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        arguments = ["sh", str(HOOK), "instance-00000001", stage, "begin", "-"]
        done = subprocess.run(arguments, input=GUEST, text=True, env={"PATH": path}, check=False)
        return done.returncode, said.read_text(encoding="utf-8").splitlines()

    return call


@pytest.mark.parametrize("status", [0, 1])
def test_each_tap_is_switched_on_after_open_vswitch_has_it(call, status):
    """Libvirt stops a guest whose hook fails, so that it never does."""
    commands = [line.format(tap) for tap in TAPS for line in (WAIT, UP)]
    assert call("started", status) == (0, commands)


def test_nothing_is_done_before_a_guest_has_started(call):
    """Libvirt calls it at other moments, too."""
    assert call("prepare", 0) == (0, [])
