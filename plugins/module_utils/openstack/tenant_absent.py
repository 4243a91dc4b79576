# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a project owns, and the order in which it can go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from ..resource import Document
from .draft import Draft
from .journal_note import Note, given_up
from .server_fault import raise_stays
from .session import ApiError, CloudReader


@dataclass(frozen=True)
class Owned:
    """A kind of object: where it is listed, what says whose it is, and which kinds have to go before it."""

    words: str
    service: str
    path: str
    key: str
    owner: str = "project_id"
    after: tuple[str, ...] = ()
    listing: str = ""
    waits: bool = False


OWNED = {
    "servers": Owned("server", "compute", "/servers", "servers", "tenant_id", (), "/detail", True),
    "backups": Owned(
        "backup", "block-storage", "/backups", "backups", "os-backup-project-attr:project_id", (), "/detail", True
    ),
    "snapshots": Owned(
        "snapshot",
        "block-storage",
        "/snapshots",
        "snapshots",
        "os-extended-snapshot-attributes:project_id",
        ("servers", "backups"),
        "/detail",
        True,
    ),
    "volumes": Owned(
        "volume",
        "block-storage",
        "/volumes",
        "volumes",
        "os-vol-tenant-attr:tenant_id",
        ("servers", "backups"),
        "/detail",
        True,
    ),
    "floating_ips": Owned("floating IP", "network", "/v2.0/floatingips", "floatingips", after=("servers",)),
    "interfaces": Owned("router interface", "network", "", "", after=("servers", "floating_ips")),
    "routers": Owned("router", "network", "/v2.0/routers", "routers", after=("interfaces",)),
    "ports": Owned("port", "network", "/v2.0/ports", "ports", after=("servers", "floating_ips", "interfaces")),
    "subnets": Owned("subnet", "network", "/v2.0/subnets", "subnets", after=("ports", "routers", "interfaces")),
    "networks": Owned("network", "network", "/v2.0/networks", "networks", after=("subnets", "ports")),
    "security_groups": Owned(
        "security group", "network", "/v2.0/security-groups", "security_groups", after=("ports", "servers")
    ),
}
# Ports that Neutron makes for itself go with what they serve.
OWN_PORTS = "network:"
REFERENCES = ("volume_id", "snapshot_id", "source_volid")
# What was made from an object goes before it: the kind, and the field that tells.
MADE_FROM = {
    "snapshots": (("volumes", "snapshot_id"),),
    "volumes": (("snapshots", "volume_id"), ("volumes", "source_volid")),
}
KEPT = ("id", "name", "status", "created_at", "floating_ip_address", "router", "subnet", "fail_reason", *REFERENCES)
INTERFACES = (
    "network:router_interface",
    "network:router_interface_distributed",
    "network:ha_router_replicated_interface",
)


# What ends by itself; until then Cinder deletes nothing, and a volume that is backed up must not lose its server.
AT_WORK = (
    "creating",
    "downloading",
    "extending",
    "retyping",
    "uploading",
    "backing-up",
    "restoring",
    "restoring-backup",
)
WORKED_ON = ("backups", "snapshots", "volumes")


def read_owned(reader: CloudReader, project_id: str) -> Document:
    """Return what belongs to the project, kind by kind; what does not say so is left out."""
    found: Document = {}
    for kind, place in OWNED.items():
        if not place.path or not reader.offers(place.service):
            found[kind] = []
            continue
        rows = reader.list(place.service, place.path + place.listing, place.key, **filters(kind, place, project_id))
        found[kind] = [row for row in rows if row.get(place.owner) == project_id]
    return found


def filters(kind: str, place: Owned, project_id: str) -> dict[str, Any]:
    """Return what narrows a listing down. Cinder knows no filter for it."""
    if kind == "security_groups":
        # Asked by project, Neutron would make the project's default group: a read that writes.
        return {"fields": ["id", "name", "project_id"]}
    if place.service == "network":
        return {"project_id": project_id}
    return {"all_tenants": 1, "project_id": project_id} if kind == "servers" else {"all_tenants": 1}


def sorted_out(found: Document) -> Document:
    """Leave out what goes by itself, and keep of the rest what the plan needs."""
    names = {row["id"]: called(row) for row in (*found["routers"], *found["subnets"])}
    inside = [port for port in found["ports"] if port["device_owner"] in INTERFACES and port["device_id"] in names]
    found["interfaces"] = [
        {
            "id": f"{port['device_id']}/{ip['subnet_id']}",
            "name": f"{names[port['device_id']]} from the subnet {names.get(ip['subnet_id'], ip['subnet_id'])}",
            "router": port["device_id"],
            "subnet": ip["subnet_id"],
        }
        for port in inside
        for ip in port["fixed_ips"]
    ]
    found["ports"] = [port for port in found["ports"] if not port["device_owner"].startswith(OWN_PORTS)]
    return {kind: [{key: row[key] for key in KEPT if row.get(key)} for row in rows] for kind, rows in found.items()}


def read_users(reader: CloudReader, project_id: str, domain: str) -> list[Document]:
    """Return the users that were made for this project, and for no other.

    Who has no role here at all was not made for it by this module; roles of a user's groups count, too.
    """
    rows = reader.list("identity", "/v3/users", "users", domain_id=domain)
    mine = [row for row in rows if row.get("default_project_id") == project_id]
    found = []
    for row in mine:
        query = {"user.id": row["id"], "effective": "true"}
        roles = reader.list("identity", "/v3/role_assignments", "role_assignments", **query)
        if {role["scope"].get("project", {}).get("id") for role in roles} == {project_id}:
            found.append({"id": row["id"], "name": row["name"]})
    return found


