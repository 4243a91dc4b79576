# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore in place meets what others have begun or left, and others meet it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import (
    LONGEST,
    OPERATION,
    VOLUME_RESTORE,
    Note,
    read_note,
    write_note,
)

from tests.notes import GROW, MOMENT, SERVER, SMALL, forge
from tests.restoring import OLD, RESTORE, copies, data, fill, overwritten, whole


@pytest.fixture
def site(cloud):
    """An instance whose data are not those of its backup any more."""
    return overwritten(cloud)


def test_the_longest_note_fits():
    note = Note(
        VOLUME_RESTORE, SERVER, "running", "/dev/xvdzz", backup=SERVER, owner="0" * 16, since=MOMENT, beat=MOMENT
    )
    assert len(write_note(note)) <= LONGEST and read_note({OPERATION: write_note(note)}) == note


def test_another_run_is_refused_or_waited_for_or_followed(site):
    assert site.killed(0, "after", "backup", **RESTORE)
    for module, wanted in (("backup", RESTORE), ("volume_resize", GROW), ("instance", SMALL)):
        sent = len(site.state.writes)
        refused = site.run(module, **wanted, when_busy="refuse")
        assert refused["failed"] and "is busy: run" in refused["msg"], refused
        assert "restores the volume at /dev/vdb from the backup" in refused["msg"]
        assert len(site.state.writes) == sent
    result = site.run("backup", **RESTORE)
    assert not result.get("failed"), result
    assert result["actions"][:2] == ["Wait for another run on instance web1", "Take over the restore on web1"]
    assert whole(site, OLD)


def test_a_takeover_is_at_once(site):
    assert site.killed(3, "after", "backup", **RESTORE)
    result = site.run("backup", **RESTORE, takeover=True, when_busy="refuse")
    assert not result.get("failed"), result
    # What Cinder is still at may have to be waited for first, but not the run that died.
    assert "Take over the restore on web1" in result["actions"]
    assert "Wait for another run on instance web1" not in result["actions"]
    assert whole(site, OLD)


def test_others_let_a_restore_that_was_left_be_finished_first(site, short_pauses):
    assert site.killed(3, "after", "backup", **RESTORE)
    site.cloud.settle()
    short_pauses.sleep(40)
    others = (
        ("volume_resize", {**GROW, "volume": "web1-data-2"}),
        ("instance", SMALL),
        ("instance", {"name": "web1", "state": "started"}),
        ("backup", {"name": "monday", "instance": "web1"}),
    )
    sent = len(site.state.writes)
    for module, wanted in others:
        refused = site.run(module, **wanted)
        assert refused["failed"] and "a restore of web1 was left unfinished" in refused["msg"], refused
    assert len(site.state.writes) == sent
    assert not site.run("backup", **RESTORE).get("failed")
    assert whole(site, OLD)


def test_a_restore_lets_others_that_were_left_be_finished_first(site, short_pauses):
    assert site.killed(0, "after", "volume_resize", **GROW)
    short_pauses.sleep(40)
    assert "a resize of web1 was left unfinished" in site.run("backup", **RESTORE)["msg"]
    assert not site.run("volume_resize", **GROW).get("failed")
    assert not site.run("backup", **RESTORE).get("failed")


def test_another_backup_may_finish_what_was_left(site, short_pauses):
    fill(site, "as it was on monday")
    assert site.run("backup", name="monday", instance="web1")["changed"]
    assert site.killed(5, "after", "backup", **RESTORE)
    site.cloud.settle()
    short_pauses.sleep(40)
    assert not site.run("backup", **{**RESTORE, "name": "monday"}).get("failed")
    assert whole(site, "as it was on monday", "as it was on monday")


def test_a_removal_gives_up_what_was_left(site, short_pauses):
    assert site.killed(3, "after", "backup", **RESTORE)
    site.cloud.settle()
    short_pauses.sleep(40)
    result = site.instance(state="absent")
    assert not result.get("failed"), result
    assert "Delete the server web1 and give up its unfinished restore" in result["actions"]
    assert not site.rows("volumes")


def test_what_was_left_opens_no_door(site, short_pauses):
    """What was stopped is started again only by whom it is allowed."""
    assert site.killed(1, "after", "backup", **RESTORE)
    site.cloud.settle()
    short_pauses.sleep(40)
    sent = len(site.state.writes)
    refused = site.run("backup", **{**RESTORE, "stop": False})
    assert refused["failed"] and "would start it again. Give stop: true" in refused["msg"]
    assert len(site.state.writes) == sent and site.server()["status"] == "SHUTOFF"


@pytest.mark.parametrize("changes", [{"device": "/dev/vdq"}, {"backup": SERVER}, {"backup": "../x"}, {"size": 3}])
def test_a_forged_note_changes_nothing_of_what_was_asked_for(site, changes):
    made_up = {"operation": VOLUME_RESTORE, "device": "/dev/vdb", "backup": copies(site)[data(site)[0]["id"]]}
    note = {**json.loads(forge(site)), **made_up, **changes}
    note = {key: value for key, value in note.items() if key not in {"was", "size"} - set(changes)}
    server = site.rows("servers")[0]
    server["metadata"][OPERATION] = json.dumps(note)
    server["updated"] = MOMENT
    result = site.run("backup", **RESTORE, when_busy="refuse")
    assert not result.get("failed"), result
    assert whole(site, OLD)


def test_a_note_where_none_of_its_kind_belongs_is_none(site):
    made_up = {"operation": VOLUME_RESTORE, "device": "/dev/vdb", "backup": SERVER}
    note = {key: value for key, value in {**json.loads(forge(site)), **made_up}.items() if key not in ("was", "size")}
    data(site)[0]["metadata"][OPERATION] = json.dumps(note)
    assert site.run("operation_info")["operations"] == []
    assert not site.run("volume_resize", **GROW, when_busy="refuse").get("failed")


def test_it_is_listed_while_it_is_unfinished(site, short_pauses):
    assert site.killed(3, "after", "backup", **RESTORE)
    site.cloud.settle()
    short_pauses.sleep(40)
    entry = site.run("operation_info")["operations"][0]
    told = (entry["operation"], entry["backup"], entry["device"], entry["volume"]["name"], entry["power"])
    assert told == (VOLUME_RESTORE, "sunday", "/dev/vdb", "web1-data-1", "running")
    assert site.run("backup", **RESTORE)["actions"] == entry["next_run"]
    assert site.run("operation_info")["operations"] == []
    assert site.killed(0, "after", "backup", **RESTORE, force=True)
    site.state.table("backups").clear()
    entry = site.run("operation_info")["operations"][0]
    assert entry["backup"] is None and "There is no backup any more" in entry["problem"]
