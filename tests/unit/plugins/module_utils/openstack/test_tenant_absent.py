# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a tenant with everything in it, beside another one that must not notice."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import Cloud, connect

from tests.fake.server import FakeCloud
from tests.module import run_module

ABSENT = {"name": "research", "state": "absent"}
TABLES = ("servers", "volumes", "snapshots", "backups", "floatingips", "routers", "ports", "subnets", "networks")


def furnish(session: Cloud, cloud: FakeCloud, prefix: str) -> None:
    """Fill a project with one of everything, as its member does."""
    network = session.post("network", "/v2.0/networks", {"network": {"name": f"{prefix}-extra"}})["network"]
    cidr = {"network_id": network["id"], "cidr": "10.9.0.0/24", "ip_version": 4, "name": f"{prefix}-extra"}
    subnet = session.post("network", "/v2.0/subnets", {"subnet": cidr})["subnet"]
    public = session.list("network", "/v2.0/networks", "networks", name="public")[0]
    way_out = {"name": f"{prefix}-extra", "external_gateway_info": {"network_id": public["id"]}}
    router = session.post("network", "/v2.0/routers", {"router": way_out})["router"]
    session.put("network", f"/v2.0/routers/{router['id']}/add_router_interface", {"subnet_id": subnet["id"]})
    port = session.post("network", "/v2.0/ports", {"port": {"network_id": network["id"], "name": f"{prefix}-port"}})[
        "port"
    ]
    address = {"floating_network_id": public["id"], "port_id": port["id"]}
    session.post("network", "/v2.0/floatingips", {"floatingip": address})
    volume = session.post("block-storage", "/volumes", {"volume": {"size": 1, "name": f"{prefix}-data"}})["volume"]
    cloud.settle()
    snapshot = {"volume_id": volume["id"], "name": f"{prefix}-snapshot"}
    session.post("block-storage", "/snapshots", {"snapshot": snapshot})
    cloud.settle()
    grown = {"size": 1, "name": f"{prefix}-grown", "snapshot_id": cloud.state.newest("snapshots")["id"]}
    session.post("block-storage", "/volumes", {"volume": grown})
    cloud.settle()
    for number in range(2):
        backup = {"volume_id": volume["id"], "name": f"{prefix}-{number}", "incremental": bool(number), "force": True}
        session.post("block-storage", "/backups", {"backup": backup})
        cloud.settle()
    flavor = session.list("compute", "/flavors/detail", "flavors")[0]["id"]
    disk = [{"boot_index": 0, "uuid": volume["id"], "source_type": "volume", "destination_type": "volume"}]
    server = {"name": f"{prefix}-server", "flavorRef": flavor, "networks": [{"uuid": network["id"]}]}
    session.post("compute", "/servers", {"server": {**server, "block_device_mapping_v2": disk}})
    cloud.settle()


def rows_of(cloud: FakeCloud, project_id: str) -> dict[str, list[str]]:
    """Return all that the cloud holds of a project, as text."""
    return {
        table: sorted(repr(row) for row in cloud.state.table(table).values() if project_id in repr(row))
        for table in TABLES
    }


@pytest.fixture
def town(cloud: FakeCloud) -> tuple[str, str]:
    """Two projects with the same furniture; returns their ids."""
    user = {"name": "research", "password": "secret"}
    made = run_module("tenant", {**cloud.params(), "name": "research", "user": user, "subnet": {"cidr": "10.1.0.0/24"}})
    assert "msg" not in made
    for name in ("research", "demo"):
        furnish(connect(cloud.params(name, name)), cloud, name)
    demo = next(row["id"] for row in cloud.state.table("projects").values() if row["name"] == "demo")
    return made["tenant"]["project"]["id"], demo


def test_everything_goes_and_nothing_else(cloud: FakeCloud, town: tuple[str, str]) -> None:
    """The other project is not touched, not even read into the plan."""
    research, demo = town
    before = rows_of(cloud, demo)
    assert all(before.values())
    assert all(rows_of(cloud, research).values())
    result = run_module("tenant", {**cloud.params(), **ABSENT, "timeout": 20})
    assert "msg" not in result
    assert rows_of(cloud, research) == {table: [] for table in TABLES}
    assert rows_of(cloud, demo) == before
    assert research not in cloud.state.table("projects")
    assert [row["name"] for row in cloud.state.table("users").values()] == ["admin", "demo"]
    assert not run_module("tenant", {**cloud.params(), **ABSENT})["changed"]


