# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project of its own on a real cloud: what runs of modules make of it, and what its guests say."""

from __future__ import annotations

import os
import re
import secrets
import time
from pathlib import Path
from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect
from tests.checks.guests import BOOT, CHECKSUM
from tests.fake.shapes import Calls, merge
from tests.laws.picture import unfinished
from tests.laws.processes import Ended, Processes

PATIENCE = 300  # seconds until a guest has booted and said what it sees
LISTS = {
    "servers": ("compute", "/servers/detail"),
    "volumes": ("block-storage", "/volumes/detail"),
    "snapshots": ("block-storage", "/snapshots/detail"),
    "backups": ("block-storage", "/backups/detail"),
    "ports": ("network", "/v2.0/ports"),
    "floatingips": ("network", "/v2.0/floatingips"),
    "networks": ("network", "/v2.0/networks"),
    "subnets": ("network", "/v2.0/subnets"),
    "routers": ("network", "/v2.0/routers"),
    "security_groups": ("network", "/v2.0/security-groups"),
}
COPIES = ("backups", "snapshots")
# Where a run writes down what it is at. What a backup says of itself is no such note.
NOTED = ("volumes", "servers", "snapshots")
Rows = dict[str, list[dict[str, Any]]]


def counts(found: Rows) -> dict[str, int]:
    """Count what a project has. What Neutron makes for itself is not counted."""
    own = {
        **found,
        "ports": [row for row in found["ports"] if row["device_owner"].startswith("compute:")],
        "security_groups": [row for row in found["security_groups"] if row["name"] != "default"],
    }
    return {kind: len(rows) for kind, rows in own.items() if rows}


def faults(found: Rows) -> list[str]:
    """Say what nobody would leave behind: detached or doubly attached disks, notes, failed or waiting objects."""
    said = [
        f"volume {row['name']} is {row['status']} with {len(row['attachments'])} attachments"
        for row in found["volumes"]
        if row["status"] != "in-use" or len(row["attachments"]) != 1
    ]
    said += [
        f"server {row['name']} is {row['status']} {row['OS-EXT-STS:task_state'] or ''}"
        for row in found["servers"]
        if row["status"] not in ("ACTIVE", "SHUTOFF") or row["OS-EXT-STS:task_state"]
    ]
    said += [f"{kind}: {row['name']} is {row['status']}" for kind in COPIES for row in found[kind] if is_unfit(row)]
    return said + notes(found)


def notes(found: Rows) -> list[str]:
    """Return the notes of operations that are under way."""
    return unfinished({kind: {row["id"]: row for row in found[kind]} for kind in NOTED})


def is_unfit(copy: dict[str, Any]) -> bool:
    """Say whether a backup or a snapshot cannot be used."""
    return bool(copy["status"] != "available")


