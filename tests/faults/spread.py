# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests on several nodes: they reach each other, go from node to node, and keep their data while a node is away.

usage: spread.py STATE spread|node-away|health-checks|address|partition|replaced    (STATE: of a cloud of three nodes)

All print a line for each step with the seconds that it took, and write them to STATE/NAME.json.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openstack

from tests.faults.address import address_moves
from tests.faults.lab import WRAPPER, settings
from tests.faults.partition import remembered
from tests.faults.replace import replaced
from tests.faults.watch import watched

NAME = "spread"
CIDR = "10.77.0.0/24"
PATIENCE = 240  # seconds that a step may take
ASK = """\
#!/bin/sh
number=0
while :; do
    number=$((number + 1))
    wget -q -T 2 -O /dev/null http://{address}/ && echo "spread: answer $number"
    sleep 1
done
"""


class Trial:
    """One cloud, and what was tried on it."""

    def __init__(self, state: Path) -> None:
        os.environ["OS_CLIENT_CONFIG_FILE"] = str(state / "clouds.yaml")
        self.cloud = openstack.connect(cloud="admin")
        self.compute, self.storage, self.network = self.cloud.compute, self.cloud.block_storage, self.cloud.network
        self.state, self.testbed = state, settings(state)["name"]
        self.steps: list[dict[str, Any]] = []
        self.image = self.cloud.get_image("guest").id
        self.flavors = {flavor.name: flavor.id for flavor in self.compute.flavors()}

    def step(self, words: str, act: Callable[[], Any]) -> Any:
        """Do something, and note how long it took."""
        begun = time.monotonic()
        found = act()
        seconds = round(time.monotonic() - begun, 1)
        print(f"{seconds:6.1f} s  {words}", flush=True)
        self.steps.append({"step": words, "seconds": seconds})
        return found

    def until(self, is_so: Callable[[], Any], words: str) -> Any:
        """Wait until something is so; a question without an answer is asked again."""
        deadline, found = time.monotonic() + PATIENCE, None
        while not found:
            if time.monotonic() > deadline:
                raise SystemExit(f"after {PATIENCE} s it was not so that {words}")
            time.sleep(0.5)
            try:
                found = is_so()
            except (openstack.exceptions.SDKException, OSError, subprocess.SubprocessError) as error:
                print(f"          {type(error).__name__}: {str(error)[:100]}", flush=True)
        return found

    def power(self, verb: str, node: str) -> None:
        """Do something to the machine of a node."""
        command = [str(WRAPPER), "podman", verb, f"{self.testbed}-{node}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def hosts(self) -> list[str]:
        """Return the nodes for guests, when all of them are up."""
        services = list(self.compute.services(binary="nova-compute"))
        return sorted(service.host for service in services) if all(s.state == "up" for s in services) else []

    def noticed(self, node: str) -> bool:
        """Tell whether Cinder has noticed that the service of backups of a node is away."""
        services = [entry for entry in self.storage.services(binary="cinder-backup") if entry.host == node]
        return bool(services) and all(service.state == "down" for service in services)

    def server(self, name: str, host: str, networks: Any, script: str = "#!/bin/sh\n") -> Any:
        """Make a guest on a node, and wait until it runs."""
        made = self.compute.create_server(
            name=f"{NAME}-{name}",
            image_id=self.image,
            flavor_id=self.flavors["small"],
            networks=networks,
            availability_zone=f"nova:{host}",
            user_data=base64.b64encode(script.encode()).decode(),
        )
        return self.compute.wait_for_server(made, wait=PATIENCE)

    def is_there(self, entry: Any, status: str = "available") -> Any:
        """Wait until a volume, a snapshot or a backup has a state, and no error."""
        fetch = getattr(self.storage, f"get_{type(entry).__name__.lower()}")

        def found() -> Any:
            now = fetch(entry.id)
            if now.status.startswith("error"):
                raise SystemExit(f"{now.name} is {now.status}")
            return now if now.status == status else None

        return self.until(found, f"{entry.name} is {status}")

    def clear(self) -> None:
        """Have nothing of this any more."""
        for server in self.compute.servers(name=f"^{NAME}-"):
            self.compute.delete_server(server)
            self.compute.wait_for_delete(server, interval=1, wait=PATIENCE)
        for kind in ("backup", "snapshot", "volume"):
            for entry in getattr(self.storage, f"{kind}s")(details=True):
                if (entry.name or "").startswith(f"{NAME}-"):
                    getattr(self.storage, f"delete_{kind}")(entry)
                    self.storage.wait_for_delete(entry, interval=1, wait=PATIENCE)
        for network in self.network.networks(name=NAME):
            self.network.delete_network(network)


def answers(trial: Trial, server: Any) -> int:
    """Return how often a guest has had an answer, as it says on its console."""
    console = trial.compute.get_server_console_output(server, length=5)["output"] or ""
    numbers = [int(line.split()[-1]) for line in console.splitlines() if line.startswith("spread: answer")]
    return max(numbers, default=0)


def go_on(trial: Trial, server: Any) -> None:
    """Wait until a guest gets answers, more than it has had before."""
    before = answers(trial, server)
    trial.until(lambda: answers(trial, server) > before, "one guest reaches the other")


def land(trial: Trial, server: Any, act: Callable[[], Any], is_confirmed: bool = True) -> str:
    """Have a guest go to another node, and return which."""
    before = trial.compute.get_server(server).compute_host
    act()
    if is_confirmed:
        trial.until(lambda: status(trial, server) == "VERIFY_RESIZE", f"{server.name} waits for a yes")
        trial.compute.confirm_server_resize(server)
    trial.until(lambda: moved(trial, server, before), f"{server.name} runs on another node than {before}")
    return trial.compute.get_server(server).compute_host


def status(trial: Trial, server: Any) -> str:
    """Return how a guest is; nobody waits for one that has failed."""
    found = trial.compute.get_server(server)
    if found.status == "ERROR":
        raise SystemExit(f"{found.name} is in error: {found.fault}")
    return found.status


def moved(trial: Trial, server: Any, before: str) -> bool:
    """Tell whether a guest runs on another node."""
    is_active = status(trial, server) == "ACTIVE"
    found = trial.compute.get_server(server)
    return is_active and not found.task_state and found.compute_host != before


def elsewhere(trial: Trial, server: Any, flavor: str) -> str:
    """Have a guest become larger on another node: its own takes no new ones meanwhile."""
    here = trial.compute.get_server(server).compute_host
    service = next(entry for entry in trial.compute.services(binary="nova-compute") if entry.host == here)
    trial.compute.disable_service(service, here, "nova-compute", disabled_reason=NAME)
    try:
        return land(trial, server, lambda: trial.compute.resize_server(server, trial.flavors[flavor]))
    finally:
        trial.compute.enable_service(service, here, "nova-compute")


def spread(trial: Trial) -> None:
    """Guests reach each other from node to node, and go from node to node."""
    first, second, third = trial.until(trial.hosts, "three nodes for guests are up")[:3]
    network = trial.network.create_network(name=NAME)
    trial.network.create_subnet(network_id=network.id, ip_version=4, cidr=CIDR, gateway_ip=None, name=NAME)
    networks = [{"uuid": network.id}]
    one = trial.step(f"a guest on {first}", lambda: trial.server("one", first, networks))
    script = ASK.format(address=one.addresses[NAME][0]["addr"])
    other = trial.step(f"another on {second}", lambda: trial.server("other", second, networks, script))
    trial.step("it reaches the first, through the tunnel between nodes", lambda: go_on(trial, other))

    def live() -> Any:
        return trial.compute.live_migrate_server(other, host=third, block_migration="auto")

    trial.step(f"it goes to {third} while it runs", lambda: land(trial, other, live, is_confirmed=False))
    trial.step("it reaches the first from there", lambda: go_on(trial, other))
    cold = trial.step("the first is migrated", lambda: land(trial, one, lambda: trial.compute.migrate_server(one)))
    trial.step(f"it is reached on {cold}", lambda: go_on(trial, other))
    larger = trial.step("it becomes larger on another node", lambda: elsewhere(trial, one, "medium"))
    trial.step(f"it is reached on {larger}", lambda: go_on(trial, other))


def node_away(trial: Trial) -> None:
    """With each node away in turn, what was made before is attached, extended, restored and deleted."""
    for node in trial.until(trial.hosts, "three nodes for guests are up"):
        away(trial, node)
        trial.step(f"{node} is back", lambda: trial.until(trial.hosts, "all nodes for guests are up"))


def away(trial: Trial, node: str) -> None:
    """Make things, take a node, and use them."""
    storage, compute = trial.storage, trial.compute
    other = next(host for host in trial.hosts() if host != node)
    server = trial.step(f"a guest on {other}", lambda: trial.server("guest", other, "none"))
    volume = trial.is_there(storage.create_volume(name=f"{NAME}-volume", size=1))
    snapshot = trial.is_there(storage.create_snapshot(name=f"{NAME}-snapshot", volume_id=volume.id))
    backup = trial.is_there(storage.create_backup(name=f"{NAME}-backup", volume_id=volume.id))
    trial.power("kill", node)
    try:
        trial.step(f"{node} is lost; an answer", lambda: trial.is_there(volume))
        compute.create_volume_attachment(server, volume_id=volume.id)
        trial.step("the volume is attached", lambda: trial.is_there(volume, "in-use"))
        compute.delete_volume_attachment(server, volume.id)
        trial.step("and detached", lambda: trial.is_there(volume))
        storage.extend_volume(volume, 2)
        trial.step("and extended", lambda: trial.until(lambda: trial.is_there(volume).size == 2, "it has 2 GiB"))
        copy = storage.create_volume(name=f"{NAME}-copy", size=1, snapshot_id=snapshot.id)
        trial.step("its snapshot becomes a volume", lambda: trial.is_there(copy))
        # Until then Cinder gives the backup to the one that made it, where it waits for the node.
        trial.step("Cinder knows that the node is lost", lambda: trial.until(lambda: trial.noticed(node), "it does"))
        restored = storage.restore_backup(backup, name=f"{NAME}-restored")
        found = storage.get_volume(restored.volume_id)
        trial.step("its backup is restored", lambda: trial.is_there(found))
        trial.step("all of it is deleted", trial.clear)
    finally:
        trial.power("start", node)


TRIALS = {
    "spread": spread,
    "node-away": node_away,
    "health-checks": watched,
    "address": address_moves,
    "partition": remembered,
    "replaced": replaced,
}


def main() -> int:
    """Return 0 when all was so."""
    state, name = Path(sys.argv[1]).resolve(), sys.argv[2]
    trial = Trial(state)
    trial.clear()
    try:
        TRIALS[name](trial)
    finally:
        (state / f"{name}.json").write_text(json.dumps(trial.steps), encoding="utf-8")
    # A connection that was kept ended where the address moved.
    trial.until(lambda: not trial.clear(), "all that it made is removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
