# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploy a bare node, killed again and again on the way: each next run has to go on, and the last one to end well.

    python -m tests.checks.killed_deploy often|moments|power|tasks COMMAND...

COMMAND is quickstart with the options of the cloud. ``moments`` kills ansible and all that it runs on the node while
packages are installed, while a database gets its schema and while Ceph is made; ``often``, which is quicker, does so at
one moment of each kind, and leaves the cloud to the checks that need one. ``power`` takes the node's power away at all
of them; ``tasks`` kills at the 10th, 20th, 30th ... task, by turns with and without the programs that the module
started, until a run comes to its end. All the time no command line and nothing that is printed may hold a secret. In
the end nothing is half done, check mode has nothing to say, and all services are proven.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.checks import CLOUD_STATE, ROOT
from tests.checks import secrets_unseen as unseen
from tests.checks.cloud import RECAP, environment, inside, nodes, play, podman
from tests.checks.process_watch import Watch, kill, marked, of_sessions, space, wait_for

SITE = str(ROOT / "playbooks" / "site.yml")
MARK = "CONDUCTOR_TEST_RUN"
EVERY = 10
MOST_RUNS = 60
INTO_A_TASK = 0.7  # seconds after its name was printed: the module is at work
BACK = 90  # seconds within which a node answers after its start


@dataclass(frozen=True)
class Moment:
    """What has to run on the node when the blow falls, and for how many seconds it goes on before that."""

    name: str
    running: str
    after: float = 0
    often: bool = False


# In the order in which a deploy comes to them.
MOMENTS = (
    Moment("packages are unpacked", r"^/usr/bin/dpkg .*--unpack", 3, often=True),
    Moment("packages are configured", r"^/usr/bin/dpkg .*--configure", 3),
    Moment("the monitor of Ceph is made", r"^ceph-mon --mkfs"),
    Moment("the OSD of Ceph is made", r"^ceph-osd --mkfs", often=True),
    Moment("the database of Keystone gets its tables", r"keystone-manage db_sync", 2, often=True),
    Moment("the database of Neutron gets its tables", r"neutron-db-manage .*upgrade", 4),
)


