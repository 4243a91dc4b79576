# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a run's results gets into the report of drift, and how it is written there."""

from __future__ import annotations

import json

from ansible_collections.conductor.cloud.plugins.plugin_utils import drift
from ansible_collections.conductor.cloud.plugins.plugin_utils.drift import Report

RESULT = {
    "changed": True,
    "actions": ["Change mode of /etc/a", "Start b.service"],
    "diff": [
        {
            "before_header": "/etc/a",
            "before": {"mode": "0644", "owner": "root", "content": ["x", "y"]},
            "after": {"mode": "0600", "owner": "root", "content": ["x", "z"]},
            "actions": ["Change mode of /etc/a"],
        },
        {
            "before_header": "b.service",
            "before": {"state": "stopped", "enabled": False},
            "after": {"state": "started", "enabled": True},
            "actions": ["Start b.service"],
        },
    ],
}


def a_report(*results: dict) -> Report:
    """Return the report of some results of one host."""
    report = Report()
    for result in results:
        report.add("one", "Write files", result)
    return report


def test_each_object_is_a_finding_with_what_differs() -> None:
    """And with the sentence that belongs to it."""
    file, unit = a_report(RESULT).findings
    assert (file.what, file.wanted, file.found) == (
        "/etc/a",
        {"mode": "0600", "content": ["z"]},
        {"mode": "0644", "content": ["y"]},
    )
    assert (unit.what, unit.actions) == ("b.service", ("Start b.service",))
    assert unit.found == {"state": "stopped", "enabled": False}


def test_the_same_finding_of_a_later_task_is_not_told_twice() -> None:
    """As where a file is named once more, so that its unit is known to restart."""
    assert len(a_report(RESULT, RESULT).findings) == 2


def test_what_did_not_change_is_not_in_it() -> None:
    """Neither in a loop, nor without one."""
    loop = {
        "changed": True,
        "results": [{"changed": False}, {"changed": True, "diff": {"before": "a\nb", "after": ""}}],
    }
    found = a_report({"changed": False, "diff": [{"before": "a", "after": "a"}]}, loop).findings
    assert [(one.what, one.wanted, one.found) for one in found] == [("Write files", "", ["a", "b"])]


def test_without_a_diff_there_is_the_sentence_or_the_task() -> None:
    """So that nothing that changes is left out."""
    found = a_report({"changed": True}, {"changed": True, "actions": ["Do this", "Do that"]}).findings
    assert [one.what for one in found] == ["Write files", "Do this; Do that"]


def test_what_is_not_there_is_nothing() -> None:
    """Rather than all of its properties being nothing."""
    made = {"changed": True, "diff": [{"before_header": "x", "before": {}, "after": {"owner": "root", "is": False}}]}
    (finding,) = a_report(made).findings
    assert (finding.wanted, finding.found) == ({"owner": "root", "is": False}, None)
    assert drift.brief(finding.found) == "nothing"


def test_failures_and_what_could_not_be_asked_are_unknown() -> None:
    """A report without them would pass for a clean one."""
    report = a_report({"changed": False, "unknown": ["MariaDB does not run"]})
    report.fail("two", "Ask", {"msg": "long\nno route to host"})
    assert [(one.host, one.what) for one in report.unknown] == [
        ("one", "MariaDB does not run"),
        ("two", "no route to host"),
    ]
    assert "0 findings, 2 unknown, on 2 hosts" in drift.table(report)
    assert 'conductor_drift_unknown{host="two"} 1' in drift.metrics(report, 5)


def test_a_clean_report_says_so() -> None:
    """And counts its hosts, so that one that looked at nothing differs."""
    report = a_report({"changed": False})
    assert drift.table(report) == "Nothing has drifted: 0 findings, 0 unknown, on 1 hosts."
    assert 'conductor_drift_findings{host="one"} 0' in drift.metrics(report, 5)
    assert "conductor_drift_ended_timestamp_seconds 5" in drift.metrics(report, 5)


def test_json_holds_everything() -> None:
    """What the table shortens as well."""
    known = json.loads(drift.document(a_report(RESULT), "2026-01-01T00:00:00+00:00"))
    assert known["hosts"] == ["one"]
    assert known["findings"][1]["actions"] == ["Start b.service"]
    assert known["unknown"] == []


def test_long_values_are_short_in_the_table() -> None:
    """With what was left out counted."""
    assert drift.brief(["a", "b", "c", "d", "e"]) == "a / b / c and 2 more"
    assert len(drift.brief("x" * 100)) == drift.WIDTH
