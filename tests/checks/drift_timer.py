# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the first node a controller whose systemd looks for drift: it has to report what drifted, and to change nothing.

usage: python -m tests.checks.drift_timer STATE_DIRECTORY

The node gets this checkout, the state directory and the locked requirements, and loses them again. The timer is due
every third minute: a look takes less. It has to fire, also after what it starts was changed, and to leave nothing
behind when it is taken away.
"""

from __future__ import annotations

import json
import math
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.checks import ROOT
from tests.checks.drift import Cloud, compare, counted, failures, printed, results, sentences, unchanged
from tests.checks.drifts import Drift
from tests.checks.newest_core import checkout

PLACE = "/srv/controller"
OWN = f"{PLACE}/state"
PATIENCE = 900  # seconds until a look has ended that begins within three minutes
FILE = "/etc/memcached.conf"
PLANTED = Drift("mode changed", (f"Change mode of {FILE}",), f"chmod 600 {FILE}", undo=f"chmod 644 {FILE}")
OFTEN = {
    "drift_timer_calendar": "*-*-* *:0/3:00",
    "drift_timer_delay": 0,
    "drift_timer_environment": {"XDG_CACHE_HOME": f"{OWN}/cache"},
}
# Nothing answers at this port; and no look begins by itself.
MUTE = {**OFTEN, "drift_timer_calendar": "yearly", "drift_timer_arguments": ["-e", "ansible_port=1"]}
REFUSED = {
    "drift_timer_calendar": "at times",
    "drift_timer_config": f"{OWN}/nowhere.cfg",
    "drift_timer_metrics_file": "/etc/drift.prom",
}
REFUSALS = ("drift_timer_calendar: systemd", "drift_timer_config: root cannot read", "drift_timer_metrics_file: the")
SHOW = "systemctl show conductor-drift.service --timestamp=unix --property=ActiveState,Result,ExecMainStartTimestamp"
REMAINS = """
find /var/lib /run /etc/systemd -xdev -path '*conductor-drift*'
systemctl list-units --all --plain --no-legend 'conductor-drift*'
"""


def send(cloud: Cloud, archive: bytes, place: str) -> None:
    """Unpack an archive on the node."""
    command = f"mkdir -p {place}; tar --extract --directory {place}"
    subprocess.run([*cloud.ssh, command], input=archive, check=True)


def controller(cloud: Cloud) -> None:
    """Have the node be what this machine is: all that is needed to play, below one directory."""
    send(cloud, checkout(), f"{PLACE}/checkout")
    pack = ["tar", "--create", "--exclude=./venv", "--exclude=./*.log", "."]
    send(cloud, subprocess.run(pack, cwd=cloud.state, capture_output=True, check=True).stdout, OWN)
    cloud.inside(f"""
        cd {OWN}
        sed -i 's|{cloud.state}|{OWN}|g; s|{ROOT}/|{PLACE}/checkout/|g' ansible.cfg clouds.yaml openrc inventory/*.yml
        ln -sfn {PLACE}/checkout collections/ansible_collections/conductor/cloud
        python3 -m venv venv
        venv/bin/pip install --quiet --no-cache-dir --require-hashes -r {PLACE}/checkout/requirements/controller.txt
        # The file that has runs recorded names the callback of the Python that wrote it.
        if [ -f ara.env ]; then
            sed -i "s|{cloud.state}|{OWN}|g; s|/python3[.0-9]*/|/$(basename venv/lib/python3.*)/|" ara.env
        fi""")


def play(cloud: Cloud, variables: dict[str, Any], *options: str) -> tuple[int, str]:
    """Play drift_timer.yml on the node as its operator does; return status and output."""
    given = ["-e", json.dumps(variables)] if variables else []
    settings = [f"ANSIBLE_CONFIG={OWN}/ansible.cfg", "ANSIBLE_STDOUT_CALLBACK=ansible.posix.json"]
    command = [f"{OWN}/venv/bin/ansible-playbook", f"{PLACE}/checkout/playbooks/drift_timer.yml", *options, *given]
    words = shlex.join(["env", *settings, *command])
    done = subprocess.run(
        [*cloud.ssh, words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    return done.returncode, done.stdout


def steps(cloud: Cloud, variables: dict[str, Any], *options: str) -> tuple[list[str], list[str]]:
    """Play; return the sentences of what was done, and what went wrong."""
    status, output = play(cloud, variables, *options)
    faults = [f"drift_timer.yml ended with status {status}:\n{failures(output)}"] if status else []
    return [sentence for result in results(output) for sentence in result], faults


def converge(cloud: Cloud, variables: dict[str, Any]) -> Iterator[str]:
    """Play in check mode, in earnest, and once more; yield where the three do not fit together."""
    runs = [steps(cloud, variables, *options) for options in (("--check", "--diff"), ("--diff",), ("--diff",))]
    (predicted, *_faults), (done, *_more), (again, *_rest) = runs
    print(f"== {done}", flush=True)
    yield from (fault for _done, faults in runs for fault in faults)
    if not done or predicted != done:
        yield f"predicted: {predicted}; done: {done}"
    if again:
        yield f"the second run changed: {again}"


def refused(cloud: Cloud) -> Iterator[str]:
    """Yield what is not refused before the first write."""
    before = cloud.tree()
    status, output = play(cloud, REFUSED)
    said = failures(output)
    yield from (f"not refused: {words}\n{said}" for words in REFUSALS if not status or words not in said)
    yield from (f"refused, and wrote {line}" for line in sorted(cloud.tree() ^ before))


def newest(cloud: Cloud) -> tuple[dict[str, Any], str]:
    """Return report and metrics of the look that ended last."""
    place = "/var/lib/conductor-drift/drift"
    return json.loads(cloud.inside(f"cat {place}.json")), cloud.inside(f"cat {place}.prom")


def ended(metrics: str) -> int:
    """Return when the look ended that metrics tell of."""
    return int(re.findall(r"^conductor_drift_ended_timestamp_seconds (\d+)$", metrics, re.M)[0])


def await_look(cloud: Cloud) -> str:
    """Wait until a look that has yet to begin has ended; return how it did."""
    since, deadline = math.ceil(time.time()), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        unit = dict(line.split("=", 1) for line in cloud.inside(SHOW).splitlines())
        began = int(unit["ExecMainStartTimestamp"].lstrip("@") or 0)
        if unit["ActiveState"] in ("inactive", "failed") and began >= since:
            took = ended(newest(cloud)[1]) - began
            print(f"== a look began after {began - since} s and took {took} s: {unit['Result']}", flush=True)
            return unit["Result"] if took >= 0 else "no report"
        time.sleep(1)
    log = cloud.inside("journalctl --no-pager --lines=40 --unit='conductor-drift*'; systemctl list-timers --all")
    raise SystemExit(f"no look began and ended within {PATIENCE} s:\n{log}")


def looked(cloud: Cloud, drifts: list[Drift]) -> Iterator[str]:
    """Yield what is wrong with a look that has to find just these drifts."""
    with unchanged(cloud) as faults:
        result = await_look(cloud)
        report, metrics = newest(cloud)
    log = cloud.inside("journalctl --no-pager --output=cat --unit=conductor-drift.service")
    yield from faults + printed(cloud, log)
    if result != "success":
        yield f"the look ended with {result}:\n{log[-3000:]}"
    yield from compare(drifts, sentences(report["findings"]))
    yield from (f"unknown: {entry['task']}: {entry['what']}" for entry in report["unknown"])
    if counted(metrics) != len(report["findings"]):
        yield "the metrics count other findings than the report"


def failed(cloud: Cloud) -> Iterator[str]:
    """Let the node not answer; yield what is not said of it."""
    yield from converge(cloud, MUTE)
    cloud.inside("systemctl stop conductor-drift.service; systemctl start conductor-drift.service || true")
    result = cloud.inside("systemctl show --value --property=Result conductor-drift.service").strip()
    report, _metrics = newest(cloud)
    if result != "exit-code" or not report["unknown"]:
        yield f"the node did not answer, and yet the look ended with {result} and told {report}"


def lives(cloud: Cloud) -> Iterator[str]:
    """Set the timer up; let it find nothing, a drift, and a node that does not answer; yield what is wrong."""
    yield from refused(cloud)
    yield from converge(cloud, OFTEN)
    cloud.inside("systemd-analyze verify conductor-drift.service conductor-drift.timer")
    yield from looked(cloud, [])
    cloud.inside(PLANTED.node)
    yield from looked(cloud, [PLANTED])
    cloud.inside(PLANTED.undo)
    yield from failed(cloud)


def gone(cloud: Cloud) -> Iterator[str]:
    """Take the timer away; yield what is left of it."""
    yield from converge(cloud, {"drift_timer_state": "absent"})
    yield from (f"left: {line}" for line in cloud.inside(REMAINS).splitlines())


def names(cloud: Cloud) -> set[str]:
    """Return the files of the node with their owners and modes."""
    return {line.rsplit(" ", 2)[0] for line in cloud.tree()}


def clean(cloud: Cloud) -> None:
    """Have the node be what it was, also after a check that was killed."""
    cloud.inside(f"""
        systemctl --quiet disable --now conductor-drift.timer 2>/dev/null || true
        systemctl --quiet stop conductor-drift.service 2>/dev/null || true
        rm -f /etc/systemd/system/conductor-drift.*
        systemctl daemon-reload
        {PLANTED.undo}
        rm -rf --one-file-system {PLACE} /var/lib/conductor-drift""")


def main() -> int:
    """Return 0 where the timer did its work, and nothing is left of it."""
    cloud = Cloud(Path(sys.argv[1]).resolve())
    clean(cloud)
    before = names(cloud)
    try:
        controller(cloud)
        faults = [*lives(cloud), *gone(cloud)]
        faults += [f"left: {line}" for line in sorted(names(cloud) ^ before)]
    finally:
        clean(cloud)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
