# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run did, and whether ARA holds it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.ara import journal


def line(**other):
    """Return a journal entry of a playbook in which node-1 had three results."""
    recap = {"ok": 2, "failures": 0, "unreachable": 0, "skipped": 1, "rescued": 0, "changed": 2, "ignored": 1}
    entry = {"playbook": "/site.yml", "labels": ["run-1"], "ara": 7, "results": {"node-1": 3}, "counted": {"node-1": 3}}
    return {**entry, "recap": {"node-1": recap}, **other}


def held(**other):
    """Return what ARA says of the same playbook."""
    return {7: {"path": "/site.yml", "status": "completed", "results": {"node-1": 3}, **other}}


def test_a_whole_record_gives_no_complaint():
    assert journal.complaints([line()], held()) == []


@pytest.mark.parametrize(
    ("entries", "recorded", "complaint"),
    [
        ([], held(), "holds no playbook of this run"),
        ([line(ara=None)], {}, "/site.yml ran, but ARA has no record of it"),
        ([line()], held(status="failed"), "/site.yml is failed in ARA, not completed"),
        ([line()], held(results={"node-1": 2}), "node-1 had 3 results, ARA holds 2"),
        ([line()], held(results={}), "node-1 had 3 results, ARA holds 0"),
        ([line(counted={"node-1": 4})], held(), "the recap of node-1 counts 3, the journal 4"),
        ([line()], {**held(), 8: {"path": "/x.yml", "status": "running", "results": {}}}, "/x.yml (ARA's playbook 8)"),
    ],
)
def test_each_loss_is_a_complaint(entries, recorded, complaint):
    assert complaint in " ".join(journal.complaints(entries, recorded))


def test_an_include_is_one_result_and_counts_once_for_every_file_in_the_recap():
    tally = journal.Tally()
    tally.result("node-1")
    tally.result("node-1", includes=True)
    for _file in range(3):
        tally.include(["node-1"])
    assert (tally.results["node-1"], tally.recap["node-1"]) == (2, 4)


def test_the_journal_gives_the_lines_of_one_run(tmp_path):
    path = tmp_path / "runs.jsonl"
    assert journal.entries(str(path), "run-1") == []
    for entry in (line(), line(labels=["run-2"]), line(playbook="/recorded.yml")):
        journal.append(str(path), entry)
    with path.open("a") as stream:
        stream.write('{"playbook": "/cut')
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry["playbook"] for entry in journal.entries(str(path), "run-1", "/recorded.yml")] == ["/site.yml"]
    assert json.loads(path.read_text().splitlines()[0])["ara"] == 7
