# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether guests run under KVM is tried once, and believed only of a guest that was ready."""

from __future__ import annotations

import getpass
import sys
import time

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import kvm_trial
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, Fleet
from ansible_collections.conductor.cloud.tests.unit import fake_node

WANTED = {"image": "/var/tmp/guest.raw", "ready": "guest: ready", "seconds": 60, "user": "libvirt-qemu"}
READY = "guest: up after 1.2 s\nguest: ready after 2.5 s\n"
GIVEN_UP = "SYSLINUX 6.04\nKVM internal error. Suberror: 1\nextra data[0]: 0x0\nEAX=00000000\n"
DENIED = "qemu-system-x86_64: Could not access KVM kernel module: Permission denied\n"
DEVICE = (b"", "root", "kvm", "0660")


class FakeTrialNode(fake_node.FakeNode):
    """A host in memory, and what a guest says on it."""

    said, in_time = READY, True

    def permit(self, path):
        """Let a group use a device."""
        content, owner, _group, _mode = self.host.files[path]
        self.host.files[path] = (content, owner, kvm_trial.GROUP, kvm_trial.MODE)
        self.host.wrote(f"permit {path}")

    def boot(self, argv, ends, seconds, user):
        """Say what the guest says."""
        self.host.wrote(f"boot for {seconds} s as {user}")
        if self.host.files[kvm_trial.DEVICE][2:] == ("root", "0600"):
            return DENIED, True
        return self.said, self.in_time


def trial(reader):
    """Return the trial."""
    return Fleet([kvm_trial.Trial(reader, WANTED)])


def client(device=True, version="10.0"):
    """Return a host with an emulator, and with KVM if so wanted."""
    host = fake_node.Host()
    install(host, version)
    if device:
        host.files[kvm_trial.DEVICE] = DEVICE
    return FakeTrialNode(host)


def install(host, version):
    """Install a version of the emulator."""
    host.files[kvm_trial.EMULATOR] = (b"", "root", "root", "0755")
    host.answers[kvm_trial.EMULATOR] = Answer(0, f"QEMU emulator version {version}\nCopyright\n", "")


def run(node):
    """Run the task and return its only entry."""
    engine = Engine(trial(node.reader()), node)
    engine.look()
    engine.apply()
    return engine.report()[0]


def outcome(node):
    """Return how guests run, after the task."""
    return run(node)["resource"]["type"]


def boots(node):
    """Return how often a guest was booted."""
    return len([what for what in node.host.log if what.startswith("boot")])


def test_a_guest_that_was_ready_speaks_for_kvm():
    node = client()
    assert outcome(node) == "kvm"
    assert node.host.log[0] == "boot for 60 s as libvirt-qemu"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (GIVEN_UP, "KVM internal error. Suberror: 1"),
        ("SYSLINUX 6.04\n", "SYSLINUX 6.04"),
        ("", "nothing"),
    ],
)
def test_all_else_speaks_for_qemu_and_says_why(said, reason):
    node = client()
    node.said = said
    found = run(node)["resource"]
    assert found["type"] == "qemu"
    assert found["reason"].endswith(f": {reason}")


def test_the_trial_is_not_repeated():
    node = client()
    node.said = GIVEN_UP
    assert [outcome(node), outcome(node)] == ["qemu", "qemu"]
    assert boots(node) == 1


def test_another_emulator_or_kernel_is_tried_anew(monkeypatch):
    node = client()
    node.said = GIVEN_UP
    assert outcome(node) == "qemu"
    node.said = READY
    install(node.host, "10.1")
    assert outcome(node) == "kvm"
    monkeypatch.setattr(kvm_trial.platform, "release", lambda: "99")
    node.said = GIVEN_UP
    assert outcome(node) == "qemu"
    assert boots(node) == 3


def test_a_device_that_is_for_root_alone_is_opened_first():
    node = client()
    node.host.files[kvm_trial.DEVICE] = (b"", "root", "root", "0600")
    found = run(node)
    assert found["resource"]["type"] == "kvm"
    assert found["resource"]["device"] == {"owner": "root", "group": "kvm", "mode": "0660"}
    assert node.host.log[0] == "permit /dev/kvm"
    node.host.files[kvm_trial.DEVICE] = (b"", "root", "root", "0600")
    assert run(node)["actions"] == ["Let the group kvm use /dev/kvm"]
    assert boots(node) == 1


def test_a_device_that_everybody_may_use_is_left_alone():
    node = client()
    node.host.files[kvm_trial.DEVICE] = (b"", "root", "root", "0666")
    assert run(node)["resource"]["device"]["mode"] == "0666"


@pytest.mark.parametrize(("said", "in_time"), [("SYSLINUX 6.04\n", False), (DENIED, True)])
def test_what_says_nothing_of_kvm_is_not_kept(said, in_time):
    node = client()
    node.said, node.in_time = said, in_time
    found = run(node)["resource"]
    assert (found["type"], said.strip() in found["reason"]) == ("qemu", True)
    node.said, node.in_time = READY, True
    assert outcome(node) == "kvm"
    assert boots(node) == 2


def test_without_the_device_nothing_is_tried():
    node = client(device=False)
    assert outcome(node) == "qemu"
    assert boots(node) == 0


def test_a_report_that_was_cut_off_is_no_report():
    node = client()
    node.host.files[kvm_trial.REPORT] = (b'{"type": "k', "root", "root", "0644")
    assert outcome(node) == "kvm"
    assert boots(node) == 1


@pytest.mark.parametrize("said", ["guest: ready", "KVM internal error"])
def test_a_guest_is_ended_as_soon_as_it_has_said_enough(said):
    program = f"import time; print({said!r}, flush=True); time.sleep(600)"
    started = time.monotonic()
    ends = ("guest: ready", kvm_trial.GIVEN_UP)
    console, in_time = kvm_trial.TrialNode().boot([sys.executable, "-c", program], ends, 60, getpass.getuser())
    assert (said in console, in_time) == (True, True)
    assert time.monotonic() - started < 30


def test_a_guest_that_says_nothing_is_ended_in_time():
    program = "import time; time.sleep(600)"
    started = time.monotonic()
    assert kvm_trial.TrialNode().boot([sys.executable, "-c", program], ("never",), 0.2, getpass.getuser()) == (
        "",
        False,
    )
    assert time.monotonic() - started < 30


def test_a_guest_that_ends_by_itself_was_in_time():
    argv = [sys.executable, "-c", "print('so long')"]
    assert kvm_trial.TrialNode().boot(argv, ("never",), 60, getpass.getuser()) == ("so long\n", True)
