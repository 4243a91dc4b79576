# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the services of a host are all there, and their clusters see all of their members.

All of it is asked on the host, in rounds, from what costs little to what costs much: who waits from elsewhere, question
by question, takes the very time from services that they need to come back.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from ..argspec import ArgSpec
from ..resource import Document, ResourceError
from . import galera, ovn
from .broker import AS_RABBITMQ, RABBITMQCTL
from .front_servers import SOCKET, FrontReader
from .node import NodeReader
from .unit_digest import WATCHES

COUNT = {"type": "int", "default": 0}
SPEC = ArgSpec(
    {
        "mariadb": COUNT,
        "rabbitmq": COUNT,
        "ovn": COUNT,
        "ceph": COUNT,
        "etcd": {"type": "list", "elements": "str", "default": []},
        "apis": {"type": "list", "elements": "str", "default": []},
        "front": {"type": "bool", "default": False},
        "address": {"type": "str", "default": ""},
        "timeout": {"type": "int", "default": 180},
    }
)
PAUSE = 1  # seconds between rounds
LONGEST = 30  # seconds that one question may take
HTTP_ERROR = 400
PATIENCE = 5  # seconds that an API has to answer
CEPH = ["ceph", "--connect-timeout", "5", "status", "--format", "json"]
CLEAN = "active+clean"
# How many brokers run, how many of them lost others or are being restarted for that, and how many write what their
# quorum queues are given: one whose disk was full may have given that up, and run on. All of it is one question, as
# each of them starts a machine of Erlang.
TOGETHER = """Running = rabbit_nodes:list_running(),
Partitions = fun(Node) -> rpc:call(Node, gen_server, call, [rabbit_node_monitor, partitions, 1000], 2000) end,
Keeps = fun(Node, Name) -> is_pid(rpc:call(Node, erlang, whereis, [Name])) end,
{length(Running), length([Node || Node <- Running, Partitions(Node) =/= []]),
    length([Node || Node <- Running, Keeps(Node, ra_log_wal), Keeps(Node, ra_coordination_log_wal)])}."""
OPENER = build_opener(ProxyHandler({}))  # APIs of this very host
SHOWN = 3  # placement groups' states that are named


