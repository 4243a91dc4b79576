# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lead a cloud astray: check mode has to name each drift and nothing else, and a run to repair just that.

usage: python -m tests.checks.drift STATE_DIRECTORY [--one-by-one] [--only NAME]...

Without options all drifts are planted at once, but those that have to be alone. After the repair check mode has to say
nothing. While check mode looks, no file of the node, no unit, nothing that a service holds and nothing behind the front
may change, and it may print no secret, however much it says.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.checks import ROOT
from tests.checks.drifts import DRIFTS, Drift
from tests.checks.front_log import requests_in, writes
from tests.checks.secrets_unseen import secrets
from tests.checks.watched import Cloud

UNASKED = "the front's log shows no request at all"
TOLD = 40  # letters of what was found that a line of the table has at least
SECONDS = 60  # that a look at a converged cloud is to take; machines differ, so it is told, and fails nothing


@contextmanager
def unchanged(cloud: Cloud) -> Iterator[list[str]]:
    """Give a list that tells, once the look is over that is taken meanwhile, what this has changed."""
    faults: list[str] = []
    before, started = cloud.seen(), time.time()
    yield faults
    faults += [f"the look {change}" for change in before.changes(cloud.seen())]
    log = cloud.inside(f"journalctl --unit=haproxy --since=@{started:.0f} --no-pager --output=cat")
    asked = requests_in(log)
    faults += [f"the look wrote through the front: {write}" for write in writes(asked)]
    if not asked:
        faults.append(UNASKED)


def counted(metrics: str) -> int:
    """Return the number of findings that metrics tell of, on all hosts."""
    return sum(map(int, re.findall(r"^conductor_drift_findings\{.*\} (\d+)$", metrics, re.M)))


def look(cloud: Cloud) -> tuple[dict[str, Any], list[str], float]:
    """Have drift reported; return the report, what the look itself changed, and how long it took."""
    with unchanged(cloud) as faults:
        started = time.time()
        status, output = cloud.play(str(ROOT / "playbooks/drift.yml"), "--check", "--diff", "-vvv")
        took = time.time() - started
    faults += printed(cloud, output)
    report = json.loads((cloud.state / "drift.json").read_text(encoding="utf-8"))
    if counted((cloud.state / "drift.prom").read_text(encoding="utf-8")) != len(report["findings"]):
        faults.append("the metrics count other findings than the report")
    faults += [f"no line of the table tells of {what} on {host}" for host, what in untold(report, output)]
    if status and not report["unknown"]:
        faults.append(f"the look ended with status {status}:\n{output[-3000:]}")
    return report, faults, took


def untold(report: dict[str, Any], output: str) -> Iterator[tuple[str, str]]:
    """Yield what people do not read of though it was found."""
    told = [(entry["host"], entry["what"]) for entry in report["findings"]]
    for host, what in told + [(entry["host"], entry["task"]) for entry in report["unknown"]]:
        begins = " ".join(what.split())[:TOLD]
        if not re.search(rf"^{re.escape(host)} +{re.escape(begins)}", output, re.M):
            yield host, what
    counts = f"{len(report['findings'])} findings, {len(report['unknown'])} unknown, on {len(report['hosts'])} hosts"
    if counts not in output:
        yield "all hosts", counts


def printed(cloud: Cloud, output: str) -> list[str]:
    """Return the secrets that somebody who reads the output learns."""
    return sorted({f"printed: {name}" for name, spelling in secrets(cloud.state) if spelling in output})


def sentences(findings: Sequence[dict[str, Any]]) -> list[str]:
    """Return what a run would do, or where nothing says that, what it is about."""
    return [text for finding in findings for text in (finding["actions"] or [finding["what"]])]


def repair(cloud: Cloud) -> tuple[set[str], list[str]]:
    """Run what repairs the cloud; return the sentences of what it did, and what went wrong."""
    playbooks = [str(ROOT / "playbooks" / f"{name}.yml") for name in ("manager", "site", "post_deploy")]
    status, output = cloud.play(*playbooks, "--diff", ANSIBLE_STDOUT_CALLBACK="ansible.posix.json")
    done = {text for result in results(output) for text in result}
    wrong = [f"the repair ended with status {status}:\n{failures(output)}"] if status else []
    return done, wrong + printed(cloud, output)


def documents(output: str) -> Iterator[dict[str, Any]]:
    """Yield what each playbook printed; warnings stand between."""
    place = output.find("\n{\n") + 1 if not output.startswith("{") else 0
    while 0 <= place < len(output):
        found, place = json.JSONDecoder().raw_decode(output, place)
        yield found
        following = output.find("\n{\n", place - 1)
        if following < 0:
            return
        place = following + 1


