# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A testbed: nodes as systemd containers on networks of their own."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE, ArgSpec
from ansible_collections.conductor.cloud.plugins.module_utils.resource import (
    Document,
    Fleet,
    Plan,
    ResourceError,
    Step,
)
from ansible_collections.conductor.cloud.plugins.module_utils.testbed.podman import LABEL, PodmanReader

# The third number of a network's addresses, and the interface that the nodes have on it.
NETWORKS = {"internal": (0, "eth0"), "external": (1, "eth1"), "provider": (2, "eth2"), "tunnel": (3, "eth3")}
FIRST_NODE = 11

SPEC = ENGINE | ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "prefix": {"type": "str", "required": True},
        "nodes": {"type": "list", "elements": "str", "default": ["node-1"]},
        "networks": {
            "type": "list",
            "elements": "str",
            "choices": list(NETWORKS),
            "default": ["internal", "external"],
        },
        "image": {"type": "str", "required": True},
        "image_file": {"type": "path"},
        "volumes": {"type": "dict", "default": {}},
        "stop_timeout": {"type": "int", "default": 60},
        "command": {"type": "list", "elements": "str", "default": ["podman"]},
        "state": {"type": "str", "choices": ["started", "stopped", "absent"], "default": "started"},
    },
    required_if=(("state", "started", ("image_file",)),),
)


def own_limits() -> list[str]:
    """Return podman's options for limits no higher than it can set: not every root may raise them.

    podman itself comes down to the kernel's highest process number before it starts anything.
    """
    with open("/proc/sys/kernel/pid_max", encoding="ascii") as file:
        highest = {"nproc": int(file.read()), "nofile": 1048576}
    limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    options = []
    for name, limit in limits.items():
        hard = resource.getrlimit(limit)[1]
        value = highest[name] if hard == resource.RLIM_INFINITY else min(hard, highest[name])
        options.append(f"--ulimit={name}={value}:{value}")
    return options


def fleet(reader: PodmanReader, params: Mapping[str, Any]) -> Fleet:
    """Return the one resource of a task."""
    return Fleet([Testbed(reader, params)])


