# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of a Galera cluster: how each one is, and which of them may found the cluster.

Whoever founds a cluster beside one that runs, or with older data than another member has, loses data. Therefore one
function decides, from what all members say, and refuses where they leave a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .node import Node, NodeReader

SPEC = ArgSpec(
    {
        "name": {"type": "str", "required": True},
        "members": {"type": "dict", "required": True},
        "recover": {"type": "bool", "default": False},
    }
)
UNIT = "mariadb.service"
DATA = "/var/lib/mysql"
SAVED = f"{DATA}/grastate.dat"
VIEW = f"{DATA}/gvwstate.dat"
# The unit reads this file as it starts, and removes it when the server runs: the role mariadb adds both to it. Debian's
# own file has had several places, and who removes it differs, too: a server that still had it would found once more.
FOUNDING = "/run/conductor-cloud-founds-cluster"
FOUNDING_TEXT = b"_WSREP_NEW_CLUSTER=--wsrep-new-cluster\n"
NO_CLUSTER = "00000000-0000-0000-0000-000000000000"
OF_MARIADB = {"mysql", "performance_schema", "sys"}
STATUS = ("wsrep_cluster_status", "wsrep_cluster_size", "wsrep_local_state_comment", "wsrep_cluster_state_uuid")
POSITION = re.compile(r"--wsrep_start_position=([0-9a-f-]{36}):(-?\d+)")
RECOVERY = "playbooks/mariadb_recovery.yml"


def read_member(reader: NodeReader, replayed: str = "") -> Document:
    """Return how the member on this host is. Only a server that stopped in order has noted its position."""
    shown = reader.output(["systemctl", "show", "--property=ActiveState", "--value", "--", UNIT])
    unit = shown.strip()
    said = status(reader) if unit == "active" else {}
    saved = saved_state(reader)
    document = {
        "unit": unit,
        "status": said.get("wsrep_cluster_status"),
        "size": int(said["wsrep_cluster_size"]) if said.get("wsrep_cluster_size") else 0,
        "state": said.get("wsrep_local_state_comment"),
        "uuid": known_uuid(said.get("wsrep_cluster_state_uuid")) or known_uuid(saved.get("uuid")),
        "seqno": int(saved["seqno"]) if "seqno" in saved else None,
        "safe_to_bootstrap": saved.get("safe_to_bootstrap") == "1",
        "has_view": reader.stat(VIEW) is not None,
        "databases": databases(reader),
    }
    if document["seqno"] == -1:
        document.update(replayed_position(replayed))
    return document


def status(reader: NodeReader) -> dict[str, str]:
    """Return what a running server says of its cluster; nothing where it does not answer."""
    question = "SHOW GLOBAL STATUS WHERE Variable_name IN (" + ", ".join(f"'{name}'" for name in STATUS) + ")"
    command = ["mariadb", "--no-defaults", "--skip-column-names", "--batch", f"--execute={question}"]
    answer = reader.ask(command, timeout=20)
    if answer.status:
        return {}
    return dict(line.split("\t", 1) for line in answer.output.splitlines() if "\t" in line)


def saved_state(reader: NodeReader) -> dict[str, str]:
    """Return what the member noted of its cluster; nothing where it never was in one.

    While a table is made or changed it says that its cluster and its position are unknown.
    """
    text = (reader.content(SAVED) or b"").decode()
    return dict(re.findall(r"^(\w+):\s*(\S+)\s*$", text, re.MULTILINE))


def known_uuid(uuid: str | None) -> str | None:
    """Return the name of a cluster, or None where it is that of no cluster."""
    return None if uuid == NO_CLUSTER else uuid


def databases(reader: NodeReader) -> list[str]:
    """Return the databases on this host that are not MariaDB's own, running or not."""
    below = [path[len(DATA) + 1 :] for path in reader.files_below(DATA)]
    return sorted({path.split("/")[0] for path in below if "/" in path} - OF_MARIADB)


def replayed_position(text: str) -> Document:
    """Return the position that Debian's galera_recovery printed, if any."""
    found = POSITION.search(text)
    if not found:
        return {}
    uuid = known_uuid(found.group(1))
    return {"uuid": uuid, "seqno": int(found.group(2)) if uuid else None}


def founder(members: Mapping[str, Document | None]) -> str | None:
    """Return who has to found the cluster; nobody where one runs, or is about to run, already."""
    known = {name: member for name, member in members.items() if member}
    if any(member["status"] == "Primary" for member in known.values()):
        return None
    refuse_unknown(members)
    former = [name for name, member in known.items() if was_member(member)]
    # A server that starts finds its old fellows without help; one that runs has lost them, and waits for them. Who
    # starts and never had any would look for them for ever.
    starts = former and any(member["unit"] == "activating" for member in known.values())
    if starts or any(member["status"] == "non-Primary" for member in known.values()):
        return None
    if former:
        raise ResourceError(
            f"Galera: no member runs, and {' and '.join(former)} had a cluster before. To found a new one might lose "
            f"what they have: run {RECOVERY}."
        )
    filled = [name for name, member in known.items() if member["databases"]]
    if len(filled) > 1:
        raise ResourceError(
            f"Galera: {' and '.join(filled)} have databases and never were in one cluster. All but one would lose "
            "them: move them away first."
        )
    first = next(iter(members))
    if filled and filled[0] != first:
        raise ResourceError(f"Galera: {filled[0]} has the databases and has to stand before {first} in its group.")
    return first


