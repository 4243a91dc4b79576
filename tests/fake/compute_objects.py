# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Nova keeps: flavors, servers, what was done to them, quotas, and how all this looks to a client."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from .state import Document, Fault, Request, State, timestamp

KINDS = {400: "badRequest", 401: "unauthorized", 403: "forbidden", 404: "itemNotFound", 409: "conflictingRequest"}
QUOTAS = {
    "instances": 10,
    "cores": 20,
    "ram": 51200,
    "key_pairs": 100,
    "metadata_items": 128,
    "server_groups": 10,
    "server_group_members": 10,
}
STATUS_OF_TASK = {
    "rebooting": "REBOOT",
    "resize_prep": "RESIZE",
    "resize_reverting": "REVERT_RESIZE",
}
POWER = {"active": 1, "stopped": 4, "error": 0, "building": 0, "resized": 1, "paused": 3, "suspended": 4, "rescued": 1}
STATUS = {
    "active": "ACTIVE",
    "stopped": "SHUTOFF",
    "error": "ERROR",
    "building": "BUILD",
    "resized": "VERIFY_RESIZE",
    "paused": "PAUSED",
    "suspended": "SUSPENDED",
    "rescued": "RESCUE",
    "shelved": "SHELVED",
    "shelved_offloaded": "SHELVED_OFFLOADED",
}


def error(fault: Fault) -> Document:
    """Write a fault as Nova does."""
    return {KINDS.get(fault.status, "computeFault"): {"code": fault.status, "message": str(fault)}}


def make_flavor(state: State, name: str, vcpus: int, ram: int, disk: int = 0) -> Document:
    """Add a flavor."""
    more = {"OS-FLV-EXT-DATA:ephemeral": 0, "OS-FLV-DISABLED:disabled": False, "os-flavor-access:is_public": True}
    sizes = {"name": name, "vcpus": vcpus, "ram": ram, "disk": disk, "swap": 0, "rxtx_factor": 1.0}
    return state.add("flavors", {**sizes, "extra_specs": {}, "description": None, **more})


def seed(state: State) -> None:
    """Make three flavors."""
    make_flavor(state, "tiny", 1, 128)
    make_flavor(state, "small", 1, 512)
    make_flavor(state, "large", 4, 8192)


def find_flavor(state: State, key: Any) -> Document:
    """Return a flavor by id; Nova takes no name here."""
    if key not in state.table("flavors"):
        raise Fault(400, f"Flavor {key} could not be found.")
    return state.table("flavors")[key]


def make_server(state: State, project_id: str, user_id: str, flavor: Document, **fields: Any) -> Document:
    """Add a server; what starts with an underscore is hidden from clients."""
    server = {
        "name": "",
        "metadata": {},
        "key_name": None,
        "config_drive": "",
        "OS-EXT-AZ:availability_zone": "nova",
        "OS-EXT-STS:task_state": None,
        "OS-EXT-STS:vm_state": "active",
        "tenant_id": project_id,
        "user_id": user_id,
        "created": timestamp(),
        "updated": timestamp(),
        "description": None,
        "locked": False,
        "tags": [],
        "image": "",
        "_project": project_id,
        "_flavor": flavor["id"],
        "_devices": [],
        **fields,
    }
    return state.add("servers", server)


def view(state: State, server: Document) -> Document:
    """Return a server as microversion 2.96 shows it."""
    ports = [port for port in state.table("ports").values() if port["device_id"] == server["id"]]
    groups = sorted({group for port in ports for group in port["security_groups"]})
    vm_state, task = server["OS-EXT-STS:vm_state"], server["OS-EXT-STS:task_state"]
    flavor = state.table("flavors")[server["_flavor"]]
    shown = {key: value for key, value in server.items() if not key.startswith("_")}
    shown.update(
        {
            "status": STATUS_OF_TASK.get(task, STATUS[vm_state]),
            "OS-EXT-STS:power_state": POWER.get(server["_old"]["vm_state"] if vm_state == "resized" else vm_state, 4),
            "flavor": {
                "original_name": flavor["name"],
                **{key: flavor[key] for key in ("vcpus", "ram", "disk", "swap", "extra_specs")},
                "ephemeral": 0,
            },
            "addresses": addresses(state, ports),
            "os-extended-volumes:volumes_attached": [
                {"id": device["volume_id"], "delete_on_termination": device["delete_on_termination"]}
                for device in server["_devices"]
            ],
        }
    )
    if groups:
        shown["security_groups"] = [{"name": state.table("security_groups")[group]["name"]} for group in groups]
    if shown["status"] not in ("ERROR", "DELETED"):
        shown.pop("fault", None)
    return shown


