# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the results of a run in check mode to a report of what is not as it should be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from typing import Any

WIDTH = 48
LINES_SHOWN = 3
HEADINGS = ("host", "what", "wanted", "found")
METRICS = (
    ("findings", "Things that are not as the inventory and the roles want them."),
    ("unknown", "Tasks that could not tell, because they failed or what they ask does not run."),
)


@dataclass(frozen=True)
class Finding:
    """One thing on one host that is not as it should be, and what a run would do about it."""

    host: str
    task: str
    what: str
    wanted: Any = None
    found: Any = None
    actions: tuple[str, ...] = ()


@dataclass
class Report:
    """What a run found on all of its hosts."""

    hosts: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    unknown: list[Finding] = field(default_factory=list)

    def add(self, host: str, task: str, result: Mapping[str, Any]) -> None:
        """Take what a task said. A task may name again what an earlier one named, as where a unit waits for a file."""
        self.hosts.add(host)
        known = {(finding.host, finding.what, finding.actions) for finding in self.findings}
        for finding in findings(host, task, result):
            if (finding.host, finding.what, finding.actions) not in known:
                self.findings.append(finding)
        for sentence in result.get("unknown") or ():
            if isinstance(sentence, str):
                self.unknown.append(Finding(host, task, sentence))

    def fail(self, host: str, task: str, result: Mapping[str, Any]) -> None:
        """Take that a task failed, and so said nothing of what it is for."""
        self.hosts.add(host)
        self.unknown.append(Finding(host, task, str(result.get("msg") or "it failed").strip().splitlines()[-1]))


def findings(host: str, task: str, result: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what a result would change, object by object where it tells them apart."""
    parts = result["results"] if isinstance(result.get("results"), list) else [result]
    for part in parts:
        if not isinstance(part, Mapping) or not part.get("changed"):
            continue
        said = tuple(str(action) for action in part.get("actions") or ())
        shown = part.get("diff") or ()
        objects = [entry for entry in (shown if isinstance(shown, list) else [shown]) if entry]
        for entry in objects:
            before, after = entry.get("before"), entry.get("after")
            what = str(entry.get("before_header") or entry.get("after_header") or task)
            actions = tuple(entry.get("actions") or (said if len(objects) == 1 else ()))
            yield Finding(host, task, what, *differences(plain(after), plain(before)), actions)
        if not objects:
            yield Finding(host, task, "; ".join(said) or task, actions=said)


def plain(value: Any) -> Any:
    """Return a text of many lines as a list of them."""
    return value.splitlines() if isinstance(value, str) and "\n" in value else value


def differences(wanted: Any, found: Any) -> tuple[Any, Any]:
    """Return the parts of both that differ."""
    if wanted in (None, {}) or found in (None, {}):
        return (None if wanted == {} else wanted), (None if found == {} else found)
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        keys = [key for key in {**wanted, **found} if wanted.get(key) != found.get(key)]
        pairs = {key: differences(wanted.get(key), found.get(key)) for key in keys}
        return {key: pair[0] for key, pair in pairs.items()}, {key: pair[1] for key, pair in pairs.items()}
    if isinstance(wanted, list) and isinstance(found, list):
        matcher = SequenceMatcher(None, [repr(entry) for entry in found], [repr(entry) for entry in wanted], False)
        changes = [places for kind, *places in matcher.get_opcodes() if kind != "equal"]
        lacking = [entry for _start, _end, start, end in changes for entry in wanted[start:end]]
        return lacking, [entry for start, end, _start, _end in changes for entry in found[start:end]]
    return wanted, found


def brief(value: Any) -> str:
    """Return a value in a few words."""
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {brief(entry)}" for key, entry in value.items())
    elif isinstance(value, list):
        more = f" and {len(value) - LINES_SHOWN} more" if len(value) > LINES_SHOWN else ""
        text = " / ".join(brief(entry) for entry in value[:LINES_SHOWN]) + more
    elif value is None:
        text = "nothing"
    else:
        text = str(value)
    text = " ".join(text.split()) or "nothing"
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def table(report: Report) -> str:
    """Return the report as people read it."""
    rows = [HEADINGS]
    rows += [(one.host, brief(one.what), brief(one.wanted), brief(one.found)) for one in report.findings]
    rows += [(one.host, brief(one.task), "an answer", brief(one.what)) for one in report.unknown]
    counts = f"{len(report.findings)} findings, {len(report.unknown)} unknown, on {len(report.hosts)} hosts"
    if len(rows) == 1:
        return f"Nothing has drifted: {counts}."
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, counts])


def document(report: Report, ended: str) -> str:
    """Return the report as JSON."""
    entries = {
        "ended": ended,
        "hosts": sorted(report.hosts),
        "findings": [asdict(finding) for finding in report.findings],
        "unknown": [asdict(finding) for finding in report.unknown],
    }
    return json.dumps(entries, indent=1, default=str) + "\n"


def escaped(label: str) -> str:
    """Return a label as Prometheus wants it."""
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def metrics(report: Report, ended: float) -> str:
    """Return the report as a file for Prometheus' collector of text files."""
    lines = []
    for name, explained in METRICS:
        counted: Iterable[Finding] = getattr(report, name)
        lines += [f"# HELP conductor_drift_{name} {explained}", f"# TYPE conductor_drift_{name} gauge"]
        for host in sorted(report.hosts):
            count = sum(finding.host == host for finding in counted)
            lines.append(f'conductor_drift_{name}{{host="{escaped(host)}"}} {count}')
    lines += [
        "# HELP conductor_drift_ended_timestamp_seconds When the run that found this ended.",
        "# TYPE conductor_drift_ended_timestamp_seconds gauge",
        f"conductor_drift_ended_timestamp_seconds {ended:.0f}",
    ]
    return "\n".join(lines) + "\n"
