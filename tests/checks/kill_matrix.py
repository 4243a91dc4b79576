# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kill matrix on a real cloud: processes are killed in the middle of their work, and the next ones finish it.

usage: kill_matrix.py STATE_DIRECTORY [--all] [--only OPERATION] [--at-once NUMBER] [--page FILE]

Without --all each operation dies once: after its most dangerous write was done, before the answer was read. With --all
it dies before each step, and while and after each request. A guest says whether its data came through. Each operation
has a project of its own, so that some of them can be at work at once. --page writes the results into a page of the
documentation.
"""

from __future__ import annotations

import argparse
import itertools
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from tests.checks.scenes import SCENES, Scene
from tests.checks.tenancy import NOTED, Tenancy, counts, faults, notes
from tests.laws.harness import AFTER, DEATHS
from tests.laws.page import Row, write

# After so many faults there is little to learn from more of them.
MOST_FAULTS = 3
# Seconds after which nobody believes that a run which says nothing is still at work.
LATER = 35


class Stage:
    """Where one scene is played, again and again."""

    def __init__(self, scene: Scene, clouds: Path) -> None:
        self.scene = scene
        self.tenancy = Tenancy("kill-" + re.sub(r"\W+", "-", scene.operation), clouds)
        self.turn = 0
        self.checksum = ""
        self.said = ""
        self.is_furnished = False

    def furnish(self) -> None:
        """Begin anew with what the scene needs, and see the data that is at stake."""
        self.turn, self.checksum, self.said = 0, "", ""
        self.tenancy.clear()
        self.scene.furnish(self.tenancy, 0)
        if any(server["name"] == "data" for server in self.tenancy.rows("servers")):
            self.checksum, self.said = self.tenancy.data("data")
            if not self.checksum:
                raise AssertionError(f"the guest has no data: {self.said}")

    def rows(self, is_all: bool) -> Iterator[Row]:
        """Play the scene once, or with all deaths that there are, the most dangerous ones first."""
        if not is_all:
            moment = self.scene.at_stake(AFTER)
            yield self.attempt(AFTER, moment) or self.row(AFTER, moment, "it did not die: there is no such moment")
            return
        failed = 0
        for when in reversed(DEATHS):
            for number in itertools.count():
                row = self.attempt(when, number)
                if row is None:
                    break
                yield row
                failed += bool(row.fault)
                if failed >= MOST_FAULTS:
                    return

    def attempt(self, when: str, moment: int | str) -> Row | None:
        """Play the scene, in a project that is furnished anew at first and after each fault."""
        try:
            if not self.is_furnished:
                self.furnish()
            row = self.play(when, moment)
        except (AssertionError, ResourceError) as error:
            row = self.row(when, str(moment), f"it could not be tried: {error}")
        self.is_furnished = row is None or not row.fault
        return row

    def row(self, when: str, moment: str, fault: str, seconds: float | None = None) -> Row:
        """Return a line of the result."""
        return Row(self.scene.operation, when, moment, fault, seconds)

    def play(self, when: str, moment: int | str) -> Row | None:
        """Let a process die in a moment, and the next one finish; None when there is no such moment."""
        self.said = self.scene.prepare(self.tenancy, self.turn) or self.said
        params = self.scene.task(self.turn)
        if self.scene.module == "tenant":
            params = {"name": self.tenancy.name, **params} if params else self.tenancy.tenant
        self.turn += 1
        died = self.tenancy.run(self.scene.module, params, when, moment)
        words = (died.moments(when) or ["no moment"])[-1]
        if died.status == 0 and died.result and died.result.get("changed") and "msg" not in died.result:
            return None
        if died.status != -signal.SIGKILL:
            return self.row(when, words, f"the process ended with status {died.status}: {died.result}")
        self.let_time_pass(moment)
        started = time.monotonic()
        last = self.tenancy.run(self.scene.module, params).result or {"msg": "it died, too"}
        seconds = time.monotonic() - started
        return self.row(when, words, last.get("msg") or self.look(params), seconds)

    def let_time_pass(self, moment: int | str) -> None:
        """Let some of the next runs come at once, and wait until they are sure of the death; the others come later."""
        if isinstance(moment, int) and moment % 3 and notes(self.tenancy.all_rows(*NOTED)):
            time.sleep(LATER)

    def look(self, params: dict[str, Any]) -> str:
        """Say what is wrong after a scene."""
        scene, tenancy = self.scene, self.tenancy
        found = tenancy.all_rows()
        if said := faults(found):
            return "; ".join(said)
        if counts(found) != scene.left:
            return f"the project has {counts(found)}, not {scene.left}"
        more = tenancy.run(scene.module, params).result or {}
        if more.get("changed", True):
            return f"one more run had something to do: {more}"
        if not scene.guest:
            return ""
        scene.wake(tenancy, self.turn)
        checksum, said = tenancy.data(scene.guest, "" if scene.is_new else self.said)
        self.said = said if checksum else self.said
        wanted = self.checksum or checksum
        return (
            "" if checksum and checksum == wanted else f"the guest says {checksum or said}, not {wanted or 'its data'}"
        )


def told(scene: Scene, options: argparse.Namespace) -> list[Row]:
    """Return all results of an operation, and print them as they come."""
    stage = Stage(scene, (options.state / "clouds.yaml").resolve())
    started, found = time.monotonic(), []
    with stage.tenancy.processes:
        try:
            for row in stage.rows(options.all):
                found.append(row)
                print(f"== {row}; {time.monotonic() - started:.0f} s so far", flush=True)
        finally:
            stage.tenancy.clear()
    return found


def main() -> int:
    """Return 0 when every next run finished."""
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", action="append", choices=[scene.operation for scene in SCENES])
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    scenes = [scene for scene in SCENES if not options.only or scene.operation in options.only]
    with ThreadPoolExecutor(options.at_once) as pool:
        found = list(itertools.chain(*pool.map(lambda scene: told(scene, options), scenes)))
    if options.page:
        write(options.page, "On a real cloud", found)
    failed = [row for row in found if row.fault]
    print(f"{len(found)} deaths, {len(found) - len(failed)} finished by the next run")
    return 0 if found and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