def was_member(member: Document) -> bool:
    """Tell whether a member was in a cluster before; one that fell while a table was made does not know of which."""
    return bool(member["uuid"] or (member["seqno"] is not None and member["databases"]))


def refuse_unknown(members: Mapping[str, Document | None]) -> None:
    """Raise where a member cannot be asked: it may run the cluster, or know more than the others."""
    unknown = [name for name, member in members.items() if not member]
    if unknown:
        raise ResourceError(
            f"Galera: {' and '.join(unknown)} cannot be asked, and no other member is in a running cluster. "
            "Nobody may found one before all have answered."
        )


def survivor(members: Mapping[str, Document | None]) -> str | None:
    """Return who founds the cluster again after all members stopped: the one with the newest data."""
    known = {name: member for name, member in members.items() if member}
    running = [name for name, member in known.items() if member["unit"] not in ("inactive", "failed")]
    if running:
        raise ResourceError(f"Galera: MariaDB runs or starts on {' and '.join(running)}. Stop all members first.")
    refuse_unknown(members)
    former = {name: member for name, member in known.items() if was_member(member)}
    if not former:
        raise ResourceError("Galera: no member ever was in a cluster: there is nothing to recover. Run the deployment.")
    lost = [name for name, member in former.items() if member["seqno"] is None or member["seqno"] < 0]
    if lost:
        raise ResourceError(
            f"Galera: the position of {' and '.join(lost)} is unknown, and any of them may have the newest data. "
            "Replay their logs (galera_recovery), after a copy was made."
        )
    uuids = {member["uuid"] for member in former.values()}
    if len(uuids) > 1:
        said = ", ".join(f"{name}: {member['uuid']}" for name, member in former.items())
        raise ResourceError(f"Galera: the members are of different clusters ({said}). Say which one counts.")
    newest = max(member["seqno"] for member in former.values())
    best = [name for name, member in former.items() if member["seqno"] == newest]
    safe = [name for name, member in former.items() if member["safe_to_bootstrap"]]
    if safe and not set(safe) & set(best):
        raise ResourceError(f"Galera: {safe[0]} was the last to stop, and yet {best[0]} has newer data. Look at both.")
    return next(name for name in best if not safe or name in safe)


class Founding:
    """Whether MariaDB on this host founds a cluster with its next start."""

    def __init__(self, reader: NodeReader, name: str, chosen: str | None, recover: bool) -> None:
        self.name = f"member {name}"
        self._reader = reader
        self._founds = chosen == name
        self._recover = recover

    def read(self) -> Document:
        """Return whether it is told to, and whether its data lets it."""
        allowed = {"allowed": saved_state(self._reader).get("safe_to_bootstrap") == "1"} if self._recover else {}
        return {"founds": self._reader.content(FOUNDING) is not None, **allowed}

    def plan(self, current: Document | None) -> Plan:
        """Return how to tell it."""
        current = current or {}
        after = {**current, "founds": self._founds}
        steps = []
        if self._recover and self._founds and not current["allowed"]:
            after["allowed"] = True
            steps.append(Step("allow", f"Mark the data of {self.name} as those to go on with", allow))
        if self._founds and not current["founds"]:
            steps.append(Step("found", f"Have {self.name} found the cluster with its next start", found))
        if current["founds"] and not self._founds:
            steps.append(Step("forget", f"Keep {self.name} from founding a cluster", forget))
        return Plan(current, after, tuple(steps))


def allow(writer: Node, results: Results) -> None:
    """Let Galera go on with the data of this host."""
    text = writer.content(SAVED) or b""
    writer.write(SAVED, re.sub(rb"safe_to_bootstrap:\s*0", b"safe_to_bootstrap: 1", text), "mysql", "mysql", "0660")


def found(writer: Node, results: Results) -> None:
    """Have the next start found a cluster."""
    writer.write(FOUNDING, FOUNDING_TEXT)


def forget(writer: Node, results: Results) -> None:
    """Have the next start look for the others."""
    writer.remove(FOUNDING)


def inform(module: Any) -> None:
    """Leave with what the member on this host says."""
    try:
        member = read_member(NodeReader(), module.params["replayed"])
    except ResourceError as error:
        module.fail_json(msg=str(error), **error.details)
    module.exit_json(changed=False, member=member)


def founding(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    members = {name: member or None for name, member in params["members"].items()}
    if params["name"] not in members:
        raise ResourceError(f"name: {params['name']} is none of the members {', '.join(members)}.")
    chosen = survivor(members) if params["recover"] else founder(members)
    return Fleet([Founding(reader, params["name"], chosen, params["recover"])])
