# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each playbook is run as a job of AWX: the answers of its survey, and what may come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.checks import CLOUD, ROOT

PLAYBOOKS = ROOT / "playbooks"
IMPORT = "ansible.builtin.import_playbook"
COLLECTION = "conductor.cloud."


@dataclass(frozen=True)
class Job:
    """A run of a playbook. In the answers, {scratch} stands for an empty folder and {state} for that of the cloud.

    ``check`` is the job type of that name, which changes nothing. A job that is ``refused`` fails, and says this.
    """

    playbook: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    changes: bool = False
    recorded: bool = True
    check: bool = False
    refused: str = ""


# A testbed beside the cloud, with names, addresses and a folder of its own.
TESTBED = {
    "testbed_name": f"{CLOUD}-runner",
    "testbed_prefix": "10.92",
    "testbed_nodes": ["node-1"],
    "testbed_state_directory": "{scratch}/testbed",
}

BACKUP = "made-by-a-job"
# A survey answers a question of several choices with text, also where the choices are yes and no.
JOBS = (
    Job("secrets", {"secrets_file": "{scratch}/secrets.yml"}, changes=True),
    Job("precheck", {"precheck_clock_seconds": "2"}),
    Job("manager", {"ara_read_login_required": "false"}, recorded=False),
    Job("site", {"nova_workers": 1, "keystone_overrides": {}, "cloud_region": "RegionOne"}),
    Job("post_deploy", {"post_deploy_demo_project": "demo"}),
    Job("check", {"check_guest_timeout": 240}),
    Job("demo_state", {"demo_flavor": "small"}),
    Job("demo_story", {"demo_again": "false"}),
    Job("demo_negative", {"demo_image": "guest"}, changes=True),
    Job("testbed_create", TESTBED, changes=True),
    Job("testbed_destroy", TESTBED, changes=True),
    Job("rolling", {"rolling_skip": ["ovs-vswitchd", "ovsdb-server", "libvirtd"]}, True, check=True),
    # Those that are refused come after it: ARA holds them as failed.
    Job("recorded"),
    Job("certificates", {"certificates_renewal_days": 30}),
    Job("drift", check=True),
    Job("mariadb_backup", {"mariadb_backup_name": BACKUP}, changes=True),
    Job("mariadb_restore", {"mariadb_restore_name": BACKUP, "mariadb_restore_confirm": CLOUD}, True, check=True),
    Job("mariadb_restore", {"mariadb_restore_name": BACKUP, "mariadb_restore_confirm": "yes"}, refused="say mariadb_"),
    Job("mariadb_recovery", check=True, refused="A single server recovers by itself"),
    Job("rotate_keys", refused="keys are rotated when all hosts of the group keystone take part"),
    Job("gameday", {"confirm": "another-cloud"}, refused="Say -e confirm="),
    Job("node_remove", {"node": "node-1", "confirm": "node-1"}, refused="is the only host of control"),
    Job("osd_remove", {"node": "node-1", "osd": "0"}, refused="with the same number once more"),
    Job("gameday_rolling", {"confirm": "another-cloud"}, refused="Say -e confirm="),
)

# Why the others are not run on the test cloud.
ELSEWHERE: dict[str, str] = {
    "drift_timer": "It is for a controller that has no AWX, and this machine may have no systemd. It is run on a node.",
}


def imported(playbook: str) -> Iterator[str]:
    """Yield a playbook and those that it imports."""
    yield playbook
    for play in yaml.safe_load((PLAYBOOKS / f"{playbook}.yml").read_text(encoding="utf-8")):
        if IMPORT in play:
            yield from imported(play[IMPORT].removesuffix(".yml"))


def role_entries(play: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each role that a play runs, with the entry point."""
    for role in play.get("roles", ()):
        yield (role if isinstance(role, str) else role["role"]).removeprefix(COLLECTION), "main"
    for task in (*play.get("pre_tasks", ()), *play.get("tasks", ()), *play.get("post_tasks", ())):
        for name, options in task.items():
            if name.endswith(("import_role", "include_role")):
                yield options["name"].removeprefix(COLLECTION), options.get("tasks_from", "main").removesuffix(".yml")


def forgotten(jobs: Iterable[Job] = JOBS) -> set[str]:
    """Return the playbooks that no job runs, and of which nothing is said."""
    known = {name for job in jobs for name in imported(job.playbook)} | set(ELSEWHERE)
    return {path.stem for path in PLAYBOOKS.glob("*.yml")} - known


def filled(value: Any, places: Mapping[str, str]) -> Any:
    """Return an answer with the places that it names."""
    if isinstance(value, str):
        return value.format(**places)
    if isinstance(value, Mapping):
        return {name: filled(entry, places) for name, entry in value.items()}
    return value
