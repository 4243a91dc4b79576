# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take all nodes down, in order (stop) or not (kill), start them again, and wait until all is as it was.

The proofs have to hold again, and the guests that ran have to boot anew, read their metadata, answer, and see the
same data.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException
from tests.checks.cloud import nodes, play, podman
from tests.checks.guests import missing, running

PATIENCE = 480  # seconds from the start of the nodes until all has to be back


def wait(started: float, what: str, faults: Callable[[], object]) -> bool:
    """Ask until there are no faults left, and say how long it took."""
    while found := faults():
        if time.monotonic() - started > PATIENCE:
            print(f"{what}: not back within {PATIENCE} s: {found}")
            return False
        time.sleep(5)
    print(f"== {what}: back {time.monotonic() - started:.0f} s after the start of the nodes", flush=True)
    return True


def guests_missing(before: dict) -> list[str]:
    """Return the guests that are not back; while the cloud does not answer, that is all of them."""
    try:
        return missing(before)
    except (ClientException, SDKException, subprocess.CalledProcessError) as error:
        return [str(error)]


def main() -> int:
    """Return 0 when the cloud came back by itself."""
    names, before = nodes(), running()
    print(f"{len(names)} nodes; guests: {', '.join(map(str, before.values()))}")
    if not names or not any(guest.shows_all() for guest in before.values()):
        print("a guest with a floating IP, data and the metadata service has to run before: else nothing is proven")
        return 1
    podman(sys.argv[1], *names)
    podman("start", *names)
    started = time.monotonic()
    back = [
        wait(started, "the guests", lambda: guests_missing(before)),
        wait(started, "the proofs", lambda: play("check")),
    ]
    return 0 if all(back) else 1


if __name__ == "__main__":
    sys.exit(main())
