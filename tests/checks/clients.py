# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in with ``clouds.yaml`` as three clients do, and see that all of them find the same instances.

The first knows HTTP and nothing else; by it the client ``openstack`` and the inventory plugin are judged.

usage: clients.py STATE    (the folder of the cloud)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.checks.cloud import environment

CLOUD = "demo"
SECONDS = 30
COLUMNS = ("Name", "Status", "Flavor")


def login(entry: dict[str, Any]) -> tuple[requests.Session, str]:
    """Log in with an entry of ``clouds.yaml`` and return a session, and where Nova is."""
    auth, session = entry["auth"], requests.Session()
    session.trust_env, session.verify = False, entry["cacert"]
    user = {"name": auth["username"], "domain": {"name": auth["user_domain_name"]}, "password": auth["password"]}
    project = {"name": auth["project_name"], "domain": {"name": auth["project_domain_name"]}}
    identity = {"methods": ["password"], "password": {"user": user}}
    asked = {"auth": {"identity": identity, "scope": {"project": project}}}
    answer = session.post(f"{auth['auth_url']}/auth/tokens", json=asked, timeout=SECONDS)
    answer.raise_for_status()
    session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
    place = (entry["interface"], entry["region_name"])
    nova = next(service for service in answer.json()["token"]["catalog"] if service["type"] == "compute")
    return session, next(end["url"] for end in nova["endpoints"] if (end["interface"], end["region"]) == place)


def over_http(clouds: Path) -> dict[str, tuple[str, str, str]]:
    """Return name, state and flavor of all instances, by their ids, as the API itself has them."""
    session, nova = login(yaml.safe_load(clouds.read_text(encoding="utf-8"))["clouds"][CLOUD])
    with session:
        # Since this version of the API the flavor stands in the answer.
        session.headers["OpenStack-API-Version"] = "compute 2.47"
        answer = session.get(f"{nova}/servers/detail", timeout=SECONDS)
        answer.raise_for_status()
    servers = answer.json()["servers"]
    return {server["id"]: (server["name"], server["status"], server["flavor"]["original_name"]) for server in servers}


def said(clouds: Path, *command: str) -> Any:
    """Return what a client said."""
    variables = {**environment(), "OS_CLIENT_CONFIG_FILE": str(clouds)}
    answer = subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def by_client(clouds: Path) -> dict[str, tuple[str, str, str]]:
    """Return the same of the client ``openstack``."""
    listed = said(clouds, "openstack", "--os-cloud", CLOUD, "server", "list", "--format", "json")
    return {server["ID"]: tuple(server[column] for column in COLUMNS) for server in listed}


def by_inventory(clouds: Path, folder: Path) -> dict[str, tuple[str, str, str]]:
    """Return the same of the inventory plugin, with state and flavor as its groups have them."""
    source = folder / "demo.openstack.yml"
    source.write_text(f"plugin: conductor.cloud.openstack\ncloud: {CLOUD}\n", encoding="utf-8")
    listed = said(clouds, "ansible-inventory", "--inventory", str(source), "--list", "--export")
    found = {}
    for host, variables in listed["_meta"]["hostvars"].items():
        groups = {name for name, group in listed.items() if host in group.get("hosts", ())}
        state, flavor = (
            "/".join(name.removeprefix(kind) for name in sorted(groups) if name.startswith(kind))
            for kind in ("status_", "flavor_")
        )
        identifier = unmarked(variables["openstack_id"])
        found[identifier] = (host.removesuffix(f"_{identifier}"), state.upper(), flavor)
    return found


def unmarked(value: Any) -> Any:
    """Return a value without Ansible's mark of what came from elsewhere."""
    return value["__ansible_unsafe"] if isinstance(value, dict) else value


def main() -> int:
    """Return 0 when all found the same."""
    clouds = Path(sys.argv[1]).resolve() / "clouds.yaml"
    wanted = over_http(clouds)
    with tempfile.TemporaryDirectory(prefix="clients-") as folder:
        found = {"openstack": by_client(clouds), "the inventory plugin": by_inventory(clouds, Path(folder))}
    faults = [f"{client}: {found[client]}, and the API: {wanted}" for client in found if found[client] != wanted]
    if not wanted:
        faults.append("there is no instance: this says nothing")
    print("\n".join(faults) or f"{1 + len(found)} clients find {sorted(wanted.values())}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
