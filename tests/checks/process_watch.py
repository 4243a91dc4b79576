# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch the processes of this machine, in which those of a testbed's nodes are seen, too.

Whoever is on a node can read every command line. A watch looks at all of them as long as it lasts, and names the
secrets that stood on one of them, never their values.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator

YOUNG = 2.0  # seconds in which a process may still become another program
PAUSE = 0.01  # seconds between two looks
LATE = 0.05  # seconds between two looks, after which what came and went may have been missed
# What the watch has to see on a command line, or else it would not have seen a secret.
BAIT = "there-to-be-seen-by-the-watch"
SESSION = ("sshd", "sshd-session", "sshd-auth")


def words(pid: int) -> str:
    """Return the command line of a process; nothing for one that has ended."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as stream:
            return stream.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def space(pid: int) -> str:
    """Return which machine a process is of: a node has its own numbers of processes."""
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return ""


def parent(pid: int) -> tuple[str, int]:
    """Return the short name of a process, and the number of the one that started it."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            text = stream.read()
    except OSError:
        return "", 0
    name, rest = text.partition("(")[2].rsplit(")", 1)
    return name, int(rest.split()[1])


def everybody() -> list[int]:
    """Return the numbers of all processes."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def of_sessions(where: str) -> Iterator[list[int]]:
    """Yield each process that somebody who is logged in to a node started, with those that it came from, oldest first.

    What systemd started belongs to no session.
    """
    for pid in everybody():
        if space(pid) != where:
            continue
        line, current = [], pid
        while current > 1:
            name, above = parent(current)
            if name in SESSION:
                if line:
                    yield line[::-1]
                break
            line.append(current)
            current = above


def marked(mark: str) -> list[int]:
    """Return the processes that have a word in their environment, but for this one."""
    found = []
    for pid in everybody():
        try:
            with open(f"/proc/{pid}/environ", "rb") as stream:
                if pid != os.getpid() and mark.encode() in stream.read():
                    found.append(pid)
        except OSError:
            continue
    return found


def kill(pids: Iterable[int]) -> int:
    """End processes without a chance to say goodbye; return how many there were."""
    count = 0
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            count += 1
        except ProcessLookupError:
            continue
    return count


class Watch(threading.Thread):
    """Looks at all command lines until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.lines: set[str] = set()
        self.looks = 0
        self.late = 0
        self._born: dict[int, float] = {}
        self._stopped = threading.Event()

    def run(self) -> None:
        """Look, and look again."""
        last = time.monotonic()
        while not self._stopped.wait(PAUSE):
            self.look()
            now = time.monotonic()
            self.late += now - last > LATE
            last = now

    def look(self) -> None:
        """Read the command lines of those that are young; the others were read when they were."""
        now, there = time.monotonic(), everybody()
        self._born = {pid: self._born.get(pid, now) for pid in there}
        self.lines |= {words(pid) for pid, since in self._born.items() if now - since <= YOUNG}
        self.looks += 1

    def stop(self, secrets: Iterable[tuple[str, str]]) -> list[str]:
        """End the watch; return what is wrong, in sentences."""
        subprocess.run(["sh", "-c", "sleep 0.5; :", BAIT], check=True)
        self._stopped.set()
        self.join()
        print(f"== {len(self.lines)} command lines in {self.looks} looks, {self.late} of them late", flush=True)
        faults = []
        if not any(BAIT in line for line in self.lines):
            faults.append("the watch saw nothing: not even the bait")
        if self.late * 2 > self.looks:
            faults.append(f"the watch was too slow to see what runs for {LATE} s")
        return faults + sorted(
            f"{name} stood on a command line of {os.path.basename(line.split(' ', 1)[0])}"
            for name, spelling in secrets
            for line in self.lines
            if spelling in line
        )


def wait_for(pattern: re.Pattern[str], where: str, ended: threading.Event) -> int:
    """Wait for a process on a node whose command line fits; return its number, or 0 when there will be none."""
    while not ended.is_set():
        for pid in everybody():
            if pattern.search(words(pid)) and space(pid) == where:
                return pid
        time.sleep(PAUSE)
    return 0
