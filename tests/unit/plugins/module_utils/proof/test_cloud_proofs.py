# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs pass on a cloud that works, leave nothing, and fail on one that does not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import Cloud, connect
from ansible_collections.conductor.cloud.plugins.module_utils.proof import cloud_identity, cloud_image, cloud_volume
from ansible_collections.conductor.cloud.plugins.module_utils.proof.proof import PREFIX, new_name
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def prove(module: Any, connection: dict[str, Any]) -> dict[str, Any]:
    """Run a proof as the administrator."""
    return module.PROOF.prove(connect(connection), {})


def proofs(cloud: Any, table: str) -> set[str]:
    """Return the names of what proofs have made."""
    return {row["name"] for row in cloud.state.table(table).values() if row["name"].startswith(PREFIX)}


def test_an_image_comes_back_and_is_removed(cloud: Any, connection: dict[str, Any]) -> None:
    """The cloud has the same images before and after."""
    before = cloud.state.snapshot()["images"]
    assert prove(cloud_image, connection)["bytes"] == 1024 * 1024
    assert cloud.state.snapshot()["images"] == before


def test_what_an_interrupted_proof_left_is_cleared_away(cloud: Any, connection: dict[str, Any]) -> None:
    """What is young may be another proof's, and what has another name is not a proof's."""
    body = {"disk_format": "raw", "container_format": "bare", "visibility": "private"}
    old, young = f"{PREFIX}-1700000000-abcdef", new_name()
    for name in (old, young, PREFIX):
        connect(connection).post("image", "/v2/images", {**body, "name": name})
    prove(cloud_image, connection)
    assert proofs(cloud, "images") == {young, PREFIX}


def test_a_store_that_returns_other_data_is_found_out(cloud: Any, connection: dict[str, Any], monkeypatch: Any) -> None:
    """One wrong byte fails the proof, and the image is removed all the same."""
    read = Cloud.content
    monkeypatch.setattr(Cloud, "content", lambda self, *place: b"x" + read(self, *place)[1:])
    with pytest.raises(ResourceError, match="came back different"):
        prove(cloud_image, connection)
    assert not proofs(cloud, "images")


def test_a_store_that_takes_nothing_is_found_out(cloud: Any, connection: dict[str, Any]) -> None:
    """The service's own words stand in the error."""
    cloud.state.break_route("PUT .*/file$", 503)
    with pytest.raises(ResourceError, match="503"):
        prove(cloud_image, connection)


def test_users_sign_in_and_are_removed(cloud: Any, connection: dict[str, Any]) -> None:
    """The cloud has the same users before and after."""
    cloud_identity.sign_in(connect(connection))
    assert not proofs(cloud, "users")


def test_a_door_that_lets_everybody_in_is_found_out(connection: dict[str, Any], monkeypatch: Any) -> None:
    """The wrong password has to be refused."""
    monkeypatch.setattr(Cloud, "accepts", lambda self, user, password: True)
    with pytest.raises(ResourceError, match="wrong password"):
        cloud_identity.sign_in(connect(connection))


def test_a_catalog_without_tls_is_found_out() -> None:
    """Every service needs both addresses, with TLS."""
    services = [{"id": "1", "name": "glance", "type": "image"}]
    good = [
        {"service_id": "1", "interface": "public", "url": "https://a"},
        {"service_id": "1", "interface": "internal", "url": "https://b"},
    ]
    cloud_identity.compare(services, good)
    with pytest.raises(ResourceError, match="no internal address for glance"):
        cloud_identity.compare(services, good[:1])
    with pytest.raises(ResourceError, match="without TLS: http://b"):
        cloud_identity.compare(services, [good[0], {**good[1], "url": "http://b"}])


def test_a_volume_grows_and_is_removed(cloud: Any, connection: dict[str, Any]) -> None:
    """Nothing is left of the volume and its copies."""
    assert prove(cloud_volume, connection)["services"] == [
        "cinder-backup on node-1",
        "cinder-scheduler on node-1",
        "cinder-volume on node-1",
    ]
    assert not cloud.state.table("volumes")
    assert not cloud.state.table("snapshots")
    assert not cloud.state.table("backups")


def test_a_backend_that_is_down_is_named(cloud: Any, connection: dict[str, Any]) -> None:
    """Nothing is made where a part of Cinder does not answer."""
    connect(connection).get("block-storage", "/os-services")
    next(iter(cloud.state.table("volume_services").values()))["state"] = "down"
    with pytest.raises(ResourceError, match="not up: cinder-scheduler on node-1"):
        prove(cloud_volume, connection)
    assert not [write for write in cloud.state.writes if "/volumes" in write.path]


def test_a_volume_that_does_not_grow_is_found_out(cloud: Any, connection: dict[str, Any], monkeypatch: Any) -> None:
    """To accept the request is not enough, and the volume is removed all the same."""
    monkeypatch.setattr(Cloud, "post", without_growth(Cloud.post))
    with pytest.raises(ResourceError, match="extended to 2 GiB has 1 GiB"):
        prove(cloud_volume, connection)
    assert not cloud.state.table("volumes")


def without_growth(post: Any) -> Any:
    """Return a ``post`` that swallows the request to extend."""
    return lambda self, service, path, body: {} if "os-extend" in body else post(self, service, path, body)
