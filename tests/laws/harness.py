# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the laws need: processes that die, and clouds that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from unittest import mock

from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import Cloud

from tests.fake.server import FakeCloud
from tests.laws.cases import Case, Params
from tests.module import run_module


class Died(BaseException):
    """The process of a module came to a sudden end. Nothing in a module can catch it."""


class Bench:
    """One case on one cloud."""

    def __init__(self, cloud: FakeCloud, case: Case) -> None:
        self.cloud = cloud
        self.case = case
        case.prepare(cloud)

    def run(self, params: Params, check: bool = False) -> dict[str, Any]:
        """Run the module with these options."""
        login = self.cloud.params(self.case.project, self.case.user)
        return run_module(self.case.module, {**login, "timeout": 20, **params}, check)

    def make(self, check: bool = False) -> dict[str, Any]:
        """Run the module for the first time."""
        return self.run(self.case.make, check)

    @property
    def writes(self) -> int:
        """How many writes the cloud has seen."""
        return len(self.cloud.state.writes)

    @contextmanager
    def death(self, number: int) -> Iterator[None]:
        """Let the process die when write ``number`` is done, before its answer is read."""
        send, seen = Cloud._request, []

        def dying(session: Any, verb: str, *rest: Any, **options: Any) -> Any:
            if verb == "GET":
                return send(session, verb, *rest, **options)
            if len(seen) > number:
                raise Died()
            seen.append(verb)
            is_last = len(seen) > number
            answer = send(session, verb, *rest, **options)
            if is_last:
                raise Died()
            return answer

        with mock.patch.object(Cloud, "_request", dying):
            yield

    def save(self) -> dict[str, Any]:
        """Return all that the cloud holds, to come back to."""
        self.cloud.settle()
        return deepcopy(self.cloud.state.tables)

    def restore(self, tables: dict[str, Any]) -> None:
        """Let the cloud hold what it held."""
        self.cloud.settle()
        self.cloud.state.traps.clear()
        self.cloud.state.tables = deepcopy(tables)

    def shape(self) -> dict[str, Counter[str]]:
        """Return what the cloud holds, without ids and times, which differ from run to run."""
        self.cloud.settle()
        tables = self.cloud.state.tables
        return {
            table: Counter(str(row.get("name")) + "/" + str(row.get("status")) for row in rows.values())
            for table, rows in tables.items()
            if rows and table not in ("assignments", "passwords")
        }


def agrees(predicted: Any, real: Any, unknown: tuple[str, ...] = ()) -> bool:
    """Say whether what was predicted came true. None stands for what a plan cannot know, such as a new id."""
    if predicted is None:
        return True
    if isinstance(predicted, dict):
        keys = [key for key in predicted if key not in unknown]
        return isinstance(real, dict) and all(agrees(predicted[key], real.get(key), unknown) for key in keys)
    if isinstance(predicted, list):
        same_length = isinstance(real, list) and len(predicted) == len(real)
        return same_length and all(agrees(*pair, unknown) for pair in zip(predicted, real))
    return bool(predicted == real)
