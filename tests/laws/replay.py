# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what the fake cloud answers with what real services answered to the same tasks.

usage: python -m tests.laws.replay FILE    (written by tests/checks/laws_cloud.py)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.fake import start
from tests.fake.clock import QuickClock
from tests.fake.shapes import Calls, differences, merge
from tests.laws.cases import cases
from tests.laws.conftest import quick
from tests.laws.harness import PATIENCE, Bench
from tests.laws.processes import Processes

LINES = (
    "tenant, whole",
    "instance, whole",
    "volume_resize, running",
    "backup, the next one replaces it",
    "backup, restored",
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


def main() -> int:
    """Return 0 when the fake answers with the same statuses, and with no field that the services do not have."""
    real = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with quick() as clock:
        fake = played(clock)
    found = differences(fake, real)
    print(f"{len(set(fake) & set(real))} calls were compared, {len(found)} differences", *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
