# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name that no role knows is found, and the option that it stands for is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.yaml import yaml_load
from ansible_collections.conductor.cloud.plugins.plugin_utils.role_options import (
    Role,
    faults_of_overrides,
    mistakes,
    roles_in,
)

from tests import misspell

ROLES = Path(__file__).resolve().parents[4] / "roles"
FACTS = next(
    task["conductor.cloud.role_options"]["facts"]
    for task in yaml_load((ROLES / "cloud/tasks/facts.yml").read_text())
    if "conductor.cloud.role_options" in task
)


@pytest.fixture(name="roles", scope="module")
def fixture_roles() -> list[Role]:
    """Return the roles of this collection."""
    return roles_in(ROLES, FACTS)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("nova_overrids", "nova_overrides"),
        ("memcached_memroy", "memcached_memory"),
        ("ovn_controler_bridges", "ovn_controller_bridges"),
        ("ovn_controller_bridgs", "ovn_controller_bridges"),
        ("memcachd_memory", "memcached_memory"),
        ("keystne_overrides", "keystone_overrides"),
        ("cloud_nam", "cloud_name"),
        ("testbed_cache_dir", "testbed_cache_directory"),
        ("nova_virt", "nova_virt_type"),
    ],
)
def test_misspelled_options_are_named_with_what_was_meant(roles: list[Role], name: str, meant: str) -> None:
    """In the option, and in the name of the role."""
    (mistake,) = mistakes([name], roles)
    assert str(mistake) == f"no role knows {name}. Did you mean {meant}?"


def test_every_slip_in_an_option_is_caught_and_no_right_one_is_refused(roles: list[Role]) -> None:
    """Hundreds of both; nearly all slips with what was meant."""
    options = {role.name: role.options for role in roles if role.options}
    known = {name for role in roles for name in role.options | role.own}
    wrong = misspell.slips(options, 500)
    slips = [(name, meant) for role, name, meant in wrong if role in options and name not in known]
    found = {mistake.name: mistake.meant for mistake in mistakes({name for name, _meant in slips}, roles)}
    assert [name for name, _meant in slips if name not in found] == []
    assert sum(found[name] == meant for name, meant in slips) > 0.95 * len(slips) > 250
    assert len(known) > 200
    assert not list(mistakes(known, roles))


def test_an_option_like_no_other_is_answered_with_all_of_the_role(roles: list[Role]) -> None:
    """Of the role with the longest name: one begins with another's."""
    (mistake,) = mistakes(["ovn_controller_zzz"], roles)
    assert mistake.meant is None
    assert "The role ovn_controller has ovn_controller_bridge_address, ovn_controller_bridge" in str(mistake)


@pytest.mark.parametrize(
    "name",
    [
        "ansible_host",
        "mycloud_name",
        "my_nova_overrides",
        "rack",
        "cloud_region",
        "cloud_known_services",
        "memcached_frontends",
        "certificates_made",
        "testbed_recipe",
        "guest_image_file",
    ],
)
def test_what_is_known_or_somebody_elses_passes(roles: list[Role], name: str) -> None:
    """Options, facts, what tasks register and set, and names that have nothing to do with a role."""
    assert not list(mistakes([name], roles))


def test_tasks_are_read_wherever_they_stand(tmp_path: Path) -> None:
    """In blocks, and with short and long names of modules."""
    (tmp_path / "web" / "meta").mkdir(parents=True)
    (tmp_path / "web" / "tasks").mkdir()
    (tmp_path / "web" / "tasks" / "main.yml").write_text(
        "- block:\n  - {command: x, register: web_a, vars: {web_b: 1}}\n"
        "  rescue:\n  - {set_fact: {web_c: 1}, loop_control: {loop_var: web_d}}\n"
        "- ansible.builtin.set_fact: {web_e: 1}\n"
    )
    (role,) = roles_in(tmp_path)
    assert role == Role("web", frozenset(), frozenset({"web_a", "web_b", "web_c", "web_d", "web_e"}))


def test_the_quickstart_inventory_is_right(roles: list[Role]) -> None:
    """In all names that its files set."""
    files = sorted((ROLES.parent / "inventories" / "quickstart" / "group_vars").rglob("*.yml"))
    names = {name for path in files for name in yaml_load(path.read_text())}
    assert "cloud_internal_vip" in names
    assert not list(mistakes(names, roles))


@pytest.mark.parametrize(
    ("overrides", "faults"),
    [
        ({"DEFAULT": {"debug": True}, "gone": None}, []),
        ({"DEFAULT": "secret", "api": ["secret"]}, ["section DEFAULT .* not a text", "section api .* not a list"]),
        ({"debug": True, "workers": 1}, ["section debug .* not a truth value", "section workers .* not a number"]),
        ("secret", ["nova_overrides has to be a mapping of sections, not a text"]),
    ],
)
def test_overrides_have_sections(overrides: Any, faults: list[str]) -> None:
    """What is wrong is named; values are not."""
    found = list(faults_of_overrides("nova_overrides", overrides))
    assert len(found) == len(faults)
    assert all(re.search(words, text) for words, text in zip(faults, found))
    assert "secret" not in str(found)
