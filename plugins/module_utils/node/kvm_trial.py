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
from .node import PATH, Node, NodeReader, identity, last_lines

DEVICE = "/dev/kvm"
EMULATOR = "/usr/bin/qemu-system-x86_64"
REPORT = "/var/lib/conductor/kvm-trial.json"
GIVEN_UP = "KVM internal error"

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

    def boot(self, argv: Sequence[str], ends: Sequence[str], seconds: float, user: str) -> str:
        """Run a guest until its console says one of ``ends``, it ends, or the time is up; return what it said."""
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


def console(process: subprocess.Popen[bytes], ends: Sequence[bytes], seconds: float) -> str:
    """Return what a process says until it says one of ``ends``, says no more, or the time is up."""
    said, deadline = b"", time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while not any(end in said for end in ends) and waiting.select(max(0, deadline - time.monotonic())):
            part = os.read(process.stdout.fileno(), 4096)
            if not part:
                break
            said += part
    return said.decode(errors="replace")


class Trial:
    """A guest that was tried with the kernel and the emulator that this host has now."""

    name = "KVM"

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self.reader = reader
        self.wanted = wanted

    def read(self) -> Document | None:
        """Return what came of the trial with this kernel and emulator, if there was one."""
        versions = self._versions()
        if not self.reader.stat(DEVICE):
            return {"type": "qemu", "reason": f"There is no {DEVICE}.", **versions}
        try:
            report = json.loads(self.reader.content(REPORT) or b"{}")
        except ValueError:
            return None
        return report if report.items() >= versions.items() else None

    def plan(self, current: Document | None) -> Plan:
        """Plan the trial where there was none; nobody knows before what comes of it."""
        after = current or {"type": None, "reason": None, "kernel": None, "emulator": None}
        step = Step("try", "Boot a guest under KVM to see whether it runs", self._try)
        return Plan(current, after, () if current else (step,))

    def _versions(self) -> Document:
        known = self.reader.stat(EMULATOR)
        said = self.reader.output([EMULATOR, "--version"]).splitlines()[:1] if known else []
        return {"kernel": platform.release(), "emulator": " ".join(said)}

    def _try(self, writer: TrialNode, results: Results) -> None:
        wanted = self.wanted
        drive = f"file={wanted['image']},format=raw,if=virtio,readonly=on"
        machine = ["-machine", "pc,accel=kvm", "-cpu", "host", "-m", "256", "-nic", "none", "-drive", drive]
        view = ["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
        said = writer.boot([EMULATOR, *machine, *view], (wanted["ready"], GIVEN_UP), wanted["seconds"], wanted["user"])
        report = {**verdict(said, wanted["ready"], wanted["seconds"]), **self._versions()}
        writer.write(REPORT, json.dumps(report, indent=2).encode() + b"\n")


def verdict(said: str, ready: str, seconds: int) -> Document:
    """Return how guests should run, and why, after what a guest and its emulator said."""
    if ready in said:
        return {"type": "kvm", "reason": "A guest was ready."}
    given_up = [line.strip() for line in said.splitlines() if GIVEN_UP in line]
    last = given_up[0] if given_up else last_lines(said, 1) or "nothing"
    return {"type": "qemu", "reason": f"A guest was not ready within {seconds} s. The last that was said: {last}"}
