# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that bring a server that exists to what is wanted, power and flavor apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, Results, Step
from .instance_steps import BEING_ATTACHED, by_role, kept_or_made, server_action, volume_is
from .instance_wanted import Wanted


def attach_steps(reader: Any, wanted: Wanted, current: Document) -> list[Step]:
    """Return the steps that attach the data volumes that are not attached."""
    steps = []
    volume_ids = kept_or_made(wanted, current)
    for volume in wanted.volumes:
        found = by_role(current, volume.role)
        if volume.role == "root" or (found and (found["device"] or found["status"] in BEING_ATTACHED)):
            continue
        name = found["name"] if found else volume.name
        submit = attach(current["id"], volume_ids, volume.role)
        done = volume_is(reader, wanted.name, volume.role, "in-use")
        steps.append(Step(f"attach {volume.role}", f"Attach the volume {name}", submit, None, done))
    return steps


def attach(server_id: str, volume_ids: Callable[[Results], dict[str, str]], role: str) -> Callable[[Any, Results], Any]:
    """Return the request that attaches the volume with this role."""
    path = f"/servers/{server_id}/os-volume_attachments"
    return lambda writer, results: writer.post("compute", path, {"volumeAttachment": {"volumeId": volume_ids(results)[role]}})


def metadata_steps(wanted: Wanted, current: Document) -> list[Step]:
    """Return the step that writes the metadata that differ; others stay."""
    differing = {key: value for key, value in wanted.metadata.items() if current["metadata"].get(key) != value}
    if not differing:
        return []
    path = f"/servers/{current['id']}/metadata"
    summary = f"Set the metadata {', '.join(sorted(differing))} of {current['name']}"
    return [Step("metadata", summary, lambda writer, results: writer.post("compute", path, {"metadata": differing}))]


def group_steps(wanted: Wanted, current: Document) -> list[Step]:
    """Return the steps that add and then remove security groups."""
    if wanted.security_groups is None:
        return []
    names = {group["name"]: group["id"] for group in wanted.security_groups}
    added = sorted(set(names) - set(current["security_groups"]))
    removed = sorted(set(current["security_groups"]) - set(names))
    steps = []
    for verb, action, found in (("Add", "addSecurityGroup", added), ("Remove", "removeSecurityGroup", removed)):
        for name in found:
            submit = server_action(current["id"], action, {"name": names.get(name, name)})
            steps.append(Step(f"{action} {name}", f"{verb} the security group {name} of {current['name']}", submit))
    return steps


def network_steps(wanted: Wanted, current: Document) -> list[Step]:
    """Return the steps that connect the networks that are missing; what is there besides stays."""
    path = f"/servers/{current['id']}/os-interface"
    steps = []
    for network in wanted.networks:
        if network["name"] not in current["networks"]:
            body = {"interfaceAttachment": {"net_id": network["id"]}}
            summary = f"Connect {current['name']} to the network {network['name']}"
            steps.append(Step(f"network {network['id']}", summary, connect_to(path, body), None, has_network(network["name"])))
    return steps


def connect_to(path: str, body: Document) -> Callable[[Any, Results], Any]:
    """Return the request that makes an interface."""
    return lambda writer, results: writer.post("compute", path, body)


def has_network(name: str) -> Callable[[Document | None], bool]:
    """Return the question whether the server has an address in a network."""
    return lambda document: name in (document or {}).get("networks", ())
