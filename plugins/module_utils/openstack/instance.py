# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance: a server that boots from a volume, with its data volumes and its floating IP."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError
from . import journal
from .instance_checks import (
    check_creation,
    check_kept_volumes,
    check_marks,
    check_nothing_dies,
    check_room_for_volumes,
    check_unchangeable,
    server_needs,
    volume_needs,
)
from .instance_power import flavor_steps, power_steps, settle_steps, stop_step
from .instance_prediction import predict
from .instance_removal import forget_steps, going_steps, notes_work_on, removal_steps
from .instance_rival import first_come, in_vain, without_doomed
from .instance_steps import boot_steps, floating_ip_steps, kept_or_made, volume_steps
from .instance_update import attach_steps, group_steps, group_steps_after_boot, metadata_steps, network_steps
from .instance_wanted import Resolver, Wanted
from .lookup import Lookup
from .server_fault import raise_server_error
from .server_state import ProjectView, describe, find_server, going_as, mark_of, refuse_namesake

PARTS = {
    "flavor": {"type": "str"},
    "image": {"type": "str"},
    "root_volume": {"type": "dict", "options": {"size": {"type": "int"}, "type": {"type": "str"}}},
    "data_volumes": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str"},
            "size": {"type": "int", "required": True},
            "type": {"type": "str"},
        },
    },
    "networks": {"type": "list", "elements": "str"},
    "security_groups": {"type": "list", "elements": "str"},
    "key_name": {"type": "str", "no_log": False},
    "user_data": {"type": "str", "no_log": True},
    "config_drive": {"type": "bool"},
    "metadata": {"type": "dict"},
    "availability_zone": {"type": "str"},
    "floating_ip": {"type": "str"},
    "floating_network": {"type": "str"},
}
# A power state, as Nova numbers them.
RUNNING = 1
STATES = ["present", "started", "stopped", "restarted", "absent"]
SPEC = (
    ArgSpec(
        {
            "name": {"type": "str"},
            "instances": {
                "type": "list",
                "elements": "dict",
                "options": {"name": {"type": "str", "required": True}, **PARTS},
            },
            "state": {"type": "str", "choices": STATES, "default": "present"},
            **PARTS,
            "stop": {"type": "bool", "default": False},
            "delete_volumes": {"type": "bool", "default": True},
        },
        required_one_of=(("name", "instances"),),
        mutually_exclusive=(("name", "instances"),),
    )
    | journal.SPEC
)


