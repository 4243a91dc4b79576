# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project holds, list by list, and how one server reads as a document."""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError
from .journal_note import OPERATION
from .lookup import Lookup
from .rival import age
from .server_quota import Room
from .volume_restore import has_copied_marks, read_journal

# The marks stand in the metadata of servers and volumes from the request that creates them.
INSTANCE = "conductor_instance"
ROLE = "conductor_role"
# By what its removal calls an instance whose name does not lead to what is left of it: its id, or a later name.
GOING = "conductor_going"
USER_DATA = "conductor_user_data"
MARKS = (INSTANCE, ROLE, USER_DATA, OPERATION)
GONE = ("DELETED", "SOFT_DELETED")

KEYS = (
    *("id", "name", "status", "task_state", "flavor", "cores", "ram", "image", "availability_zone", "key_name"),
    *("config_drive", "security_groups", "networks", "addresses", "floating_ip", "floating_ips", "volumes"),
    *("metadata", "user_data", "fault", "created"),
)


class ProjectView:
    """What instances are made of in the project that a reader is signed in to."""

    CHANGING = ("server", "volume", "snapshot", "port", "floating_ip")

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.reader = lookup.reader
        self.room = Room(lookup.reader)
        self.new_floating_ips = 0

    def forget(self) -> None:
        """Read what may have changed anew."""
        self.lookup.forget(*self.CHANGING)

    def servers(self) -> list[Document]:
        """Return the servers."""
        return self.lookup.rows("server")

    def floating_ips(self) -> list[Document]:
        """Return the floating IPs of the project."""
        return self.lookup.rows("floating_ip")

    def ports_of(self, server_id: str) -> list[Document]:
        """Return the ports of one server."""
        return [port for port in self.lookup.rows("port") if port.get("device_id") == server_id]

    def volumes_of(self, server_id: str | None, name: str) -> list[Document]:
        """Return the volumes attached to a server, and those that were made for the instance of this name."""
        return [
            volume
            for volume in self.lookup.rows("volume")
            if (server_id and attachment(volume, server_id))
            or (
                owner(volume) == name
                and not attached_elsewhere(volume, server_id)
                and not self.namesake(server_id, name)
            )
        ]

    def namesake(self, server_id: str | None, name: str) -> Document | None:
        """Return another server that was made under this name and renamed since: what is marked so is its own.

        A run may have taken a volume of it off for a moment, which does not make that anybody else's.
        """
        others = (server for server in self.servers() if server["id"] != server_id and server.get("status") not in GONE)
        return next((server for server in others if server["metadata"].get(INSTANCE) == name), None)

    def network_name(self, network_id: str) -> str:
        """Return the name of a network, or its id where the project cannot see it."""
        return next((entry["name"] for entry in self.lookup.rows("network") if entry["id"] == network_id), network_id)

    def group_names(self, port: Document) -> list[str]:
        """Return the names of a port's security groups."""
        rows = self.lookup.rows("security_group") if port["security_groups"] else []
        names = {row["id"]: row["name"] for row in rows}
        return sorted(names.get(key, key) for key in port["security_groups"])


def attachment(volume: Document, server_id: str | None) -> Document | None:
    """Return how a volume is attached to a server."""
    return next((entry for entry in volume.get("attachments", ()) if entry.get("server_id") == server_id), None)


def owner(volume: Document) -> str | None:
    """Return the name of the instance that a volume was made for.

    Cinder's restore gives a new volume the metadata of the one that was backed up: there the description counts.
    """
    restored = read_journal(volume)
    if restored:
        return restored.instance
    return None if has_copied_marks(volume) else volume["metadata"].get(INSTANCE)


def role_of(volume: Document) -> str | None:
    """Return what a volume is to the instance that it was made for."""
    restored = read_journal(volume)
    return restored.role if restored else volume["metadata"].get(ROLE)


def going_as(volume: Document) -> str | None:
    """Return by which id or later name the removal of its instance left a volume; a copy has no such mark."""
    return volume["metadata"].get(GOING) if owner(volume) and read_journal(volume) is None else None


def left_of_removal(view: ProjectView, name: str) -> list[Document]:
    """Return the volumes that a removal left under an id or a later name when the server was gone."""
    rows = [row for row in view.lookup.rows("volume") if going_as(row) == name and owner(row) != name]
    return [row for row in rows if not attached_elsewhere(row, None)]


def attached_elsewhere(volume: Document, server_id: str | None) -> bool:
    """Tell whether another server has the volume."""
    return any(entry.get("server_id") != server_id for entry in volume.get("attachments", ()))


def find_server(view: ProjectView, name: str, option: str = "name") -> Document | None:
    """Return the server of this id or name; more than one of that name is an error."""
    servers = [server for server in view.servers() if server.get("status") not in GONE]
    by_id = [server for server in servers if server["id"] == name]
    found = by_id or [server for server in servers if server["name"] == name]
    if len(found) > 1:
        ids = ", ".join(sorted(server["id"] for server in found))
        raise ResourceError(
            f"{option}: {len(found)} instances are called {name} ({ids}). Give the id of the one you mean."
        )
    return found[0] if found else None


def refuse_namesake(view: ProjectView, option: str, name: str) -> None:
    """Refuse to make an instance whose parts could not be told from those of one that had its name before."""
    other = view.namesake(None, name)
    if other:
        raise ResourceError(
            f"{option}: the instance {other['name']} ({other['id']}) was made as {name}, and its volumes and floating"
            " IPs are still marked with that name. Choose another name."
        )


