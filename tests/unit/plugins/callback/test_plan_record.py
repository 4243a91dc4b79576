# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that stand in the record of a playbook."""

from __future__ import annotations

from ansible_collections.conductor.cloud.plugins.callback.plan_record import sentences


def test_the_actions_of_a_module_are_the_plan():
    result = {"changed": True, "actions": ["Make /etc/a", "Start a.service"]}
    assert sentences("node-1", "Configure a", result) == ["node-1: Make /etc/a", "node-1: Start a.service"]


def test_the_actions_of_all_items_of_a_loop_are_the_plan():
    result = {"changed": True, "results": [{"actions": ["Make a"]}, {"actions": []}, {"actions": ["Make b"]}]}
    assert sentences("node-1", "Make all", result) == ["node-1: Make a", "node-1: Make b"]


def test_a_changed_task_without_actions_stands_there_by_its_name():
    assert sentences("node-1", "Install the packages", {"changed": True}) == ["node-1: Install the packages"]


def test_what_changed_nothing_or_failed_is_not_in_the_plan():
    assert sentences("node-1", "Look", {"changed": False}) == []
    assert sentences("node-1", "Try", {"changed": True, "failed": True}) == []


def test_a_failed_task_tells_what_it_had_done():
    assert sentences("node-1", "Try", {"failed": True, "actions": ["Make a"]}) == ["node-1: Make a"]