def addresses(state: State, ports: list[Document]) -> Document:
    """Return a server's addresses by network, the fixed ones and the floating ones."""
    found: Document = {}
    for port in ports:
        entries = found.setdefault(state.table("networks")[port["network_id"]]["name"], [])
        inside = {"version": 4, "OS-EXT-IPS-MAC:mac_addr": port["mac_address"]}
        entries += [{**inside, "addr": ip["ip_address"], "OS-EXT-IPS:type": "fixed"} for ip in port["fixed_ips"]]
        entries += [
            {**inside, "addr": row["floating_ip_address"], "OS-EXT-IPS:type": "floating"}
            for row in state.table("floatingips").values()
            if row["port_id"] == port["id"]
        ]
    return found


def mapped(state: State, request: Request) -> Document:
    """Return a server of the caller's project, or answer 404."""
    key = request.match["id"]
    server = state.table("servers").get(key)
    if not server or (server["_project"] != request.token.project_id and not request.token.is_admin):
        raise Fault(404, f"Instance {key} could not be found.")
    return server


def owned(state: State, request: Request) -> Document:
    """Return a server of the caller's project; one in a cell that is down answers 500."""
    server = mapped(state, request)
    if is_in_cell(server) and state.misses_cell():
        raise Fault(500, "Unexpected API Error.")
    return server


def is_in_cell(server: Document) -> bool:
    """Say whether a server is in the cell that may be down; a test puts others elsewhere."""
    return not server.get("_elsewhere")


def allowed(state: State, project_id: str) -> dict[str, int]:
    """Return the quotas of a project."""
    return {**defaults(state), **state.table("compute_quotas").get(project_id, {})}


def defaults(state: State) -> dict[str, int]:
    """Return what a project has without quotas of its own."""
    return {**QUOTAS, **state.table("compute_quota_classes").get("default", {})}


def used(state: State, project_id: str) -> dict[str, int]:
    """Count what a project has."""
    flavors = state.table("flavors")
    mine = [flavors[row["_flavor"]] for row in state.table("servers").values() if row["_project"] == project_id]
    return {
        "instances": len(mine),
        "cores": sum(flavor["vcpus"] for flavor in mine),
        "ram": sum(flavor["ram"] for flavor in mine),
        "server_groups": 0,
        "server_group_members": 0,
        "key_pairs": 0,
        "metadata_items": 0,
    }


def reserve(state: State, project_id: str, **wanted: int) -> None:
    """Refuse what would be too much, in Nova's words."""
    most, has = allowed(state, project_id), used(state, project_id)
    over = sorted(name for name, count in wanted.items() if count > 0 and 0 <= most[name] < has[name] + count)
    if over:
        first = over[0]
        raise Fault(
            403,
            f"Quota exceeded for {', '.join(over)}: Requested {wanted[first]}, but already used {has[first]} "
            f"of {most[first]} {first}",
        )


def note(state: State, server: Document, action: str, request: Request) -> Document:
    """Keep what is done to a server, as its instance actions show it."""
    document = {
        "request_id": f"req-{uuid.uuid4()}",
        "action": action,
        "instance_uuid": server["id"],
        "user_id": request.token.user_id,
        "project_id": request.token.project_id,
        "start_time": timestamp(),
        "updated_at": timestamp(),
        "message": None,
        "_details": None,
    }
    server.setdefault("_actions", []).insert(0, document)
    return document


def fail_next(state: State, action: str, reason: str) -> None:
    """Let the next ``create``, ``start``, ``stop``, ``reboot``, ``resize`` or ``confirmResize`` fail on the host."""
    state.table("compute_faults")[action] = {"reason": reason}


def under_way(
    state: State, server: Document, done: Document, effect: Callable[[], None], failed: Document | None = None
) -> None:
    """Let the effect of an action come later; a fault that a test asked for turns it into ``failed`` (or ERROR)."""
    fault = state.table("compute_faults").pop(done["action"], None)

    def change() -> None:
        if server["id"] not in state.table("servers"):
            return
        server["OS-EXT-STS:task_state"] = None
        server["updated"] = timestamp()
        if not fault:
            effect()
            return
        done.update(message="Error", _details=fault["reason"])
        server.update(failed or {"OS-EXT-STS:vm_state": "error"})
        server["fault"] = {"code": 500, "created": timestamp(), "message": fault["reason"]}

    state.later(change)
