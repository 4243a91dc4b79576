# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding what people name."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.lookup import Lookup, hint
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

from tests.fake import network_objects
from tests.fake.server import FakeCloud


@pytest.fixture
def lookup(cloud: FakeCloud) -> Lookup:
    """The lists of project demo."""
    return Lookup(connect(cloud.params("demo", "demo")).reader())


def test_by_name_and_by_id(lookup: Lookup) -> None:
    """Both lead to the same image, with one request."""
    found = lookup.image("debian")
    assert lookup.image(found["id"]) is found


def test_lists_are_read_once(cloud: FakeCloud, lookup: Lookup) -> None:
    """Until they are forgotten."""
    for _number in range(3):
        lookup.image("debian")
    assert cloud.state.reads.count("/image/v2/images") == 1
    lookup.forget("network")
    lookup.image("debian")
    assert cloud.state.reads.count("/image/v2/images") == 1
    lookup.forget()
    lookup.image("debian")
    assert cloud.state.reads.count("/image/v2/images") == 2


@pytest.mark.parametrize(
    ("kind", "wanted", "option", "words"),
    [
        ("image", "debain", None, "image: there is no image debain. Did you mean debian?"),
        ("network", "x", "networks", "networks: there is no network x. There are: public."),
        ("keypair", "mine", None, "key_name: there is no key mine. There is none that this project can use."),
        ("security_group", "web", None, "security_groups: there is no security group web. There are: default."),
    ],
)
def test_not_found(lookup: Lookup, kind: str, wanted: str, option: str | None, words: str) -> None:
    """Option, value, and what was probably meant."""
    with pytest.raises(ResourceError) as error:
        lookup.get(kind, wanted, option)
    assert str(error.value) == words


def test_a_name_that_matches_twice(cloud: FakeCloud, lookup: Lookup) -> None:
    """Both ids, and the advice to give one."""
    made = [network_objects.make_network(cloud.state, lookup.reader.project_id, name="twin")["id"] for _number in "12"]
    with pytest.raises(ResourceError, match="network: the name twin matches 2 networks: .*Give the id") as error:
        lookup.network("twin")
    assert all(key in str(error.value) for key in made)
    assert lookup.network(made[1])["id"] == made[1]


def test_the_projects_own_network_comes_first(cloud: FakeCloud, lookup: Lookup) -> None:
    """Somebody else's shared network of the same name is not meant."""
    other = next(key for key in cloud.state.table("projects") if key != lookup.reader.project_id)
    network_objects.make_network(cloud.state, other, name="inside", shared=True)
    mine = network_objects.make_network(cloud.state, lookup.reader.project_id, name="inside")
    assert lookup.network("inside")["id"] == mine["id"]


def test_long_lists_are_cut() -> None:
    """Nobody reads a hundred names."""
    assert hint("zzz", [f"name-{number:03}" for number in range(100)]).endswith("name-009 and 90 more.")
