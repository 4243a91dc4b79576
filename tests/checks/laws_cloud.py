# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws on a real cloud: lines of the same table, with what this cloud calls its images and flavors.

usage: laws_cloud.py STATE_DIRECTORY [FILE]

What the services answered, without what was in it, is written to FILE, or to calls.json in the directory: what is
recorded of them is compared with that.
The sixth law, which takes many runs, has a check of its own: kill_matrix.py.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.checks.tenancy import Tenancy, counts
from tests.laws.cases import Params, backup, instance, tenant, volume_resize
from tests.laws.harness import agrees
from tests.laws.processes import Ended
from tests.laws.replay import write

NAMES = {"tiny": "small", "small": "medium", "debian": "guest", "ssd": "__DEFAULT__", "research": "laws-tenant"}


@dataclass(frozen=True)
class Act:
    """A module with its options, and what no plan can know or nobody may see of it."""

    name: str
    module: str
    params: Params
    unknown: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def act(name: str, module: str, params: Params) -> Act:
    """Return an act; what is unknown or secret of an instance is so of all that make one."""
    return Act(name, module, translated(params), instance.UNKNOWN, SECRETS)


SECRETS = (instance.USER_DATA, backup.USER_DATA, tenant.PASSWORD)
ADMINISTRATOR = (("tenant, make", tenant.WHOLE), ("tenant, change", tenant.CHANGED))
MEMBER = (
    ("instance, make", "instance", instance.WHOLE),
    ("volume_resize of a running instance", "volume_resize", {**volume_resize.GROW, "stop": True}),
    ("backup, make", "backup", backup.NIGHTLY),
    ("backup, the next one replaces it", "backup", {**backup.NIGHTLY, "name": "next", "keep": 1}),
    ("backup, restored in place", "backup", {**backup.IN_PLACE, "name": "next", "stop": True}),
    ("instance, change", "instance", {**instance.CHANGED, "data_volumes": [{"size": 2}, {"size": 3}, {"size": 2}]}),
    ("backup, restored", "backup", {**backup.RESTORED, "name": "next"}),
    ("backup, absent", "backup", {"name": "next", "state": "absent"}),
    ("instance, absent", "instance", {"instances": [{"name": "web1"}, {"name": "web2"}], "state": "absent"}),
)


def translated(value: Any) -> Any:
    """Return options in the names of this cloud."""
    if isinstance(value, dict):
        return {key: translated(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [translated(entry) for entry in value]
    return NAMES.get(value, value) if isinstance(value, str) else value


def acts() -> Iterator[Act]:
    """Return all acts in an order in which each finds what it needs."""
    for name, params in ADMINISTRATOR:
        yield act(name, "tenant", params)
    yield act("tenant, absent", "tenant", {"name": "research", "state": "absent"})
    for name, module, params in MEMBER:
        yield act(name, module, params)


def furnish(tenancy: Tenancy) -> None:
    """Make the project, and in it what the table speaks of: two networks, a security group, a key."""
    tenancy.do("tenant", **{**tenancy.tenant, "network": {"name": "inside"}, "security_groups": [{"name": "web"}]})
    member = connect(tenancy.as_member)
    network = member.post("network", "/v2.0/networks", {"network": {"name": "second"}})["network"]
    subnet = {"network_id": network["id"], "name": "second", "cidr": "192.168.78.0/24", "ip_version": 4}
    member.post("network", "/v2.0/subnets", {"subnet": subnet})
    key = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    member.post("compute", "/os-keypairs", {"keypair": {"name": "mine", "public_key": key}})


def faults(tenancy: Tenancy, wanted: Act) -> Iterator[str]:
    """Do an act as each of the laws says, and say which of them are broken."""

    def run(check: bool = False) -> Ended:
        return tenancy.run(wanted.module, wanted.params, check=check)

    first, second, real, again = run(check=True), run(check=True), run(), run()
    results = [ended.result or {"msg": f"ended with {ended.status}"} for ended in (first, second, real, again)]
    if failed := [result["msg"] for result in results if "msg" in result]:
        yield f"it failed: {failed[0]}"
        return
    check, check_again, done, quiet = results
    if first.writes or second.writes:
        yield f"1: check mode wrote: {first.writes + second.writes}"
    if check != check_again or not check["changed"]:
        yield "1: two checks in a row do not say the same"
    if check["actions"] != done["actions"] or befores(check) != befores(done):
        yield f"2: check mode said {check['actions']}, the run did {done['actions']}"
    if quiet["changed"] or quiet["actions"] or again.writes:
        yield f"3 and 5: a second run did {quiet['actions']} {again.writes}"
    for predicted, found in zip(check["diff"], done["diff"], strict=True):
        if not agrees(predicted["after"], found["after"], wanted.unknown):
            yield f"4: predicted {predicted['after']}, found {found['after']}"
    text = json.dumps(results)
    if [secret for secret in (*wanted.secrets, tenancy.password) if json.dumps(secret)[1:-1] in text]:
        yield "7: a secret is seen"


def befores(result: dict[str, Any]) -> list[Any]:
    """Return what a result says of the state before."""
    return [part["before"] for part in result["diff"]]


def main() -> int:
    """Return 0 when the laws hold."""
    tenancy = Tenancy("laws", (Path(sys.argv[1]) / "clouds.yaml").resolve())
    count, found = 0, []
    try:
        tenancy.clear()
        furnish(tenancy)
        for wanted in acts():
            started = time.monotonic()
            broken = [f"{wanted.name}: {fault}" for fault in faults(tenancy, wanted)]
            count, found = count + 1, found + broken
            print(f"== {wanted.name}: {len(broken)} faults in {time.monotonic() - started:.0f} s", *broken, flush=True)
        left = {
            kind: number
            for kind, number in counts(tenancy.all_rows()).items()
            if kind in ("servers", "volumes", "backups")
        }
        found += [f"left over: {left}"] if left else []
    finally:
        tenancy.clear()
    write(Path(sys.argv[2]) if len(sys.argv) > 2 else Path(sys.argv[1]) / "calls.json", tenancy.calls)
    print(f"{count} acts, {len(found)} faults", *found, sep="\n")
    return 0 if count and not found else 1


if __name__ == "__main__":
    sys.exit(main())
