# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold what check mode predicted on a bare node against what the deployment did, as ARA keeps it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator

from ansible_collections.conductor.cloud.plugins.module_utils.ara.api import Ara

from tests.checks.bare_node import KEPT, LEAST, SITE
from tests.checks.cloud import inside, nodes, recorder

# A package may have done what was predicted, or another unit that needs this one. Then it has come true all the same.
FILE = re.compile(r"(?:Make(?: the directory)?|Change [a-z ]+ of) (/\S+)")
PROOFS = {
    FILE: "test -e {}",
    re.compile(r"Enable (\S+)"): "systemctl --quiet is-enabled {}",
    re.compile(r"Start (\S+)"): "systemctl --quiet is-active {}",
    re.compile(r"Let the group kvm use (/dev/kvm)"): "find {} -group kvm -perm 660 | grep --quiet .",
}
# What a service brings along as it starts is not made but set, and that in part.
SETTING = re.compile(r"(?:Create|Set [a-z_, -]+ of) ((?:pool|bridge) \S+|Open vSwitch).*")
# What nobody can know of a bare node.
OPEN = (
    # What packages start and enable though the cloud does not want it.
    r"(?:Stop|Disable|Mask) \S+",
    # The cluster gives an OSD its number.
    r"(?:Have|Enable|Start) ceph-osd@\d+\.service.*",
    # The guest that tries KVM is brought where the build of its disk was, and removed.
    r"Bring the guest to the node|Remove it|Keep the disk where the playbook runs|Clear away what the build left",
)


def thing(sentence: str) -> str:
    """Return what a sentence is about where it may be done in several ways, and else the sentence."""
    for pattern in (FILE, SETTING):
        if found := pattern.fullmatch(sentence):
            return found.group(1)
    return sentence


def proof(sentence: str) -> str:
    """Return the command that tells whether what a sentence predicts has come true."""
    found = ((pattern.fullmatch(sentence), command) for pattern, command in PROOFS.items())
    return next((command.format(match.group(1)) for match, command in found if match), "false")


def differences(predicted: Iterable[str], done: Iterable[str], holds: Callable[[str], bool]) -> Iterator[str]:
    """Yield what was predicted and did not come true, and what was done and not predicted."""
    wanted, given = {thing(each): each for each in predicted}, {thing(each): each for each in done}
    for name, sentence in wanted.items():
        if name not in given and not holds(proof(sentence)):
            yield f"predicted, and not true: {sentence}"
    for name, sentence in given.items():
        if name not in wanted and not any(re.fullmatch(pattern, sentence) for pattern in OPEN):
            yield f"done, and not predicted: {sentence}"


def plan_of_deployment() -> list[str]:
    """Return the sentences of the first whole run of site.yml, as ARA keeps them."""
    known = recorder()
    server = Ara(known["ARA_API_SERVER"], known.get("ARA_API_USERNAME", ""), known.get("ARA_API_PASSWORD", ""))
    paths = {each["id"]: each["path"] for each in server.pages("playbooks", order="id")}
    for record in server.pages("records", key="plan", order="id"):
        if paths[record["playbook"]] == SITE:
            said = server.get(f"records/{record['id']}")["value"]
            return [sentence.partition(": ")[2] for sentence in said]
    return []


def compare() -> Iterator[str]:
    """Yield where prediction and deployment differ."""
    if not KEPT.exists():
        yield "nothing was predicted; before a cloud is deployed: tests/run --only bare-node"
        return
    predicted, done = json.loads(KEPT.read_text(encoding="utf-8")), plan_of_deployment()
    print(f"== {len(predicted)} sentences predicted, {len(set(done))} done", flush=True)
    if len(set(done)) < LEAST:
        yield f"ARA has only {len(done)} sentences of a run of site.yml"
    node = nodes()[0]

    def holds(command: str) -> bool:
        return inside(node, "sh", "-c", f"{command} && echo yes") == "yes\n"

    yield from differences(predicted, done, holds)


def main() -> int:
    """Return 0 where both are the same."""
    faults = list(compare())
    print("\n".join(faults) or "all that was predicted came true, and nothing else was done")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