class Testbed:
    """All containers and networks that carry one name."""

    def __init__(self, reader: PodmanReader, params: Mapping[str, Any]) -> None:
        self.reader = reader
        self.params = params
        self.testbed = params["name"]
        self.name = f"testbed {self.testbed}"
        self.networks = {name: place for name, place in NETWORKS.items() if name in params["networks"]}
        self.addresses = {name: FIRST_NODE + index for index, name in enumerate(params["nodes"])}

    def container(self, node: str) -> str:
        """Return the name of a node's container: testbeds live side by side."""
        return f"{self.testbed}-{node}"

    def network(self, name: str) -> str:
        """Return podman's name of one of the networks."""
        return f"{self.testbed}-{name}"

    def subnet(self, network: str) -> str:
        """Return the addresses of a network."""
        return f"{self.params['prefix']}.{NETWORKS[network][0]}.0/24"

    def read(self) -> Document | None:
        """Return networks with their subnets, nodes with their states, and images with who else uses them."""
        containers = self.reader.containers(self.testbed)
        document: Document = {
            "name": self.testbed,
            "networks": {
                entry["name"].removeprefix(f"{self.testbed}-"): entry["subnets"][0]["subnet"]
                for entry in self.reader.networks(self.testbed)
            },
            "nodes": {entry["Names"][0].removeprefix(f"{self.testbed}-"): entry["State"] for entry in containers},
            "images": self._images(containers),
        }
        return document if document["networks"] or document["nodes"] or document["images"] else None

    def _images(self, containers: list[Document]) -> dict[str, list[str]]:
        """Return the images of the task and of the nodes, which may be of an older recipe."""
        names = {self.params["image"], *(entry["Image"] for entry in containers)} & self.reader.images()
        own = {entry["Names"][0] for entry in containers}
        return {name: sorted(set(self.reader.image_users(name)) - own) for name in sorted(names)}

    def plan(self, current: Document | None) -> Plan:
        """Return the way to the wanted state."""
        if self.params["state"] == "started":
            return self._plan_started(current)
        if current is None:
            return Plan(None, None)
        return self._plan_stopped(current) if self.params["state"] == "stopped" else self._plan_absent(current)

    def _plan_started(self, current: Document | None) -> Plan:
        known = current or {"name": self.testbed, "networks": {}, "nodes": {}, "images": {}}
        for network, subnet in known["networks"].items():
            if subnet != self.subnet(network):
                raise ResourceError(
                    f"prefix: {self.params['prefix']} was given, but the {network} network of {self.name} is {subnet}."
                    " Destroy the testbed first, or give another name."
                )
        nodes = {**known["nodes"], **{name: "running" for name in self.addresses}}
        steps: list[Step] = []
        images = known["images"]
        if self.params["image"] not in images and set(nodes) - set(known["nodes"]):
            images = {**images, self.params["image"]: []}
            steps.append(self._import_image())
        steps += [self._create_network(name) for name in self.networks if name not in known["networks"]]
        first = tuple(step.key for step in steps)
        for name in self.addresses:
            state = known["nodes"].get(name)
            if state is None:
                steps.append(self._create_node(name, first))
            if state != "running":
                steps.append(self._start_node(name, state))
        networks = {**known["networks"], **{name: self.subnet(name) for name in self.networks}}
        after = {**known, "networks": networks, "nodes": nodes, "images": images}
        return Plan(current, after, tuple(steps))

    def _plan_stopped(self, current: Document) -> Plan:
        running = [name for name in self.addresses if current["nodes"].get(name) == "running"]
        nodes = {name: "exited" if name in running else state for name, state in current["nodes"].items()}
        return Plan(current, {**current, "nodes": nodes}, tuple(self._stop_node(name) for name in running))

    def _plan_absent(self, current: Document) -> Plan:
        """Remove all that carries the name, whatever nodes the task lists."""
        steps = [self._remove_node(name) for name in current["nodes"]]
        nodes = tuple(step.key for step in steps)
        steps += [self._remove_network(name, nodes) for name in current["networks"]]
        ours = [name for name, users in current["images"].items() if not users]
        steps += [self._remove_image(name, nodes) for name in ours]
        shared = {name: users for name, users in current["images"].items() if users}
        after = {**current, "networks": {}, "nodes": {}, "images": shared} if shared else None
        return Plan(current, after, tuple(steps))

    def _import_image(self) -> Step:
        image, file = self.params["image"], self.params["image_file"]
        return Step(
            "import",
            f"Import the node image {image}",
            lambda podman, results: podman.run("import", "--change", 'CMD ["/sbin/init"]', file, image),
            needs=(),
        )

    def _create_network(self, name: str) -> Step:
        third, _interface = NETWORKS[name]
        # Only the internal network leads out: two default routes would make the way out a matter of luck.
        inside = [] if name == "internal" else ["--internal"]
        arguments = ["--label", f"{LABEL}={self.testbed}", "--disable-dns", "--subnet", self.subnet(name)]
        arguments += ["--gateway", f"{self.params['prefix']}.{third}.1", *inside, self.network(name)]
        return Step(
            f"network {name}",
            f"Create the {name} network {self.subnet(name)}",
            lambda podman, results: podman.run("network", "create", *arguments),
            needs=() if name == "internal" else None,
        )

    def _create_node(self, name: str, needs: tuple[str, ...]) -> Step:
        arguments = ["--name", self.container(name), "--hostname", name, "--label", f"{LABEL}={self.testbed}"]
        arguments += ["--privileged", "--systemd=always", "--no-hosts"]
        # No limit. podman 5 needs the controller for -1, and hosts with hybrid cgroups do not have it here.
        arguments += ["--pids-limit=0", *own_limits()]
        arguments += [f"--stop-timeout={self.params['stop_timeout']}"]
        for network, (third, interface) in self.networks.items():
            address = f"{self.params['prefix']}.{third}.{self.addresses[name]}"
            arguments += ["--network", f"{self.network(network)}:ip={address},interface_name={interface}"]
        for target, source in sorted(self.params["volumes"].items()):
            arguments += ["--volume", f"{source.format(node=name)}:{target}"]
        return Step(
            f"create {name}",
            f"Create the node {name}",
            lambda podman, results: podman.run("create", *arguments, self.params["image"], "/sbin/init"),
            needs=needs,
        )

    def _start_node(self, name: str, state: str | None) -> Step:
        return Step(
            f"start {name}",
            f"Start the node {name}",
            lambda podman, results: podman.run("start", self.container(name)),
            needs=() if state else (f"create {name}",),
            done=lambda document: bool(document) and document["nodes"].get(name) == "running",
            waiting_for=f"the node {name} to run",
        )

    def _stop_node(self, name: str) -> Step:
        return Step(
            f"stop {name}",
            f"Stop the node {name}",
            lambda podman, results: podman.run("stop", self.container(name)),
            needs=(),
        )

    def _remove_node(self, name: str) -> Step:
        return Step(
            f"remove {name}",
            f"Remove the node {name} with all its data",
            lambda podman, results: podman.run("rm", "--force", "--volumes", "--time", "5", self.container(name)),
            needs=(),
        )

    def _remove_network(self, name: str, needs: tuple[str, ...]) -> Step:
        return Step(
            f"remove network {name}",
            f"Remove the {name} network",
            lambda podman, results: podman.run("network", "rm", self.network(name)),
            needs=needs,
        )

    def _remove_image(self, image: str, needs: tuple[str, ...]) -> Step:
        return Step(
            f"remove image {image}",
            f"Remove the node image {image}",
            lambda podman, results: podman.run("rmi", image),
            needs=needs,
        )