def tasks(output: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each result, or part of a result, with the name of its task."""
    for document in documents(output):
        for play in document["plays"]:
            for task in play["tasks"]:
                for result in task["hosts"].values():
                    for part in result.get("results") or [result]:
                        yield task["task"]["name"].rpartition(" : ")[2], part


def results(output: str) -> Iterator[list[str]]:
    """Yield the sentences of each result that changed something."""
    for name, part in tasks(output):
        if part.get("changed"):
            yield part.get("actions") or [name]


def failures(output: str) -> str:
    """Return the messages of what failed."""
    return "\n".join(f"{name}: {part.get('msg')}" for name, part in tasks(output) if part.get("failed"))


def compare(drifts: Sequence[Drift], said: Sequence[str]) -> Iterator[str]:
    """Yield the drifts that were not named, and what was named that is none of them."""
    patterns = {pattern: drift for drift in drifts for pattern in drift.says}
    for pattern, drift in patterns.items():
        if not any(re.fullmatch(pattern, sentence) for sentence in said):
            yield f"not named: {drift.name}: nothing said fits {pattern}"
    for sentence in said:
        if not any(re.fullmatch(pattern, sentence) for pattern in patterns):
            yield f"invented: {sentence}"


def plant(cloud: Cloud, drifts: Sequence[Drift]) -> None:
    """Lead the cloud astray."""
    # What is restarted for a drift of its own starts while the catalog is still right.
    for drift in drifts:
        if drift.node:
            cloud.inside(drift.node)
    for drift in drifts:
        if drift.cloud:
            cloud.outside(drift.cloud)


def refusal(cloud: Cloud, drift: Drift) -> list[str]:
    """Plant what no run repairs: a look has to name it, a run to refuse it with advice, and both to do nothing else."""
    plant(cloud, [drift])
    status, output = cloud.play(str(ROOT / "playbooks/drift.yml"), "--check", "--diff")
    report = json.loads((cloud.state / "drift.json").read_text(encoding="utf-8"))
    faults = [] if status else [f"{drift.name}: the look ended as if nothing was wrong:\n{output[-2000:]}"]
    faults += compare([drift], sentences(report["unknown"] + report["findings"]))
    done, wrong = repair(cloud)
    if drift.refused not in "\n".join(wrong):
        faults += [f"{drift.name}: a run was to refuse it with the words: {drift.refused}", *wrong]
    named = [sentence for sentence in done if any(re.fullmatch(pattern, sentence) for pattern in drift.says)]
    faults += [f"done, and not named: {sentence}" for sentence in sorted(done.difference(named))]
    cloud.inside(drift.undo)
    again, more, seconds = look(cloud)
    print(f"{drift.name}: refused; then nothing, in {seconds:.0f} s", flush=True)
    return faults + more + [f"after it was undone: {entry}" for entry in sentences(again["findings"])]


def trial(cloud: Cloud, drifts: Sequence[Drift]) -> list[str]:
    """Plant, look, repair; return what is wrong."""
    if drifts[0].refused:
        return refusal(cloud, drifts[0])
    plant(cloud, drifts)
    report, faults, took = look(cloud)
    said = sentences(report["findings"])
    silent = [pattern for drift in drifts for pattern in drift.silences]
    faults = [fault for fault in faults if fault != UNASKED or not all(drift.unasked for drift in drifts)]
    faults += [
        f"unknown: {entry['task']}: {entry['what']}"
        for entry in report["unknown"]
        if not any(re.fullmatch(pattern, entry["task"]) for pattern in silent)
    ]
    faults += compare(drifts, said)
    units = cloud.runs_of_units()
    done, wrong = repair(cloud)
    faults += wrong
    faults += [f"predicted, but not done: {sentence}" for sentence in sorted(set(said) - done)]
    faults += [f"done, but not predicted: {sentence}" for sentence in sorted(done - set(said))]
    after, may = cloud.runs_of_units(), [pattern for drift in drifts for pattern in drift.restarts]
    faults += [
        f"restarted without need: {unit}"
        for unit, run in units.items()
        if after.get(unit) != run and not any(fnmatch(unit, pattern) for pattern in may)
    ]
    print(f"{len(drifts)} planted, {len(said)} sentences in {took:.0f} s", flush=True)
    return faults


def converged(cloud: Cloud) -> list[str]:
    """Return what is wrong with a cloud on which everything was repaired."""
    report, faults, seconds = look(cloud)
    faults += [f"after the repair: {entry}" for entry in sentences(report["findings"] + report["unknown"])]
    print(f"then none in {seconds:.0f} s; {SECONDS} s are the goal on a machine that is not slow", flush=True)
    return faults


def main() -> int:
    """Return 0 when all drifts were named, and nothing else."""
    parser = argparse.ArgumentParser(description="Lead a cloud astray, and see that it is noticed and repaired.")
    parser.add_argument("state", type=Path)
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--only", action="append", metavar="NAME")
    options = parser.parse_args()
    chosen = [drift for drift in DRIFTS if not options.only or drift.name in options.only]
    cloud = Cloud(options.state.resolve())
    count = 0
    together = [drift for drift in chosen if not drift.alone]
    for drifts in [[drift] for drift in chosen] if options.one_by_one or options.only else [together]:
        faults = trial(cloud, drifts)
        count += len(faults)
        print("\n".join([f"== {', '.join(drift.name for drift in drifts)}", *faults]), flush=True)
    # What one drift leaves behind is seen by the look at the next one, which has to name that one alone.
    faults = converged(cloud)
    count += len(faults)
    print("\n".join(["== everything repaired", *faults]), flush=True)
    print(f"{len(chosen)} drifts, {count} faults")
    return 1 if count or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
