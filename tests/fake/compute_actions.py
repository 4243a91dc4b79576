# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to a server of Nova: power, flavor, volumes, interfaces, groups, metadata."""

from __future__ import annotations

import uuid
from typing import Any

from . import network_objects, volume
from .compute_objects import find_flavor, note, owned, reserve, under_way
from .state import Answer, Document, Fault, Request, State

AT_REST = ("active", "stopped")


def require(server: Document, action: str, *vm_states: str) -> None:
    """Refuse an action while another is under way, or in the wrong state."""
    task, vm_state = server["OS-EXT-STS:task_state"], server["OS-EXT-STS:vm_state"]
    if task:
        raise Fault(409, f"Cannot '{action}' instance {server['id']} while it is in task_state {task}")
    if vm_state not in vm_states:
        raise Fault(409, f"Cannot '{action}' instance {server['id']} while it is in vm_state {vm_state}")


def stop(state: State, request: Request, server: Document, _given: Any) -> Answer:
    """Start to stop a server."""
    require(server, "stop", "active", "error")
    server["OS-EXT-STS:task_state"] = "powering-off"
    under_way(state, server, note(state, server, "stop", request), lambda: settle(server, "stopped"))
    return 202, None


def start(state: State, request: Request, server: Document, _given: Any) -> Answer:
    """Start to start a server."""
    require(server, "start", "stopped")
    server["OS-EXT-STS:task_state"] = "powering-on"
    under_way(state, server, note(state, server, "start", request), lambda: settle(server, "active"))
    return 202, None


def reboot(state: State, request: Request, server: Document, given: Any) -> Answer:
    """Start to restart a server."""
    if given["type"] not in ("SOFT", "HARD"):
        raise Fault(400, "Invalid input for field/attribute type.")
    require(server, "reboot", "active")
    server["OS-EXT-STS:task_state"] = "rebooting"
    server["_boots"] = server.get("_boots", 1) + 1
    under_way(state, server, note(state, server, "reboot", request), lambda: settle(server, "active"))
    return 202, None


def settle(server: Document, vm_state: str) -> None:
    """Leave a server in a state."""
    server["OS-EXT-STS:vm_state"] = vm_state


def resize(state: State, request: Request, server: Document, given: Any) -> Answer:
    """Start to move a server to another flavor."""
    require(server, "resize", *AT_REST)
    flavor, old = find_flavor(state, given["flavorRef"]), state.table("flavors")[server["_flavor"]]
    if flavor["id"] == old["id"]:
        raise Fault(400, "When resizing, instances must change flavor!")
    more = {"cores": flavor["vcpus"] - old["vcpus"], "ram": flavor["ram"] - old["ram"]}
    reserve(state, server["_project"], **more)
    before = server["OS-EXT-STS:vm_state"]
    server["OS-EXT-STS:task_state"] = "resize_prep"
    finished = {
        "OS-EXT-STS:vm_state": "resized",
        "_flavor": flavor["id"],
        "_old": {"flavor": old["id"], "vm_state": before},
    }
    stays = {"OS-EXT-STS:vm_state": before}
    under_way(state, server, note(state, server, "resize", request), lambda: server.update(finished), stays)
    return 202, None


def confirm(state: State, request: Request, server: Document, _given: Any) -> Answer:
    """Start to confirm the new flavor; the server shows VERIFY_RESIZE until that is done."""
    # While Nova is at it, its migration is no longer one that could be confirmed.
    if server["OS-EXT-STS:vm_state"] != "resized" or server.get("_confirming"):
        raise Fault(400, "Instance has not been resized.")
    done = note(state, server, "confirmResize", request)
    server["_confirming"] = True
    finished = {"OS-EXT-STS:vm_state": server["_old"]["vm_state"], "_confirming": False}
    stays = {"OS-EXT-STS:vm_state": "resized", "_confirming": False}
    under_way(state, server, done, lambda: server.update(finished), stays)
    return 204, None


def revert(state: State, request: Request, server: Document, _given: Any) -> Answer:
    """Start to go back to the old flavor."""
    if server["OS-EXT-STS:vm_state"] != "resized":
        raise Fault(400, "Instance has not been resized.")
    old = server["_old"]
    server["OS-EXT-STS:task_state"] = "resize_reverting"
    back = {"OS-EXT-STS:vm_state": old["vm_state"], "_flavor": old["flavor"]}
    under_way(state, server, note(state, server, "revertResize", request), lambda: server.update(back))
    return 202, None


def console(state: State, request: Request, server: Document, given: Any) -> Answer:
    """Answer the last lines of the console."""
    lines = server.get("_console", f"{server['name']} login:").splitlines()
    length = (given or {}).get("length")
    return 200, {"output": "\n".join(lines[-int(length) :] if length else lines)}


def change_groups(state: State, request: Request, server: Document, given: Any) -> Answer:
    """Add a security group to all ports of a server, or remove it."""
    project = server["_project"]
    rows = [row for row in state.table("security_groups").values() if row["project_id"] == project]
    found = [row["id"] for row in rows if given["name"] in (row["id"], row["name"])]
    if not found:
        raise Fault(404, f"Security group {given['name']} not found.")
    for port in ports_of(state, server):
        groups = [group for group in port["security_groups"] if group != found[0]]
        port["security_groups"] = groups + found[:1] if "addSecurityGroup" in request.body else groups
    return 202, None


ACTIONS = {
    "os-stop": stop,
    "os-start": start,
    "reboot": reboot,
    "resize": resize,
    "confirmResize": confirm,
    "revertResize": revert,
    "os-getConsoleOutput": console,
    "addSecurityGroup": change_groups,
    "removeSecurityGroup": change_groups,
}


