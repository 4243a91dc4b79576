# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: made whole, kept as long as wanted, restored with their data, removed."""

from __future__ import annotations

import time

import pytest

from tests.fake import volume, volume_base
from tests.module import run_module
from tests.site import Site


@pytest.fixture
def site(cloud):
    """A project with an instance that has something on both of its volumes."""
    site = Site(cloud)
    site.make()
    for row in site.rows("volumes"):
        row["_data"] = f"data of {row['name']}"
    return site


def backup(site, name="nightly", check=False, **params):
    """Run the module; left out, the state is present."""
    if params.get("state", "present") == "present":
        params.setdefault("instance", "web1")
    return site.run("backup", check, name=name, **params)


def restore(site, name="nightly", check=False, **params):
    """Restore into ``web2``."""
    return backup(site, name, check, **{"state": "restored", "new_name": "web2", **params})


def content(site, instance):
    """Return what is on the volumes of an instance, by role."""
    return {row["metadata"]["conductor_role"]: row["_data"] for row in volumes(site, instance)}


def volumes(site, instance):
    """Return the volumes attached to an instance."""
    server = next(row["id"] for row in site.rows("servers") if row["name"] == instance)
    return [row for row in site.rows("volumes") if any(entry["server_id"] == server for entry in row["attachments"])]


def names(site):
    """Return the names of all backups that are left."""
    return sorted({row["metadata"]["conductor_backup"] for row in site.rows("backups") + site.rows("snapshots")})


@pytest.mark.parametrize(("method", "table"), [("backup", "backups"), ("snapshot", "snapshots")])
def test_a_backup_holds_every_volume_and_is_then_left_alone(site, method, table):
    predicted = backup(site, check=True, method=method)
    made = backup(site, method=method)
    assert not made.get("failed"), made
    assert (
        predicted["actions"]
        == made["actions"]
        == [
            f"Make a {method} of the root volume of web1 (1 GiB)",
            f"Make a {method} of the data-1 volume of web1 (1 GiB)",
        ]
    )
    assert (made["backup"]["complete"], made["backup"]["size"], len(site.rows(table))) == (True, 2, 2)
    sent = len(site.state.writes)
    assert (backup(site, method=method)["changed"], len(site.state.writes)) == (False, sent)


def test_check_mode_predicts_what_is_read_afterwards(site):
    predicted = backup(site, check=True)
    assert not site.rows("backups")
    made = backup(site)
    for key in ("name", "method", "instance", "complete", "status", "size"):
        assert predicted["backup"][key] == made["backup"][key]
    for before, after in zip(predicted["backup"]["members"], made["backup"]["members"]):
        assert {key: after[key] for key, value in before.items() if value is not None} == {
            key: value for key, value in before.items() if value is not None
        }


def test_a_failed_copy_tells_why_and_is_made_again(site):
    volume_base.fail_next(site.state, "backup", "The pool is full")
    failed = backup(site)
    assert failed["failed"] and "The pool is full" in failed["msg"]
    again = backup(site)
    assert again["backup"]["complete"], again
    assert [row["status"] for row in site.rows("backups")] == ["available", "available"]


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("number", range(2))
def test_a_backup_goes_on_after_a_lost_answer(site, number, how):
    site.state.break_write(number, how)
    result = backup(site)
    assert not result.get("failed") and result["backup"]["complete"], result
    assert len(site.rows("backups")) == 2


def test_a_copy_under_way_is_waited_for(site):
    made = backup(site)
    row = site.state.table("backups")[made["backup"]["members"][0]["id"]]
    row["status"] = "creating"
    site.state.later(lambda: row.update(status="available"), 0.3)
    again = backup(site)
    assert again["backup"]["complete"] and len(site.rows("backups")) == 2
    assert again["actions"] == ["Wait for the copy of the root volume that an earlier run started"]


