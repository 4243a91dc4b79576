# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data volumes of an instance are put back as a backup has them, and stay where they were."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.backup_in_place_steps import (
    RESTORED_AT,
    RESTORED_FROM,
)
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import (
    OPERATION,
    VOLUME_RESTORE,
    read_note,
)
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.fake import volume_base
from tests.notes import MOMENT, SERVER, forge
from tests.restoring import NEW, OLD, RESTORE, copies, data, fill, overwritten, whole
from tests.site import Site


@pytest.fixture
def site(cloud):
    """An instance whose data are not those of its backup any more."""
    return overwritten(cloud)


def test_a_running_instance_gets_its_data_back(site):
    check, result = site.run("backup", check=True, **RESTORE), site.run("backup", **RESTORE)
    assert not result.get("failed"), result
    assert check["actions"] == result["actions"]
    assert result["actions"] == [
        "Note the restore on web1",
        "Stop web1",
        "Detach the volume web1-data-1 from web1",
        "Restore the volume web1-data-1 from the backup sunday",
        "Note on the volume web1-data-1 what it was restored from",
        "Attach the volume web1-data-1 to web1 as /dev/vdb again",
        "Note the restore of the volume web1-data-2 on web1",
        "Detach the volume web1-data-2 from web1",
        "Restore the volume web1-data-2 from the backup sunday",
        "Note on the volume web1-data-2 what it was restored from",
        "Attach the volume web1-data-2 to web1 as /dev/vdc again",
        "Start web1 again",
        "Clear the note on web1",
    ]
    assert whole(site, OLD)
    marks = {row["id"]: row["metadata"][RESTORED_FROM] for row in data(site)}
    assert marks == {key: copy for key, copy in copies(site).items() if key in marks}
    assert [volume["restored_from"] for volume in result["instance"]["volumes"]] == ["sunday", "sunday"]


def test_a_second_run_leaves_what_was_written_since_and_force_does_not(site):
    assert not site.run("backup", **RESTORE).get("failed")
    fill(site, "written on monday")
    sent = len(site.state.writes)
    assert site.run("backup", **RESTORE)["changed"] is False
    assert len(site.state.writes) == sent and whole(site, "written on monday", "written on monday")
    assert site.run("backup", **RESTORE, force=True)["changed"]
    assert whole(site, OLD, "written on monday")


def test_a_volume_that_another_restore_has_changed_takes_the_others_with_it(site):
    """They belong together."""
    assert not site.run("backup", **RESTORE).get("failed")
    fill(site, "written on monday")
    data(site)[1]["metadata"].pop(RESTORED_FROM)
    assert site.run("backup", **RESTORE)["changed"]
    assert whole(site, OLD, "written on monday")


def test_a_stopped_instance_stays_stopped(site):
    site.instance(state="stopped")
    result = site.run("backup", **{**RESTORE, "stop": False})
    assert not result.get("failed"), result
    assert not whole(site, OLD)


def test_user_metadata_is_that_of_the_backup_and_no_old_note_comes_back(site):
    row = data(site)[0]
    copy = site.state.table("backups")[copies(site)[row["id"]]]
    copy["_metadata"].update({"team": "red", OPERATION: forge(site), RESTORED_FROM: "x", RESTORED_AT: MOMENT})
    assert not site.run("backup", **RESTORE).get("failed")
    assert whole(site, OLD)
    assert row["metadata"]["team"] == "red" and row["metadata"][RESTORED_FROM] == copy["id"]


def test_a_volume_that_is_not_ours_stays_so(site):
    """Else the removal of the instance would delete it."""
    row = data(site)[1]
    site.state.table("backups")[copies(site)[row["id"]]]["_metadata"] = {"mine": "yes"}
    row["metadata"] = {"mine": "yes"}
    assert not site.run("backup", **RESTORE).get("failed")
    assert set(row["metadata"]) == {"mine", RESTORED_FROM, RESTORED_AT}


def drop(site, table, **where):
    """Take away what has these fields."""
    rows = site.state.table(table)
    for key in [key for key, row in rows.items() if all(row[name] == value for name, value in where.items())]:
        del rows[key]


