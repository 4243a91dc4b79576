# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova: servers, flavors, keys, quotas and zones. What can be done to a server is in compute_actions.py."""

from __future__ import annotations

from typing import Any

from . import offering, quota_class, volume
from .compute_actions import act, add_interface, attach, change_metadata, detach, drop_interface, hold, list_devices
from .compute_actions import make_port, ports_of
from .compute_listing import list_migrations, list_servers, list_services, show_server
from .compute_objects import allowed, error, find_flavor, make_server, note, owned, reserve, seed, under_way, used
from .server import Service
from .state import Answer, Document, Fault, Request, State, page


def check_request(state: State, request: Request, wanted: Document) -> None:
    """Refuse what Nova's API refuses at once."""
    project = request.token.project_id or ""
    flavor = find_flavor(state, wanted.get("flavorRef"))
    if "networks" not in wanted:
        raise Fault(400, "Invalid input for field/attribute server. 'networks' is a required property")
    for network in wanted["networks"]:
        row = state.table("networks").get(network["uuid"])
        if not row:
            raise Fault(400, f"Network {network['uuid']} could not be found.")
        if not row["subnets"]:
            raise Fault(400, f"Network {row['id']} requires a subnet in order to boot instances on.")
    keys = [row["name"] for row in state.table("keypairs").values() if row["_user"] == request.token.user_id]
    if wanted.get("key_name") and wanted["key_name"] not in keys:
        raise Fault(400, "Invalid key_name provided.")
    for device in wanted.get("block_device_mapping_v2", ()):
        row = state.table("volumes").get(device["uuid"])
        if not row or row["_project"] != project:
            raise Fault(400, f"Block Device Mapping is Invalid: failed to get volume {device['uuid']}.")
        if row["status"] != "available":
            raise Fault(
                400, f"Invalid volume: volume '{row['id']}' status must be 'available'. Currently in '{row['status']}'"
            )
    reserve(state, project, instances=1, cores=flavor["vcpus"], ram=flavor["ram"])


def group_ids(state: State, project: str, wanted: Document) -> list[str] | None:
    """Return the ids of the security groups that a request names; to name none is to leave it to Neutron."""
    if not wanted.get("security_groups"):
        return None
    rows = [row for row in state.table("security_groups").values() if row["project_id"] == project]
    ids = []
    for group in wanted["security_groups"]:
        found = [row["id"] for row in rows if group["name"] in (row["id"], row["name"])]
        if len(found) != 1:
            raise Fault(400, f"Security group {group['name']} not found.")
        ids += found
    return ids


def create_server(state: State, request: Request) -> Answer:
    """Start to make a server; it passes through BUILD to ACTIVE."""
    wanted = request.body["server"]
    check_request(state, request, wanted)
    project = request.token.project_id or ""
    groups = group_ids(state, project, wanted)
    fields = {key: wanted[key] for key in ("name", "key_name") if key in wanted}
    fields["metadata"] = dict(wanted.get("metadata") or {})
    fields["config_drive"] = "True" if wanted.get("config_drive") else ""
    fields.update(
        {
            "OS-EXT-STS:vm_state": "building",
            "OS-EXT-STS:task_state": "scheduling",
            "_user_data": wanted.get("user_data"),
        }
    )
    flavor = find_flavor(state, wanted["flavorRef"])
    server = make_server(state, project, request.token.user_id, flavor, **fields)
    for device in sorted(wanted.get("block_device_mapping_v2", ()), key=lambda device: device["boot_index"] != 0):
        state.table("volumes")[device["uuid"]]["status"] = "reserved"
        hold(server, device["uuid"], device.get("delete_on_termination", False))

    def boot() -> None:
        for network in wanted["networks"]:
            make_port(state, server, network["uuid"], groups)
        for device in server["_devices"]:
            volume.attach(state, device["volume_id"], server["id"], device["device"])
        server["OS-EXT-STS:vm_state"] = "active"

    under_way(state, server, note(state, server, "create", request), boot)
    return 202, {"server": {"id": server["id"], "OS-DCF:diskConfig": "MANUAL", "links": [], "adminPass": "never-shown"}}