class Health:
    """What this host says of its services. Each question returns what is missing, or nothing."""

    def __init__(self, reader: NodeReader, front: FrontReader, wanted: dict[str, Any]) -> None:
        self.members: Document = {}
        self._reader = reader
        self._front_reader = front
        self._wanted = wanted

    def questions(self) -> list[tuple[str, Callable[[], str]]]:
        """Return what there is to ask, the cheapest first."""
        known = ("front", "mariadb", "ovn", "apis", "etcd", "ceph", "rabbitmq")
        return [(name, getattr(self, f"_{name}")) for name in ("units", *known) if self._wanted.get(name, True)]

    def holds(self) -> bool:
        """Tell whether the shared address is on this host."""
        address = self._wanted["address"]
        return bool(address) and f" {address}/" in self._reader.ask(["ip", "-brief", "address"]).output

    def _units(self) -> str:
        """Return units that failed, or have not started yet."""
        units = [name.removesuffix(".json") for name in sorted(os.listdir(WATCHES))] if os.path.isdir(WATCHES) else []
        if not units:
            return ""
        states = ["systemctl", "--no-legend", "--plain", "list-units", "--state=failed,activating", "--", *units]
        return ", ".join(line.split()[0] for line in self._reader.output(states).splitlines() if line)

    def _mariadb(self) -> str:
        member = self.members["mariadb"] = galera.read_member(self._reader)
        size, wanted = member["size"], self._wanted["mariadb"]
        if member["status"] == "Primary" and member["state"] == "Synced" and size == wanted:
            return ""
        return f"{member['status'] or 'no answer'}, {member['state'] or 'no state'}, {size} of {wanted} members"

    def _ovn(self) -> str:
        databases = self.members["ovn"] = ovn.read_member(self._reader)
        wanted = self._wanted["ovn"]
        there = {name: len(found["servers"]) if found["together"] else 0 for name, found in databases.items()}
        return ", ".join(f"{name} with {count} of {wanted}" for name, count in there.items() if count != wanted)

    def _front(self) -> str:
        down = [row for row in self._front_reader.servers() if (row["status"] or "").startswith("DOWN")]
        return ", ".join(sorted(f"{row['pxname']}/{row['svname']} is down" for row in down))

    def _apis(self) -> str:
        """Return APIs of this host that do not answer.

        The front asks each of them every few seconds only, and one that begins takes requests before it can answer.
        """
        return ", ".join(url for url in self._wanted["apis"] if not answers(url))

    def _etcd(self) -> str:
        answer = self._reader.ask(self._wanted["etcd"], timeout=LONGEST)
        return " ".join((answer.errors or answer.output or "no answer").split()) if answer.status else ""

    def _ceph(self) -> str:
        said = json.loads(self._reader.output(CEPH, timeout=LONGEST))
        monitors, osds = len(said.get("quorum", ())), said["osdmap"]
        states = [state["state_name"] for state in said["pgmap"].get("pgs_by_state", ())]
        odd = [state for state in states if not state.startswith(CLEAN)]
        problems = [f"{monitors} of {self._wanted['ceph']} monitors"] if monitors != self._wanted["ceph"] else []
        up, all_of_them = osds["num_up_osds"], osds["num_osds"]
        problems += [f"{up} of {all_of_them} OSDs"] if up != all_of_them else []
        return ", ".join(problems + odd[:SHOWN])

    def _rabbitmq(self) -> str:
        options = {**AS_RABBITMQ, "timeout": LONGEST}
        said = self._reader.output([RABBITMQCTL, "--quiet", "eval", TOGETHER], **options)
        running, parted, keeping = (int(word) for word in said.strip().strip("{}").split(","))
        wanted = self._wanted["rabbitmq"]
        if parted or running != wanted:
            return f"{running} of {wanted} brokers" + (f", and {parted} that lost others" if parted else "")
        return "" if keeping == wanted else f"{keeping} of {wanted} brokers have quorum queues that run"


def answers(url: str) -> bool:
    """Tell whether an API answers, and not with an error."""
    try:
        with OPENER.open(url, timeout=PATIENCE):
            return True
    except HTTPError as error:
        return error.code < HTTP_ERROR
    except (OSError, HTTPException):
        return False


def asked(name: str, question: Callable[[], str]) -> str:
    """Return what is missing, also where nobody answers, or with half of an answer."""
    try:
        missing = question()
    except ResourceError as error:
        missing = str(error)
    except (ValueError, LookupError, TypeError) as error:
        missing = f"an answer that says nothing ({type(error).__name__}: {error})"
    return missing and f"{name}: {missing}"


def await_health(health: Health, timeout: float) -> tuple[list[str], list[str]]:
    """Return what was missing in the course of time, and what is in the end.

    Nothing is missing when all questions of one round had a good answer.
    """
    begun, history = time.monotonic(), []
    while True:
        missing = next(filter(None, (asked(*question) for question in health.questions())), "")
        passed = time.monotonic() - begun
        if not missing:
            return history, []
        if not history or history[-1].split(" s: ", 1)[1] != missing:
            history.append(f"{passed:.0f} s: {missing}")
        if passed > timeout:
            return history, list(filter(None, (asked(*question) for question in health.questions())))
        time.sleep(PAUSE)


def inform(module: Any) -> None:
    """Leave when all is well, or the time is over."""
    health = Health(NodeReader(), FrontReader(SOCKET), module.params)
    history, missing = await_health(health, module.params["timeout"])
    said = {"changed": False, "history": history, "members": health.members, "holds": health.holds()}
    if missing:
        passed = f"after {module.params['timeout']} s"
        module.fail_json(msg=f"Still missing on this host {passed}: {'; '.join(missing)}", missing=missing, **said)
    module.exit_json(**said)