def called(row: Document) -> str:
    """Return what people call an object."""
    return str(row.get("name") or row.get("floating_ip_address") or row["id"])


def at_work(owned: Document) -> list[tuple[str, Document]]:
    """Return what Cinder is at, with its kinds."""
    return [(kind, row) for kind in WORKED_ON for row in owned[kind] if row.get("status") in AT_WORK]


def plan_absent(reader: CloudReader, draft: Draft, owned: Document, project: Document, unfinished: list[Note]) -> None:
    """Plan the end of all that is owned, then of the users, then of the project.

    What others have begun and left ``unfinished`` is given up, and that is said.
    """
    for kind, row in at_work(owned):
        what = f"the {OWNED[kind].words} {called(row)}"
        rests = rested(kind, row["id"])
        draft.add(
            f"rest {kind}/{row['id']}", f"Wait for {what} ({row['status']})", nothing, (), rests, f"{what} to rest"
        )
    known = {f"{kind}/{row['id']}": (kind, row) for kind in OWNED for row in owned[kind]}
    earlier = {key: goes_before(kind, row, owned) for key, (kind, row) in known.items()}
    for key in TopologicalSorter(earlier).static_order():
        kind, row = known[key]
        left = given_up(note for note in unfinished if kind == "servers" and note.server == row["id"])
        add_delete(reader, draft, kind, row, (*draft.keys("rest "), *earlier[key]), left)
    for user in owned["users"]:
        delete = deletion("identity", f"/v3/users/{user['id']}")
        draft.add(f"users/{user['id']}", f"Delete the user {user['name']}", delete, after=draft.keys())
    delete = deletion("identity", f"/v3/projects/{project['id']}")
    draft.add("project", f"Delete the project {project['name']}", delete, after=draft.keys())


def goes_before(kind: str, row: Document, owned: Document) -> tuple[str, ...]:
    """Return the keys of all that has to be gone before this object can go."""
    found = [f"{other}/{entry['id']}" for other in OWNED[kind].after for entry in owned[other]]
    for other, field in MADE_FROM.get(kind, ()):
        found += [f"{other}/{entry['id']}" for entry in owned[other] if entry.get(field) == row["id"]]
    if kind == "backups":
        # An incremental backup stands on the earlier ones of its volume.
        same = [entry for entry in owned[kind] if entry["volume_id"] == row["volume_id"]]
        found += [f"{kind}/{entry['id']}" for entry in same if age(entry) > age(row)]
    return tuple(found)


def age(row: Document) -> tuple[str, str]:
    """Return what orders objects by their time."""
    return str(row["created_at"]), row["id"]


def add_delete(reader: CloudReader, draft: Draft, kind: str, row: Document, after: tuple[str, ...], left: str) -> None:
    """Plan the end of one object, and the wait for it where it takes its time. ``left`` tells what ends with it."""
    name, key, place = called(row), f"{kind}/{row['id']}", OWNED[kind]
    if kind == "interfaces":
        draft.add(key, f"Disconnect the router {name}", disconnection(row["router"], row["subnet"]), after=after)
        return
    delete = deletion(place.service, f"{place.path}/{row['id']}")
    if str(row.get("status")).lower() == "deleting":
        delete = nothing
    if not place.waits:
        draft.add(key, f"Delete the {place.words} {name}", delete, after=after)
        return
    waiting = f"the {place.words} {name} to be gone"
    draft.add(key, f"Delete the {place.words} {name}{left}", delete, after, gone(reader, kind, row), waiting)


def deletion(service: str, path: str) -> Callable[[Any, Any], Any]:
    """Return what deletes an object; that it is gone already is fine."""
    return lambda writer, results: writer.delete(service, path)


def disconnection(router_id: str, subnet_id: str) -> Callable[[Any, Any], Any]:
    """Return what takes a router from a subnet; that it, or one of the two, is gone already is fine."""

    def submit(writer: Any, results: Any) -> None:
        try:
            writer.put("network", f"/v2.0/routers/{router_id}/remove_router_interface", {"subnet_id": subnet_id})
        except ApiError as error:
            if error.status != 404:
                raise

    return submit


def nothing(writer: Any, results: Any) -> None:
    """Send nothing: the object is on its way out already."""


def rested(kind: str, key: str) -> Callable[[Document | None], bool]:
    """Return what tells whether nothing works on an object any more."""
    return lambda current: (
        key
        not in [
            row["id"]
            for other, row in at_work((current or {}).get("owned", dict.fromkeys(WORKED_ON, ())))
            if other == kind
        ]
    )


def gone(reader: CloudReader, kind: str, old: Document) -> Callable[[Document | None], bool]:
    """Return what tells whether an object is gone, or why it will not go."""
    words = OWNED[kind].words

    def done(current: Document | None) -> bool:
        for row in (current or {}).get("owned", {}).get(kind, []):
            if row["id"] == old["id"]:
                status = str(row["status"]).lower()
                is_new = status != str(old["status"]).lower()
                if status == "error_deleting" or (status.startswith("error") and is_new):
                    raise_stays(reader, words, called(row), row)
                return False
        return True

    return done
