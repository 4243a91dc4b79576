# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take all nodes down, in order (stop) or not (kill), start them again, and see the cloud come back by itself.

The guests that ran before have to run again: booted anew, with their metadata, and answering at their floating IPs.
Then the proofs of all services have to hold.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from tests.checks.cloud import nodes, play, podman
from tests.checks.guests import Guest, guests, lacks, silent

PATIENCE = 480  # seconds from the start of the nodes until every guest and every service has to answer


def proofs() -> list[str]:
    """Return what the proofs of the services lack."""
    return ["the proofs of check.yml do not hold"] if play("check") else []


def asked(question: Callable[[], list[str]]) -> list[str]:
    """Return what is lacking; while the cloud cannot be asked, that is what is lacking."""
    try:
        return question()
    except subprocess.TimeoutExpired as error:
        return [str(error)]
    except subprocess.CalledProcessError as error:
        return (error.stderr or str(error)).strip().splitlines()[-1:]


def wait(deadline: float, question: Callable[[], list[str]]) -> list[str]:
    """Ask until nothing is lacking or the time is over, and return what is lacking then."""
    while (left := asked(question)) and time.monotonic() < deadline:
        print("; ".join(left), flush=True)
        time.sleep(5)
    return left


def obstacles(before: dict[str, Guest]) -> list[str]:
    """Return why a restart would prove nothing now."""
    found = silent(before)
    reachable = [guest for guest in before.values() if guest.floating_ip and guest.status == "ACTIVE"]
    if all("guest: config drive" in guest.said for guest in reachable):
        found.append("no guest runs that has a floating IP and asks the metadata service")
    return found


def main() -> int:
    """Return 0 when the cloud came back by itself."""
    names, before = nodes(), guests()
    left = obstacles(before)
    if not left:
        running = [guest for guest in before.values() if guest.status == "ACTIVE"]
        print(f"== {sys.argv[1]} with guests {', '.join(f'{guest.name} {guest.floating_ip}' for guest in running)}")
        podman(sys.argv[1], *names)
        podman("start", *names)
        started = time.monotonic()
        for what, question in (("guests", lambda: lacks(before, guests())), ("services", proofs)):
            left = left or wait(started + PATIENCE, question)
            print(f"== {what} {'missing' if left else 'back'} after {time.monotonic() - started:.0f} s", flush=True)
    print("\n".join(left))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
