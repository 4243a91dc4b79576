# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages of a host: installed, free to be upgraded, and all of them configured."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .node import Node, NodeReader
from .systemd import drop_in_path, parse
from .unit_digest import DPKG_STATUS

SPEC = ArgSpec(
    {
        "names": {"type": "list", "elements": "str", "required": True},
        "start_services": {"type": "bool", "default": False},
    }
)
POLICY = "/usr/sbin/policy-rc.d"
KEEP_STOPPED = (
    b"#!/bin/sh\n# The run that installed packages started none of their services, and takes this away.\nexit 101\n"
)
JOURNAL = "/var/lib/dpkg/updates"
FILES_OF = "/var/lib/dpkg/info/%s.list"
SERVICE = re.compile(r"^(?:/usr)?/lib/systemd/system/([^/@]+\.service)$", re.MULTILINE)
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
KEEP_FILES = ("--force-confdef", "--force-confold")
LOCK_SECONDS = 120
# A module that was killed leaves its apt behind, which goes on, and may be at the packages of a whole cloud.
LOCKS = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")
OTHERS_SECONDS = 1800
APT = (
    *("apt-get", "--quiet=2", "--yes", "--no-install-recommends", f"--option=DPkg::Lock::Timeout={LOCK_SECONDS}"),
    *(f"--option=Dpkg::Options::={option}" for option in KEEP_FILES),
)
UNPACK = f"""
place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
cd "$place"
apt-get --quiet=2 download "$@"
dpkg {' '.join(KEEP_FILES)} --unpack ./*.deb
"""
RUNNING = ("active", "activating", "reloading")
STATES = {
    "ok installed": "installed",
    "ok config-files": "missing",
    "ok not-installed": "missing",
    # What others do as they are configured, and nobody has to finish.
    "ok triggers-awaited": "installed",
    "ok triggers-pending": "installed",
}
FIELDS = re.compile(r"^(Package|Status): (.*)$", re.MULTILINE)


def states(status: str) -> dict[str, str]:
    """Return the state of every package that dpkg knows: installed, held, missing, or interrupted."""
    found = {}
    for paragraph in status.split("\n\n"):
        fields = dict(FIELDS.findall(paragraph))
        if len(fields) == 2:
            selected, said = fields["Status"].split(" ", 1)
            state = STATES.get(said, "interrupted")
            found[fields["Package"]] = "held" if (selected, state) == ("hold", "installed") else state
    return found


def torn(status: str) -> list[str]:
    """Return the packages that dpkg was unpacking when it was killed; it wants them to be unpacked anew."""
    fields = (dict(FIELDS.findall(paragraph)) for paragraph in status.split("\n\n"))
    return sorted(found["Package"] for found in fields if " reinstreq " in found.get("Status", ""))


