# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member of etcd without data, and the cluster that it belongs to.

A member that lost its data may not go on under its old number: the others would count on what it has forgotten. So
it leaves and joins anew. With its next start it is told so by a note, which that start removes.
"""

from __future__ import annotations

import json
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .node import Node, NodeReader, NotInstalledError
from .quorum import no_majority

SPEC = ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "peers": {"type": "dict", "required": True},
        "data": {"type": "path", "required": True},
        "control": {"type": "list", "elements": "str", "default": ["etcdctl"]},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
)
NOTE = "/run/conductor-cloud/etcd-joins"


class Member:
    """The member of this host, as the others know it."""

    def __init__(self, reader: NodeReader, wanted: dict[str, Any]) -> None:
        self.name = f"member {wanted['name']} of etcd"
        self.reader = reader
        self.wanted = wanted
        self.url = self._url(wanted["peers"][wanted["name"]])
        self.others = [address for name, address in wanted["peers"].items() if name != wanted["name"]]

    @staticmethod
    def _url(address: str) -> str:
        return f"https://{address}:2380"

    def _control(self, *words: str) -> list[str]:
        """Return a command for whichever of the other members answers."""
        places = ",".join(f"https://{address}:2379" for address in self.others)
        return [*self.wanted["control"], f"--endpoints={places}", *words]

    def _members(self) -> list[dict[str, Any]]:
        """Return the members that a cluster counts; none where nobody answers for one."""
        if not self.others:
            return []
        try:
            answer = self.reader.ask(self._control("member", "list", "--write-out=json"))
        except NotInstalledError:
            return []
        return json.loads(answer.output)["members"] if answer.status == 0 else []

    def read(self) -> Document:
        """Return whether there is data here, whom the others count, and whether the next start joins them."""
        has_data = self.reader.stat(f"{self.wanted['data']}/member") is not None
        members = [] if has_data else self._members()
        counted = sorted(url for member in members for url in member["peerURLs"])
        return {"data": has_data, "counted": counted, "joins": self.reader.content(NOTE) is not None}

    def plan(self, current: Document) -> Plan:
        """Plan to join where others are a cluster; where they are none, the first start of all begins one."""
        if current["data"] or current["joins"] or not current["counted"]:
            return Plan(current, current)
        wanted = sorted({self._url(address) for address in self.wanted["peers"].values()})
        kept = [url for url in current["counted"] if url in wanted and url != self.url]
        steps = [
            Step(f"remove {url}", f"Take {url}, whose data is gone, out of the cluster of etcd", self._remove(url))
            for url in current["counted"]
            if url not in kept
        ]
        steps.append(Step("add", f"Let {self.url} join the cluster of etcd with its next start", self._add))
        return Plan(current, {"data": False, "counted": sorted([*kept, self.url]), "joins": True}, tuple(steps))

    def _remove(self, url: str) -> Any:
        def submit(writer: Node, results: Results) -> None:
            for member in self._members():
                if url in member["peerURLs"]:
                    writer.command(self._control("member", "remove", f"{member['ID']:x}"))

        return submit

    def _add(self, writer: Node, results: Results) -> None:
        writer.command(self._control("member", "add", self.wanted["name"], f"--peer-urls={self.url}"))
        names = {self._url(address): name for name, address in self.wanted["peers"].items()}
        cluster = ",".join(f"{names[url]}={url}" for member in self._members() for url in member["peerURLs"])
        lines = f"ETCD_INITIAL_CLUSTER={cluster}\nETCD_INITIAL_CLUSTER_STATE=existing\n"
        writer.write(NOTE, lines.encode(), mode="0644")


class AbsentMember(Member):
    """A member that the others are to forget. The task runs on one of these."""

    def read(self) -> Document | None:
        """Return whom the cluster counts, and who of the others does not answer; None where it does not count this one.

        Members that no longer answer as a cluster are an error: nobody could take one out.
        """
        answer = self.reader.output(self._control("member", "list", "--write-out=json")) if self.others else "{}"
        members = json.loads(answer).get("members", [])
        counted = sorted(url for member in members for url in member["peerURLs"])
        if self.url not in counted:
            return None
        silent = [address for address in self.others if self._url(address) in counted and not self._answers(address)]
        return {"counted": counted, "silent": silent}

    def _answers(self, address: str) -> bool:
        argv = [*self.wanted["control"], f"--endpoints=https://{address}:2379", "endpoint", "health"]
        return self.reader.ask(argv).status == 0

    def plan(self, current: Document | None) -> Plan:
        """Plan to take it out, where the rest goes on without it."""
        if current is None:
            return Plan(None, None)
        if current["silent"]:
            raise ResourceError(f"etcd: {' and '.join(current['silent'])} does not answer. Bring it back first.")
        problem = no_majority(len(current["counted"]), "members")
        if problem:
            raise ResourceError(f"etcd: {problem}")
        step = Step("remove", f"Take {self.url} out of the cluster of etcd", self._remove(self.url))
        return Plan(current, None, (step,))


def member(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    kind = AbsentMember if params["state"] == "absent" else Member
    return Fleet([kind(reader, params)])