def delete_server(state: State, request: Request) -> Answer:
    """Start to delete a server: its ports go, its volumes are let go."""
    server = owned(state, request)
    server["OS-EXT-STS:task_state"] = "deleting"

    def remove() -> None:
        for port in ports_of(state, server):
            for row in state.table("floatingips").values():
                if row["port_id"] == port["id"]:
                    row.update(port_id=None, fixed_ip_address=None, router_id=None, status="DOWN")
            del state.table("ports")[port["id"]]
        for device in server["_devices"]:
            let_go(state, server, device)
        state.table("servers").pop(server["id"], None)

    under_way(state, server, note(state, server, "delete", request), remove)
    return 204, None


def let_go(state: State, server: Document, device: Document) -> None:
    """Detach a volume from a server that goes away, or delete it with the server."""
    volume.detach(state, device["volume_id"], server["id"])
    row = state.table("volumes").get(device["volume_id"])
    if row and not row["attachments"]:
        row["status"] = "available"
        if device["delete_on_termination"]:
            del state.table("volumes")[row["id"]]


def list_actions(state: State, request: Request) -> Answer:
    """List what was done to a server, newest first."""
    rows = owned(state, request).get("_actions", [])
    return 200, {"instanceActions": [show_action(row) for row in rows]}


def show_action(row: Document) -> Document:
    """Return an action without what is hidden."""
    return {key: value for key, value in row.items() if not key.startswith("_")}


def one_action(state: State, request: Request) -> Answer:
    """Show an action with its events."""
    found = [row for row in owned(state, request).get("_actions", []) if row["request_id"] == request.match["action"]]
    if not found:
        raise Fault(404, f"Action for request_id {request.match['action']} on instance {request.match['id']} not found")
    row = found[0]
    event = {"event": f"compute_{row['action']}", "start_time": row["start_time"], "finish_time": row["updated_at"]}
    failed = {"result": "Error" if row["_details"] else "Success", "details": row["_details"], "hostId": ""}
    return 200, {"instanceAction": {**show_action(row), "events": [{**event, **failed}]}}


def limits(state: State, request: Request) -> Answer:
    """Answer the limits and the use of the caller's project."""
    project = request.scope(request.query.get("tenant_id"))
    most, has = allowed(state, project), used(state, project)
    absolute = {"maxTotalInstances": most["instances"], "totalInstancesUsed": has["instances"]}
    absolute.update({"maxTotalCores": most["cores"], "totalCoresUsed": has["cores"]})
    absolute.update({"maxTotalRAMSize": most["ram"], "totalRAMUsed": has["ram"]})
    absolute.update({"maxTotalKeypairs": most["key_pairs"], "maxServerMeta": most["metadata_items"]})
    return 200, {"limits": {"rate": [], "absolute": absolute}}


def quota_show(state: State, request: Request) -> Answer:
    """Show quotas; under ``/detail`` the use, too."""
    project = request.scope(request.match["id"])
    most, has = allowed(state, project), used(state, project)
    if request.path.endswith("/detail"):
        rows: Document = {key: {"limit": most[key], "in_use": has[key], "reserved": 0} for key in most}
        return 200, {"quota_set": {"id": project, **rows}}
    return 200, {"quota_set": {"id": project, **most}}


def quota_set(state: State, request: Request) -> Answer:
    """Set or, with DELETE, forget the quotas of a project."""
    request.require_admin()
    rows = state.table("compute_quotas")
    if request.method == "DELETE":
        rows.pop(request.match["id"], None)
        return 202, None
    given = request.body["quota_set"]
    unknown = sorted(set(given) - {*allowed(state, ""), "force"})
    if unknown:
        raise Fault(400, f"Additional properties are not allowed ('{unknown[0]}' was unexpected)")
    rows.setdefault(request.match["id"], {}).update({key: value for key, value in given.items() if key != "force"})
    return 200, {"quota_set": allowed(state, request.match["id"])}


