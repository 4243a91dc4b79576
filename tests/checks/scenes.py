# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What processes die of on a real cloud: each operation with its task, and how its project is before and after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.checks import ROOT
from tests.checks.tenancy import Tenancy
from tests.laws.cases import Params
from tests.laws.matrix import OPERATIONS

SCRIPTS = ROOT / "roles" / "demo" / "files"
# How often a project has seen its scene so far: sizes grow with it, flavors take turns.
Turn = int
Preparation = Callable[[Tenancy, Turn], str | None]

TENANT = {"networks": 1, "subnets": 1, "routers": 1, "security_groups": 1}
ONE = {**TENANT, "servers": 1, "volumes": 2, "ports": 1, "floatingips": 1}
TWO = {**TENANT, "servers": 2, "volumes": 4, "ports": 2, "floatingips": 2}
KEPT = {"backups": 2}
LIKE = {
    "flavor": "small",
    "image": "guest",
    "root_volume": {"size": 1},
    "data_volumes": [{"size": 1}],
    "user_data": (SCRIPTS / "write-once.sh").read_text(encoding="utf-8"),
    "floating_ip": "auto",
    "state": "started",
}
NEW = {"name": "data", **LIKE}
COPY = {
    "name": "first",
    "state": "restored",
    "new_name": "copy",
    "floating_ip": "auto",
    "user_data": (SCRIPTS / "read-only.sh").read_text(encoding="utf-8"),
}
BOTH = [{"name": "data"}, {"name": "copy"}]


@dataclass(frozen=True)
class Scene:
    """One operation: its task, and what the project has afterwards.

    ``furnish`` is done once in a project, ``prepare`` before each death; it may return what the guest said last.
    ``wake`` is what lets the guest say its data. A guest that is new each time has no earlier words.
    """

    operation: str
    module: str
    task: Callable[[Turn], Params]
    left: dict[str, int]
    furnish: Preparation
    prepare: Preparation
    guest: str = ""
    is_new: bool = False
    wake: Preparation = lambda tenancy, turn: None

    def at_stake(self, when: str) -> str:
        """Return what finds the moment in which most is at stake."""
        return AT_STAKE[self.operation].at_stake(when)


AT_STAKE = {operation.name: operation for operation in OPERATIONS}


def nothing(tenancy: Tenancy, turn: Turn) -> None:
    """Leave the project as it is."""


def empty(tenancy: Tenancy, turn: Turn) -> None:
    """Make the project and its network."""
    tenancy.do("tenant", **tenancy.tenant)


def removed(tenancy: Tenancy, turn: Turn) -> None:
    """Remove the project."""
    tenancy.clear()


def full(tenancy: Tenancy, turn: Turn) -> None:
    """Make a project in which something lies around: a volume, copies of it, a floating IP."""
    empty(tenancy, turn)
    tenancy.litter()


def inhabited(tenancy: Tenancy, turn: Turn) -> None:
    """Make a project with a guest that has written its data."""
    empty(tenancy, turn)
    tenancy.do("instance", **NEW)


def copied(tenancy: Tenancy, turn: Turn) -> None:
    """Make one with a backup of its guest, too, whose data is on the disk."""
    inhabited(tenancy, turn)
    tenancy.data("data")
    tenancy.do("backup", name="first", instance="data")


def overwritable(tenancy: Tenancy, turn: Turn) -> None:
    """Make one with a backup of an empty volume, too."""
    copied(tenancy, turn)
    tenancy.blank()


def overwritten(tenancy: Tenancy, turn: Turn) -> str:
    """Let the guest find an empty disk and write other data than those of its backup; return what it says."""
    checksum, said = tenancy.data("data")
    tenancy.do("instance", name="data", state="stopped")
    tenancy.wipe("data", "data-data-1")
    tenancy.do("instance", name="data", state="started")
    other, said = tenancy.data("data", said)
    if not other or other == checksum:
        raise AssertionError(f"the guest has no other data: {said}")
    return said


def both(tenancy: Tenancy, turn: Turn) -> None:
    """Make two guests at once."""
    tenancy.do("instance", instances=BOTH, **LIKE)


def brought(name: str, state: str) -> Preparation:
    """Return what removes, stops or starts a guest."""

    def prepare(tenancy: Tenancy, turn: Turn) -> None:
        tenancy.do("instance", name=name, state=state)

    return prepare


def without(name: str) -> Preparation:
    """Return what removes a guest."""
    return brought(name, "absent")


def switched(state: str) -> Preparation:
    """Return what stops or starts the guest."""
    return brought("data", state)


def succeeded(tenancy: Tenancy, turn: Turn) -> None:
    """Make a project with a guest and the backup of the turn before the first one."""
    inhabited(tenancy, turn)
    tenancy.do("backup", name=f"turn-{turn - 1}", instance="data")


def alone(tenancy: Tenancy, turn: Turn) -> None:
    """Remove the backup of the turn before."""
    tenancy.do("backup", name=f"turn-{turn - 1}", state="absent")


def larger(**more: Any) -> Callable[[Turn], Params]:
    """Return what lets the data volume grow, by 1 GiB with each turn."""
    return lambda turn: {"instance": "data", "volume": "data-1", "size": 2 + turn, **more}


def other_flavor(**more: Any) -> Callable[[Turn], Params]:
    """Return what gives the guest the flavor that it does not have."""
    return lambda turn: {"name": "data", "flavor": ("medium", "small")[turn % 2], **more}


def backed_up(**more: Any) -> Callable[[Turn], Params]:
    """Return what makes the backup of this turn."""
    return lambda turn: {"name": f"turn-{turn}", "instance": "data", **more}


def always(**params: Any) -> Callable[[Turn], Params]:
    """Return the same task for each turn."""
    return lambda turn: params


RUNNING: dict[str, Any] = {"furnish": inhabited, "prepare": nothing, "guest": "data"}
STOPPED: dict[str, Any] = {
    "furnish": inhabited,
    "prepare": switched("stopped"),
    "guest": "data",
    "wake": switched("started"),
}
# The longest first: where some of them run at once, none of them is waited for in the end.
SCENES = (
    Scene("restore", "backup", always(**COPY), {**TWO, **KEPT}, copied, without("copy"), "copy", is_new=True),
    Scene(
        "restore in place, stop: true",
        "backup",
        always(name="first", instance="data", state="restored", in_place=True, stop=True),
        {**ONE, "backups": 3},
        overwritable,
        overwritten,
        "data",
    ),
    Scene("flavor resize, stop: true", "instance", other_flavor(stop=True), ONE, **RUNNING),
    Scene("volume_resize, stop: true", "volume_resize", larger(stop=True), ONE, **RUNNING),
    Scene("prune", "backup", backed_up(keep=1), {**ONE, **KEPT}, succeeded, nothing),
    Scene("volume_resize, stopped", "volume_resize", larger(), ONE, **STOPPED),
    Scene("flavor resize, stopped", "instance", other_flavor(), ONE, **STOPPED),
    Scene("instance absent", "instance", always(instances=BOTH, state="absent"), TENANT, empty, both),
    Scene("tenant absent", "tenant", always(state="absent"), {}, nothing, full),
    Scene("instance create", "instance", always(**NEW), ONE, empty, without("data"), "data", is_new=True),
    Scene("tenant create", "tenant", always(), TENANT, nothing, removed),
    Scene("backup", "backup", backed_up(), {**ONE, **KEPT}, inhabited, alone),
)
