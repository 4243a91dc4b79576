# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nova: a guest moves to another compute node while it runs, and back while it is stopped for that."""

from __future__ import annotations

from typing import Any

from .cloud_guest import Guests
from .proof import Proof, expect, is_left, wait_for

FAILED = ("error", "failed", "cancelled")
HOST = "OS-EXT-SRV-ATTR:hypervisor_hostname"


class Traveller:
    """A guest that moves."""

    def __init__(self, guests: Guests, server_id: str) -> None:
        self.guests = guests
        self.cloud = guests.cloud
        self.server_id = server_id

    def migrations(self) -> dict[str, str]:
        """Return what became of each of its migrations."""
        found = self.cloud.get("compute", "/os-migrations", instance_uuid=self.server_id)["migrations"]
        return {migration["uuid"]: migration["status"] for migration in found}

    def act(self, action: dict[str, Any]) -> None:
        """Ask for something."""
        self.cloud.post("compute", f"/servers/{self.server_id}/action", action)

    def move(self, how: str, action: dict[str, Any], host: str, wanted: tuple[str, str]) -> None:
        """Have it move, and wait until migration and server have the wanted status and it is where it should be.

        Nova leaves a guest where it is, running and without a word, when it cannot move it; only the migration tells.
        """
        known = self.migrations()
        self.act(action)

        def has_moved() -> bool:
            statuses = [status for uuid, status in self.migrations().items() if uuid not in known]
            failed = [status for status in statuses if status in FAILED]
            expect(not failed, f"the guest did not move {how} to {host}: Nova calls its migration {failed}.")
            server = self.cloud.get("compute", f"/servers/{self.server_id}")["server"]
            return (statuses, server["status"], server[HOST]) == ([wanted[0]], wanted[1], host)

        wait_for(f"the guest to move {how} to {host}", has_moved, self.guests.params["timeout"])

    def live(self, host: str) -> None:
        """Move it while it runs; it is not to start anew."""
        action = {"os-migrateLive": {"host": host, "block_migration": "auto"}}
        self.move("while it runs", action, host, ("completed", "ACTIVE"))
        expect(not self.guests.console(self.server_id), f"the guest started anew on {host}.")

    def cold(self, host: str) -> None:
        """Move it while it is stopped; it starts on the other node."""
        self.move("while it is stopped", {"migrate": {"host": host}}, host, ("finished", "VERIFY_RESIZE"))
        self.act({"confirmResize": None})
        timeout = self.guests.params["timeout"]
        wait_for("the guest to run", lambda: self.guests.active(self.server_id), timeout)
        wait_for(f"the guest to be ready on {host}", lambda: self.guests.console(self.server_id), timeout)


def prove(cloud: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Boot a guest, move it there and back, and remove it."""
    guests = Guests(cloud, params)
    hosts = [host["hypervisor_hostname"] for host in guests.hosts()]
    expect(len(hosts) > 1, f"with {' and '.join(hosts)} alone nothing can move.")
    guests.remove(is_left)
    try:
        here, there = hosts[:2]
        guests.boot([here])
        guests.look_at(here, guests.servers[here])
        traveller = Traveller(guests, guests.servers[here])
        traveller.live(there)
        traveller.cold(here)
    finally:
        guests.remove(lambda name: name == guests.name)
    return {"from": here, "to": there}


PROOF = Proof(
    (
        "Boot a guest on a compute node, and move it to another one while it runs",
        "Move it back while it is stopped, and see it start there",
        "Remove it",
    ),
    prove,
)