def act(state: State, request: Request) -> Answer:
    """Do one of a server's actions."""
    server = owned(state, request)
    name, given = next(iter(request.body.items()))
    if name not in ACTIONS:
        raise Fault(400, f"There is no such action: {name}")
    return ACTIONS[name](state, request, server, given)


def ports_of(state: State, server: Document) -> list[Document]:
    """Return a server's ports."""
    return [port for port in state.table("ports").values() if port["device_id"] == server["id"]]


def make_port(state: State, server: Document, network_id: str, groups: list[str] | None) -> Document:
    """Add a port for a server."""
    network = state.get("networks", network_id, "Network", "itemNotFound")
    fields = {"device_id": server["id"], "device_owner": "compute:nova", "status": "ACTIVE"}
    return network_objects.make_port(state, network, server["_project"], security_groups=groups, **fields)


def next_device(server: Document) -> str:
    """Return the first free device name."""
    taken = {device["device"] for device in server["_devices"]}
    return next(name for name in (f"/dev/vd{letter}" for letter in "abcdefghij") if name not in taken)


def hold(server: Document, volume_id: str, delete_on_termination: bool = False) -> Document:
    """Give a server a place for a volume."""
    device = {"volume_id": volume_id, "device": next_device(server), "delete_on_termination": delete_on_termination}
    server["_devices"].append(device)
    return device


# What only a later question for the attachment is told.
ONLY_READ = ("attachment_id", "bdm_uuid")


def show_device(server: Document, device: Document) -> Document:
    """Return an attachment as microversion 2.89 shows it."""
    return {
        "serverId": server["id"],
        "volumeId": device["volume_id"],
        "device": device["device"],
        "tag": None,
        "delete_on_termination": device["delete_on_termination"],
        "attachment_id": str(uuid.uuid5(uuid.NAMESPACE_OID, device["volume_id"])),
        "bdm_uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, device["volume_id"])),
    }


def list_devices(state: State, request: Request) -> Answer:
    """List the volumes of a server."""
    server = owned(state, request)
    return 200, {"volumeAttachments": [show_device(server, device) for device in server["_devices"]]}


def attach(state: State, request: Request) -> Answer:
    """Start to attach a volume. The device is Nova's choice."""
    server = owned(state, request)
    require(server, "attach_volume", *AT_REST)
    volume_id = request.body["volumeAttachment"]["volumeId"]
    row = state.get("volumes", volume_id, "Volume", "itemNotFound")
    if any(device["volume_id"] == volume_id for device in server["_devices"]):
        raise Fault(400, f"Invalid volume: volume {volume_id} is already attached to instances: {server['id']}")
    if row["status"] != "available":
        raise Fault(400, f"Invalid input received: Invalid volume: Volume {volume_id} status must be available.")
    row["status"] = "reserved"
    device = hold(server, volume_id)
    done = note(state, server, "attach_volume", request)
    keep = dict(server)
    under_way(state, server, done, lambda: volume.attach(state, volume_id, server["id"], device["device"]), keep)
    shown = {key: value for key, value in show_device(server, device).items() if key not in ONLY_READ}
    return 200, {"volumeAttachment": shown}


def detach(state: State, request: Request) -> Answer:
    """Start to detach a volume. Cinder says available before Nova has forgotten the device."""
    server = owned(state, request)
    require(server, "detach_volume", *AT_REST)
    volume_id = request.match["volume"]
    found = [device for device in server["_devices"] if device["volume_id"] == volume_id]
    if not found:
        raise Fault(404, f"volume_id not found: {volume_id}")
    if found[0]["device"] == "/dev/vda":
        raise Fault(403, "Cannot detach a root device volume")
    row = state.get("volumes", volume_id, "Volume", "itemNotFound")
    if row["status"] == "detaching":
        raise Fault(
            400, f"Invalid volume: Unable to detach volume. Volume status must be 'in-use', not {row['status']}"
        )
    row["status"] = "detaching"

    def let_go() -> None:
        row["attachments"] = [entry for entry in row["attachments"] if entry["server_id"] != server["id"]]
        row["status"] = "available"
        state.later(lambda: server["_devices"].remove(found[0]))

    under_way(state, server, note(state, server, "detach_volume", request), let_go, dict(server))
    return 202, None


def add_interface(state: State, request: Request) -> Answer:
    """Connect a server to a network."""
    server = owned(state, request)
    require(server, "attach_interface", *AT_REST)
    wanted = request.body["interfaceAttachment"]
    port = make_port(state, server, wanted["net_id"], None)
    shown = {
        "net_id": port["network_id"],
        "port_id": port["id"],
        "mac_addr": port["mac_address"],
        "port_state": "ACTIVE",
    }
    return 200, {"interfaceAttachment": {**shown, "fixed_ips": port["fixed_ips"], "tag": None}}


def drop_interface(state: State, request: Request) -> Answer:
    """Start to take a port from a server."""
    server = owned(state, request)
    require(server, "detach_interface", *AT_REST)
    if request.match["port"] not in [port["id"] for port in ports_of(state, server)]:
        raise Fault(404, f"No instance interface could be found: {request.match['port']}")
    state.later(lambda: state.table("ports").pop(request.match["port"], None))
    return 202, None


def change_metadata(state: State, request: Request) -> Answer:
    """Add metadata, or remove one entry."""
    server = owned(state, request)
    require(server, "update metadata", *AT_REST)
    key = request.match.get("key")
    if request.method == "DELETE":
        if key not in server["metadata"]:
            raise Fault(404, "Metadata item was not found")
        del server["metadata"][key]
        return 204, None
    given = request.body["metadata"]
    if any(not isinstance(value, str) or len(value) > 255 for value in given.values()):
        raise Fault(400, "Invalid input for field/attribute metadata.")
    server["metadata"].update(given)
    return 200, {"metadata": server["metadata"]}
