# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host, or an OSD, that leaves a Ceph cluster: its data moves to others first, then the cluster forgets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, NotYetError, Plan, ResourceError, Step
from .ceph_objects import order
from .quorum import no_majority

SPEC = ArgSpec(
    {
        "host": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["drained", "absent"], "required": True},
        "osds": {"type": "list", "elements": "int", "default": []},
        "lost": {"type": "bool", "default": False},
        "address": {"type": "str"},
    }
)
# Of an OSD's space, what may be used before Ceph begins to warn.
FULL = 0.85
# A group may be active, and even clean, while the good copy of something is on the host that leaves.
DAMAGED = ("unfound", "inconsistent")


def unquiet(states: list[str], wanted: str) -> list[str]:
    """Return those states of placement groups that are not as wanted, or in which a copy is missing or damaged."""
    return sorted(
        state for state in states if not state.startswith(wanted) or any(word in state for word in DAMAGED)
    )


def address_of(osd: Document) -> str:
    """Return the address at which an OSD was seen last."""
    return str(osd.get("public_addr", "")).split(":", maxsplit=1)[0] or "no address"


class CephHost:
    """The OSDs, the monitor and the manager of one host; or some of its OSDs alone."""

    def __init__(self, reader: Any, params: dict[str, Any]) -> None:
        self.host = params["host"]
        self.osds = set(params["osds"])
        self.what = " and ".join(f"osd.{number}" for number in sorted(self.osds)) or self.host
        self.name = f"{self.what} in Ceph"
        self.address = params["address"]
        self.is_lost = params["lost"]
        self.is_absent = params["state"] == "absent"
        self.reader = reader
        self.tree: list[Document] = []
        self._staying: set[str] = set()
        self._problems: list[str] = []
        self._stays_thin = False

    def read(self) -> Document | None:
        """Return its OSDs, whether they are a host of the CRUSH map, its monitor, and the keys of its daemons."""
        self.tree = (self.reader.ask("osd tree") or {"nodes": []})["nodes"]
        bucket = [node for node in self.tree if node["type"] == "host" and node["name"] == self.host]
        dump = {osd["osd"]: osd for osd in (self.reader.ask("osd dump") or {"osds": []})["osds"]}
        all_here = sorted(number for node in bucket for number in node["children"] if number in dump)
        numbers = [number for number in all_here if not self.osds or number in self.osds]
        self._staying = {f"osd.{number}" for number in all_here} - {f"osd.{number}" for number in numbers}
        keys = [user["entity"] for user in (self.reader.ask("auth ls") or {"auth_dump": []})["auth_dump"]]
        strange = [number for number, osd in dump.items() if self._is_meant(osd) and number not in numbers]
        document = {
            "osds": {f"osd.{number}": {key: bool(dump[number][key]) for key in ("in", "up")} for number in numbers},
            "crush": bool(bucket) and not self.osds,
            "monitor": self.host in self._monitors() and not self.osds,
            "manager": f"mgr.{self.host}" in keys and not self.osds,
        }
        if not any(document.values()) and not strange:
            return None
        document |= self._data(numbers)
        # An OSD that is down alone, on a host that runs, is as lost as a host with all of its own.
        self.is_lost = self.is_lost or bool(self.osds) and not any(osd["up"] for osd in document["osds"].values())
        # What is lost and has no place to be copied to is not waited for.
        self._stays_thin = self.is_lost and len(self._others()) < self._copies()
        self._problems = [*self._osd_problems(document), *self._monitor_problems(document)]
        self._problems += [
            f"osd.{number} is at {address_of(dump[number])}, and the CRUSH map does not have it at a host {self.host}."
            for number in strange
        ]
        return document

    def _is_meant(self, osd: Document) -> bool:
        if self.osds:
            return osd["osd"] in self.osds
        return address_of(osd) == self.address

    def _data(self, numbers: list[int]) -> Document:
        """Return whether all data of the OSDs are elsewhere, and in words what is not."""
        if not numbers:
            return {"moved": True}
        try:
            found = self.reader.ask("osd safe-to-destroy", ids=[str(number) for number in numbers])
        except ResourceError as error:
            # While it does not know all placement groups, Ceph answers with an error.
            return {"moved": False, "status": str(error)}
        needed = sorted(set(numbers) - set(found["safe_to_destroy"]))
        if needed:
            return {"moved": False, "status": f"{' and '.join(f'osd.{number}' for number in needed)} hold data"}
        return {"moved": True}

    def _monitors(self) -> list[str]:
        answer = self.reader.ask("quorum_status")
        return [monitor["name"] for monitor in answer["monmap"]["mons"]] if answer else []

    def _others(self) -> list[str]:
        """Return the hosts that have OSDs afterwards."""
        hosts = [node for node in self.tree if node["type"] == "host" and node["name"] != self.host]
        return [node["name"] for node in hosts if node["children"]] + [self.host] * bool(self._staying)

    def _copies(self) -> int:
        """Return how many hosts the pool with the most copies needs."""
        return max((pool["size"] for pool in self.reader.ask("osd pool ls", detail="detail") or ()), default=0)

    def plan(self, current: Document | None) -> Plan:
        """Return what drains the host, or forgets it."""
        if current is None:
            return Plan(None, None)
        if self._problems:
            raise ResourceError(" ".join(self._problems))
        return self._absent(current) if self.is_absent else self._drained(current)

    def _osd_problems(self, current: Document) -> Iterator[str]:
        """Yield in words why the others could not hold the data."""
        osds, moved = current["osds"], current["moved"]
        if not osds or moved and not any(osd["in"] for osd in osds.values()):
            return
        states = [entry["state_name"] for entry in self.reader.ask("status")["pgmap"]["pgs_by_state"]]
        if self.is_lost:
            up = [name for name, osd in osds.items() if osd["up"]]
            if up:
                yield f"{self.host} cannot be reached, and yet {' and '.join(up)} are up. Take its power."
            if unquiet(states, "active"):
                yield f"Ceph waits for data that may be on {self.what} alone ({', '.join(unquiet(states, 'active'))})."
            return
        if any(osd["in"] for osd in osds.values()) and unquiet(states, "active+clean"):
            found = ", ".join(unquiet(states, "active+clean"))
            yield f"Ceph does not have all data as often as it should be ({found}). Wait until it has."
        if len(self._others()) < self._copies():
            yield (
                f"Pools keep {self._copies()} copies, each on a host of its own, and {self.what} leaves "
                f"{len(self._others())}. Add {'an OSD' if self.osds else 'a host with OSDs'} first."
            )
        down = [node["name"] for node in self.tree if node["type"] == "osd" and node["status"] != "up"]
        if set(down) - set(osds):
            yield f"{' and '.join(sorted(set(down) - set(osds)))} are down."
        yield from self._space_problems(osds)

    def _space_problems(self, osds: Document) -> Iterator[str]:
        nodes = self.reader.ask("osd df")["nodes"]
        needed = sum(node["kb_used"] for node in nodes if node["name"] in osds)
        others = [node for node in nodes if node["name"] not in osds and node.get("reweight", 1)]
        if self._staying and len(self._others()) <= self._copies():
            # Each of the other hosts has a copy already.
            others = [node for node in others if node["name"] in self._staying]
        room = sum(max(0, node["kb"] * FULL - node["kb_used"]) for node in others)
        if needed > room:
            yield f"{self.what} holds {needed >> 20} GiB, and the other OSDs have room for {int(room) >> 20} GiB."

    def _monitor_problems(self, current: Document) -> Iterator[str]:
        if not current["monitor"]:
            return
        members = self._monitors()
        silent = set(members) - set(self.reader.ask("quorum_status")["quorum_names"]) - {self.host}
        if silent:
            yield f"The monitors of {' and '.join(sorted(silent))} are not there. Bring them back first."
        problem = no_majority(len(members), "monitors")
        if problem:
            yield f"{self.host} has a monitor, and {problem}"

    def _drained(self, current: Document) -> Plan:
        names = list(current["osds"])
        is_out = not any(osd["in"] for osd in current["osds"].values())
        waits = not self._stays_thin
        if not names or is_out and (current["moved"] or not waits):
            return Plan(current, current)
        after = {**current, "osds": {name: {**osd, "in": False} for name, osd in current["osds"].items()}}
        if waits:
            after = {key: value for key, value in after.items() if key != "status"} | {"moved": True}
        done = self._has_moved if waits else None
        summary = f"Take {' and '.join(names)} out, so that other OSDs get what they hold"
        send = order("osd out", ids=[name.split(".")[1] for name in names])
        return Plan(current, after, (Step("out", summary, send, done=done, waiting_for="all data are elsewhere"),))

    @staticmethod
    def _has_moved(document: Document | None) -> bool:
        return document is None or document["moved"]

    def _is_away(self, document: Document | None) -> bool:
        """Tell whether the OSDs are down and nothing needs them."""
        osds = document["osds"].values() if document else ()
        return not any(osd["up"] for osd in osds) and (self._stays_thin or self._has_moved(document))

    def _wait(self, names: list[str]) -> Step:
        """Return the step that gives a manager that just took over the time to learn where all data are."""
        what = f"Ceph sees that nothing needs {' and '.join(names)}"
        return Step("wait", f"Wait until {what}", lambda writer, results: None, done=self._is_away, waiting_for=what)

    def _absent(self, current: Document) -> Plan:
        """Plan to forget all of the host. Its daemons have to be stopped before."""
        up = [name for name, osd in current["osds"].items() if osd["up"]]
        is_drained = not any(osd["in"] for osd in current["osds"].values())
        if not self._is_away(current) and (not is_drained or up and self.is_lost):
            why = f"{' and '.join(up)} still run" if up else current["status"]
            osds = {name: {"in": False, "up": False} for name in current["osds"]}
            instead = {key: value for key, value in current.items() if key != "status"} | {"osds": osds, "moved": True}
            raise NotYetError(f"{self.name}: {why}. Drain it and stop its daemons first.", instead=instead)
        # Without force, Ceph looks once more whether they are needed.
        force = {"force": True} if self._stays_thin else {}
        steps = [] if self._is_away(current) else [self._wait(list(current["osds"]))]
        steps += [
            Step(name, f"Purge {name}", order("osd purge", id=int(name.split(".")[1]), **force))
            for name in current["osds"]
        ]
        rest: list[tuple[str, str, Callable[..., None]]] = [
            ("crush", f"Take {self.host} out of the CRUSH map", order("osd crush rm", name=self.host)),
            ("monitor", f"Remove the monitor of {self.host}", order("mon rm", name=self.host)),
            ("manager", f"Remove Ceph user mgr.{self.host}", order("auth rm", entity=f"mgr.{self.host}")),
        ]
        steps += [Step(key, summary, send) for key, summary, send in rest if current[key]]
        return Plan(current, None, tuple(steps))


def ceph_host(reader: Any, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    return Fleet([CephHost(reader, params)], reader.forget)
