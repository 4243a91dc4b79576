# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask check mode on a bare node for all that a deployment will do: it has to come to its end, and to change nothing.

    python -m tests.checks.bare_node COMMAND...

COMMAND is quickstart with the options of the cloud. What was predicted is kept; ``tests.checks.predicted`` holds it
against what the deployment then did.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.checks import CLOUD_STATE, ROOT
from tests.checks.drift import Cloud, failures, printed, results, tasks

SITE = str(ROOT / "playbooks" / "site.yml")
KEPT = CLOUD_STATE / "predicted.json"
LEAST = 200  # sentences of a whole cloud


def predict(quickstart: list[str]) -> Iterator[str]:
    """Ask for the plan on a bare node, and keep it; yield what is wrong."""
    if subprocess.run([*quickstart, "--until", "manager"], check=False).returncode:
        yield "the node could not be brought up"
        return
    cloud = Cloud(CLOUD_STATE)
    files, units, started = cloud.tree(), cloud.runs_of_units(), time.monotonic()
    status, output = cloud.play(SITE, "--check", "--diff", ANSIBLE_STDOUT_CALLBACK="ansible.posix.json")
    seconds = time.monotonic() - started
    sentences = sorted({sentence for result in results(output) for sentence in result})
    print(f"== {len(sentences)} sentences in {seconds:.0f} s", flush=True)
    print("\n".join(sentences))
    KEPT.write_text(json.dumps(sentences, indent=1), encoding="utf-8")
    if status:
        yield f"check mode ended with status {status}: {failures(output)}"
    if not any(sentence.startswith("Install ") for sentence in sentences) or len(sentences) < LEAST:
        yield "this says little: the node is not bare. Remove the cloud that stands there: tests/run --only destroy"
    yield from (f"unknown: {name}: {part['unknown']}" for name, part in tasks(output) if part.get("unknown"))
    yield from (f"check mode wrote {line}" for line in sorted(cloud.tree() ^ files))
    after = cloud.runs_of_units()
    yield from (f"check mode restarted {unit}" for unit in units if after.get(unit) != units[unit])
    yield from printed(cloud, output)


def main() -> int:
    """Return 0 where all is as it should be."""
    faults = list(predict(sys.argv[1:]))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
