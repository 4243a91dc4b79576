# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what the fake cloud answers with what real services answered to the same tasks.

usage: python -m tests.laws.replay NEWER [--keep]

What real services answered is recorded beside this file, without what was in the answers: calls, statuses, fields and
kinds. NEWER is another such recording, written by tests/checks/laws_cloud.py. It is compared with the one that is kept,
which must not be stale; --keep puts it in its place.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.fake import start
from tests.fake.clock import QuickClock
from tests.fake.shapes import Calls, changes, differences, merge
from tests.laws.cases import cases
from tests.laws.harness import PATIENCE, Bench
from tests.laws.processes import Processes

RECORDED = Path(__file__).with_name("recorded") / "epoxy.json"
LINES = (
    "tenant, whole",
    "instance, whole",
    "volume_resize, running",
    "backup, the next one replaces it",
    "backup, restored",
    "backup, restored in place while running",
)


def played(clock: QuickClock) -> Calls:
    """Return what the fake cloud answers to the same tasks."""
    calls: Calls = {}
    with Processes(is_quick=True) as processes:
        for case in cases():
            if str(case) not in LINES:
                continue
            with start(clock=clock) as cloud:
                bench = Bench(cloud, case)
                for options in filter(None, (case.make, case.change, case.absent)):
                    ended = processes.run(case.module, {**bench.login, "timeout": PATIENCE, **options})
                    assert ended.result and "msg" not in ended.result, ended.result
                    merge(calls, ended.calls)
    return calls


def recorded() -> Calls:
    """Return what the services of OpenStack 2025.1 as Debian 13 has them answered."""
    return read(RECORDED)


def read(path: Path) -> Calls:
    """Return a recording."""
    found: Calls = json.loads(path.read_text(encoding="utf-8"))
    return found


def write(path: Path, calls: Calls) -> None:
    """Write a recording, a line for each call, so that a change of one shows as one."""
    lines = [f" {json.dumps(call)}: {json.dumps(answers, sort_keys=True)}" for call, answers in sorted(calls.items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> int:
    """Return 0 when the services still answer as they did, or when that is recorded anew."""
    newer = read(Path(sys.argv[1]))
    if "--keep" in sys.argv[2:]:
        write(RECORDED, newer)
        return 0
    found = [*differences(newer, recorded()), *changes(newer, recorded())]
    print(f"{len(set(newer) & set(recorded()))} calls were compared, {len(found)} differences", *found, sep="\n")
    return 1 if found or not newer else 0


if __name__ == "__main__":
    sys.exit(main())
