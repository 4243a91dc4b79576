# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova does not reach the database of a cell, and answers 200 all the same: that nothing is there is not believed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.host_services import HostServices
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.inventory_hosts import read_hosts
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import READ_PATIENCE, ApiError, connect
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.tenant_absent import read_owned
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

from tests.fake import compute_objects
from tests.module import run_module
from tests.site import Site

WEB = {"flavor": "tiny", "image": "debian", "root_volume": {"size": 1}, "data_volumes": [{"size": 1}]}
SERVICE = {"id": "1", "binary": "nova-compute", "host": "node-1", "status": "enabled", "state": "down"}
SERVERS = ("compute", "/servers", "servers")
UNREACHED = "Nova does not reach the cell with"


def admin(site: Site) -> Any:
    """Return who sees all projects."""
    return connect(site.cloud.params()).reader()


def return_after(site: Site, seconds: float) -> None:
    """Let the cell be down for so long."""
    site.state.cell_is_down = True
    site.state.later(lambda: setattr(site.state, "cell_is_down", False), seconds)


class OnlyNova:
    """A cloud that has nothing but Nova, of which a connection may be lost for each listing but that of services."""

    def __init__(self, site: Site, number: int) -> None:
        site.state.add("compute_services", dict(SERVICE))
        site.state.add("migrations", {"instance_uuid": "moving", "status": "finished", "id": 7})
        site.rows("servers")[0]["OS-EXT-SRV-ATTR:host"] = "node-1"
        self._site = site
        self._number = number
        self._reader = admin(site)

    def offers(self, service: str) -> bool:
        """Offer what Nova does."""
        return service == "compute"

    def list(self, service: str, path: str, key: str, **query: Any) -> Any:
        """Return what Nova tells."""
        self._site.state.lost_connections = 0 if path == "/os-services" else self._number
        return self._reader.list(service, path, key, **query)


def node(site: Site, state: str, number: int = 0) -> HostServices:
    """Return the host of the instance, which is to go."""
    nova: Any = OnlyNova(site, number)
    return HostServices(nova, {"host": "node-1", "state": state, "lost": False})


@pytest.mark.parametrize("check", [True, False])
def test_an_instance_that_is_there_is_not_made_again(site: Site, check: bool) -> None:
    sent = len(site.state.writes)
    site.state.cell_is_down = True
    said = site.instance(check, **WEB)["msg"]
    assert "compute: GET /servers/detail: Nova does not reach the cell with 1 of these instances" in said
    assert (len(site.rows("servers")), len(site.state.writes)) == (1, sent)


@pytest.mark.parametrize("by", ["name", "id"])
def test_an_instance_that_is_there_is_not_said_to_be_gone(site: Site, by: str) -> None:
    name = "web1" if by == "name" else site.server()["id"]
    sent = len(site.state.writes)
    site.state.cell_is_down = True
    assert UNREACHED in site.run("instance", name=name, state="absent")["msg"]
    assert (len(site.rows("volumes")), len(site.state.writes)) == (2, sent)


@pytest.mark.parametrize("module", ["instance", "instance_info"])
def test_a_cell_that_comes_back_soon_fails_nothing(site: Site, module: str) -> None:
    return_after(site, 3)
    result = site.run(module, name="web1", **({} if module == "instance_info" else WEB))
    assert "msg" not in result and result["changed"] is False


def test_one_instance_by_its_id(site: Site) -> None:
    """It has an id, a flavor and a status, and counts for nothing without the rest."""
    reader, path = connect(site.cloud.params("demo", "demo")).reader(), f"/servers/{site.server()['id']}"
    site.state.cell_is_down, began = True, site.state.clock.monotonic()
    with pytest.raises(ApiError, match=rf"GET {path}: {UNREACHED} this instance .*Run again .*\(request req-") as error:
        reader.find("compute", path)
    assert (error.value.status, error.value.is_refusal) == (500, False)
    assert 5 < site.state.clock.monotonic() - began < READ_PATIENCE + 1
    return_after(site, 3)
    assert reader.get("compute", path)["server"]["name"] == "web1"


