# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, reading and writing."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import journal, journal_view
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import (
    READ_PATIENCE,
    WRITE_PATIENCE,
    ApiError,
    connect,
)
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError, UncertainError, UnsentError

from tests.fake import identity, image, network_objects, services
from tests.fake.server import FakeCloud

NETWORKS = ("network", "/v2.0/networks", "networks")


def ids(cloud: FakeCloud, table: str) -> dict[str, str]:
    """Return the ids of a table by name."""
    return {row["name"]: row["id"] for row in cloud.state.table(table).values()}


def test_nothing_is_sent_before_it_is_needed(cloud: FakeCloud) -> None:
    """A task with a mistake in its options costs no login."""
    connect(cloud.params()).reader()
    assert (cloud.state.reads, cloud.state.logins) == ([], [])


def test_one_login_serves_readers_and_writers(cloud: FakeCloud) -> None:
    """The token is shared, and no version document but Keystone's is read."""
    session = connect(cloud.params())
    for client in (session, session.reader(), session):
        client.list(*NETWORKS)
    assert cloud.state.logins == [201]
    assert cloud.state.reads == ["/identity/v3"] + ["/network/v2.0/networks"] * 3


def test_a_reader_cannot_write(cloud: FakeCloud) -> None:
    """Check mode works with this client."""
    reader = connect(cloud.params()).reader()
    assert not [verb for verb in ("post", "put", "patch", "delete", "send") if hasattr(reader, verb)]


def test_lists_are_read_to_their_ends(cloud: FakeCloud) -> None:
    """Glance shows 25 on a page, the others what the caller asks for."""
    for number in range(60):
        image.make_image(cloud.state, f"image-{number}")
    project = ids(cloud, "projects")["admin"]
    for number in range(5):
        network_objects.make_network(cloud.state, project, name=f"network-{number}")
    session = connect(cloud.params())
    assert len({row["id"] for row in session.list("image", "/v2/images", "images")}) == 61
    assert len(session.list(*NETWORKS, limit=2)) == 6
    assert cloud.state.reads.count("/image/v2/images") == 3
    assert cloud.state.reads.count("/network/v2.0/networks") == 3