def list_flavors(state: State, request: Request) -> Answer:
    """List flavors."""
    found, following = page(request, "flavors", list(state.table("flavors").values()))
    more = {"flavors_links": [{"rel": "next", "href": state.url + following}]} if following else {}
    return 200, {"flavors": found, **more}


def keypairs(state: State, request: Request) -> Answer:
    """List the caller's keys, or import one."""
    rows = state.table("keypairs")
    if request.method == "POST":
        given = request.body["keypair"]
        if "public_key" not in given:
            raise Fault(400, "Invalid input for field/attribute keypair. 'public_key' is a required property")
        if any((row["name"], row["_user"]) == (given["name"], request.token.user_id) for row in rows.values()):
            raise Fault(409, f"Key pair '{given['name']}' already exists.")
        fields = {
            "name": given["name"],
            "public_key": given.get("public_key", ""),
            "type": "ssh",
            "fingerprint": "00:11",
        }
        row = state.add("keypairs", {**fields, "_user": request.token.user_id})
        return 201, {"keypair": show_key(row)}
    mine = [row for row in rows.values() if row["_user"] == request.token.user_id]
    return 200, {"keypairs": [{"keypair": show_key(row)} for row in mine]}


def show_key(row: Document) -> Document:
    """Return a key; Nova shows no id in a list."""
    return {key: row[key] for key in ("name", "public_key", "type", "fingerprint")}


def delete_key(state: State, request: Request) -> Answer:
    """Forget a key."""
    for key, row in list(state.table("keypairs").items()):
        if (row["name"], row["_user"]) == (request.match["id"], request.token.user_id):
            del state.table("keypairs")[key]
            return 204, None
    raise Fault(404, f"Keypair {request.match['id']} not found for user {request.token.user_id}")


def zones(state: State, request: Request) -> Answer:
    """List the availability zones."""
    return 200, {"availabilityZoneInfo": [{"zoneName": "nova", "zoneState": {"available": True}, "hosts": None}]}


ONE = r"/v2\.1/servers/(?P<id>[^/]+)"
QUOTA = r"/v2\.1/os-quota-sets/(?P<id>[^/]+)"
ROUTES: list[Any] = [
    ("GET", r"/v2\.1/servers(/detail)?", list_servers),
    ("POST", r"/v2\.1/servers", create_server),
    ("POST", ONE + "/action", act),
    ("GET", ONE + "/os-volume_attachments", list_devices),
    ("POST", ONE + "/os-volume_attachments", attach),
    ("DELETE", ONE + "/os-volume_attachments/(?P<volume>[^/]+)", detach),
    ("POST", ONE + "/os-interface", add_interface),
    ("DELETE", ONE + "/os-interface/(?P<port>[^/]+)", drop_interface),
    ("POST", ONE + "/metadata", change_metadata),
    ("DELETE", ONE + "/metadata/(?P<key>[^/]+)", change_metadata),
    ("GET", ONE + "/os-instance-actions", list_actions),
    ("GET", ONE + "/os-instance-actions/(?P<action>[^/]+)", one_action),
    ("GET", ONE, show_server),
    ("DELETE", ONE, delete_server),
    ("GET", r"/v2\.1/os-services", list_services),
    ("GET", r"/v2\.1/os-migrations", list_migrations),
    ("GET", r"/v2\.1/limits", limits),
    ("GET", QUOTA + "(/detail)?", quota_show),
    ("PUT", QUOTA, quota_set),
    ("DELETE", QUOTA, quota_set),
    ("GET", r"/v2\.1/flavors/detail", list_flavors),
    *offering.FLAVOR_ROUTES,
    *quota_class.COMPUTE_ROUTES,
    ("GET", r"/v2\.1/os-keypairs", keypairs),
    ("POST", r"/v2\.1/os-keypairs", keypairs),
    ("DELETE", r"/v2\.1/os-keypairs/(?P<id>[^/]+)", delete_key),
    ("GET", r"/v2\.1/os-availability-zone", zones),
]
SERVICE = Service("compute", "nova", "compute", ROUTES, error, endpoint="/v2.1", seed=seed)