def test_a_state_that_nova_has_no_word_for_is_no_cell_that_is_down(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(compute_objects.STATUS, "active", "UNKNOWN")
    reader = connect(site.cloud.params("demo", "demo")).reader()
    assert reader.get("compute", f"/servers/{site.server()['id']}")["server"]["status"] == "UNKNOWN"
    assert len(reader.list("compute", "/servers/detail", "servers")) == 1
    assert len(reader.list("compute", "/servers", "servers", name="web1")) == 1


def test_an_inventory_is_not_short(site: Site) -> None:
    site.state.cell_is_down = True
    with pytest.raises(ApiError, match=UNREACHED):
        read_hosts(admin(site), True)


@pytest.mark.parametrize("path", ["/servers", "/servers/detail"])
@pytest.mark.parametrize("query", [{"name": "^web"}, {"limit": 5}])
def test_a_listing_in_which_nova_leaves_out_the_cell(site: Site, path: str, query: dict[str, Any]) -> None:
    reader = connect(site.cloud.params("demo", "demo")).reader()
    site.state.cell_is_down = True
    with pytest.raises(ApiError, match=f"GET /servers: {UNREACHED} 1 of these instances"):
        reader.list("compute", path, "servers", **query)
    return_after(site, 3)
    assert [row["name"] for row in reader.list("compute", path, "servers", **query)] == ["web1"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_connection_that_was_lost_is_not_seen_again(site: Site, number: int) -> None:
    """It fails one request, and maybe the next one that comes to another worker."""
    reader = admin(site)
    site.state.lost_connections = number
    assert len(reader.list("compute", "/servers", "servers", all_tenants=1, project_id=site.project_id)) == 1
    site.state.lost_connections = number
    assert [row["id"] for row in read_owned(reader, site.project_id)["servers"]] == [site.server()["id"]]


@pytest.mark.parametrize("readings", [(["one"], []), ([], ["one"]), (["one"], ["one", "two"])])
def test_what_one_of_two_readings_has_is_there(site: Site, monkeypatch: pytest.MonkeyPatch, readings: Any) -> None:
    """Either of them may be the one that lost its connection."""
    reader = connect(site.cloud.params()).reader()
    pages = iter([{"id": number} for number in reading] for reading in readings)
    monkeypatch.setattr(reader, "_pages", lambda *_what: next(pages))
    found = [entry["id"] for entry in reader.list("compute", "/servers", "servers", host="one")]
    assert found == sorted({number for reading in readings for number in reading})


def test_a_plain_listing_costs_one_request(site: Site) -> None:
    reader = admin(site)
    reader.list(*SERVERS)
    for query in ({}, {"all_tenants": 1}, {"name": None}):
        site.state.reads.clear()
        reader.list("compute", "/servers/detail", "servers", **query)
        assert site.state.reads.count("/compute/v2.1/servers/detail") == len(site.state.reads) == 1


def test_a_tenant_of_which_a_part_is_left_out_stays(site: Site) -> None:
    """Of two cells one answers: what is there does not stand for all."""
    other = {**site.rows("servers")[0], "id": "in-another-cell", "_devices": [], "_elsewhere": True}
    site.state.add("servers", other)
    sent = len(site.state.writes)
    site.state.cell_is_down = True
    assert [row["id"] for row in admin(site).get(*SERVERS[:2], all_tenants=1, name="web")["servers"]] == [other["id"]]
    result = run_module("tenant", {**site.cloud.params(), "name": "demo", "state": "absent", "force": True})
    assert UNREACHED in result["msg"] and len(site.state.writes) == sent


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_a_host_of_which_nova_tells_nothing_is_not_unknown(site: Site, state: str) -> None:
    host = node(site, state)
    site.state.cell_is_down = True
    with pytest.raises(ApiError, match=f"GET /os-services: {UNREACHED} 1 of these services"):
        host.read()
    return_after(site, 3)
    found = {"services": {"nova-compute": "enabled"}, "reason": "", "agents": [], "provider": False}
    assert host.read() == found


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_host_of_which_nova_does_not_tell_all_keeps_its_instances(site: Site, number: int) -> None:
    """The list of its services was answered, the next ones are not; of moves nobody is told that they are left out."""
    host = node(site, "absent", number)
    with pytest.raises(ResourceError, match=r"the instances web1 .* of moves that have not ended, of moving"):
        host.plan(host.read())
