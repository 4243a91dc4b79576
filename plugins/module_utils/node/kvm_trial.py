# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether guests run under KVM on this host: that there is /dev/kvm does not say so, a guest that runs does."""

from __future__ import annotations

import json
import os
import platform
import selectors
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Plan, ResourceError, Results, Step
from .node import PATH, Node, NodeReader, id_of_group, identity, last_lines

DEVICE = "/dev/kvm"
GROUP, MODE = "kvm", "0660"
EMULATOR = "/usr/bin/qemu-system-x86_64"
REPORT = "/var/lib/conductor/kvm-trial.json"
GIVEN_UP = "KVM internal error"
DENIED = "Permission denied"

SPEC = ArgSpec(
    {
        "image": {"type": "path", "required": True},
        "ready": {"type": "str", "default": "guest: ready"},
        "seconds": {"type": "int", "default": 60},
        "user": {"type": "str", "default": "libvirt-qemu"},
    }
)


class TrialNode(Node):
    """This host, and how to try a guest on it."""

    def permit(self, path: str) -> None:
        """Let the group of those who run guests use a device."""
        try:
            os.chown(path, -1, id_of_group(GROUP))
            os.chmod(path, int(MODE, 8))
        except OSError as error:
            raise ResourceError(f"{path}: {error.strerror}") from error

    def boot(self, argv: Sequence[str], ends: Sequence[str], seconds: float, user: str) -> tuple[str, bool]:
        """Run a guest until its console says one of ``ends`` or it ends; return what it said, and if it was in time."""
        try:
            with subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={"PATH": PATH, "LC_ALL": "C.UTF-8"},
                cwd="/",
                **identity(user),
            ) as process:
                try:
                    return console(process, [end.encode() for end in ends], seconds)
                finally:
                    process.kill()
        except OSError as error:
            raise ResourceError(f"{argv[0]}: {error}") from error


def console(process: subprocess.Popen[bytes], ends: Sequence[bytes], seconds: float) -> tuple[str, bool]:
    """Return what a process says until it says one of ``ends`` or no more, and if it did before the time was up."""
    said, ended, deadline = b"", False, time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while not any(end in said for end in ends) and waiting.select(max(0, deadline - time.monotonic())):
            part = os.read(process.stdout.fileno(), 4096)
            if not part:
                ended = True
                break
            said += part
    return said.decode(errors="replace"), ended or any(end in said for end in ends)


class Trial:
    """A guest that was tried with the kernel and the emulator that this host has now."""

    name = "KVM"

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self.reader = reader
        self.wanted = wanted
        self.inconclusive: Document | None = None

    def read(self) -> Document | None:
        """Return what came of the trial with this kernel and emulator, if there was one, and who may use the device."""
        versions, device = self._versions(), self._device()
        if not device:
            return {"type": "qemu", "reason": f"There is no {DEVICE}.", **versions, "device": None}
        if self.inconclusive:
            return {**self.inconclusive, "device": device}
        try:
            report = json.loads(self.reader.content(REPORT) or b"{}")
        except ValueError:
            return None
        return {**report, "device": device} if report.items() >= versions.items() else None

    def plan(self, current: Document | None) -> Plan:
        """Plan the trial where there was none; nobody knows before what comes of it."""
        steps, device = [], self._device()
        if device and not usable(device):
            device = {**device, "group": GROUP, "mode": MODE}
            steps.append(Step("permit", f"Let the group {GROUP} use {DEVICE}", self._permit))
        if not current:
            steps.append(Step("try", "Boot a guest under KVM to see whether it runs", self._try))
        after = current or {"type": None, "reason": None, "kernel": None, "emulator": None}
        return Plan(current, {**after, "device": device}, tuple(steps))

    def _versions(self) -> Document:
        known = self.reader.stat(EMULATOR)
        said = self.reader.output([EMULATOR, "--version"]).splitlines()[:1] if known else []
        return {"kernel": platform.release(), "emulator": " ".join(said)}

    def _device(self) -> Document | None:
        found = self.reader.stat(DEVICE)
        return {key: found[key] for key in ("owner", "group", "mode")} if found else None

    def _permit(self, writer: TrialNode, results: Results) -> None:
        writer.permit(DEVICE)

    def _try(self, writer: TrialNode, results: Results) -> None:
        wanted = self.wanted
        drive = f"file={wanted['image']},format=raw,if=virtio,readonly=on"
        machine = ["-machine", "pc,accel=kvm", "-cpu", "host", "-m", "256", "-nic", "none", "-drive", drive]
        view = ["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
        ends = (wanted["ready"], GIVEN_UP)
        said, in_time = writer.boot([EMULATOR, *machine, *view], ends, wanted["seconds"], wanted["user"])
        report = {**verdict(said, wanted["ready"], wanted["seconds"]), **self._versions()}
        if in_time and DENIED not in said:
            writer.write(REPORT, json.dumps(report, indent=2).encode() + b"\n")
        else:
            # A host that was busy, or a device that was closed, says nothing of KVM: the next run tries again.
            self.inconclusive = report


def usable(device: Document) -> bool:
    """Tell whether those who run guests may use a device."""
    mode = int(device["mode"], 8)
    return mode & 0o006 == 0o006 or (device["group"] == GROUP and mode & 0o060 == 0o060)


def verdict(said: str, ready: str, seconds: int) -> Document:
    """Return how guests should run, and why, after what a guest and its emulator said."""
    if ready in said:
        return {"type": "kvm", "reason": "A guest was ready."}
    given_up = [line.strip() for line in said.splitlines() if GIVEN_UP in line]
    last = given_up[0] if given_up else last_lines(said, 1) or "nothing"
    return {"type": "qemu", "reason": f"A guest was not ready within {seconds} s. The last that was said: {last}"}