def test_what_was_made_from_an_object_goes_before_it(cloud: FakeCloud, town: tuple[str, str]) -> None:
    """A volume before the snapshot that it grew from, that one before its volume, and young backups before old ones."""
    actions = run_module("tenant", {**cloud.params(), **ABSENT}, check=True)["actions"]
    order = ["the volume research-grown", "the snapshot research-snapshot", "the volume research-data"]
    positions = [actions.index(f"Delete {what}") for what in order]
    assert positions == sorted(positions)
    assert actions.index("Delete the backup research-1") < actions.index("Delete the backup research-0")


def test_a_stop_half_way_is_finished(cloud: FakeCloud, town: tuple[str, str]) -> None:
    """Wherever it stops, the project is still there to tell what is left."""
    for number in (0, 1, 2, 3):
        cloud.state.break_write(number, 500)
        assert run_module("tenant", {**cloud.params(), **ABSENT, "timeout": 20})["failed"]
        assert town[0] in cloud.state.table("projects")
    assert "msg" not in run_module("tenant", {**cloud.params(), **ABSENT, "timeout": 20})
    assert town[0] not in cloud.state.table("projects")


def test_a_user_with_work_elsewhere_stays(cloud: FakeCloud) -> None:
    """Who was lent to the project, or works in another one, too, is not deleted with it."""
    given = {**cloud.params(), "name": "research"}
    assert run_module("tenant", {**given, "user": {"name": "demo"}})["changed"]
    second = run_module("tenant", {**given, "user": {"name": "guest", "password": "secret"}})
    assert second["changed"]
    assert run_module("tenant", {**given, "name": "other", "user": {"name": "guest"}})["changed"]
    assert run_module("tenant", {**given, "state": "absent"})["changed"]
    assert [row["name"] for row in cloud.state.table("users").values()] == ["admin", "demo", "guest"]


def test_it_does_not_saw_off_its_own_branch(cloud: FakeCloud) -> None:
    """The project of the login is refused."""
    result = run_module("tenant", {**cloud.params(), "name": "admin", "state": "absent"})
    assert "admin is the project that this login works in" in result["msg"]
    assert cloud.state.writes == []


def test_a_volume_that_cannot_go_is_told(cloud: FakeCloud, town: tuple[str, str]) -> None:
    """The wait ends at once, with the name and the status."""
    body = {"volume": {"size": 1, "name": "research-spare"}}
    key = connect(cloud.params("research", "research")).post("block-storage", "/volumes", body)["volume"]["id"]
    cloud.settle()
    cloud.state.break_route(f"DELETE .*/volumes/{key}", 202)
    cloud.state.table("volumes")[key]["status"] = "error_deleting"
    result = run_module("tenant", {**cloud.params(), **ABSENT, "timeout": 20})
    assert "research-spare" in result["msg"]
    assert "error_deleting" in result["msg"] and "Cinder says: nothing" in result["msg"]
    assert town[0] in cloud.state.table("projects")


def test_a_router_that_somebody_else_disconnects_is_no_obstacle(
    cloud: FakeCloud, town: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two runs at once, the later one is told that there is no such interface."""
    exchange, told = cloud.exchange, []

    def somebody_is_quicker(method: str, target: str, *rest: object) -> object:
        if target.endswith("remove_router_interface"):
            exchange(method, target, *rest)
            told.append(exchange(method, target, *rest))
            return told[-1]
        return exchange(method, target, *rest)

    monkeypatch.setattr(cloud, "exchange", somebody_is_quicker)
    assert "msg" not in run_module("tenant", {**cloud.params(), **ABSENT, "timeout": 20})
    assert [answer[0] for answer in told] == [404]
    assert town[0] not in cloud.state.table("projects")


def test_a_server_that_cannot_go_is_told_with_novas_words(
    cloud: FakeCloud, town: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with the id of the request."""
    answer = cloud.answer
    server = next(row for row in cloud.state.table("servers").values() if row["name"] == "research-server")

    def broken(method: str, path: str, *rest: object) -> object:
        if method == "DELETE" and path.endswith(server["id"]):
            server["OS-EXT-STS:vm_state"] = "error"
            return 204, None
        return answer(method, path, *rest)

    monkeypatch.setattr(cloud, "answer", broken)
    result = run_module("tenant", {**cloud.params(), **ABSENT, "timeout": 20})
    assert "research-server: the server could not be deleted. Nova says:" in result["msg"]
    assert "(request req-" in result["msg"]
