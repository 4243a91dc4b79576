# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that OVN is to forget."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.node.ovn_host import ovn_host
from ansible_collections.conductor.cloud.tests.unit.plugins.module_utils.node.test_ovn import STATUS

GOES = "192.0.2.12"


class FakeOvn:
    """The first of three hosts with OVN's databases. Of the second one, its own connection is gone."""

    def __init__(self, status: str = STATUS, chassis: tuple[str, ...] = ("one", "two", "three")) -> None:
        self.status = {schema: status for schema in ("OVN_Northbound", "OVN_Southbound")}
        self.is_clustered = bool(status)
        self.tables = {table: {f"{table}-{name}": name for name in chassis} for table in ("Chassis", "Chassis_Private")}

    def reader(self) -> FakeOvn:
        """Return what reads."""
        return self

    def ask(self, argv: list[str]) -> Answer:
        """Return the status of a cluster, where there is one."""
        if argv[0] == "ovsdb-tool":
            return Answer(0 if self.is_clustered else 2, "", "")
        status = self.status[argv[-1]]
        return Answer(0 if status else 1, status, "")

    def stat(self, path: str) -> dict[str, str]:
        """Return that there are databases."""
        return {"kind": "file"}

    def output(self, argv: list[str]) -> str:
        """Find rows by name."""
        assert argv[:2] == ["ovn-sbctl", "--no-leader-only"]
        wanted = json.loads(argv[-1].removeprefix("name="))
        rows = [[["uuid", uuid]] for uuid, name in self.tables[argv[-2]].items() if name == wanted]
        return json.dumps({"headings": ["_uuid"], "data": rows})

    def command(self, argv: list[str]) -> None:
        """Remove a server, or destroy rows. With a chassis its other row goes, which must not go twice."""
        if argv[0] == "ovn-appctl":
            schema, short_id = argv[-2:]
            self.status[schema] = re.sub(f"    {short_id} .*\n", "", self.status[schema])
            return
        for number, word in enumerate(argv):
            if word == "chassis-del":
                assert "destroy" not in argv
                for table, rows in self.tables.items():
                    rows.pop(f"{table}-{argv[number + 1]}", None)
            if word == "destroy":
                assert argv[number - 1] == "--if-exists"
                self.tables[argv[number + 1]].pop(argv[number + 2], None)


def task(chassis: str = "two", address: str = GOES) -> Any:
    """Return what makes the resources of a task."""
    return lambda reader: ovn_host(reader, {"chassis": chassis, "address": address})


def test_servers_and_chassis_of_a_host_are_forgotten(converge: Any) -> None:
    ovn = FakeOvn()
    assert converge(task(), ovn)["actions"] == [
        f"Remove the server 34ef of {GOES} from the cluster of the OVN northbound database",
        f"Remove the server 34ef of {GOES} from the cluster of the OVN southbound database",
        "Delete the chassis two from OVN",
    ]
    assert "34ef" not in "".join(ovn.status.values())
    assert [list(rows.values()) for rows in ovn.tables.values()] == [["one", "three"]] * 2
    assert not converge(task(), ovn)["changed"]


def test_a_chassis_without_databases_is_forgotten_where_there_is_no_cluster_too(converge: Any) -> None:
    for ovn in (FakeOvn(), FakeOvn(status="")):
        assert converge(task(address="192.0.2.99"), ovn)["actions"] == ["Delete the chassis two from OVN"]


def test_who_calls_is_there_also_where_it_is_called_by_no_name(converge: Any) -> None:
    connections = next(line for line in STATUS.splitlines() if line.startswith("Connections:"))
    status = STATUS.replace(connections, "Connections: (->0000) ->0000 <-34ef")
    assert not converge(task(address="192.0.2.13"), FakeOvn(status)).get("failed")


def test_a_server_that_does_not_answer_is_not_taken_for_one_without_a_cluster(converge: Any) -> None:
    ovn = FakeOvn()
    ovn.status["OVN_Northbound"] = ""
    assert "northbound database: its server on this host does not answer" in converge(task(), ovn)["msg"]
    assert len(ovn.tables["Chassis"]) == 3


@pytest.mark.parametrize(
    ("status", "address", "words"),
    [
        (STATUS, "192.0.2.13", "192.0.2.12 is not there"),
        (STATUS.replace("Connections:", "Connections: (->34ef)"), "192.0.2.13", "192.0.2.12 is not there"),
        (STATUS.replace("Leader: self", "Leader: unknown"), GOES, "there is no leader"),
        (STATUS.replace("    585d (585d at tcp:192.0.2.13:6643) next_index=7 match_index=6 last msg 175 ms ago\n", ""),
         GOES, "of 2 servers none can go"),
    ],
)  # fmt: skip
def test_the_rest_has_to_be_able_to_agree(converge: Any, status: str, address: str, words: str) -> None:
    assert words in converge(task(address=address), FakeOvn(status))["msg"]
