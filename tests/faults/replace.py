# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that is lost for good, with a guest on it, is replaced by a machine of another name and address.

What is done is what docs/nodes.md says. Afterwards the cloud has another inventory, in STATE/replaced, which its
ansible.cfg names from then on: quickstart would write the former one again, so nothing but --destroy is left to it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.faults.lab import ROOT

LOST, NEW = "node-2", "node-4"
MACHINES = ["node-1", LOST, "node-3", NEW]
# What the files of the inventory say of the lost machine, and of the new one.
INSTEAD = {
    "node-[1:3]:": f"node-1:\n        node-3:\n        {NEW}:",
    "node-[1:2]:": f"node-1:\n        {NEW}:",
    LOST: NEW,
    ".0.12": ".0.14",
}


def write_inventory(state: Path) -> str:
    """Write the inventory with the new machine in the place of the lost one; return what ansible calls it."""
    folder = state / "replaced"
    if folder.exists():
        shutil.rmtree(folder)
    sources = {"ha": ROOT / "inventories" / "ha", "cloud": state / "inventory"}
    for name, source in sources.items():
        shutil.copytree(source, folder / name)
        for file in (folder / name).glob("*.yml"):
            text = file.read_text(encoding="utf-8")
            for before, after in INSTEAD.items():
                text = text.replace(before, after)
            file.write_text(text, encoding="utf-8")
    return ",".join(str(folder / name) for name in sources)


def keep_inventory(state: Path, inventory: str) -> None:
    """Have all later runs for this cloud use the inventory."""
    file = state / "ansible.cfg"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"(?m)^inventory = .*$", f"inventory = {inventory}", text), encoding="utf-8")


def play(name: str, inventory: str = "", **answers: Any) -> None:
    """Run a playbook of the collection, which has to succeed."""
    environment = {**os.environ, **({"ANSIBLE_INVENTORY": inventory} if inventory else {})}
    command = ["ansible-playbook", str(ROOT / "playbooks" / f"{name}.yml"), "-e", json.dumps(answers)]
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=True)


def names(entries: Sequence[Any], *attributes: str) -> set[str]:
    """Return which hosts a list of OpenStack names."""
    return {value for entry in entries for name in attributes if (value := getattr(entry, name, None))}


def hosts(trial: Any) -> Mapping[str, set[str]]:
    """Return the hosts that each part of the cloud knows."""
    volumes = {service.host.split("@")[0] for service in trial.storage.services()}
    return {
        "Nova": names(list(trial.compute.services()), "host"),
        "its hypervisors": names(list(trial.compute.hypervisors()), "name"),
        "Neutron": names(list(trial.network.agents()), "host"),
        "Cinder": {host.split("#")[0] for host in volumes},
    }


def evacuated(trial: Any, server: Any) -> str:
    """Have a guest run on another node, once Nova knows that its own is down; return which."""

    def is_down() -> bool:
        found = trial.compute.services(binary="nova-compute", host=LOST)
        return all(service.state == "down" for service in found)

    trial.until(is_down, f"{LOST} is down")
    trial.compute.evacuate_server(server)

    def is_elsewhere(status: str) -> Any:
        found = trial.compute.get_server(server)
        if found.status == "ERROR":
            raise SystemExit(f"{found.name} is in error: {found.fault}")
        return found if found.status == status and found.compute_host != LOST and not found.task_state else None

    # Nova leaves it to the owner to start it again, since its API 2.95.
    trial.until(lambda: is_elsewhere("SHUTOFF"), "the guest is on another node")
    trial.compute.start_server(server)
    return trial.until(lambda: is_elsewhere("ACTIVE"), "the guest runs on another node").compute_host


def nobody_knows(trial: Any) -> None:
    """See that the lost machine is known nowhere, and the new one everywhere."""
    for where, found in hosts(trial).items():
        if LOST in found or NEW not in found:
            raise SystemExit(f"{where} knows {', '.join(sorted(found))}; expected {NEW}, and no {LOST}")


def lost(trial: Any) -> None:
    """Lose a controller that has a guest."""
    before = hosts(trial)
    if not all(LOST in found for found in before.values()):
        raise SystemExit(f"{LOST} is not in use everywhere: {before}")
    guest = trial.step(f"a guest on {LOST}", lambda: trial.server("guest", LOST, "none"))
    trial.step(f"a bare machine, {NEW}", lambda: play("testbed_create", testbed_nodes=MACHINES))
    trial.power("kill", LOST)
    trial.step(f"{LOST} is lost; its guest runs elsewhere", lambda: evacuated(trial, guest))


def succeeded(trial: Any) -> None:
    """Remove the lost controller, and put another machine in its place."""
    trial.step(f"{LOST} is removed", lambda: play("node_remove", node=LOST, confirm=LOST))
    inventory = write_inventory(trial.state)
    trial.step("its successor passes the checks before", lambda: play("precheck", inventory))
    trial.step(f"{NEW} takes its place", lambda: play("site", inventory))
    keep_inventory(trial.state, inventory)
    trial.step("every service works", lambda: play("check"))
    trial.step(f"a guest on {NEW}", lambda: trial.server("successor", NEW, "none"))
    nobody_knows(trial)


def replaced(trial: Any) -> None:
    """Replace a controller, as docs/nodes.md says."""
    lost(trial)
    succeeded(trial)
