# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kill matrix on a real cloud: processes are killed in the middle of their work, and the next ones finish it.

usage: kill_matrix.py STATE_DIRECTORY [--all] [--page FILE]

Without --all each operation dies once: after its most dangerous write was done, before the answer was read. With --all
it dies before each step, and while and after each request. A guest says whether its data came through. --page writes
the results into a page of the documentation.
"""

from __future__ import annotations

import argparse
import itertools
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.checks import ROOT
from tests.checks.tenancy import Tenancy
from tests.laws.harness import AFTER, DEATHS
from tests.laws.matrix import OPERATIONS
from tests.laws.page import Row, write

SCRIPTS = ROOT / "roles" / "demo" / "files"
TENANT = {"networks": 1, "subnets": 1, "routers": 1, "security_groups": 1}
ONE = {**TENANT, "servers": 1, "volumes": 2, "ports": 1, "floatingips": 1}
TWO = {**TENANT, "servers": 2, "volumes": 4, "ports": 2, "floatingips": 2, "backups": 2}
NEW = {
    "name": "data",
    "flavor": "small",
    "image": "guest",
    "root_volume": {"size": 1},
    "data_volumes": [{"size": 1}],
    "user_data": (SCRIPTS / "write-once.sh").read_text(encoding="utf-8"),
    "floating_ip": "auto",
    "state": "started",
}
COPY = {
    "name": "second",
    "state": "restored",
    "new_name": "copy",
    "floating_ip": "auto",
    "user_data": (SCRIPTS / "read-only.sh").read_text(encoding="utf-8"),
}
GROWN = {"instance": "data", "volume": "data-1"}


@dataclass(frozen=True)
class Scene:
    """One operation of the story: its task, what the project has afterwards, and which guest then shows its data.

    ``before`` is a state of the instance to bring about first. The flavors and sizes follow from one scene to the next.
    """

    operation: str
    module: str
    params: dict[str, Any]
    left: dict[str, int]
    guest: str = ""
    before: str = ""


STORY = (
    Scene("tenant create", "tenant", {}, TENANT),
    Scene("instance create", "instance", NEW, ONE, "data"),
    Scene("volume_resize, stop: true", "volume_resize", {**GROWN, "size": 2, "stop": True}, ONE, "data"),
    Scene("volume_resize, stopped", "volume_resize", {**GROWN, "size": 3}, ONE, before="stopped"),
    Scene("flavor resize, stopped", "instance", {"name": "data", "flavor": "medium"}, ONE),
    Scene(
        "flavor resize, stop: true",
        "instance",
        {"name": "data", "flavor": "small", "stop": True},
        ONE,
        "data",
        before="started",
    ),
    Scene("backup", "backup", {"name": "first", "instance": "data"}, {**ONE, "backups": 2}),
    Scene("prune", "backup", {"name": "second", "instance": "data", "keep": 1}, {**ONE, "backups": 2}),
    Scene("restore", "backup", COPY, TWO, "copy"),
    Scene(
        "instance absent",
        "instance",
        {"instances": [{"name": "data"}, {"name": "copy"}], "state": "absent"},
        {**TENANT, "backups": 2},
    ),
    Scene("tenant absent", "tenant", {"state": "absent"}, {}),
)
AT_STAKE = {operation.name: operation for operation in OPERATIONS}


@dataclass
class Stage:
    """Where the story is told, once for each death that every operation shall die."""

    tenancy: Tenancy
    checksum: str = ""
    said: dict[str, str] = field(default_factory=dict)
    exhausted: set[tuple[str, str]] = field(default_factory=set)

    def tell(self, when: str, number: int | None) -> Iterator[Row]:
        """Tell the whole story; in each operation a process dies, if it has such a moment."""
        self.said.clear()
        for scene in STORY:
            yield from self.play(scene, when, number)

    def play(self, scene: Scene, when: str, number: int | None) -> Iterator[Row]:
        """Play one scene."""
        params = {**self.tenancy.tenant, **scene.params} if scene.operation == "tenant create" else dict(scene.params)
        if scene.module == "tenant":
            params["name"] = self.tenancy.name
        if scene.before:
            self.tenancy.do("instance", name="data", state=scene.before)
        moment = AT_STAKE[scene.operation].at_stake(when) if number is None else number
        died = self.tenancy.run(scene.module, params, when, moment)
        started = time.monotonic()
        fault = "" if died.status in (0, -signal.SIGKILL) else f"the process ended with status {died.status}"
        last = self.tenancy.run(scene.module, params).result or {"msg": "it died, too"}
        seconds = time.monotonic() - started
        fault = fault or last.get("msg") or self.look(scene, params)
        if died.status == 0:
            self.exhausted.add((scene.operation, when))
        if died.status != 0 or fault:
            words = died.moments(when)[-1] if died.moments(when) else "no moment"
            yield Row(scene.operation, when, words, fault, seconds)
        elif number is None:
            yield Row(scene.operation, when, str(moment), "it did not die: there is no such moment", seconds)

    def look(self, scene: Scene, params: dict[str, Any]) -> str:
        """Say what is wrong after a scene."""
        if faults := self.tenancy.faults():
            return "; ".join(faults)
        if (counts := self.tenancy.counts()) != scene.left:
            return f"the project has {counts}, not {scene.left}"
        more = self.tenancy.run(scene.module, params).result or {}
        if more.get("changed", True):
            return f"one more run had something to do: {more}"
        if not scene.guest:
            return ""
        found, self.said[scene.guest] = self.tenancy.data(scene.guest, self.said.get(scene.guest, ""))
        if scene.operation == "instance create":
            self.checksum = found
        return "" if found and found == self.checksum else f"the guest says {found or 'nothing'}, not {self.checksum}"


def rows(stage: Stage, is_all: bool) -> Iterator[Row]:
    """Return all results, as they come."""
    if not is_all:
        yield from stage.tell(AFTER, None)
        return
    for when in DEATHS:
        for number in itertools.count():
            yield from stage.tell(when, number)
            if all((scene.operation, when) in stage.exhausted for scene in STORY):
                break


def main() -> int:
    """Return 0 when every next run finished."""
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    tenancy = Tenancy("kill-matrix", (options.state / "clouds.yaml").resolve())
    found = []
    try:
        tenancy.clear()
        for row in rows(Stage(tenancy), options.all):
            found.append(row)
            print(f"== {row}", flush=True)
    finally:
        tenancy.clear()
    if options.page:
        write(options.page, "On a real cloud", found)
    faults = [row for row in found if row.fault]
    print(f"{len(found)} deaths, {len(found) - len(faults)} finished by the next run")
    return 0 if found and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