def is_settled(document: Document) -> bool:
    """Tell whether nothing is under way in Nova."""
    return document["task_state"] is None and document["status"] not in ("BUILD", "REBOOT", "HARD_REBOOT")


def runs(reader: Any, server_id: str) -> bool:
    """Tell whether a server runs now, and nobody is about to change that."""
    found = (reader.find("compute", f"/servers/{server_id}") or {}).get("server", {})
    return found.get("status") == "ACTIVE" and found.get("OS-EXT-STS:task_state") is None


def describe(view: ProjectView, name: str, server: Document | None) -> Document | None:
    """Return an instance as a document, also one whose server does not exist yet, or no longer."""
    server_id = server["id"] if server else None
    mark = mark_of(server, name)
    rows = sorted(view.volumes_of(server_id, mark), key=age) + ([] if server else left_of_removal(view, mark))
    volumes = [describe_volume(volume, server_id, mark) for volume in rows]
    floating_ips = describe_floating_ips(view, server_id, mark)
    if server is None and not volumes and not floating_ips:
        return None
    document: Document = dict.fromkeys(KEYS)
    document.update(name=name, volumes=sorted(volumes, key=volume_order), addresses=[], networks=[], metadata={})
    document.update(floating_ips=floating_ips, security_groups=[])
    document["image"] = next((volume["image"] for volume in document["volumes"] if volume["role"] == "root"), None)
    if server is None:
        document.update(status="INCOMPLETE")
        return document
    document.update(
        id=server_id,
        name=server["name"],
        status=server["status"],
        task_state=server.get("OS-EXT-STS:task_state"),
        flavor=server["flavor"]["original_name"],
        cores=server["flavor"]["vcpus"],
        ram=server["flavor"]["ram"],
        availability_zone=server.get("OS-EXT-AZ:availability_zone") or None,
        key_name=server.get("key_name"),
        config_drive=bool(server.get("config_drive")),
        metadata={key: value for key, value in server["metadata"].items() if key not in MARKS},
        user_data=server["metadata"].get(USER_DATA),
        fault=fault_of(view, server),
        created=server.get("created"),
    )
    document.update(describe_addresses(view, server))
    return document


def fault_of(view: ProjectView, server: Document) -> str | None:
    """Return Nova's reason for ERROR. A list does not have it for a server that found no host at all."""
    if server["status"] == "ERROR" and "fault" not in server:
        server = (view.reader.find("compute", f"/servers/{server['id']}") or {}).get("server", {})
    return server.get("fault", {}).get("message")


def mark_of(server: Document | None, name: str) -> str:
    """Return the name under which the things of an instance are marked; a renamed server keeps its first one."""
    return server["metadata"].get(INSTANCE) or server["name"] if server else name


def describe_volume(volume: Document, server_id: str | None, mark: str) -> Document:
    """Return what a person wants to know of a volume."""
    how = attachment(volume, server_id)
    is_ours = mark in (owner(volume), going_as(volume))
    plain_role = "root" if volume.get("bootable") == "true" else "data"
    origin = volume.get("volume_image_metadata") or {}
    return {
        "id": volume["id"],
        "name": volume["name"] or volume["id"],
        "role": role_of(volume) or plain_role if is_ours else plain_role,
        "size": volume["size"],
        "type": volume.get("volume_type"),
        "status": volume["status"],
        "device": how.get("device") if how else None,
        "image": origin.get("image_name"),
        "image_id": origin.get("image_id"),
        "made_by_us": is_ours,
    }


def volume_order(volume: Document) -> tuple[bool, str, str]:
    """Order volumes: root first, then by device, then by role."""
    return (volume["role"] != "root", volume["device"] or "~", volume["role"])


def floating_ip_mark(name: str) -> str:
    """Return the description of a floating IP that was made for the instance of this name."""
    return f"{INSTANCE}={name}"


def describe_floating_ips(view: ProjectView, server_id: str | None, name: str) -> list[Document]:
    """Return the floating IPs of a server, and what was made for it and hangs in the air."""
    ports = {port["id"] for port in view.ports_of(server_id)} if server_id else set()
    return [
        {
            "id": entry["id"],
            "address": entry["floating_ip_address"],
            "attached": entry.get("port_id") in ports,
            "made_by_us": entry.get("description") == floating_ip_mark(name),
        }
        for entry in view.floating_ips()
        if entry.get("port_id") in ports
        or (
            not entry.get("port_id")
            and entry.get("description") == floating_ip_mark(name)
            and not view.namesake(server_id, name)
        )
    ]


def describe_addresses(view: ProjectView, server: Document) -> Document:
    """Return the networks and addresses of a server, from Neutron: Nova's own copy lags behind."""
    outside = {entry["port_id"]: entry["floating_ip_address"] for entry in view.floating_ips() if entry.get("port_id")}
    addresses = [
        {
            "network": view.network_name(port["network_id"]),
            "fixed_ip": next((fixed["ip_address"] for fixed in port["fixed_ips"]), None),
            "mac": port["mac_address"],
            "floating_ip": outside.get(port["id"]),
            "port": port["id"],
            "security_groups": view.group_names(port) if port.get("port_security_enabled", True) else None,
        }
        for port in view.ports_of(server["id"])
    ]
    return {
        "addresses": sorted(addresses, key=lambda entry: (entry["network"], entry["fixed_ip"] or "")),
        "networks": sorted({entry["network"] for entry in addresses}),
        "security_groups": sorted({name for entry in addresses for name in entry["security_groups"] or ()}),
        "floating_ip": next((entry["floating_ip"] for entry in addresses if entry["floating_ip"]), None),
    }