@dataclass
class Run:
    """A run of site.yml, read as it goes."""

    where: str
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    lines: list[str] = field(default_factory=list)
    tasks: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    status: int | None = None

    def start(self, *arguments: str) -> None:
        """Start ansible, and read what it prints."""
        self.process = subprocess.Popen(
            ["ansible-playbook", SITE, "-vvv", "--diff", *arguments],
            env={**environment(), "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "true", MARK: self.mark},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip("\n"))
            self.tasks += line.startswith("TASK [")
        self.status = self.process.wait()
        self.ended.set()

    def task(self) -> str:
        """Return the name of the last task that began."""
        names = [line.partition("[")[2].partition("]")[0] for line in self.lines if line.startswith("TASK [")]
        return names[-1] if names else "none"

    def reach(self, number: int) -> bool:
        """Wait until a task has begun; tell whether it came to that."""
        while self.tasks < number and not self.ended.is_set():
            time.sleep(0.01)
        return not self.ended.wait(INTO_A_TASK)

    def die(self, whole: bool) -> str:
        """Kill ansible, then the module on the node, and where the ``whole`` session dies, what the module started."""
        controller = 0
        while found := marked(f"{MARK}={self.mark}"):
            controller += kill(found)
        chains = list(of_sessions(self.where))
        # The shell that ssh began with, and the module that it runs.
        there = kill({pid for chain in chains for pid in (chain if whole else chain[:2])})
        self.ended.wait(30)
        return f"{controller} processes of ansible and {there} on the node"

    def faults(self) -> list[str]:
        """Return the last words of a run that failed by itself."""
        told = [line for line in self.lines if "[ERROR]" in line or line.startswith(("fatal:", "failed:"))]
        return [f"a run ended with status {self.status} at {self.task()}", *told[-5:], *self.lines[-40:]]


class Trial:
    """One deploy with all its deaths."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.runs: list[Run] = []
        self.node = nodes()[0]

    def where(self) -> str:
        """Return the node's space of processes, which is another after each start."""
        return space(int(podman("inspect", "--format", "{{.State.Pid}}", self.node)))

    def begin(self, *arguments: str) -> Run:
        """Start a run."""
        run = Run(self.where())
        run.start(*arguments)
        self.runs.append(run)
        return run

    def printed(self, hidden: list[tuple[str, str]]) -> list[str]:
        """Return the secrets that a run printed, by name."""
        text = "\n".join(line for run in self.runs for line in run.lines)
        return [f"printed: {name}" for name, spelling in hidden if spelling in text]

    def blow(self, run: Run, what: str, whole: bool) -> bool:
        """Kill a run; note it where it had ended before."""
        task = run.task()
        killed = run.die(whole)
        print(f"== killed {what}, in task {run.tasks}, {task}: {killed}", flush=True)
        if run.status != -9:
            self.faults += [f"{what}: the run had ended before it was killed", *run.faults()]
        return run.status == -9

    def at_moments(self, moments: Iterable[Moment], without_power: bool) -> None:
        """Kill one run at each moment."""
        for moment in moments:
            run = self.begin()
            if not wait_for(re.compile(moment.running), run.where, run.ended):
                self.faults += [f"it never came so far that {moment.name}", *run.faults()]
                return
            time.sleep(moment.after)
            if without_power:
                podman("kill", self.node)
            if not self.blow(run, f"while {moment.name}", whole=True):
                return
            if without_power:
                podman("start", self.node)
                self.await_node()

    def at_tasks(self) -> None:
        """Kill each run some tasks later than the one before."""
        for count in range(1, MOST_RUNS):
            run = self.begin()
            if not run.reach(EVERY * count):
                if run.status:
                    self.faults += run.faults()
                return
            if not self.blow(run, f"at task {EVERY * count}", whole=bool(count % 2)):
                return
        self.faults.append(f"after {MOST_RUNS} runs none had come to its end")

    def await_node(self) -> None:
        """Wait until one can log in again."""
        settings = dict(line.split("=", 1) for line in (CLOUD_STATE / "settings").read_text("utf-8").split())
        known = f"UserKnownHostsFile={CLOUD_STATE / 'ssh' / 'known_hosts'}"
        login = ["ssh", "-F", "none", "-i", str(CLOUD_STATE / "ssh" / "key"), "-o", known, "-o", "ConnectTimeout=3"]
        deadline = time.monotonic() + BACK
        while subprocess.run([*login, f"root@{settings['prefix']}.0.11", "true"], check=False).returncode:
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.node}: it does not answer {BACK} s after its start")
            time.sleep(1)

    def end(self) -> None:
        """Let the deploy come to its end, and see that it is as if nobody had been killed."""
        run = self.begin()
        run.ended.wait()
        if run.status:
            self.faults += run.faults()
            return
        print(f"== the last run ended well, after {run.tasks} tasks", flush=True)
        if play("post_deploy"):
            self.faults.append("post_deploy.yml failed after the deploy")
            return
        self.faults += [*self.half_done(), *self.planned()]
        if play("check"):
            self.faults.append("check.yml failed")

    def half_done(self) -> list[str]:
        """Return what is neither done nor undone."""
        looks = {
            "dpkg --audit": ["dpkg", "--audit"],
            "units that failed": ["systemctl", "list-units", "--failed", "--plain", "--no-legend"],
            "what keeps services stopped": ["find", "/usr/sbin/policy-rc.d"],
            "files half written": [
                *("find", "/etc", "/var/lib/ceph", "/var/lib/conductor-cloud"),
                *("-regextype", "egrep", "-regex", r".*/\.(unfinished-.*|[^/]+\.[a-z0-9_]{8})"),
            ],
        }
        said = {what: inside(self.node, *command).strip() for what, command in looks.items()}
        return [f"{what}: {text}" for what, text in said.items() if text]

    def planned(self) -> list[str]:
        """Return what check mode would still do."""
        run = self.begin("--check")
        run.ended.wait()
        recaps = [match for match in map(RECAP.match, run.lines) if match]
        wrong = [match.group(0) for match in recaps if any(int(number) for number in match.groups()[1:])]
        changed = [line for line in run.lines if line.startswith("changed: ")]
        return [*wrong, *changed] if recaps else ["check mode came to no end", *run.faults()]


def deploy(how: str, quickstart: list[str]) -> list[str]:
    """Deploy, with all that comes in between, and return what went wrong."""
    watch = Watch()
    watch.start()
    if subprocess.run([*quickstart, "--until", "manager"], check=False).returncode:
        return ["the node could not be made ready"]
    trial = Trial()
    if how == "tasks":
        trial.at_tasks()
    else:
        chosen = [moment for moment in MOMENTS if moment.often or how != "often"]
        trial.at_moments(chosen, without_power=how == "power")
    if not trial.faults:
        trial.end()
    hidden = unseen.secrets(CLOUD_STATE)
    return [*trial.faults, *trial.printed(hidden), *watch.stop(hidden), *unseen.everywhere(CLOUD_STATE, hidden)]


def main() -> int:
    """Return 0 when every run went on and the last one came to its end."""
    how, quickstart = sys.argv[1], sys.argv[2:]
    destroy = [sys.executable, "-m", "tests.checks.destroy", *quickstart]
    if (CLOUD_STATE / "settings").exists():
        print("== This needs a bare node: the test cloud of an earlier run goes", flush=True)
        if subprocess.run(destroy, check=False).returncode:
            return 1
    removed = 0
    try:
        faults = deploy(how, quickstart)
        print("\n".join(faults) or "every run went on, and nothing is half done", flush=True)
    finally:
        if how != "often":
            removed = subprocess.run(destroy, check=False).returncode
    return 1 if faults or removed else 0


if __name__ == "__main__":
    sys.exit(main())
