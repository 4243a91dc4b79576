# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give the services of the test cloud hundreds of overrides, right ones and misspelled ones.

All slips are named in one run of site.yml, nearly all with what was meant, and before anything is written. No right one
is refused, and neither is what the roles themselves write, by the playbook that every deployment begins with.
"""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import yaml

from tests import misspell
from tests.checks import CLOUD_STATE, ROOT
from tests.checks.cloud import environment, inside, nodes
from tests.checks.watched import Cloud

EACH = 40  # of each kind, for each file that has overrides
ENOUGH = 200
GUESSED = 0.9  # of the slips, at least, are answered with what was meant; some look like two names
# What roles write, by the name of its overrides.
WRITTEN = {
    "cinder_overrides": "/etc/cinder/cinder.conf",
    "glance_overrides": "/etc/glance/glance-api.conf",
    "keystone_overrides": "/etc/keystone/keystone.conf",
    "neutron_ml2_overrides": "/etc/neutron/plugins/ml2/ml2_conf.ini",
    "neutron_overrides": "/etc/neutron/neutron.conf",
    "nova_compute_overrides": "/etc/nova/nova-compute.conf",
    "nova_overrides": "/etc/nova/nova.conf",
    "ovn_controller_metadata_overrides": "/etc/neutron/neutron_ovn_metadata_agent.ini",
    "placement_overrides": "/etc/placement/placement.conf",
}
Overrides = dict[str, dict[str, dict[str, Any]]]


def samples() -> Iterator[tuple[str, list[str]]]:
    """Yield the overrides, with the files that list what may stand in them."""
    page = yaml.safe_load((ROOT / "roles" / "cloud" / "vars" / "overrides.yml").read_text(encoding="utf-8"))
    for entry in page["cloud_overridden"]:
        paths = entry["samples"]
        yield entry["name"], page[paths.strip("{} ")] if isinstance(paths, str) else paths


def names(text: str) -> dict[str, set[str]]:
    """Return the names in a sample, by the comment signs before them."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.startswith("#") and line[1:2].isalpha() and " =" in line:
            found.setdefault(section, set()).add(line[1:].partition(" =")[0].replace("-", "_"))
    return found


def sections(text: str) -> dict[str, dict[str, Any]]:
    """Return a configuration file as data."""
    parser = configparser.RawConfigParser(default_section="", strict=False, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(text)
    return {name: dict(parser.items(name)) for name in parser.sections()}


def deploy(overrides: Overrides, playbook: str = "facts") -> tuple[int, str, float]:
    """Run a playbook; return its status, what it said, and the seconds it took."""
    unrecorded = {name: value for name, value in environment().items() if not name.startswith(("ANSIBLE_CALL", "ARA_"))}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(overrides, file)
        file.flush()
        command = ["ansible-playbook", str(ROOT / "playbooks" / f"{playbook}.yml"), "-e", f"@{file.name}"]
        given = {**unrecorded, "ANSIBLE_CALLBACK_RESULT_FORMAT": "json", "ANSIBLE_NOCOLOR": "1"}
        started = time.monotonic()
        done = subprocess.run(command, env=given, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, time.monotonic() - started


def right(known: dict[str, dict[str, set[str]]]) -> Overrides:
    """Return options that the services have."""
    found: Overrides = {}
    for name, listed in known.items():
        for section, option in misspell.right_ones(listed, EACH):
            found.setdefault(name, {}).setdefault(section, {})[option] = misspell.VALUE
    return found


def wrong(known: dict[str, dict[str, set[str]]]) -> tuple[Overrides, dict[str, str]]:
    """Return options that no service has, and what has to be said of each, with the name that was meant."""
    found: Overrides = {}
    words = {}
    for name, listed in known.items():
        for section, option, meant in misspell.slips(listed, EACH):
            found.setdefault(name, {}).setdefault(section, {})[option] = misspell.VALUE
            word = f"[{section}] {option}: no such option" if section in listed else f"no section [{section}]"
            words[word] = meant
    return found, words


def slips(known: dict[str, dict[str, set[str]]]) -> Iterator[str]:
    """Yield which slips are not caught in time."""
    misspelled, words = wrong(known)
    cloud = Cloud(CLOUD_STATE)
    before = cloud.seen()
    status, said, seconds = deploy(misspelled, "site")
    missing = [word for word in words if word not in said]
    answers = [(f"{word}. Did you mean {meant}?", f"{word}. Did you mean [{meant}]?") for word, meant in words.items()]
    guessed = sum(any(answer in said for answer in either) for either in answers)
    print(f"== {len(words)} slips: status {status} after {seconds:.1f} s, {len(missing)} of them not named, ", end="")
    print(f"{guessed} answered with what was meant", flush=True)
    if not status or missing or len(words) < ENOUGH:
        yield f"slips are not caught: {missing[:10]}"
    if guessed < GUESSED * len(words):
        yield "too few slips are answered with what was meant"
    for change in before.changes(cloud.seen()):
        yield f"before the slips were refused, the run {change}"


def faults(node: str) -> Iterator[str]:
    """Yield what is not as it should be."""
    known = {name: names("\n".join(inside(node, "cat", path) for path in paths)) for name, paths in samples()}
    if unlisted := sorted(name for name, listed in known.items() if not listed):
        yield f"no package lists options for {', '.join(unlisted)}"
        return
    given = right(known)
    status, said, seconds = deploy(given)
    count = sum(len(options) for listed in given.values() for options in listed.values())
    print(f"== {count} right ones: status {status} after {seconds:.1f} s", flush=True)
    if status or count < ENOUGH:
        yield f"right ones are refused, or too few: {said[-3000:]}"
    yield from slips(known)
    written = {name: sections(inside(node, "cat", path)) for name, path in WRITTEN.items()}
    status, said, seconds = deploy(written)
    print(f"== what the roles write: status {status} after {seconds:.1f} s", flush=True)
    if status or not all(written.values()):
        yield f"what the roles write is refused: {said[-3000:]}"


def main() -> int:
    """Return 0 where all is as it should be."""
    found = list(faults(sorted(nodes())[0]))
    print(os.linesep.join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
