# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is noted on the cloud is renewed, waited for, taken over, not believed where it is odd, and never shown."""

from __future__ import annotations

import json

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import inventory_hosts
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import (
    LONGEST,
    OPERATION,
    Note,
    read_note,
    write_note,
)
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.notes import GROW, MOMENT, SANE, SERVER, SMALL, forge, whole


def test_a_note_comes_back_as_it_was_written():
    note = Note(**SANE)
    assert read_note({OPERATION: write_note(note)}) == note
    flavor = Note(
        "flavor_change", SERVER, "stopped", flavor='a"\\\n' + "x" * 300, owner="0" * 16, since=MOMENT, beat=MOMENT
    )
    assert len(write_note(flavor)) <= LONGEST
    assert read_note({OPERATION: write_note(flavor)}).flavor == "a___" + "x" * 36


def test_the_longest_note_fits():
    note = Note(**{**SANE, "operation": "volume_resize", "device": "/dev/xvdzz", "was": 999999, "size": 1000000})
    assert len(write_note(note)) <= LONGEST and read_note({OPERATION: write_note(note)}) == note


@pytest.mark.parametrize(
    "text",
    [
        "",
        "resize",
        "[]",
        "null",
        "[" * 255,
        '"volume_resize"',
        json.dumps({**SANE, "operation": "delete"}),
        json.dumps({**SANE, "server": "../../etc"}),
        json.dumps({**SANE, "device": "/dev/null"}),
        json.dumps({**SANE, "device": "/dev/vdb\n"}),
        json.dumps({**SANE, "size": True}),
        json.dumps({**SANE, "size": -1}),
        json.dumps({**SANE, "size": 10**9}),
        json.dumps({**SANE, "size": "2"}),
        json.dumps({**SANE, "power": "paused"}),
        json.dumps({**SANE, "beat": "2026-13-40T10:00:00Z"}),
        json.dumps({**SANE, "beat": "now"}),
        json.dumps({**SANE, "more": 1}),
        json.dumps({key: value for key, value in SANE.items() if key != "was"}),
        json.dumps({**SANE, "operation": "flavor_change"}),
        json.dumps(SANE, indent=40),
    ],
)
def test_what_is_odd_is_no_note(text):
    assert read_note({OPERATION: text}) is None


def test_a_run_gives_signs_of_life_while_it_waits(site):
    site.state.settle = 25
    beats = []
    assert not site.run("volume_resize", **{**GROW, "timeout": 100}).get("failed")
    for write in site.state.writes:
        if write.path.endswith("/metadata"):
            beats.append(json.loads(write.body["metadata"][OPERATION]))
    assert len(beats) > 6 and len({note["owner"] for note in beats}) == 1
    times = [note["beat"] for note in beats]
    assert times == sorted(set(times)) and {note["since"] for note in beats} == {times[0]}
    assert whole(site, 2)


@pytest.mark.parametrize(("module", "wanted"), [("volume_resize", GROW), ("instance", SMALL)])
def test_another_run_is_refused_or_waited_for_or_followed(site, module, wanted):
    """The note of a run that was killed is young, then old."""
    assert site.killed(0, "after", module, **wanted)
    sent = len(site.state.writes)
    refused = site.run(module, **wanted, when_busy="refuse")
    assert refused["failed"] and "is busy: run" in refused["msg"] and "takeover: true" in refused["msg"]
    check = site.run(module, check=True, **wanted)
    assert [action[:26] for action in check["actions"]] == [
        "Wait for another run on vo" if module != "instance" else "Wait for another run on in"
    ]
    late = site.run(module, **{**wanted, "timeout": 5})
    assert "waited 5 s for: the end of the run" in late["msg"] and len(site.state.writes) == sent
    result = site.run(module, **wanted)
    assert not result.get("failed"), result
    assert result["actions"][0].startswith("Wait for another run") and result["actions"][1].startswith("Take over the")
    assert whole(site, 2 if module == "volume_resize" else 1)


@pytest.mark.parametrize(("module", "wanted"), [("volume_resize", GROW), ("instance", SMALL)])
def test_a_takeover_is_at_once(site, module, wanted):
    assert site.killed(0, "after", module, **wanted)
    result = site.run(module, **wanted, takeover=True, when_busy="refuse")
    assert not result.get("failed"), result
    assert result["actions"][0].startswith("Take over the")
    assert whole(site, 2 if module == "volume_resize" else 1)


