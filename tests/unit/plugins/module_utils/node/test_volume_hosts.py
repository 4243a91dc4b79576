# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that Cinder is to forget."""

from __future__ import annotations

from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.node.volume_hosts import COUNTED, volume_hosts

HOSTS = (
    ("cinder-scheduler", "one"),
    ("cinder-volume", "one@rbd"),
    ("cinder-backup", "one"),
    ("cinder-volume", "one-more@rbd"),
    ("cinder-volume", "rbd@rbd"),
)


class FakeCinder:
    """A database of Cinder, and the host with the command that changes it."""

    def __init__(self, counted: Any = HOSTS) -> None:
        self.node = self.server = self
        self.counted = list(counted)

    def reader(self) -> FakeCinder:
        """Return what reads."""
        return self

    def rows(self, question: str) -> list[dict[str, str]]:
        """Return the services that are counted."""
        assert question == COUNTED
        return [{"program": program, "host": host} for program, host in self.counted]

    def command(self, argv: list[str], user: str) -> None:
        """Remove a service."""
        assert (argv[:3], user) == (["cinder-manage", "service", "remove"], "cinder")
        self.counted.remove((argv[3], argv[4]))


def task(*names: str) -> Any:
    """Return what makes the resources of a task."""
    return lambda reader: volume_hosts(reader, {"absent": list(names)})


def test_all_services_of_a_host_are_forgotten_and_of_no_other(converge: Any) -> None:
    cinder = FakeCinder()
    assert converge(task("one"), cinder)["actions"] == [
        "Have Cinder forget cinder-backup of one",
        "Have Cinder forget cinder-scheduler of one",
        "Have Cinder forget cinder-volume of one@rbd",
    ]
    assert cinder.counted == list(HOSTS[3:])
    assert not converge(task("one"), cinder)["changed"]


def test_a_host_that_never_was_there_is_no_error(converge: Any) -> None:
    assert not converge(task("two"), FakeCinder())["changed"]
