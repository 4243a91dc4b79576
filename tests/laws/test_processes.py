# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kill matrix with processes that the system kills, over real connections: for each operation its worst moments."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake import start
from tests.fake.clock import QuickClock
from tests.laws.cases import cases
from tests.laws.harness import DEATHS, PATIENCE, Bench
from tests.laws.matrix import LONG, OPERATIONS, Operation, finish
from tests.laws.processes import Ended, Processes

CASES = {str(case): case for case in cases()}


class Street(Bench):
    """A bench whose runs are processes."""

    processes: Processes

    def start(self, verb: str, *death: Any) -> Ended:
        """Run the module in a process, which may be killed."""
        params = {**self.login, "timeout": PATIENCE, **getattr(self.case, verb)}
        return self.processes.run(self.case.module, params, *death)

    def again(self, verb: str) -> dict[str, Any]:
        """Run the module in a process that is left alone."""
        ended = self.start(verb)
        assert ended.status == 0 and ended.result is not None
        return ended.result


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    """Return what starts processes."""
    with Processes(is_quick=True) as running:
        yield running


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_6_the_next_process_finishes(operation: Operation, processes: Processes, short_pauses: QuickClock) -> None:
    """In another folder, knowing nothing of the one that was killed."""
    with start(clock=short_pauses) as cloud:
        street = Street(cloud, CASES[operation.case])
        street.processes = processes
        street.options(operation.verb)
        start_point = street.save()
        calm = street.start(operation.verb)
        assert calm.result and "msg" not in calm.result
        goal = street.picture()
        for when in DEATHS:
            street.restore(start_point)
            killed = street.start(operation.verb, when, operation.at_stake(when))
            assert killed.status == -signal.SIGKILL
            assert killed.result is None
            assert re.search(operation.at_stake(when), "\n".join(killed.moments(when)), re.MULTILINE)
            short_pauses.sleep(LONG)
            assert finish(street, operation.verb, goal, street.again) == "", when
