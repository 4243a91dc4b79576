# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that start in the same moment: the work is done once, and nothing is lost."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import instance, journal, session, volume_resize
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run

from tests.fake import start
from tests.fake.transport import direct
from tests.site import Site

PAIRS = 25
ONCE = ("os-stop", "os-start", "os-extend", "resize", "confirmResize", "DELETE volume", "POST volume")


class Short:
    """A clock on which real time passes, but pauses are short: both runs get their turns."""

    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    @staticmethod
    def sleep(seconds: float) -> None:
        """Sleep for a moment."""
        time.sleep(min(seconds, 0.002))


@pytest.fixture
def short_pauses(monkeypatch):
    """Let pauses be short, but take their time."""
    for place in ("resource", "openstack.session"):
        monkeypatch.setattr(f"ansible_collections.conductor.cloud.plugins.module_utils.{place}.time", Short)
    monkeypatch.setattr("keystoneauth1.session.time", Short)


class Road:
    """The way to the cloud, on which both runs of a pair come to their first note together, and leave as they like."""

    def __init__(self, exchange: Any) -> None:
        self.exchange = exchange
        self.luck = random.Random(7)
        self.gate = threading.Barrier(1)
        self.noted: set[int] = set()

    def meet(self, runs: int) -> threading.Barrier:
        """Let a pair set out."""
        self.noted.clear()
        self.gate = threading.Barrier(runs, timeout=0.05)
        return threading.Barrier(runs)

    def __call__(self, method: str, target: str, given: Any, raw: bytes) -> Any:
        """Carry a request; whoever finds the other's note already there does not come to the gate."""
        me = threading.get_ident()
        if method == "POST" and target.endswith("/metadata") and me not in self.noted:
            self.noted.add(me)
            with contextlib.suppress(threading.BrokenBarrierError):
                self.gate.wait()
            time.sleep(self.luck.choice((0, 0.002, 0.01, 0.03)))
        return self.exchange(method, target, given, raw)


@pytest.fixture
def site(short_pauses, monkeypatch):
    """A project with a running instance and data on its data volume."""
    cloud = start(0.004, Short)
    monkeypatch.setattr(cloud, "exchange", Road(cloud.exchange))
    with direct(cloud):
        site = Site(cloud)
        site.make()
        site.data()["_data"] = "precious"
        yield site


def perform(site: Site, spec: Any, build: Any, wanted: dict[str, Any], gate: threading.Barrier) -> dict[str, Any]:
    """Run a module's work in this thread, beginning together with the other one."""
    told: dict[str, Any] = {}
    options = {name: option.get("default") for name, option in spec.options.items()}
    params = {**options, **site.cloud.params("demo", "demo"), "timeout": 20, **wanted}
    ended = {"exit_json": told.update, "fail_json": lambda **result: told.update(result, failed=True)}
    cloud = session.connect(params)
    cloud.project_id.strip()
    gate.wait()
    run(
        SimpleNamespace(params=params, check_mode=False, **ended), "object", cloud, lambda reader: build(reader, params)
    )
    return told


def pair(site: Site, spec: Any, build: Any, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the results of two runs that do the same at the same time."""
    gate, results = site.cloud.exchange.meet(2), []
    threads = [
        threading.Thread(target=lambda: results.append(perform(site, spec, build, wanted, gate)))
        for _number in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    site.cloud.settle()
    return results


def done(site: Site, since: int) -> Counter[str]:
    """Count what was done, by name."""
    found: Counter[str] = Counter()
    for write in site.state.writes[since:]:
        if write.status < 400 and write.path.endswith("/action"):
            found[next(iter(write.body))] += 1
        elif write.status < 400 and "os-volume_attachments" in write.path:
            found[f"{write.method} volume"] += 1
    return found


def one_has_it(results: list[dict[str, Any]], when_busy: str) -> bool:
    """Say whether one run did the work and the other one waited or stopped."""
    failed = [result["msg"] for result in results if result.get("failed")]
    words = ("is at it", "another run was at it", "is busy: run")
    assert len(results) == 2 and len(failed) < 2, failed
    assert when_busy == "refuse" or not failed, failed
    return all(any(word in message for word in words) for message in failed)


@pytest.mark.parametrize("looks", [journal.LOOKS, 1])
@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
def test_a_volume_is_resized_once(site, monkeypatch, when_busy, looks):
    """With the pause in which the later note counts, and without it, where only the cloud's own refusals are left."""
    monkeypatch.setattr(journal, "LOOKS", looks)
    for number in range(PAIRS // 2):
        since = len(site.state.writes)
        wanted = {"instance": "web1", "volume": "data-1", "size": number + 2, "stop": True, "when_busy": when_busy}
        results = pair(site, volume_resize.SPEC, volume_resize.resizes, wanted)
        assert one_has_it(results, when_busy)
        expected = {"os-stop": 1, "DELETE volume": 1, "os-extend": 1, "POST volume": 1, "os-start": 1}
        assert done(site, since) == expected, number
        row = site.data()
        assert (row["status"], row["size"], row["_data"]) == ("in-use", number + 2, "precious")
        assert [entry["device"] for entry in row["attachments"]] == ["/dev/vdb"]
        assert "conductor_operation" not in row["metadata"]
        assert site.server()["status"] == "ACTIVE"


@pytest.mark.parametrize("when_busy", ["wait", "refuse"])
def test_a_flavor_is_changed_once(site, when_busy):
    for number in range(PAIRS // 5):
        since = len(site.state.writes)
        wanted = {"name": "web1", "flavor": ("small", "tiny")[number % 2], "stop": True, "when_busy": when_busy}
        results = pair(site, instance.SPEC, instance.instances, wanted)
        assert one_has_it(results, when_busy)
        assert done(site, since) == {"os-stop": 1, "resize": 1, "confirmResize": 1, "os-start": 1}, number
        server = site.server()
        assert (server["flavor"]["original_name"], server["status"]) == (wanted["flavor"], "ACTIVE")
        assert "conductor_operation" not in server["metadata"]
