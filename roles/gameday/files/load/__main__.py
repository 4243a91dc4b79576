# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a cloud busy without a pause, and see later whether all that was acknowledged is there, and only once.

load SETTINGS write FILE SECONDS   work until the time is up, or there is FILE.stop; keep in FILE what was acknowledged
load SETTINGS waiting FILE         print the kinds of load that have had no good answer yet, each with its last error
load SETTINGS compare FILE         read it back from every server, print the figures, and clear all of it away
load SETTINGS leave                clear away what is kept from load to load, too
load SETTINGS silent               print the services of OpenStack that have not reported themselves of late

SETTINGS is a JSON file of what to speak to: addresses, and the passwords for them.
"""

from __future__ import annotations

import collections
import fcntl
import json
import os
import sys
import threading
import time

import api
import guest
from infrastructure import KINDS

CALM = 180  # seconds that may pass until something succeeds that is not measured


def load(kind, kept, stopped):
    """Work until the time is up; keep what was acknowledged, what failed, and the longest time without a good one.

    The first answer begins the count: what the load needs to come about is no gap, and nothing that failed.
    """
    connection, turn, number = None, 0, 0
    entry = kept[kind.name]
    while not stopped.is_set():
        number += 1
        begun = time.monotonic()
        try:
            connection = connection or kind.open(turn)
            written = kind.write(connection, number)
        except kind.errors as error:
            entry["errors"][f"{type(error).__name__}: {error}"[:120]] += 1
            entry["failed"] += bool(entry["acknowledged"])
            turn += 1
            if connection:
                kind.close(connection)
            connection = None
        else:
            entry["acknowledged"] += written or [number]
            note_gap(entry)
            entry["last"] = time.monotonic()
        time.sleep(max(kind.period - (time.monotonic() - begun), 0.01))


def note_gap(entry):
    """Keep the time since the last good answer, if it is the longest so far."""
    if entry["last"] is not None:
        entry["gap"] = max(entry["gap"], time.monotonic() - entry["last"])


def patiently(kind, act):
    """Do what is not measured; a cloud that something was just done to may need a moment."""
    deadline = time.monotonic() + CALM
    while True:
        try:
            return act()
        except kind.errors:
            if time.monotonic() > deadline:
                raise
        time.sleep(2)


def keep(kept, file):
    """Write down how it goes, so that it outlives this machine's fall."""
    state = {name: {**entry, "errors": dict(entry["errors"])} for name, entry in kept.items()}
    with open(f"{file}.new", "w", encoding="ascii") as stream:
        json.dump(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(f"{file}.new", file)


def write(kinds, file, seconds):
    """Load all kinds at the same time, after what an earlier load may have left. There is one load at a time."""
    with open(f"{file}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for kind in kinds:
            patiently(kind, kind.clear)
        work(kinds, file, time.monotonic() + float(seconds))


def work(kinds, file, end):
    """Have a thread for each kind until the time is up. One that fell has had no good answer ever since."""
    stopped = threading.Event()
    kept = {
        kind.name: {"acknowledged": [], "gap": 0.0, "last": None, "failed": 0, "errors": collections.Counter()}
        for kind in kinds
    }
    threads = [threading.Thread(target=load, args=(kind, kept, stopped)) for kind in kinds]
    for thread in threads:
        thread.start()
    while not stopped.is_set():
        time.sleep(min(1, max(end - time.monotonic(), 0.1)))
        keep(kept, file)
        if time.monotonic() >= end or os.path.exists(f"{file}.stop"):
            stopped.set()
    for entry in kept.values():
        note_gap(entry)
    for thread in threads:
        thread.join()
    keep(kept, file)


def waiting(kinds, file):
    """Print the kinds of load that have had no good answer yet."""
    with open(file, encoding="ascii") as stream:
        kept = json.load(stream)
    print("waiting:", *(f"{name} {list(kept[name]['errors'])[-1:]}" for name in kept if not kept[name]["acknowledged"]))


def compare(kinds, file):
    """Print, for each kind, how much was acknowledged, how much of it some server lacks, and what is there twice."""
    with open(file, encoding="ascii") as stream:
        kept = json.load(stream)
    for kind in kinds:
        entry = kept[kind.name]
        acknowledged, found = set(entry["acknowledged"]), patiently(kind, kind.found)
        lost = {number for numbers in found.values() for number in acknowledged - set(numbers)}
        counted = [collections.Counter(numbers) for numbers in found.values()]
        twice = {number for counts in counted for number, times in counts.items() if times > 1}
        entry.pop("last", None)
        entry.update(acknowledged=len(acknowledged), lost=len(lost), twice=len(twice), gap=round(entry["gap"], 2))
        patiently(kind, kind.clear)
    print(json.dumps(kept))


def leave(settings):
    """Clear away what is kept from load to load."""
    kind = guest.Volume(settings)
    if settings.get(kind.needs):
        patiently(kind, kind.leave)


def silent(settings):
    """Print the services that are to be there, and are not."""
    print("silent:", *sorted(api.silent(api.Session(settings, 10))))


def main(file, verb, *arguments):
    """Run the command line."""
    with open(file, encoding="utf-8") as stream:
        settings = json.load(stream)
    if verb in ("silent", "leave"):
        return {"silent": silent, "leave": leave}[verb](settings)
    kinds = [kind(settings) for kind in (*KINDS, *api.KINDS, *guest.KINDS) if settings.get(kind.needs)]
    return {"write": write, "waiting": waiting, "compare": compare}[verb](kinds, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
