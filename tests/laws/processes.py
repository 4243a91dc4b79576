# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of modules in processes of their own, each in a new folder that knows nothing of the earlier ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_collections.conductor.cloud as collection

from tests.fake.shapes import Calls, merge
from tests.laws.harness import BEFORE

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a process ended: its status, what its module answered if it came so far, and the moments it met."""

    status: int
    result: dict[str, Any] | None
    steps: list[str]
    writes: list[str]
    calls: Calls = field(default_factory=dict, repr=False)

    def moments(self, when: str) -> list[str]:
        """Return the moments of one kind."""
        return self.steps if when == BEFORE else self.writes


class Processes:
    """Starts processes, one at a time. ``is_quick`` shortens their pauses; ``variables`` are of their environment."""

    def __init__(self, is_quick: bool = False, **variables: str) -> None:
        self.is_quick = is_quick
        places = [str(ROOT), *(str(Path(place).parents[2]) for place in collection.__path__)]
        environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join(places), "CONDUCTOR_TOKEN_CACHE": "off"}
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.laws.victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.parent.communicate()

    def run(
        self, module: str, params: dict[str, Any], when: str = "", moment: int | str | None = None, check: bool = False
    ) -> Ended:
        """Run a module; the process is killed in a moment of the kind ``when``, as Killer says."""
        with tempfile.TemporaryDirectory(prefix="conductor-run-") as folder:
            job = {"module": module, "params": params, "when": when, "moment": moment, "check": check}
            assert self.parent.stdin and self.parent.stdout
            print(json.dumps({**job, "folder": folder, "is_quick": self.is_quick}), file=self.parent.stdin, flush=True)
            status = int(self.parent.stdout.readline())
            texts = {file.name: file.read_text(encoding="utf-8") for file in Path(folder).iterdir() if file.is_file()}
            result = json.loads(texts["result"]) if "result" in texts else None
            calls: Calls = {}
            for line in texts.get("calls", "").splitlines():
                # The last line of a process that was killed may lack its end.
                if line.endswith("}"):
                    merge(calls, json.loads(line))
            moments = [texts.get(name, "").splitlines() for name in ("steps", "writes")]
            return Ended(status, result, *moments, calls)
