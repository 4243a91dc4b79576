# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the marks of backups say, and what retention makes of it."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import backup_set as sets

NOW = datetime(2026, 5, 10, tzinfo=timezone.utc)
DEVICES = ("/dev/vda", "/dev/vdb", "/dev/vdaa")


def instance(*roles):
    """Return an instance with a volume for each role."""
    volumes = [
        {"id": f"volume-{number}-" + "x" * 36, "role": role, "size": 1, "type": "rbd", "device": device}
        for number, (role, device) in enumerate(zip(roles, DEVICES))
    ]
    settings = {
        "flavor": "tiny",
        "networks": ["inside"],
        "security_groups": ["default"],
        "key_name": "Zoë",
        "config_drive": False,
    }
    return {"id": "server-1", "name": "web", "availability_zone": "nova", "volumes": volumes[::-1], **settings}


def rows(name, source, day=1, status="available"):
    """Return the backups of an instance as Cinder lists them."""
    manifest = sets.manifest_of(source)
    whole = {"id": source["id"], "name": source["name"], **manifest}
    return [
        {
            "id": f"{name}-{volume['role']}",
            "volume_id": volume["id"],
            "size": volume["size"],
            "status": status,
            "created_at": f"2026-05-{day:02}T02:00:00.000000",
            "metadata": sets.marks_of(name, whole, {**volume}),
        }
        for volume in manifest["volumes"]
    ]


def outdated(found, name, keep=None, keep_days=None):
    """Return the names of the sets that go."""
    return [entry["name"] for entry in sets.outdated(found, name, keep, keep_days, NOW)]


def test_a_manifest_survives_the_limits_of_metadata():
    source = instance("root", "data", "data")
    found = rows("nightly", source)
    assert max(len(value) for row in found for value in row["metadata"].values()) <= 255
    entry = sets.backup_sets(found[2:], [])[0]
    assert entry["instance"] == {"id": "server-1", "name": "web", **sets.manifest_of(source)}
    assert (entry["complete"], entry["status"]) == (False, "incomplete")


def test_volumes_are_named_in_the_order_of_their_devices():
    manifest = sets.manifest_of(instance("root", "data", "data"))
    assert [(volume["role"], volume["device"]) for volume in manifest["volumes"]] == [
        ("root", "/dev/vda"),
        ("data-1", "/dev/vdb"),
        ("data-2", "/dev/vdaa"),
    ]


FORGED = {**dict.fromkeys(sets.FROM_INSTANCE), "networks": [], "security_groups": [], "volumes": [{"role": "a b"}]}
VOLUME = {"role": "root", "id": "1", "size": 1, "type": None, "device": "/dev/vda"}
SOUND = {"flavor": "tiny", "config_drive": False, "key_name": None, "availability_zone": None, "volumes": [VOLUME]}
SOUND.update({"networks": [], "security_groups": []})
ODD = [
    {"flavor": ["tiny"]},
    {"networks": [1]},
    {"networks": "inside"},
    {"security_groups": [None]},
    {"key_name": {"a": 1}},
    {"availability_zone": [1]},
    {"volumes": {"a": 1}},
    *({"volumes": [{**VOLUME, key: value}]} for key, value in (("role", 1), ("id", [1]), ("size", "1"), ("device", 3))),
]


def test_a_manifest_that_somebody_else_wrote_counts():
    """Without this, what is refused below would prove nothing."""
    assert sets.read_manifest({f"{sets.MANIFEST}01": json.dumps(SOUND)}) == SOUND


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_a_manifest_of_odd_kinds_is_none(odd):
    assert sets.read_manifest({f"{sets.MANIFEST}01": json.dumps({**SOUND, **odd})}) is None


def test_a_manifest_without_end_is_none():
    assert sets.read_manifest({f"{sets.MANIFEST}{number:02}": "[" * 255 for number in range(1, 60)}) is None


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"flavor": "tiny"}', json.dumps(FORGED)[:255]])
def test_a_damaged_manifest_makes_no_complete_set(text):
    found = rows("nightly", instance("root"))
    found[0]["metadata"] = {
        key: value for key, value in found[0]["metadata"].items() if not key.startswith(sets.MANIFEST)
    }
    found[0]["metadata"][f"{sets.MANIFEST}01"] = text
    entry = sets.backup_sets(found, [])[0]
    assert (entry["complete"], "volumes" in entry["instance"]) == (False, False)


def test_a_role_that_somebody_invented_does_not_become_a_name():
    source = instance("root", "../etc; rm", "root")
    assert [volume["role"] for volume in sets.manifest_of(source)["volumes"]] == ["root", "data-1", "data-2"]


def test_every_volume_has_a_role_of_its_own():
    source = instance("root", "data-2", "data-2")
    assert [volume["role"] for volume in sets.manifest_of(source)["volumes"]] == ["root", "data-2", "data-1"]


def test_what_others_made_is_no_set():
    assert sets.backup_sets([{"id": "1", "metadata": {"purpose": "mine"}}, {"id": "2", "metadata": None}], []) == []


def test_retention_counts_only_what_is_complete():
    source = instance("root")
    days = [("a", 1, "available"), ("b", 2, "error"), ("c", 3, "available"), ("d", 4, "available"), ("e", 5, "error")]
    found = sets.backup_sets([row for name, day, status in days for row in rows(name, source, day, status)], [])
    assert outdated(found, "new", keep=2) == ["a", "b", "c"]
    assert outdated(found, "d", keep=2) == ["a", "b"]
    assert outdated(found, "a", keep=1) == ["b", "c"]
    assert outdated(found, "new", keep_days=7) == ["a", "b"]
    assert outdated(found, "a", keep_days=1) == ["b", "c", "d", "e"]
    assert outdated(found, "new", keep=9) == []


def test_what_is_under_way_stays():
    found = sets.backup_sets(rows("a", instance("root"), 1, "creating"), [])
    assert outdated(found, "new", keep=1, keep_days=1) == []


def test_a_chain_of_increments_stands_or_falls_together():
    source = instance("root")
    chain = [rows(name, source, day)[0] for day, name in enumerate(("full", "one", "two"), 1)]
    for row in chain[1:]:
        row["is_incremental"] = True
    children = sets.built_on(chain)
    assert children == {"full-root": ["one-root"], "one-root": ["two-root"]}
    full, one, two = sets.backup_sets(chain, [])
    assert sets.removable([full, one], children) == []
    assert sets.removable([full, one, two], children) == [full, one, two]
    assert sets.blockers(one, children, ()) == ["two-root"]