def test_a_run_that_failed_leaves_its_work_to_the_next_one_at_once(site):
    site.state.break_route("POST .*/os-volume_attachments$", 500, times=1)
    assert site.run("volume_resize", **GROW)["failed"]
    assert OPERATION in site.data()["metadata"]
    result = site.run("volume_resize", **GROW, when_busy="refuse")
    assert not result.get("failed"), result
    assert whole(site, 2)


def test_an_instance_whose_volume_another_run_has_is_waited_for(site):
    """Started now, it would run without its data."""
    assert site.killed(2, "after", "volume_resize", **GROW)
    assert "is busy" in site.instance(state="started", when_busy="refuse")["msg"]
    assert "is busy" in site.instance(**SMALL, when_busy="refuse")["msg"]
    assert not site.run("volume_resize", **GROW).get("failed")
    assert whole(site, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"server": SERVER},
        {"device": "/dev/null"},
        {"size": 500},
        {"device": "/dev/vdq"},
        {"beat": "2099-01-01T00:00:00Z"},
        {"owner": "z" * 5000},
    ],
)
def test_a_forged_note_changes_nothing_of_what_was_asked_for(site, changes):
    site.data()["metadata"][OPERATION] = forge(site, **changes)
    result = site.run("volume_resize", **GROW, when_busy="refuse")
    assert not result.get("failed"), result
    assert whole(site, 2)


def test_a_forged_note_starts_nothing_that_may_not_be_stopped(site):
    site.instance(state="stopped")
    site.data()["metadata"][OPERATION] = forge(site)
    sent = len(site.state.writes)
    refused = site.run("volume_resize", **{**GROW, "stop": False})
    assert "would start it again. Give stop: true" in refused["msg"]
    note = {key: value for key, value in SANE.items() if key not in ("device", "was", "size")}
    site.data()["metadata"].pop(OPERATION)
    server = site.rows("servers")[0]
    server["metadata"][OPERATION] = json.dumps(
        {**note, "operation": "flavor_change", "flavor": "tiny", "server": server["id"]}
    )
    server["updated"] = MOMENT
    refused = site.instance(flavor="tiny")
    assert "would start it again. Give stop: true" in refused["msg"]
    assert len(site.state.writes) == sent and site.server()["status"] == "SHUTOFF"


def test_a_forged_note_does_not_give_a_volume_of_another_instance(site):
    site.make(name="web2")
    other = next(row for row in site.rows("volumes") if row["name"] == "web2-data-1")
    web1 = next(row for row in site.rows("servers") if row["name"] == "web1")
    other["metadata"][OPERATION] = json.dumps({**SANE, "server": web1["id"], "device": "/dev/vdc"})
    assert "has no volume vdc" in site.run("volume_resize", **{**GROW, "volume": "vdc"})["msg"]
    assert "has no volume web2-data-1" in site.run("volume_resize", **{**GROW, "volume": "web2-data-1"})["msg"]


def test_the_note_is_shown_nowhere_and_removed_by_nobody(site):
    """Not in metadata, diffs, lists, the inventory or backups; and changing metadata leaves it where it is."""
    note = json.dumps(
        {
            **{key: value for key, value in SANE.items() if key not in ("device", "was", "size")},
            "operation": "flavor_change",
            "flavor": "large",
            "server": site.server()["id"],
        }
    )
    site.rows("servers")[0]["metadata"][OPERATION] = note
    site.data()["metadata"][OPERATION] = forge(site)
    results = [
        site.instance(metadata={"team": "blue"}),
        site.run("instance_info"),
        site.run("backup", instance="web1", name="sunday"),
        site.run("backup_info"),
    ]
    assert not any(result.get("failed") for result in results), results
    reader = connect(site.cloud.params("demo", "demo")).reader()
    results.append({"hosts": inventory_hosts.read_hosts(reader, all_projects=False)})
    assert OPERATION not in json.dumps(results) and "0123456789abcdef" not in json.dumps(results)
    assert site.rows("servers")[0]["metadata"][OPERATION] == note and OPERATION in site.data()["metadata"]
    assert OPERATION not in json.dumps([row["metadata"] for row in site.rows("backups")])
    assert "conductor_operation" in site.instance(metadata={OPERATION: "x"})["msg"]
