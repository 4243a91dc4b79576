# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Testbeds on a podman that only remembers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, ResourceError
from ansible_collections.conductor.cloud.plugins.module_utils.testbed.testbed import fleet

IMAGE = "localhost/node:1"


class FakePodman:
    """Containers, networks and images in memory; ``calls`` are the changes that were asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.container: dict[str, dict[str, Any]] = {}
        self.network: dict[str, dict[str, Any]] = {}
        self.image: set[str] = set()
        self.die_at = -1

    def containers(self, name: str) -> list[dict[str, Any]]:
        """Return what carries the name of the testbed."""
        return [entry for entry in self.container.values() if entry["testbed"] == name]

    def networks(self, name: str) -> list[dict[str, Any]]:
        """Return what carries the name of the testbed."""
        return [entry for entry in self.network.values() if entry["testbed"] == name]

    def images(self) -> set[str]:
        """Return the names of all images."""
        return set(self.image)

    def image_users(self, image: str) -> list[str]:
        """Return the containers made from an image."""
        return [name for name, entry in self.container.items() if entry["Image"] == image]

    def run(self, *arguments: str) -> str:
        """Do what podman would do."""
        if len(self.calls) == self.die_at:
            raise KeyboardInterrupt
        self.calls.append(" ".join(arguments[:2]))
        label = next((word.partition("=")[2] for word in arguments if word.startswith("conductor.testbed=")), "")
        match arguments:
            case ["import", *_rest, image]:
                self.image.add(image)
            case ["network", "create", *rest, name]:
                subnet = rest[rest.index("--subnet") + 1]
                self.network[name] = {"name": name, "testbed": label, "subnets": [{"subnet": subnet}]}
            case ["network", "rm", name]:
                del self.network[name]
            case ["create", "--name", name, *rest]:
                networks = [word.partition(":")[0] for word in rest if ":ip=" in word]
                assert set(networks) <= set(self.network), "a network has to exist before its nodes"
                assert rest[-2] in self.image, "an image has to exist before its nodes"
                self.container[name] = {"Names": [name], "State": "created", "testbed": label, "Image": rest[-2]}
            case ["start", name]:
                self.container[name]["State"] = "running"
            case ["stop", name]:
                self.container[name]["State"] = "exited"
            case ["rm", *_rest, name]:
                del self.container[name]
            case ["rmi", image]:
                assert not self.image_users(image), "an image in use cannot be removed"
                self.image.remove(image)
            case _:
                raise AssertionError(arguments)
        return ""


def wanted(**params: Any) -> dict[str, Any]:
    """Return the options of a task."""
    defaults = {"name": "lab", "prefix": "10.1", "nodes": ["a", "b"], "image": IMAGE, "image_file": "/node.tar"}
    defaults["networks"] = ["internal", "external"]
    return {**defaults, "volumes": {"/cache": "/var/{node}"}, "stop_timeout": 5, "state": "started", **params}


def run(podman: FakePodman, check: bool = False, **params: Any) -> dict[str, Any]:
    """Run one task and return its entry."""
    engine = Engine(fleet(podman, wanted(**params)), podman, concurrency=1, timeout=5)
    engine.look()
    if not check and not engine.jobs[0].error:
        engine.apply()
    return engine.report()[0]


def test_brings_up_networks_and_nodes() -> None:
    """Two networks, one image, all nodes running."""
    entry = run(FakePodman())
    assert entry["resource"] == {
        "name": "lab",
        "networks": {"internal": "10.1.0.0/24", "external": "10.1.1.0/24"},
        "nodes": {"a": "running", "b": "running"},
        "images": {IMAGE: []},
    }


@pytest.mark.parametrize("state", ["started", "stopped", "absent"])
def test_predicts_what_it_does_and_does_it_once(state: str) -> None:
    """Check mode changes nothing and says the same; the second run changes nothing."""
    podman = FakePodman()
    if state != "started":
        run(podman)
    podman.calls.clear()
    predicted = run(podman, check=True, state=state)
    assert not podman.calls
    done = run(podman, state=state)
    assert podman.calls
    assert predicted["actions"] == done["actions"]
    assert predicted["diff"] == done["diff"]
    podman.calls.clear()
    assert not run(podman, state=state)["changed"]
    assert not podman.calls


def test_an_interrupted_run_is_finished_by_the_next() -> None:
    """Whatever was done last, nothing is made twice and nothing is left out."""
    whole = FakePodman()
    goal = run(whole)["resource"]
    for number in range(len(whole.calls)):
        podman = FakePodman()
        podman.die_at = number
        with pytest.raises(KeyboardInterrupt):
            run(podman)
        podman.die_at = -1
        assert run(podman)["resource"] == goal
        assert sorted(podman.calls) == sorted(whole.calls)


def test_gives_nodes_more_networks() -> None:
    """Each with a subnet and an interface of its own; only the first leads out."""
    podman, created = FakePodman(), []
    do = podman.run
    podman.run = lambda *arguments: created.append(" ".join(arguments)) or do(*arguments)
    entry = run(podman, networks=["internal", "external", "provider", "tunnel"])["resource"]
    assert entry["networks"] == {
        "internal": "10.1.0.0/24",
        "external": "10.1.1.0/24",
        "provider": "10.1.2.0/24",
        "tunnel": "10.1.3.0/24",
    }
    assert ["--internal" in call for call in created if call.startswith("network create")] == [False, True, True, True]
    second = next(call for call in created if call.startswith("create --name lab-b "))
    assert "lab-provider:ip=10.1.2.12,interface_name=eth2" in second
    assert "lab-tunnel:ip=10.1.3.12,interface_name=eth3" in second


def test_leaves_others_alone() -> None:
    """A testbed of another name keeps its nodes, networks and the image that both use."""
    podman = FakePodman()
    run(podman)
    other = run(podman, name="other", prefix="10.2")["resource"]
    run(podman, state="absent")
    assert other == {**run(podman, name="other", prefix="10.2")["resource"], "images": other["images"]}
    assert podman.image == {IMAGE}
    run(podman, name="other", prefix="10.2", state="absent")
    assert not (podman.container or podman.network or podman.image)


def test_removes_images_of_older_recipes() -> None:
    """The image that goes is the one that the nodes were made from."""
    podman = FakePodman()
    run(podman, image="localhost/node:0")
    run(podman, state="absent")
    assert not podman.image


def test_refuses_another_prefix() -> None:
    """Addresses of nodes that exist do not move."""
    podman = FakePodman()
    run(podman)
    podman.calls.clear()
    entry = run(podman, prefix="10.7")
    assert "prefix: 10.7 was given, but the internal network of testbed lab is 10.1.0.0/24" in entry["msg"]
    assert not podman.calls


def test_a_node_that_dies_at_once_is_an_error() -> None:
    """Started is not the same as running."""
    podman = FakePodman()
    podman.run = lambda *arguments: "" if arguments[0] == "start" else FakePodman.run(podman, *arguments)
    engine = Engine(fleet(podman, wanted(nodes=["a"])), podman, timeout=0.1)
    engine.look()
    engine.apply()
    entry = engine.report()[0]
    assert isinstance(engine.jobs[0].error, ResourceError)
    assert "the node a to run" in entry["msg"]