def test_a_volume_that_is_being_resized_is_not_left_out(site):
    grow = {"instance": "web1", "volume": "web1-data-1", "size": 2, "stop": True}
    assert site.killed(2, "after", "volume_resize", **grow)
    site.cloud.settle()
    assert "web1-data-1 of web1 is being resized" in backup(site)["msg"]
    assert not site.run("volume_resize", **grow).get("failed")
    assert len(backup(site)["backup"]["members"]) == 2


def test_the_quota_is_checked_before_the_first_write(site):
    site.state.table("volume_quotas")[site.project_id] = {"backups": 1}
    sent = len(site.state.writes)
    refused = backup(site)
    assert "backups: 2 needed, 0 of 1" in refused["msg"]
    assert len(site.state.writes) == sent


def test_bad_input_is_answered_with_what_would_be_right(site):
    assert "there is no instance nobody. The project has: web1" in backup(site, instance="nobody")["msg"]
    for name in ("", "x" * 248):
        assert f"name: a name has 1 to 247 characters, {name[:20]!r} has" in backup(site, name=name)["msg"]
    assert "keep: 0 would keep nothing" in backup(site, keep=0)["msg"]
    assert "keep_days: 10000000 is more than 36500" in backup(site, keep_days=10**7)["msg"]
    backup(site)
    assert "A snapshot needs another name" in backup(site, method="snapshot")["msg"]
    site.run("instance", name="other", flavor="tiny", image="debian", root_volume={"size": 1})
    refused = backup(site, instance="other")["msg"]
    assert "the backup nightly is of instance web1" in refused and "Choose another name" in refused
    assert "there is no backup weekly. The project has: nightly" in restore(site, "weekly")["msg"]
    taken = restore(site, new_name="web1")
    assert taken["failed"] and "Choose another new_name" in taken["msg"]
    assert "flavor: there is no flavor huge" in restore(site, flavor="huge")["msg"]


def test_retention_by_count_makes_the_new_one_first(site):
    for name in ("one", "two", "three"):
        backup(site, name)
    result = backup(site, "four", keep=2)
    assert names(site) == ["four", "three"]
    kinds = ["Make" if action.startswith("Make") else "Delete" for action in result["actions"]]
    assert kinds == ["Make", "Make", "Delete", "Delete", "Delete", "Delete"]
    assert backup(site, "four", keep=2)["changed"] is False


def test_retention_removes_nothing_when_the_new_one_fails(site):
    for name in ("one", "two"):
        backup(site, name)
    volume_base.fail_next(site.state, "backup", "no room")
    assert backup(site, "three", keep=1)["failed"]
    assert {"one", "two"} <= set(names(site))


def test_retention_by_age_leaves_what_is_not_ours(site):
    for name in ("old", "young"):
        backup(site, name)
    site.run("instance", name="other", flavor="tiny", image="debian", root_volume={"size": 1})
    backup(site, "foreign", instance="other")
    for row in site.rows("backups"):
        if row["name"].startswith(("old", "foreign")):
            row["created_at"] = row["data_timestamp"] = "2020-01-01T00:00:00.000000"
    backup(site, "new", keep_days=7)
    assert names(site) == ["foreign", "new", "young"]


def test_a_backup_stays_as_long_as_an_increment_needs_it(site):
    backup(site, "full")
    result = backup(site, "delta", incremental=True, keep=1)
    assert [row["is_incremental"] for row in site.rows("backups")] == [False, False, True, True]
    assert not any(action.startswith("Delete") for action in result["actions"])
    assert "delta builds on the backup full. Remove delta first" in backup(site, "full", state="absent")["msg"]
    backup(site, "next", keep=1)
    assert names(site) == ["next"]


@pytest.mark.parametrize("method", ["backup", "snapshot"])
def test_absent_removes_every_copy_and_then_nothing(site, method):
    backup(site, method=method)
    predicted = backup(site, check=True, state="absent")
    removed = backup(site, state="absent")
    assert (predicted["actions"], removed["backup"]) == (removed["actions"], None)
    assert not site.rows("backups") + site.rows("snapshots")
    again = backup(site, state="absent")
    assert (again["changed"], again["actions"]) == (False, [])


