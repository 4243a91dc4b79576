# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that are older than a moment are restarted, one after the other."""

from __future__ import annotations

from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer, checked
from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_restarts import unit_restarts

SINCE = "1970-01-01T00:16:40Z"  # 1000 seconds
WATCHES = "/etc/conductor-cloud/units"


class FakeSystemd:
    """Systemd in memory: kind, state, and when a unit started and changed its state."""

    def __init__(self):
        self.units = {
            "b-api.service": ["exec", "active", 10, 10],
            "database.service": ["notify", "active", 10, 10],
            "front.service": ["notify", "active", 10, 10],
            "network.service": ["oneshot", "active", 10, 10],
            "off.service": ["simple", "inactive", 10, 10],
            "switch.service": ["forking", "active", 10, 10],
            "young.service": ["simple", "active", 2000, 2000],
        }
        self.log = []

    def reader(self):
        """Return the same; the engine gives it to nobody who writes."""
        return self

    def files_below(self, path):
        """Return the watches of all units, and of a socket."""
        return [f"{WATCHES}/{name}.json" for name in (*self.units, "libvirtd.socket")] if path == WATCHES else []

    def output(self, argv, given=None, **options):
        """Answer systemctl show."""
        keys = ("Type", "ActiveState", "ActiveEnterTimestamp", "StateChangeTimestamp")
        assert argv[:3] == ["systemctl", "show", "--timestamp=unix"]
        blocks = []
        for name in argv[argv.index("--") + 1 :]:
            kind, state, entered, changed = self.units[name]
            values = dict(zip(keys, (kind, state, f"@{entered}", f"@{changed}")))
            blocks.append("\n".join(f"{key}={value}" for key, value in values.items()))
        return "\n\n".join(blocks)

    def command(self, argv, given=None, **options):
        """Restart or reload a unit."""
        unit = self.units[argv[-1]]
        self.log.append(f"{argv[1]} {argv[-1]}")
        unit[3] = 3000
        if argv[1] == "restart":
            unit[2] = 3000
        return checked(Answer(0, "", ""), "systemctl")


def task(since=SINCE, **other):
    """Return what builds the fleet of a task."""
    params = {"since": since, "reload": ["front"], "skip": ["switch*"], "first": ["database"], **other}
    return lambda reader: unit_restarts(reader, params)


def test_what_is_old_is_restarted_in_order(converge):
    systemd = FakeSystemd()
    told = converge(task(), systemd)
    assert told["actions"] == ["Restart database.service", "Restart b-api.service", "Reload front.service"]
    assert systemd.log == ["restart database.service", "restart b-api.service", "reload front.service"]
    found = told["results_by_name"]["services of this host"]
    assert found.pop("switch.service") == "skipped"
    assert set(found.values()) == {"new"}
    assert not {"off.service", "network.service"} & set(found)


def test_a_second_run_with_the_same_moment_has_nothing_to_do(converge):
    systemd = FakeSystemd()
    converge(task(), systemd)
    assert converge(task(), systemd)["changed"] is False
    later = converge(task("1970-01-01T01:00:00+00:00"), systemd, check=True)
    assert [action.split()[1] for action in later["actions"]] == [
        "database.service",
        "b-api.service",
        "front.service",
        "young.service",
    ]


def test_what_starts_and_ends_stops_the_run(converge):
    systemd = FakeSystemd()

    def fall(argv, given=None, **options):
        systemd.log.append(argv[-1])
        systemd.units[argv[-1]][1] = "failed"
        return ""

    systemd.command = fall
    told = converge(task(), systemd)
    assert "database.service: it started and ended" in told["msg"]
    assert systemd.log == ["database.service"]


def test_a_moment_has_a_zone(converge):
    assert "does not say in which zone" in converge(task("2026-11-20T18:00:00"), FakeSystemd())["msg"]
    assert "tomorrow is no moment" in converge(task("tomorrow"), FakeSystemd())["msg"]


def test_a_host_without_services_has_nothing_to_restart(converge):
    systemd = FakeSystemd()
    systemd.files_below = lambda path: [path]
    assert converge(task(), systemd)["changed"] is False