@pytest.mark.parametrize(
    ("prepare", "change", "words"),
    [
        (None, {"stop": False}, "web1 is running. Stop it first, or give stop: true"),
        (None, {"name": "monday"}, "there is no backup monday. The project has: sunday"),
        (None, {"instance": "web2"}, "not of web2"),
        (None, {"new_name": "web2"}, "new_name: with in_place: true no instance is made"),
        (None, {"flavor": "tiny", "networks": ["inside"]}, "Leave flavor and networks out"),
        (None, {"in_place": False}, "new_name: give the name of the instance to make, or in_place: true"),
        (
            lambda site: drop(site, "servers", name="web1"),
            {},
            "which was backed up, is gone. state=restored with new_name",
        ),
        (lambda site: drop(site, "volumes", name="web1-data-2"), {}, "the data-2 volume"),
        (lambda site: drop(site, "backups", name="sunday-data-2"), {}, "the backup sunday is not complete"),
        (
            lambda site: data(site)[0].update(status="available", attachments=[]),
            {},
            "is available and not attached to it. Attach it first.",
        ),
        (lambda site: data(site)[0].update(status="error_extending"), {}, "is error_extending; it has to be in-use"),
        (
            lambda site: data(site)[0].update(status="maintenance"),
            {},
            "waited 10 s for: Wait for the volume web1-data-1",
        ),
        (lambda site: [row.update(size=9) for row in site.rows("backups")], {}, "has 1 GiB, and its backup has 9 GiB"),
        (lambda site: data(site)[0]["attachments"][0].update(server_id=SERVER), {}, "is attached to another instance"),
        (
            lambda site: site.state.table("servers")[site.server()["id"]].update({"OS-EXT-STS:vm_state": "error"}),
            {},
            "web1 is ERROR; it has to be SHUTOFF or ACTIVE",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_write(site, prepare, change, words):
    if prepare:
        prepare(site)
    sent = len(site.state.writes)
    result = site.run("backup", **{**RESTORE, "timeout": 10, **change})
    assert result.get("failed") and words in result["msg"], result
    assert len(site.state.writes) == sent


def test_a_root_volume_alone_and_a_snapshot_name_the_other_way(cloud):
    site = Site(cloud)
    site.make(data_volumes=[])
    for name, method in (("whole", "backup"), ("quick", "snapshot")):
        assert site.run("backup", name=name, instance="web1", method=method)["changed"]
    words = "Nova lets no root volume off its server. state=restored with new_name makes a new instance"
    assert words in site.run("backup", **{**RESTORE, "name": "whole"})["msg"]
    assert (
        "quick is a snapshot. Only a backup is restored in place"
        in site.run("backup", **{**RESTORE, "name": "quick"})["msg"]
    )


def test_a_refused_restore_leaves_all_as_it_was(site):
    site.state.break_route("POST .*/restore$", 500, message="no room")
    result = site.run("backup", **RESTORE)
    assert result["failed"] and "no room" in result["msg"]
    # What may have been begun is not started with volumes of two times.
    assert not whole_but_for_the_note(site)
    site.state.traps.clear()
    assert not site.run("backup", **RESTORE, when_busy="refuse").get("failed")
    assert whole(site, OLD)


def whole_but_for_the_note(site):
    """See all volumes attached and the note waiting for the next run; say whether the instance runs."""
    assert all(row["status"] == "in-use" for row in data(site))
    assert read_note(site.server()["metadata"]).operation == VOLUME_RESTORE
    return bool(site.server()["status"] == "ACTIVE")


def test_a_refused_detachment_starts_the_instance_again(site):
    """Nothing was restored yet."""
    site.state.break_route("DELETE .*/os-volume_attachments/", 500, message="not now")
    result = site.run("backup", **RESTORE)
    assert result["failed"] and "not now" in result["msg"]
    assert whole(site, NEW)


def test_a_failure_half_way_keeps_the_instance_from_running_with_data_of_two_times(site):
    site.state.break_route(f"POST .*/{copies(site)[data(site)[1]['id']]}/restore$", 400, message="bad copy")
    result = site.run("backup", **RESTORE)
    assert result["failed"] and "bad copy" in result["msg"]
    assert not whole_but_for_the_note(site)
    site.state.traps.clear()
    again = site.run("backup", **RESTORE, when_busy="refuse")
    assert not again.get("failed"), again
    assert "Restore the volume web1-data-1 from the backup sunday" not in again["actions"]
    assert whole(site, OLD)


def test_a_failed_restore_gives_cinders_reason_and_is_finished_later(site):
    volume_base.fail_next(site.state, "restore", "The store of the backups is away.")
    result = site.run("backup", **RESTORE)
    assert result["failed"] and "went to error_restoring while it was restored" in result["msg"]
    assert "The store of the backups is away." in result["msg"] and "An administrator has to" in result["msg"]
    assert site.server()["status"] == "SHUTOFF"
    again = site.run("backup", **RESTORE)
    assert again["failed"] and "The store of the backups is away." in again["msg"]
    data(site)[0]["status"] = "available"
    assert not site.run("backup", **RESTORE).get("failed")
    assert whole(site, OLD)


def test_a_copy_that_goes_meanwhile_is_no_riddle(site, monkeypatch):
    """The volumes stay where they were, as far as they are not restored yet."""
    answer, copy = site.cloud.answer, copies(site)[data(site)[0]["id"]]

    def meddled(method, path, query, body, headers):
        if "os-stop" in body:
            site.state.table("backups").pop(copy)
            site.rows("servers")[0]["metadata"].pop(OPERATION)
        return answer(method, path, query, body, headers)

    monkeypatch.setattr(site.cloud, "answer", meddled)
    result = site.run("backup", **RESTORE)
    assert result["failed"] and "another run was at it" in result["msg"]
    assert whole(site, NEW)
    assert "the backup sunday is not complete" in site.run("backup", **RESTORE)["msg"]


def test_a_backup_that_is_restored_elsewhere_is_waited_for(site):
    site.state.settle = 3
    restored = {"volume": {"size": 1, "name": "other", "backup_id": copies(site)[data(site)[0]["id"]]}}
    connect(site.cloud.params("demo", "demo")).post("block-storage", "/volumes", restored)
    result = site.run("backup", **RESTORE)
    assert not result.get("failed"), result
    assert "Wait for the backup sunday of the volume web1-data-1" in result["actions"]
    assert whole(site, OLD)


def test_a_volume_that_is_backed_up_is_waited_for(site):
    site.state.settle = 3
    body = {"backup": {"volume_id": data(site)[0]["id"], "name": "mine", "force": True}}
    connect(site.cloud.params("demo", "demo")).post("block-storage", "/backups", body)
    result = site.run("backup", **RESTORE)
    assert not result.get("failed"), result
    assert "Wait for the volume web1-data-1 (backing-up)" in result["actions"]
    assert whole(site, OLD)
