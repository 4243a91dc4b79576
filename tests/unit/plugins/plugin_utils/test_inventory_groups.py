# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that are misspelled, and switches that switch nothing, are found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible.module_utils.common.yaml import yaml_load
from ansible_collections.conductor.cloud.plugins.plugin_utils.inventory_groups import misspelled_groups, switches

from tests import misspell

ROOT = Path(__file__).resolve().parents[4]
FACTS = yaml_load((ROOT / "roles" / "cloud" / "vars" / "main.yml").read_text(encoding="utf-8"))
SERVICES = FACTS["cloud_known_services"]
KNOWN = SERVICES + re.findall(r"'(\w+)'", FACTS["cloud_known_groups"])
CLOUD = {"all": ["a", "b"], "control": ["a"], "compute": ["b"], "glance": ["a"], "nova_compute": ["b"]}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("glanc", "glance"),
        ("Glance", "glance"),
        ("nova-compute", "nova_compute"),
        ("ovn_controler", "ovn_controller"),
        ("memcache", "memcached"),
        ("controll", "control"),
        ("ceph_mons", "ceph_mon"),
    ],
)
def test_a_misspelled_group_is_named_with_what_was_meant(name: str, meant: str) -> None:
    """And with the hosts that would go without."""
    groups = {**CLOUD, name: ["b", "a", "c"]}
    (found,) = misspelled_groups(groups, KNOWN)
    assert (found.name, found.meant) == (name, meant)
    assert found.hosts == tuple(host for host in groups[name] if host not in groups.get(meant, ()))
    assert str(found) == f"nothing knows the group {name}. Did you mean {meant}?"


@pytest.mark.parametrize(
    ("name", "hosts"),
    [("rack1", ["a", "b"]), ("compute1", ["b"]), ("glance_fast", ["b"]), ("cephs", []), ("ungrouped", ["a"])],
)
def test_an_inventory_may_have_groups_of_its_own(name: str, hosts: list[str]) -> None:
    """Others, empty ones, and parts of one that is known."""
    assert not list(misspelled_groups({**CLOUD, name: hosts}, KNOWN))


def test_every_slip_in_a_group_is_caught() -> None:
    """Hundreds of them; of the shortest names a slip may leave another word."""
    long = {"": [name for name in KNOWN if len(name) > 4]}
    slips = [option for section, option, _meant in misspell.slips({"x": long[""]}, 250) if section == "x"]
    missed = [name for name in slips if not list(misspelled_groups({**CLOUD, name: ["z"]}, KNOWN))]
    assert len(slips) > 150
    assert missed == []


def test_a_switch_switches_nothing() -> None:
    """Whether there is such a service or not."""
    given = {"enable_cindr": ["a"], "enable_x": ["b"], "enabled": ["a"]}
    found = {entry.name: entry for entry in switches(given, KNOWN)}
    assert {name: entry.meant for name, entry in found.items()} == {"enable_cindr": "cinder", "enable_x": None}
    assert str(found["enable_cindr"]).endswith("where its group has hosts. Did you mean the group cinder?")


@pytest.mark.parametrize("inventory", sorted((ROOT / "inventories").iterdir()), ids=lambda path: path.name)
def test_the_inventories_have_no_other_groups(inventory: Path) -> None:
    """Every service has a role of its name or, like compute nodes, a part of one."""
    files = [yaml_load(path.read_text(encoding="utf-8")) for path in inventory.glob("*.yml")]
    groups = {name for content in files for name in content["all"].get("children", ())}
    assert groups <= set(KNOWN), groups - set(KNOWN)
    assert len(groups & set(SERVICES)) > 5


def groups_of(hosts: str) -> list[str]:
    """Return the groups that the hosts of a play name, also where they are computed."""
    if "{{" in hosts:
        return re.findall(r"groups\['(\w+)'\]", hosts)
    return re.split(r"[:,]", re.sub(r"\[.*?\]", "", hosts))


def test_playbooks_speak_of_no_other_groups() -> None:
    """But for the nodes of a testbed, which are known to its playbooks alone."""
    plays = [play for path in ROOT.glob("playbooks/*.yml") for play in yaml_load(path.read_text(encoding="utf-8"))]
    named = {name for play in plays for name in groups_of(play.get("hosts", "all"))}
    assert named - set(KNOWN) == {"all", "localhost", "testbed"}