class Instance:
    """One instance of the project that is signed in to."""

    def __init__(self, view: ProjectView, params: Document) -> None:
        self.name = params["name"]
        # Once the server is gone, neither its id nor its name lead to what is left of it, but its mark does.
        self.handle = self.mark = self.name
        self.view = view
        self.resolver = Resolver(view, params)
        self.is_absent = params["state"] == "absent"
        self.wanted: Wanted | None = None
        self.snapshots: list[Document] = []
        self.noted: list[Document] = []
        self.is_on = False
        self.going: list[str] = []
        self.journal = journal.Journal(view.reader, "server", params)

    def read(self) -> Document | None:
        """Return the instance, or None; the first time also look up what the options name."""
        server = find_server(self.view, self.handle)
        if server:
            self.is_on = server.get("OS-EXT-STS:power_state") == RUNNING
            volumes = self.view.lookup.rows("volume")
            self.journal.look(server, server["id"], volumes)
            self.noted = [row for row in volumes if notes_work_on(row, server["id"])]
            self.going = [row["id"] for row in volumes if going_as(row) == self.name]
        else:
            self.journal.look_away()
            self.noted = []
        if self.wanted is None:
            return self._first_look(server)
        return describe(self.view, self.mark, server)

    def _first_look(self, server: Document | None) -> Document | None:
        self.handle = server["id"] if server else self.name
        self.mark = mark_of(server, self.name)
        current = describe(self.view, self.mark, server)
        if current and current["status"] == "ERROR" and not self.is_absent:
            raise_server_error(self.view.reader, current, "the instance is in ERROR; state: absent removes it")
        self.wanted = self.resolver.resolve(self.mark, current)
        if self.is_absent and self.wanted.delete_volumes:
            self.snapshots = self.view.lookup.rows("snapshot")
        self.view.room.claim("compute", server_needs(self.wanted, current))
        self.view.room.claim("block-storage", volume_needs(self.wanted, current))
        return current

    def plan(self, current: Document | None) -> Plan:
        """Return the way from what is to what is wanted."""
        wanted = self.wanted or Wanted(self.name)
        if wanted.state == "absent":
            return self._removal(wanted, current)
        current = without_doomed(current)
        if current is None or current["id"] is None:
            return self._creation(wanted, current)
        return self._change(wanted, current)

    def _removal(self, wanted: Wanted, current: Document | None) -> Plan:
        if current is None:
            return Plan(None, None)
        waiting = self.journal.waiting_plan(current, f"instance {wanted.name}")
        if waiting:
            return waiting
        if wanted.delete_volumes:
            check_marks(current)
            check_nothing_dies(current, self.snapshots)
        steps = forget_steps(wanted, current, self.noted) + going_steps(self.name, wanted, current, self.going)
        steps += removal_steps(self.view.reader, wanted, current, self.journal.unfinished)
        return Plan(current, None, tuple(steps))

    def _creation(self, wanted: Wanted, current: Document | None) -> Plan:
        refuse_namesake(self.view, "name", wanted.name)
        reader = self.view.reader
        current, back = in_vain(reader, wanted, current)
        check_creation(wanted, current)
        steps = back + volume_steps(reader, wanted, current)
        boot = boot_steps(reader, wanted, current, kept_or_made(wanted, current))
        roles = [volume.role for volume in wanted.volumes]
        waits = first_come(self.view, wanted, current, boot[0], *roles)
        steps += [waits, *group_steps_after_boot(wanted), *boot[1:]]
        status = "ACTIVE"
        if wanted.state == "stopped":
            steps.append(stop_step(reader, {"name": wanted.name, "id": None}))
            status = "SHUTOFF"
        return Plan(current, predict(wanted, current, status), tuple(steps))

    def _change(self, wanted: Wanted, current: Document) -> Plan:
        waiting = self.journal.waiting_plan(current, f"instance {wanted.name}")
        if waiting:
            return waiting
        reader = self.view.reader
        if wanted.state in ("started", "restarted") and current["status"] == "SHUTOFF":
            self.journal.refuse_restore(wanted.name)
        check_unchangeable(wanted, current)
        check_kept_volumes(wanted, current)
        check_room_for_volumes(wanted, current)
        known, back = in_vain(reader, wanted, current)
        current = known or current
        steps, status = settle_steps(reader, current)
        steps += back + volume_steps(reader, wanted, current)
        attaching = [(step, step.key.removeprefix("attach ")) for step in attach_steps(reader, wanted, current)]
        steps += [first_come(self.view, wanted, current, step, role) for step, role in attaching]
        steps += metadata_steps(wanted, current)
        steps += group_steps(wanted, current)
        steps += network_steps(wanted, current)
        moves, status = flavor_steps(reader, self.journal, wanted, current, status, self.is_on)
        power = power_steps(reader, wanted.state, current, status)
        if wanted.state == "stopped":
            power = [self.journal.give_way(step) for step in power]
        steps += moves + power + floating_ip_steps(wanted, current)
        if power:
            status = "SHUTOFF" if wanted.state == "stopped" else "ACTIVE"
        return Plan(current, predict(wanted, current, status) if steps else current, tuple(steps))


def instances(reader: Any, params: Document) -> Fleet:
    """Return the instances of a task; what stands outside the list is meant for all of them."""
    view = ProjectView(Lookup(reader))
    entries = params.get("instances")
    if entries is None:
        return Fleet([Instance(view, params)], view.forget)
    names = [entry["name"] for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ResourceError(f"instances: {name} is given {names.count(name)} times. Give each instance once.")
    given = [{key: value for key, value in entry.items() if value is not None} for entry in entries]
    return Fleet([Instance(view, {**params, **entry}) for entry in given], view.forget)
