# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that bring a server that exists to what is wanted, power and flavor apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .instance_steps import BEING_ATTACHED, by_role, kept_or_made, stays, volume_is
from .instance_wanted import Wanted
from .rival import again, keep_one, others_first, until_gone


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
        done = on_a_server(volume_is(reader, wanted.name, volume.role, "in-use"))
        steps.append(Step(f"attach {volume.role}", f"Attach the volume {name}", submit, None, done))
    return steps


def on_a_server(done: Callable[[Document | None], bool]) -> Callable[[Document | None], bool]:
    """Return a question that makes sense only as long as there is a server."""
    there = stays("the server")
    return lambda document: there(bool(document and document["id"])) and done(document)


def attach(server_id: str, volume_ids: Callable[[Results], dict[str, str]], role: str) -> Callable[[Any, Results], Any]:
    """Return the request that attaches the volume with this role."""
    path = f"/servers/{server_id}/os-volume_attachments"
    return lambda writer, results: writer.post(
        "compute", path, {"volumeAttachment": {"volumeId": volume_ids(results)[role]}}
    )


def metadata_steps(wanted: Wanted, current: Document) -> list[Step]:
    """Return the step that writes the metadata that differ; others stay."""
    differing = {key: value for key, value in wanted.metadata.items() if current["metadata"].get(key) != value}
    if not differing:
        return []
    path = f"/servers/{current['id']}/metadata"
    summary = f"Set the metadata {', '.join(sorted(differing))} of {current['name']}"
    return [Step("metadata", summary, lambda writer, results: writer.post("compute", path, {"metadata": differing}))]


def group_steps(wanted: Wanted, current: Document) -> list[Step]:
    """Return the steps that put the ports into the wanted security groups and no others."""
    if wanted.security_groups is None:
        return []
    names = sorted(group["name"] for group in wanted.security_groups)
    steps = []
    for entry in current["addresses"]:
        if entry["security_groups"] not in (None, names):
            submit = set_groups(wanted, lambda results, port_id=entry["port"]: port_id)
            steps.append(
                Step(f"groups {entry['port']}", group_summary(names, current["name"], entry["network"]), submit)
            )
    return steps


def group_steps_after_boot(wanted: Wanted) -> list[Step]:
    """Return the steps that take a new server out of all groups: to Nova, none means what Neutron gives by itself."""
    if wanted.security_groups != ():
        return []
    steps = []
    for network in wanted.networks:

        def submit(writer: Any, results: Results, network_id: str = network["id"]) -> Any:
            where = {"device_id": results["server"]["id"], "network_id": network_id}
            port = writer.list("network", "/v2.0/ports", "ports", **where)[0]["id"]
            return set_groups(wanted, lambda _results: port)(writer, results)

        steps.append(Step(f"groups {network['id']}", group_summary([], wanted.name, network["name"]), submit))
    return steps


def group_summary(names: list[str], name: str, network: str) -> str:
    """Return what a change of security groups is called."""
    return f"Put {name} in network {network} into the security groups {', '.join(names) or '(none)'}"


def set_groups(wanted: Wanted, port_id: Callable[[Results], str]) -> Callable[[Any, Results], Any]:
    """Return the request that sets the security groups of a port; one that is gone was made in vain."""
    body = {"port": {"security_groups": [group["id"] for group in wanted.security_groups or ()]}}

    def submit(writer: Any, results: Results) -> Any:
        path = f"/v2.0/ports/{port_id(results)}"
        try:
            return writer.put("network", path, body)
        except ResourceError as error:
            raise others_first(wanted.name, error, lambda: writer.find("network", path) is None) from error

    return submit


def network_steps(wanted: Wanted, current: Document) -> list[Step]:
    """Return the steps that connect the networks that are missing; what is there besides stays."""
    if current["status"] == "BUILD":
        # Its ports come with it, as the request that made it said.
        return []
    steps = []
    for network in wanted.networks:
        if network["name"] in current["networks"]:
            continue
        summary = f"Connect {current['name']} to the network {network['name']}"
        key = f"network {network['id']}"
        steps.append(Step(key, summary, connect_to(current, network), None, has_network(network["name"])))
        if wanted.security_groups is not None:
            names = sorted(group["name"] for group in wanted.security_groups)
            submit = set_groups(wanted, lambda results, key=key: results[key]["port_id"])
            steps.append(
                Step(f"groups {network['id']}", group_summary(names, current["name"], network["name"]), submit)
            )
    return steps


def connect_to(server: Document, network: Document) -> Callable[[Any, Results], Any]:
    """Return the request that makes an interface, and takes it back where another run was first."""
    path, body = f"/servers/{server['id']}/os-interface", {"interfaceAttachment": {"net_id": network["id"]}}
    where = {"device_id": server["id"], "network_id": network["id"]}

    def submit(writer: Any, _results: Results) -> Any:
        made = writer.post("compute", path, body)["interfaceAttachment"]

        def look() -> list[Document]:
            return writer.list("network", "/v2.0/ports", "ports", **where)

        def take_back(port: Document) -> None:
            writer.delete("compute", f"{path}/{port['id']}")
            # Nova takes its time: until then the port would be taken for one that stays.
            until_gone(look, port)

        keep_one(f"{server['name']} in network {network['name']}", again(look), {made["port_id"]}, take_back)
        return made

    return submit


def has_network(name: str) -> Callable[[Document | None], bool]:
    """Return the question whether the server has an address in a network."""
    return lambda document: name in (document or {}).get("networks", ())
