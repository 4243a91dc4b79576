# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud of quickstart, and all of it that a run leaves alone which only looks."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.checks.drifts.held import AS_RABBIT

HOME = "/root"  # of the user as whom ansible logs in to nodes
# The logs and what services write by themselves are not in it.
TREE = f"""find /etc /usr/local /opt /var/lib/conductor-cloud /var/lib/dpkg {HOME} -xdev \\
    -printf '%p %y %m %U %G %s %T@\\n' 2>/dev/null || true"""
# A temporary folder of ansible, what Python keeps to find plugins faster, and the logs that OVN's tools keep where they
# were started.
PASSING = re.compile(rf"^{HOME}(/\.ansible.*|/\.cache(/python-entrypoints\S*)?|/ovn-\w+\.log)? |^/etc/\.pwd\.lock ")
# What comes and goes by itself, with what looks for drift.
PASSING_UNITS = ("user@", "user-runtime-dir@", "session-", "systemd-", "apt-", "dpkg-", "conductor-drift.")
UNITS = "systemctl show '*.service' --property=Id,InvocationID,SubState"
# What services hold, and the kernel: the same before and after.
HELD = {
    "the database": "mariadb --batch --execute 'SELECT TABLE_SCHEMA, TABLE_NAME, CREATE_TIME FROM "
    "information_schema.TABLES WHERE TABLE_SCHEMA <> \"information_schema\" ORDER BY 1, 2; "
    "SELECT * FROM mysql.global_priv; SELECT * FROM mysql.db'",
    "the broker": f"{AS_RABBIT} list_vhosts name default_queue_type; {AS_RABBIT} list_users; "
    f"for part in permissions policies; do {AS_RABBIT} list_$part --vhost openstack; done",
    "the storage": "ceph auth ls 2>/dev/null; ceph osd pool ls detail; ceph config dump",
    "the networks": "ovn-nbctl get-connection; ovn-sbctl get-connection; ovs-vsctl get Open_vSwitch . external_ids; "
    "ovs-vsctl show; ip -oneline address show dev br-ex",
    "the kernel": "sed -n 's/^ *\\([a-z][^= ]*\\) *=.*/\\1/p' /etc/sysctl.d/*.conf | xargs sysctl",
    "the packet filter": "nft --stateless list ruleset",
}


class Cloud:
    """A cloud of quickstart, from its controller and from within its first node."""

    def __init__(self, state: Path) -> None:
        self.state = state
        settings = dict(line.split("=", 1) for line in (state / "settings").read_text(encoding="utf-8").split())
        known = f"UserKnownHostsFile={state / 'ssh/known_hosts'}"
        login = ["-F", "none", "-i", str(state / "ssh/key"), "-o", known, "-o", "LogLevel=ERROR"]
        self.ssh = ["ssh", *login, f"root@{settings['prefix']}.0.11"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ARA_", "OS_"))}
        self.environment = {
            **kept,
            "PATH": f"{state / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "ANSIBLE_CONFIG": str(state / "ansible.cfg"),
            "XDG_CACHE_HOME": str(state / "cache"),
            "OS_CLIENT_CONFIG_FILE": str(state / "clouds.yaml"),
            "OS_CLOUD": "admin",
        }

    def inside(self, script: str) -> str:
        """Run a script on the node; it has to succeed."""
        done = subprocess.run([*self.ssh, "sh -eu"], input=script, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"on the node: {script}\n{done.stderr[-2000:]}")
        return done.stdout

    def outside(self, script: str) -> None:
        """Run a script on the controller."""
        subprocess.run(["sh", "-euc", script], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def play(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Run playbooks and return status and output."""
        command = ["ansible-playbook", *arguments]
        environment = {**self.environment, **variables}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    def runs_of_units(self) -> dict[str, str]:
        """Return an identifier of the present run of every unit that runs or has ended well and stays."""
        found = {}
        for block in self.inside(UNITS).split("\n\n"):
            unit = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
            if unit.get("InvocationID") and not unit["Id"].startswith(PASSING_UNITS):
                found[unit["Id"]] = unit["InvocationID"]
        return found

    def tree(self) -> set[str]:
        """Return the files of the node with their owners, modes, sizes and times."""
        return {line for line in self.inside(TREE).splitlines() if not PASSING.match(line)}

    def held(self) -> dict[str, str]:
        """Return what services and the kernel of the node hold."""
        return {name: self.inside(script) for name, script in HELD.items()}

    def seen(self) -> Seen:
        """Return all that a run leaves alone which only looks."""
        return Seen(self.tree(), self.runs_of_units(), self.held())


@dataclass(frozen=True)
class Seen:
    """How a node was at a moment."""

    files: set[str]
    units: dict[str, str]
    held: dict[str, str]

    def changes(self, later: Seen) -> list[str]:
        """Return what is otherwise later. What services hold is not shown: there are secrets in it."""
        return [
            *(f"wrote {line}" for line in sorted(later.files ^ self.files)),
            *(f"restarted {unit}" for unit, run in self.units.items() if later.units.get(unit) != run),
            *(f"changed what {name} holds" for name, text in self.held.items() if later.held[name] != text),
        ]
