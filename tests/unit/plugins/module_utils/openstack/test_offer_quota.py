# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default quotas: what is asked and sent, and what is refused before the first write."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.fake.server import FakeCloud
from tests.module import run_module

PATH = "/os-quota-class-sets/default"


def offer(cloud: FakeCloud, check: bool = False, **quotas: Any) -> dict[str, Any]:
    """Set default quotas."""
    return run_module("cloud_offer", {**cloud.params(), "default_quotas": quotas}, check)


def asked(cloud: FakeCloud) -> list[str]:
    """Return what was read, and that alone."""
    return [path for path in cloud.state.reads if PATH in path]


def test_a_default_that_somebody_changed_is_named_and_set(cloud: FakeCloud) -> None:
    """As an operator would do it by hand, and nobody notices."""
    connect(cloud.params()).put("compute", PATH, {"quota_class_set": {"instances": 100, "cores": 5}})
    cloud.state.writes.clear()
    seen = offer(cloud, check=True, compute={"instances": 10, "ram": 51200})
    assert cloud.state.writes == []
    assert seen["actions"] == ["Set the default quota of instances to 10"]
    assert seen["diff"] == [
        {
            "before_header": "default quotas of compute",
            "after_header": "default quotas of compute",
            "before": {"instances": 100, "ram": 51200},
            "after": {"instances": 10, "ram": 51200},
            "actions": seen["actions"],
        }
    ]
    done = offer(cloud, compute={"instances": 10, "ram": 51200})
    assert (done["actions"], done["diff"]) == (seen["actions"], seen["diff"])
    assert [write.body for write in cloud.state.writes] == [{"quota_class_set": {"instances": 10}}]
    assert not offer(cloud, compute={"instances": 10, "ram": 51200, "cores": 5})["changed"]


def test_each_service_is_asked_once_and_told_once(cloud: FakeCloud) -> None:
    """All that differs in one write."""
    wanted = {"compute": {"instances": 1, "cores": 2}, "block_storage": {"volumes": 3, "groups": -1}}
    actions = offer(cloud, check=True, **wanted)["actions"]
    assert actions == [
        "Set the default quota of instances to 1, of cores to 2",
        "Set the default quota of volumes to 3, of groups to -1",
    ]
    assert asked(cloud) == [f"/compute/v2.1{PATH}", f"/volume/v3{PATH}"]
    assert offer(cloud, **wanted)["actions"] == actions
    assert len(cloud.state.writes) == 2


@pytest.mark.parametrize("quotas", [{}, {"compute": {}}, {"compute": None}, {"block_storage": {"volumes": None}}])
def test_what_is_not_named_is_not_asked(cloud: FakeCloud, quotas: dict[str, Any]) -> None:
    """No service is reached for nothing."""
    result = offer(cloud, **quotas)
    assert (result.get("msg"), result["changed"], asked(cloud), cloud.state.writes) == (None, False, [], [])


def test_a_template_may_write_text(cloud: FakeCloud) -> None:
    """Numbers come as text from the command line, and are sent as numbers."""
    assert offer(cloud, compute={"instances": "12", "cores": "-1"})["changed"]
    assert cloud.state.writes[0].body == {"quota_class_set": {"instances": 12, "cores": -1}}
    assert not offer(cloud, compute={"instances": "12", "cores": -1})["changed"]


@pytest.mark.parametrize("value", [-2, 2**31, True, 1.5, "many", "", [], "1\n"], ids=repr)
def test_what_is_no_number_is_refused(cloud: FakeCloud, value: Any) -> None:
    """Before anything is asked."""
    result = offer(cloud, compute={"instances": 10}, block_storage={"volumes": value})
    assert result["msg"].startswith(f"default_quotas.block_storage.volumes: {value!r} is not a quota. Give a number")
    assert (asked(cloud), cloud.state.writes) == ([], [])


@pytest.mark.parametrize(
    ("quotas", "words"),
    [
        ({"compute": {"instance": 1}}, "compute: there is no quota instance. Did you mean instances?"),
        ({"compute": {"floating_ips": 1}}, "compute: there is no quota floating_ips. There are: instances, cores, "),
        ({"compute": {"volumes_ssd": 1}}, "compute: there is no quota volumes_ssd. There are: instances, "),
        ({"block_storage": {"backup": 1}}, "block_storage: there is no quota backup. Did you mean backups?"),
    ],
)
def test_an_unknown_name_is_refused(cloud: FakeCloud, quotas: dict[str, Any], words: str) -> None:
    """Before anything is asked: what is wrong with one service is no reason to change another."""
    result = offer(cloud, **{"block_storage": {"volumes": 1}, "compute": {"cores": 1}, **quotas})
    assert result["msg"].startswith(f"default_quotas.{words}")
    assert (asked(cloud), cloud.state.writes) == ([], [])


def test_a_volume_type_that_there_is_not_is_refused(cloud: FakeCloud) -> None:
    """Only Cinder knows the types; Nova is not told anything, either."""
    result = offer(cloud, compute={"cores": 1}, block_storage={"volumes_sdd": 1})
    assert result["msg"].startswith("default_quotas.block_storage: there is no quota volumes_sdd. Did you mean volume")
    assert "volumes_ssd" in result["msg"]
    assert cloud.state.writes == []


def test_a_quota_of_a_type_comes_after_the_type(cloud: FakeCloud) -> None:
    """Cinder takes it no earlier."""
    wanted = {
        "volume_types": [{"name": "rbd"}],
        "default_quotas": {"block_storage": {"volumes_rbd": 5, "volumes": 12}},
    }
    result = run_module("cloud_offer", {**cloud.params(), **wanted})
    assert result["actions"] == [
        "Create the volume type rbd",
        "Set the default quota of volumes_rbd to 5",
        "Set the default quota of volumes to 12",
    ]
    assert result["results_by_name"]["volume type rbd"]["default_quotas"] == {"volumes_rbd": 5}
    assert [write.status for write in cloud.state.writes] == [200, 200, 200]
    cloud.state.reads.clear()
    assert not run_module("cloud_offer", {**cloud.params(), **wanted})["changed"]
    assert len(asked(cloud)) == 1


def test_a_project_without_quotas_has_the_default(cloud: FakeCloud) -> None:
    """That is what they are for; one that has its own keeps it."""
    admin = connect(cloud.params())
    admin.put("compute", "/os-quota-sets/of-its-own", {"quota_set": {"instances": 3}})
    assert offer(cloud, compute={"instances": 0}, block_storage={"volumes": 0})["changed"]
    found = [
        admin.get(service, f"/os-quota-sets/{project}")["quota_set"][name]
        for service, project, name in (
            ("compute", "another", "instances"),
            ("compute", "of-its-own", "instances"),
            ("block-storage", "another", "volumes"),
        )
    ]
    assert found == [0, 3, 0]


def test_a_member_is_refused(cloud: FakeCloud) -> None:
    """Default quotas are for administrators, to see them, too."""
    result = run_module("cloud_offer", {**cloud.params("demo", "demo"), "default_quotas": {"compute": {"cores": 1}}})
    assert result["msg"].startswith(f"compute: GET {PATH} answered 403")
    assert result["msg"].rpartition(" (request")[0].endswith("this needs the role admin.")
