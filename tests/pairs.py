# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that start in the same moment, on a cloud where real time passes."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ArgSpec
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import session
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, run

from tests.fake import start
from tests.fake.transport import direct
from tests.site import Site


class Short:
    """A clock on which real time passes, but pauses are short: both runs get their turns."""

    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    @staticmethod
    def sleep(seconds: float) -> None:
        """Sleep for a moment."""
        time.sleep(min(seconds, 0.002))


class Patient(Short):
    """A clock whose pauses are longer than anything holds up a run, as those of ``rival.py`` are.

    Where the machine is busy, one of two runs may not get its turn for a tenth of a second.
    """

    @staticmethod
    def sleep(seconds: float) -> None:
        """Sleep for a while."""
        time.sleep(seconds / 10)


@dataclass(frozen=True)
class Task:
    """What one run of a pair shall do."""

    spec: ArgSpec
    build: Callable[[Any, dict[str, Any]], Fleet]
    wanted: dict[str, Any]
    who: tuple[str, str] = ("demo", "demo")

    @property
    def params(self) -> dict[str, Any]:
        """Return all options."""
        options = {name: option.get("default") for name, option in self.spec.options.items()}
        return {**options, "timeout": 20, **self.wanted}


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be short, but take their time."""
    clocks = {"resource": Short, "openstack.journal": Short, "openstack.session": Short, "openstack.rival": Patient}
    for place, clock in clocks.items():
        monkeypatch.setattr(f"ansible_collections.conductor.cloud.plugins.module_utils.{place}.time", clock)
    monkeypatch.setattr("keystoneauth1.session.time", Short)


class Road:
    """The way to the cloud, on which both runs of a pair come to their first note together, and leave as they like.

    Where it ``is_rough``, every write may be held up.
    """

    def __init__(self, exchange: Any) -> None:
        self.exchange = exchange
        self.luck = random.Random(7)
        self.gate = threading.Barrier(1)
        self.noted: set[int] = set()
        self.is_rough = False

    def meet(self, runs: int, is_together: bool) -> threading.Barrier:
        """Let a pair set out."""
        self.noted.clear()
        self.gate = threading.Barrier(runs if is_together else 1, timeout=0.05)
        return threading.Barrier(runs)

    def __call__(self, method: str, target: str, given: Any, raw: bytes) -> Any:
        """Carry a request; whoever finds the other's note already there does not come to the gate."""
        me = threading.get_ident()
        if method == "POST" and target.endswith("/metadata") and me not in self.noted:
            self.noted.add(me)
            with contextlib.suppress(threading.BrokenBarrierError):
                self.gate.wait()
            time.sleep(self.luck.choice((0, 0.002, 0.01, 0.03)))
        elif self.is_rough and method not in ("GET", "HEAD"):
            time.sleep(self.luck.choice((0, 0, 0.002, 0.01, 0.03)))
        return self.exchange(method, target, given, raw)


@pytest.fixture
def site(short_pauses: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A project with a running instance and data on its data volume."""
    cloud = start(0.004, Short)
    monkeypatch.setattr(cloud, "exchange", Road(cloud.exchange))
    with direct(cloud):
        site = Site(cloud)
        site.make()
        site.data()["_data"] = "precious"
        yield site


def perform(site: Site, task: Task, gate: threading.Barrier, delay: float) -> dict[str, Any]:
    """Run a module's work in this thread, beginning together with the other one, or later."""
    told: dict[str, Any] = {}
    params = {**task.params, **site.cloud.params(*task.who)}
    ended = {"exit_json": told.update, "fail_json": lambda **result: told.update(result, failed=True)}
    cloud = session.connect(params)
    cloud.project_id.strip()
    gate.wait()
    time.sleep(delay)
    module = SimpleNamespace(params=params, check_mode=False, **ended)
    run(module, "object", cloud, lambda reader: task.build(reader, params))
    return told


def pair(site: Site, *tasks: Task, lead: float = 0) -> list[dict[str, Any]]:
    """Return the results of two runs at the same time; the first one may have a ``lead`` of some seconds."""
    gate = site.cloud.exchange.meet(len(tasks), is_together=not lead)
    delays = (max(0, -lead), max(0, lead))
    with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
        results = list(pool.map(lambda task, delay: perform(site, task, gate, delay), tasks, delays))
    site.cloud.settle()
    return results
