# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools, users and settings of a Ceph cluster."""

from __future__ import annotations

import json

import pytest

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_objects import SPEC, fleet
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.fake_ceph import FakeCeph, Stopped

KEY = "AQAAAAAAAAAAABAAXkvYxDFmZXAmZ3VhcmQgbWU="
CAPS = {"mon": "profile rbd", "osd": "profile rbd pool=volumes, profile rbd pool=vms"}
WANTED = {
    "pools": [{"name": "images", "size": 1, "min_size": 1, "pg_num": 16}, {"name": "backups"}],
    "users": [{"name": "client.cinder", "key": KEY, "caps": CAPS}, {"name": "client.other", "caps": CAPS}],
    "modules_disabled": ["restful"],
    "config": {"mon": {"mon_allow_pool_delete": "true"}},
}


def build(**changes):
    """Return what makes the resources of a task."""
    checked = ArgumentSpecValidator(SPEC.options).validate({**json.loads(json.dumps(WANTED)), **changes})
    assert not checked.error_messages
    return lambda reader: fleet(reader, checked.validated_parameters)


@pytest.fixture(name="ceph")
def a_cluster():
    return FakeCeph()


def test_check_mode_predicts_what_the_run_does(ceph, converge):
    predicted = converge(build(), ceph, check=True)
    assert ceph.writes == []
    done = converge(build(), ceph)
    assert "failed" not in done
    assert predicted["actions"] == done["actions"]
    assert predicted["results_by_name"] == done["results_by_name"]


def test_a_second_run_has_nothing_to_do(ceph, converge):
    assert converge(build(), ceph)["changed"]
    ceph.writes.clear()
    assert not converge(build(), ceph)["changed"]
    assert ceph.writes == []


def test_it_finishes_from_wherever_it_was_stopped(converge):
    finished = FakeCeph()
    converge(build(), finished)
    for number in range(len(finished.writes)):
        ceph = FakeCeph()
        ceph.stop_before = number
        with pytest.raises(Stopped):
            converge(build(), ceph)
        ceph.stop_before = None
        converge(build(), ceph)
        assert (ceph.pools, ceph.users, ceph.settings) == (finished.pools, finished.users, finished.settings)


def test_no_key_stands_in_what_people_see(ceph, converge):
    assert KEY not in json.dumps(converge(build(), ceph))


def test_a_pool_grows_to_three_copies_when_hosts_come(ceph, converge):
    converge(build(), ceph)
    pools = [{"name": "images", "size": 3, "min_size": 2}]
    actions = converge(build(pools=pools), ceph)["actions"]
    assert actions == ["Set size of pool images to 3", "Set min_size of pool images to 2"]
    assert ceph.pools["images"]["size"] == 3


def test_placement_groups_on_their_way_count_as_arrived(ceph, converge):
    converge(build(), ceph)
    ceph.pools["images"] |= {"pg_num": 20, "pg_num_target": 16}
    assert not converge(build(), ceph)["changed"]


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ({"caps": {"mon": "profile rbd"}, "key": KEY}, "Set caps of Ceph user client.cinder"),
        ({"caps": CAPS, "key": "another"}, "Set key of Ceph user client.cinder"),
        ({"caps": {"mon": "profile rbd"}}, "Set caps of Ceph user client.cinder"),
    ],
)
def test_a_user_that_differs_is_put_right(ceph, converge, change, action):
    converge(build(), ceph)
    users = [{"name": "client.cinder", **change}]
    assert converge(build(users=users), ceph)["actions"] == [action]
    assert not converge(build(users=users), ceph)["changed"]


def test_absent_twice_changes_nothing_the_second_time(ceph, converge):
    converge(build(), ceph)
    gone = build(users=[{"name": "client.cinder", "caps": {}, "state": "absent"}])
    assert converge(gone, ceph)["actions"] == ["Remove Ceph user client.cinder"]
    assert not converge(gone, ceph)["changed"]