@pytest.mark.parametrize("method", ["backup", "snapshot"])
def test_a_restored_instance_has_the_data_and_marks_of_its_own(site, method):
    backup(site, method=method)
    before = content(site, "web1")
    for row in volumes(site, "web1"):
        row["_data"] = "written after the backup"
    predicted = restore(site, check=True, floating_ip="auto")
    result = restore(site, floating_ip="auto")
    assert not result.get("failed"), result
    assert predicted["actions"] == result["actions"]
    assert content(site, "web2") == before
    assert set(content(site, "web1").values()) == {"written after the backup"}
    assert {row["metadata"]["conductor_instance"] for row in volumes(site, "web2")} == {"web2"}
    assert {row["description"] for row in volumes(site, "web2")} == {"Restored from the backup nightly"}
    for key in ("name", "status", "flavor", "networks", "security_groups", "key_name", "metadata"):
        assert predicted["instance"][key] == result["instance"][key]
    assert result["instance"]["floating_ip"]
    sent = len(site.state.writes)
    assert (restore(site, floating_ip="auto")["changed"], len(site.state.writes)) == (False, sent)


def test_a_backup_outlives_its_instance(site):
    backup(site)
    before = content(site, "web1")
    assert site.instance(state="absent")["instance"] is None
    assert backup(site)["changed"] is False
    result = restore(site, new_name="web1")
    assert not result.get("failed"), result
    assert content(site, "web1") == before


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize("number", range(9))
def test_a_restore_goes_on_after_a_lost_answer_without_leftovers(site, number, how):
    backup(site)
    before = content(site, "web1")
    site.state.break_write(number, how)
    result = restore(site, floating_ip="auto")
    assert not result.get("failed"), result
    assert content(site, "web2") == before
    found = [len(site.rows(table)) for table in ("servers", "volumes", "floatingips")]
    assert found == [2, 4, 1]
    assert not any((row["description"] or "").startswith("conductor.cloud restore") for row in site.rows("volumes"))
    assert restore(site, floating_ip="auto")["changed"] is False


def test_a_failed_restore_tells_why_and_starts_anew(site):
    backup(site)
    volume_base.fail_next(site.state, "volume", "No weighed backends available")
    failed = restore(site)
    assert failed["failed"] and "No weighed backends available" in failed["msg"]
    again = restore(site)
    assert not again.get("failed"), again
    assert len(site.rows("volumes")) == 4


def test_a_volume_being_restored_is_not_taken_for_one_of_the_source(site):
    backup(site)
    site.state.break_route("PUT .*/metadata$", "before")
    assert restore(site)["failed"]
    time.sleep(0.2)
    site.state.catch_up()
    assert [row["metadata"]["conductor_instance"] for row in site.rows("volumes")] == ["web1"] * 4
    site.state.traps.clear()
    assert site.instance(state="absent")["instance"] is None
    assert restore(site)["instance"]["status"] == "ACTIVE"


def test_volumes_of_another_instance_are_not_taken_over(site):
    backup(site)
    volume.make_volume(site.state, site.project_id, name="web2-root", metadata={"conductor_instance": "web2"})
    refused = restore(site)
    assert refused["failed"] and "left of another instance web2" in refused["msg"]


def test_an_incomplete_backup_is_not_restored(site):
    backup(site)
    site.rows("backups")[0]["status"] = "error"
    refused = restore(site)
    assert "is not complete (error)" in refused["msg"]


def test_info_lists_sets_with_two_listings(site, cloud):
    for name in ("one", "two"):
        backup(site, name)
    volume.make_volume(site.state, site.project_id, name="x")
    before = len(site.state.reads)
    found = run_module("backup_info", {**cloud.params("demo", "demo"), "instance": "web1"})
    assert [(entry["name"], entry["complete"]) for entry in found["backups"]] == [("one", True), ("two", True)]
    assert len([path for path in site.state.reads[before:] if "/volume/" in path]) == 2
    assert run_module("backup_info", {**cloud.params("demo", "demo"), "name": "three"})["backups"] == []
