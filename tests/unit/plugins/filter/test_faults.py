# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a game day breaks, and how it judges."""

from __future__ import annotations

import subprocess

from ansible_collections.conductor.cloud.plugins.filter.faults import api_faults, fault_problems, power_command

BUDGET = {"healthy": 60, "gap": 5}


def entry(**other):
    """Return what was measured of one kind of load."""
    return {"acknowledged": 500, "failed": 3, "lost": 0, "twice": 0, "gap": 1.2, **other}


def test_what_is_within_the_budget_is_no_problem():
    assert fault_problems({"database": entry(), "read": entry(gap=5)}, 60, BUDGET) == []


def test_every_budget_is_heeded():
    load = {
        "database": entry(lost=1),
        "broker": entry(acknowledged=99),
        "read": entry(gap=5.01),
        "write": entry(twice=2),
        "instances": entry(acknowledged=3, gap=40),
    }
    assert fault_problems(load, 60.1, BUDGET) == [
        "healthy only after 60.1 s",
        "database: 1 acknowledged and lost",
        "broker: only 99 were good, so that they say little",
        "read: no good answer for 5.01 s",
        "write: 2 done twice",
    ]


def test_a_lost_node_that_nobody_misses_was_not_lost():
    load = {"database": entry(gap=0.08), "network": entry(gap=0.1)}
    found = fault_problems(load, 0, {**BUDGET, "noticed": 0.5})
    assert found == ["no load noticed anything, so that it did not happen"]
    assert fault_problems({**load, "read": entry(gap=0.6)}, 0, {**BUDGET, "noticed": 0.5}) == []


def test_where_nothing_may_fail_one_failure_is_a_problem():
    load = {"read": entry(failed=0), "write": entry(failed=1, acknowledged=499), "database": entry()}
    assert fault_problems(load, 0, {**BUDGET, "failed": 0, "requests": 1000}) == [
        "only 999 requests, so that they say little",
        "write: 1 failed",
    ]
    assert fault_problems({"database": entry()}, 0, {**BUDGET, "failed": 0, "requests": 1000}) == []


def test_a_load_that_fell_with_all_nodes_has_no_gap_but_may_lose_nothing():
    load = {"database": entry(lost=4, gap=99, acknowledged=10)}
    assert fault_problems(load, 170, {"healthy": 180}) == ["database: 4 acknowledged and lost"]


def test_apis_of_a_service_are_killed_together():
    specs = {"nova": {"apis": [{"unit": "nova-api"}, {"unit": "nova-api-metadata"}]}, "agents": {"daemons": ["x"]}}
    (fault,) = api_faults(specs)
    assert (fault["name"], fault["group"]) == ("nova", "nova")
    assert fault["script"] == "systemctl kill --signal=KILL nova-api nova-api-metadata"


def test_an_api_that_is_a_daemon_of_its_own_is_killed_too():
    (fault,) = api_faults({"glance": {"daemons": ["glance-api", "glance-scrubber"]}})
    assert fault["script"] == "systemctl kill --signal=KILL glance-api"


def test_machines_are_hit_at_the_same_moment(tmp_path):
    command = power_command(f"sleep 0.2; touch {tmp_path}/NODE", ["one", "two", "three"])
    subprocess.run(["sh", "-c", command], check=True, timeout=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "three", "two"]


def test_a_machine_that_could_not_be_hit_is_a_failure(tmp_path):
    command = power_command(f"touch {tmp_path}/NODE; test NODE != two", ["one", "two", "three"])
    assert subprocess.run(["sh", "-c", command], check=False, timeout=10).returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "three", "two"]