class Tenancy:
    """The project, known by its name, and the user of the same name."""

    def __init__(self, name: str, clouds: Path) -> None:
        self.name = name
        self.calls: Calls = {}
        self.password = secrets.token_hex(16)
        os.environ["OS_CLIENT_CONFIG_FILE"] = str(clouds)
        self.processes = Processes()
        self.as_administrator: dict[str, Any] = {"cloud": "admin"}
        auth = {"username": name, "password": self.password, "project_name": name}
        self.as_member: dict[str, Any] = {"cloud": "demo", "auth": auth}
        self.admin = connect({"cloud": "admin"})

    def run(self, module: str, params: dict[str, Any], *death: Any, check: bool = False) -> Ended:
        """Run a module as the one who may: tenants are made by the administrator."""
        who = self.as_administrator if module == "tenant" else self.as_member
        ended = self.processes.run(module, {**who, "timeout": 300, **params}, *death, check=check)
        merge(self.calls, ended.calls)
        return ended

    def do(self, module: str, **params: Any) -> dict[str, Any]:
        """Run a module that has to succeed, and return its result."""
        ended = self.run(module, params)
        if ended.result is None or "msg" in ended.result:
            raise AssertionError(f"{module}: {(ended.result or {}).get('msg', f'ended with {ended.status}')}")
        return ended.result

    @property
    def tenant(self) -> dict[str, Any]:
        """The options with which the module tenant makes the project."""
        return {
            "name": self.name,
            "user": {"name": self.name, "password": self.password},
            "quotas": {"instances": 5, "cores": 5, "ram": 4096, "volumes": 10, "gigabytes": 100},
            "subnet": {"cidr": "192.168.77.0/24"},
            "external_network": "public",
            "security_groups": [{"name": "ping", "rules": [{"protocol": "icmp"}]}],
        }

    def project_id(self) -> str | None:
        """Return the id of the project, if there is one."""
        found = self.admin.list("identity", "/v3/projects", "projects", name=self.name)
        return found[0]["id"] if found else None

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Return all objects of a kind that the project has, as the service shows them."""
        return self.all_rows(kind)[kind]

    def all_rows(self, *kinds: str) -> Rows:
        """Return all objects of these kinds, or of each kind, that the project has."""
        project = self.project_id()
        return {kind: self.owned(kind, project) if project else [] for kind in kinds or LISTS}

    def owned(self, kind: str, project: str) -> list[dict[str, Any]]:
        """Return all objects of a kind that a project has."""
        service, path = LISTS[kind]
        query = {"project_id": project} if service == "network" else {"all_tenants": "1"}
        found = self.admin.list(service, path, kind, **query)
        owners = ("tenant_id", "project_id", "os-vol-tenant-attr:tenant_id")
        owners += ("os-backup-project-attr:project_id", "os-extended-snapshot-attributes:project_id")
        # Nova shows a server for a moment after it has gone.
        return [
            row
            for row in found
            if project in (row.get(owner) for owner in owners) and row.get("status") not in ("DELETED", "SOFT_DELETED")
        ]

    def console(self, server_id: str) -> str:
        """Return what a guest has said since it last booted."""
        answer = self.admin.post("compute", f"/servers/{server_id}/action", {"os-getConsoleOutput": {}})
        said = answer["output"] or ""
        return said.rpartition(BOOT)[2] if BOOT in said else ""

    def data(self, name: str, earlier: str = "") -> tuple[str, str]:
        """Return the checksum that a guest reports, and its words; ``earlier`` are those of the boot before."""
        server = next(row for row in self.rows("servers") if row["name"] == name)
        if server["status"] != "ACTIVE":
            return "", f"nothing, it is {server['status']}"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            said = self.console(server["id"])
            found = CHECKSUM.findall(said)
            # The same words with the same times are no new boot.
            is_new = not (earlier and said.startswith(earlier[:200]))
            if found and is_new:
                return found[-1], said
            if is_new and re.search("no data|no data disk", said):
                return "", said
            time.sleep(2)
        return "", "nothing"

    def litter(self) -> None:
        """Leave things lying around in the project: a volume, a snapshot and a backup of it, a floating IP."""
        member, storage = connect(self.as_member), "block-storage"
        volume = member.post(storage, "/volumes", {"volume": {"name": "litter", "size": 1}})["volume"]
        self.rest("volumes")
        copy = {"name": "litter", "volume_id": volume["id"]}
        member.post(storage, "/snapshots", {"snapshot": copy})
        self.rest("snapshots")
        member.post(storage, "/backups", {"backup": copy})
        public = self.admin.list("network", "/v2.0/networks", "networks", name="public")[0]
        member.post("network", "/v2.0/floatingips", {"floatingip": {"floating_network_id": public["id"]}})
        self.rest("backups")

    def blank(self) -> None:
        """Leave a backup of an empty volume in the project. Restored elsewhere, it brings its metadata along."""
        member, storage = connect(self.as_member), "block-storage"
        empty = {"name": "blank", "size": 1, "metadata": {"content": "none"}}
        volume = member.post(storage, "/volumes", {"volume": empty})["volume"]
        self.rest("volumes")
        member.post(storage, "/backups", {"backup": {"name": "blank", "volume_id": volume["id"]}})
        self.rest("backups")
        self.rest("volumes")
        member.delete(storage, f"/volumes/{volume['id']}")
        self.rest("volumes")

    def wipe(self, server: str, volume: str) -> None:
        """Write nothing over a volume of a stopped server, as a person would do it with a backup of nothing."""
        member = connect(self.as_member)
        server_id, volume_id, blank = (
            next(row["id"] for row in self.rows(kind) if row["name"] == name)
            for kind, name in (("servers", server), ("volumes", volume), ("backups", "blank"))
        )
        path = f"/servers/{server_id}/os-volume_attachments"
        member.delete("compute", f"{path}/{volume_id}")
        self.rest("volumes")
        member.post("block-storage", f"/backups/{blank}/restore", {"restore": {"volume_id": volume_id}})
        self.rest("volumes")
        member.post("compute", path, {"volumeAttachment": {"volumeId": volume_id}})
        self.rest("volumes", "in-use")

    def rest(self, kind: str, *wanted: str) -> None:
        """Wait until all objects of a kind can be used or, where it says so, are used."""
        fine = wanted or ("available", "in-use")
        end = time.monotonic() + PATIENCE
        while any(row["status"] not in fine for row in self.rows(kind)):
            if time.monotonic() > end:
                raise AssertionError(f"there are still {kind} that cannot be used: {self.rows(kind)}")
            time.sleep(0.5)

    def clear(self) -> None:
        """Remove the project with all that it holds."""
        if self.project_id() is not None:
            self.do("tenant", name=self.name, state="absent")