class PackageSet:
    """The packages of a task, as one thing: apt works on all of them at once."""

    name = "packages"

    def __init__(self, reader: NodeReader, params: dict[str, Any]) -> None:
        self.names = sorted(set(params["names"]))
        self.quiet = not params["start_services"]
        self._reader = reader

    def read(self) -> Document:
        """Return the state of each package, and what an interrupted run left."""
        known = states((self._reader.content(DPKG_STATUS) or b"").decode())
        journal = [path for path in self._reader.files_below(JOURNAL) if path.rsplit("/", 1)[-1].isdigit()]
        kept_stopped = self._reader.content(POLICY) == KEEP_STOPPED
        return {
            "packages": {name: known.get(name, "missing") for name in self.names},
            "interrupted": sorted(name for name, state in known.items() if state == "interrupted"),
            "journal": bool(journal),
            "services_kept_stopped": kept_stopped,
            "started_early": self._started_early() if kept_stopped else [],
        }

    def _started_early(self) -> list[str]:
        """Return the services that run without having got a configuration: a machine that boots starts them."""
        lists = [(self._reader.content(FILES_OF % name) or b"").decode() for name in self.names]
        units = sorted({unit for text in lists for unit in SERVICE.findall(text)})
        units = [unit for unit in units if self._reader.stat(drop_in_path(unit)) is None]
        if not units:
            return []
        shown = self._reader.output(["systemctl", "show", "--property=Id,ActiveState", "--", *units])
        states_of = parse(shown, units)
        return [unit for unit in units if states_of.get(unit, {}).get("ActiveState") in RUNNING]

    def plan(self, current: Document) -> Plan:
        """Finish what was interrupted, lift holds, install what is missing."""
        after = {
            "packages": dict.fromkeys(self.names, "installed"),
            "interrupted": [],
            "journal": False,
            "services_kept_stopped": False,
            "started_early": [],
        }
        steps = []
        if early := current["started_early"]:
            summary = f"Stop {', '.join(early)}, which started unconfigured"
            steps.append(Step("stop", summary, lambda writer, results: stop(writer, early)))
        if current["interrupted"] or current["journal"]:
            what = ", ".join(current["interrupted"]) or "dpkg"
            steps.append(Step("configure", f"Finish the interrupted installation of {what}", self._configure))
        by_state = {
            state: [name for name in self.names if current["packages"][name] == state]
            for state in ("held", "missing", "interrupted")
        }
        if by_state["held"]:
            held = by_state["held"]
            steps.append(Step("unhold", f"Lift the hold on {', '.join(held)}", self._unhold(held)))
        if missing := sorted(by_state["missing"] + by_state["interrupted"]):
            steps.append(Step("install", f"Install {', '.join(missing)}", self._install(missing)))
        if current["services_kept_stopped"] and not missing:
            summary = "Let packages start their services again, which an interrupted run forbade"
            steps.append(Step("policy", summary, self._allow_services))
        return Plan(current, after, tuple(steps))

    def _unhold(self, names: list[str]) -> Any:
        def submit(writer: Node, results: Results) -> None:
            await_others(writer)
            writer.command(["apt-mark", "unhold", *names])

        return submit

    def _allow_services(self, writer: Node, results: Results) -> None:
        await_others(writer)
        writer.remove(POLICY)

    def _configure(self, writer: Node, results: Results) -> None:
        await_others(writer)
        finish = ["dpkg", *KEEP_FILES, "--configure", "--pending"]
        try:
            with_services_stopped(self.quiet, writer, finish)
        except ResourceError:
            # What was just being unpacked is configured by nobody until it is unpacked anew, and apt does not do that
            # while others lack what they depend on. What was unpacked before that needs apt, which fetches it.
            update(writer)
            if again := torn((writer.content(DPKG_STATUS) or b"").decode()):
                with_services_stopped(self.quiet, writer, ["sh", "-euc", UNPACK, "sh", *again])
            with_services_stopped(self.quiet, writer, [*APT, "--fix-broken", "install"])

    def _install(self, names: list[str]) -> Any:
        def submit(writer: Node, results: Results) -> None:
            await_others(writer)
            update(writer)
            with_services_stopped(self.quiet, writer, [*APT, "install", *names])

        return submit


def stop(writer: Node, units: list[str]) -> None:
    """Stop services."""
    writer.command(["systemctl", "stop", "--", *units])


def await_others(writer: Node) -> None:
    """Wait for whoever is at work on packages: what this run wants is done after it, and not beneath it."""
    for lock in LOCKS:
        writer.await_lock(lock, OTHERS_SECONDS)


def update(writer: Node) -> None:
    """Fetch the lists of packages. Another apt may be at that, and apt does not wait for it by itself."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            writer.command(["apt-get", "--quiet=2", "update"], environment=QUIET)
            return
        except ResourceError as error:
            if "lock" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(2)


def with_services_stopped(quiet: bool, writer: Node, argv: Sequence[str]) -> None:
    """Run a command of the package manager; services that it installs are started by their roles."""
    found = writer.content(POLICY)
    if quiet and found is None:
        writer.write(POLICY, KEEP_STOPPED, mode="0755")
    try:
        writer.command(argv, environment=QUIET, timeout=3600)
    finally:
        if quiet and found in (None, KEEP_STOPPED):
            writer.remove(POLICY)


def debian_packages(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resource of a task."""
    wrong = [name for name in params["names"] if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name)]
    if wrong:
        raise ResourceError(f"names: {', '.join(wrong)}: that is no name of a Debian package.")
    return Fleet([PackageSet(reader, params)])