def test_moves_go_on_after_their_uuid(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nova refuses the id of a move as a marker."""
    rows = [{"id": number, "uuid": f"u-{number}"} for number in (7, 8)]
    pages = {
        None: {"migrations": rows[:1], "migrations_links": [{"rel": "next"}]},
        "u-7": {"migrations": rows[1:]},
    }
    session = connect(cloud.params())
    monkeypatch.setattr(session, "get", lambda service, path, marker=None, **others: pages[marker])
    assert [row["id"] for row in session.list("compute", "/os-migrations", "migrations")] == [7, 8]


def test_what_is_none_is_not_asked_for(cloud: FakeCloud) -> None:
    """An option left out filters nothing."""
    assert len(connect(cloud.params()).list(*NETWORKS, name=None)) == 1


@pytest.mark.parametrize(("how", "times"), [("before", 6), (500, 4), (502, 6), (503, 6), (504, 6)])
def test_reads_are_tried_again(cloud: FakeCloud, how: Any, times: int) -> None:
    """A service that restarts does not fail a task."""
    cloud.state.break_route("GET /network", how, times=times)
    assert len(connect(cloud.params()).list(*NETWORKS)) == 1


def test_a_read_that_fails_for_good_says_why_and_soon(cloud: FakeCloud) -> None:
    """A fault of a service's own is no reason to wait for half a minute."""
    cloud.state.break_route("GET /network", 500, message="it is broken")
    session, began = connect(cloud.params()), cloud.state.clock.monotonic()
    with pytest.raises(ApiError, match="network: GET .* answered 500: it is broken"):
        session.list(*NETWORKS)
    assert cloud.state.clock.monotonic() - began < READ_PATIENCE + 1


@pytest.mark.parametrize("how", ["before", "after", 500, 502, 504])
def test_writes_are_sent_once(cloud: FakeCloud, how: Any) -> None:
    """Nobody knows whether the first one was done: the next run looks."""
    cloud.state.break_write(0, how)
    with pytest.raises(ResourceError, match="network: .*POST"):
        connect(cloud.params()).post("network", "/v2.0/networks", {"network": {"name": "one"}})
    assert len(cloud.state.writes) == 1


@pytest.mark.parametrize(("how", "status"), [(429, 429), ("front", 0)])
def test_writes_that_were_not_done_are_sent_again(cloud: FakeCloud, how: Any, status: int) -> None:
    """A front that has no server for the moment says so, and no service has seen the request."""
    cloud.state.break_route("POST /network", how, times=3)
    connect(cloud.params()).post("network", "/v2.0/networks", {"network": {"name": "one"}})
    assert [write.status for write in cloud.state.writes] == [status] * 3 + [201]


@pytest.mark.parametrize("how", [429, "front"])
def test_a_write_that_is_refused_for_long_is_left_to_who_knows_whether_it_is_still_wanted(
    cloud: FakeCloud, how: Any
) -> None:
    """The engine looks again; another run may have come meanwhile."""
    cloud.state.break_route("POST /network", how)
    session, began = connect(cloud.params()), cloud.state.clock.monotonic()
    with pytest.raises(UncertainError) as error:
        session.post("network", "/v2.0/networks", {"network": {"name": "one"}})
    assert isinstance(error.value, UnsentError) and error.value.is_late is False
    assert 1 < len(cloud.state.writes) <= 5 and cloud.state.clock.monotonic() - began < WRITE_PATIENCE + 1
    assert timedelta(seconds=WRITE_PATIENCE + journal.FRESH) + journal.BEAT < journal_view.ALIVE


def test_a_file_is_sent_again_from_its_beginning(cloud: FakeCloud) -> None:
    """What was refused may have been read to its end."""
    row = image.make_image(cloud.state, "half", status="queued")
    cloud.state.break_route("PUT /image", 429, times=1)
    path = f"/v2/images/{row['id']}/file"
    connect(cloud.params()).send("PUT", "image", path, BytesIO(b"content"), "application/octet-stream")
    assert [write.body for write in cloud.state.writes] == [{"_content": b"content"}] * 2


@pytest.mark.parametrize(
    ("how", "is_late"), [("before", False), ("after", False), (502, False), (503, False), (504, True)]
)
def test_a_write_without_a_clear_answer_is_uncertain(cloud: FakeCloud, how: Any, is_late: bool) -> None:
    """The engine looks for its effect before it goes on; after a timeout the service may still be at it."""
    cloud.state.break_write(0, how)
    with pytest.raises(UncertainError) as error:
        connect(cloud.params()).post("network", "/v2.0/networks", {"network": {"name": "one"}})
    assert error.value.is_late is is_late


def test_a_refusal_is_certain(cloud: FakeCloud) -> None:
    """What a service says with another status counts."""
    cloud.state.break_write(0, 409)
    with pytest.raises(ApiError) as error:
        connect(cloud.params()).post("network", "/v2.0/networks", {"network": {"name": "one"}})
    assert not isinstance(error.value, UncertainError)


def test_the_clock_is_the_services(cloud: FakeCloud) -> None:
    """A controller whose clock is wrong does no harm; without an answer yet there is only its own."""
    cloud.state.clock = SimpleNamespace(time=lambda: 1000000000, monotonic=time.monotonic, sleep=time.sleep)
    session = connect(cloud.params())
    assert abs(session.now("network") - datetime.now(timezone.utc)) < timedelta(seconds=5)
    session.list(*NETWORKS)
    assert session.now("network") == datetime(2001, 9, 9, 1, 46, 40, tzinfo=timezone.utc)


def test_an_error_has_the_services_words(cloud: FakeCloud) -> None:
    """With the status and the id of the request, for those who read the logs."""
    with pytest.raises(ApiError, match="Network nowhere could not be found") as error:
        connect(cloud.params()).get("network", "/v2.0/networks/nowhere")
    assert error.value.status == 404
    assert str(error.value.details["request_id"]).startswith("req-")
    assert f"(request {error.value.details['request_id']})" in str(error.value)


def test_what_is_gone_is_gone(cloud: FakeCloud) -> None:
    """Deleting twice is fine; looking for it finds nothing."""
    session = connect(cloud.params())
    session.delete("network", "/v2.0/networks/nowhere")
    assert session.find("network", "/v2.0/networks/nowhere") is None


@pytest.mark.parametrize(("role", "lacks"), [("reader", "member"), ("member", "admin")])
def test_a_refusal_names_the_role(cloud: FakeCloud, role: str, lacks: str) -> None:
    """The role one has, and the one that is needed."""
    user = identity.make_user(cloud.state, "guest", "secret")
    identity.grant(cloud.state, user["id"], ids(cloud, "projects")["demo"], role)
    body = {"network": {"name": "one", "shared": True}}
    with pytest.raises(ApiError, match=f"guest has {role} in project demo; this needs the role {lacks}"):
        connect(cloud.params("demo", "guest")).post("network", "/v2.0/networks", body)


@pytest.mark.parametrize("by", ["name", "id"])
def test_another_project_by_name_or_id(cloud: FakeCloud, by: str) -> None:
    """The session is then signed in there."""
    projects = ids(cloud, "projects")
    identity.grant(cloud.state, ids(cloud, "users")["admin"], projects["demo"], "member")
    wanted = "demo" if by == "name" else projects["demo"]
    session = connect({**cloud.params(), "project": wanted})
    assert (session.project_id, session.project_name, session.roles) == (projects["demo"], "demo", ["member"])


def test_the_project_of_the_login_needs_no_second_one(cloud: FakeCloud) -> None:
    """Naming it costs nothing."""
    connect({**cloud.params(), "project": "admin"}).list(*NETWORKS)
    assert cloud.state.logins == [201]


def test_a_project_name_in_two_domains(cloud: FakeCloud) -> None:
    """Both ids stand in the message."""
    admin = ids(cloud, "users")["admin"]
    twins = [identity.make_project(cloud.state, "twin", domain_id=domain)["id"] for domain in ("default", "other")]
    for twin in twins:
        identity.grant(cloud.state, admin, twin, "member")
    with pytest.raises(ResourceError, match="project: several projects are called twin.*Give an id") as error:
        assert connect({**cloud.params(), "project": "twin"}).project_id
    assert all(twin in str(error.value) for twin in twins)


def test_a_token_is_enough(cloud: FakeCloud) -> None:
    """As other tools hand it over."""
    assert connect(cloud.params()).project_id
    token = next(iter(cloud.state.tokens))
    auth = {
        "auth_url": f"{cloud.url}/identity/v3",
        "token": token,
        "project_name": "admin",
        "project_domain_name": "Default",
    }
    assert connect({"auth": auth}).project_name == "admin"


def test_passwords_are_tried_without_a_trace(cloud: FakeCloud) -> None:
    """The session itself stays who it is."""
    session = connect(cloud.params())
    demo = ids(cloud, "users")["demo"]
    assert session.accepts(demo, "secret")
    assert not session.accepts(demo, "wrong")
    assert session.project_name == "admin"


ENDPOINTS = {"network": "/v2.0", "image": "/v2/", "identity": "/v3", "compute": "", "block-storage": "/v3"}


def test_catalogs_may_have_versions_or_not() -> None:
    """Deployers write both; callers give the version where the service is not one of two."""
    changed = [replace(service, endpoint=ENDPOINTS.get(service.type, service.endpoint)) for service in services()]
    with FakeCloud(changed) as cloud:
        session = connect(cloud.params())
        for service, path, key in (
            NETWORKS,
            ("image", "/v2/images", "images"),
            ("identity", "/v3/projects", "projects"),
            ("compute", "/flavors/detail", "flavors"),
            ("block-storage", "/types", "volume_types"),
        ):
            assert session.list(service, path, key)


def test_a_service_that_the_cloud_lacks(cloud: FakeCloud) -> None:
    """The catalog stands in the message."""
    session = connect(cloud.params())
    assert session.offers("network")
    assert not session.offers("object-store")
    with pytest.raises(ResourceError, match="no public address for object-store. Its catalog has: .*network"):
        session.get("object-store", "/")
