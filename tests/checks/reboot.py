# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take all nodes down, in order (stop) or not (kill), start them again, and wait until the proofs hold."""

from __future__ import annotations

import sys
import time

from tests.checks.cloud import nodes, play, podman

PATIENCE = 420  # seconds from the start of the nodes until every service has to answer


def main() -> int:
    """Return 0 when the cloud came back by itself."""
    names = nodes()
    if not names:
        print("there are no nodes")
        return 1
    podman(sys.argv[1], *names)
    podman("start", *names)
    started = time.monotonic()
    while play("check"):
        if time.monotonic() - started > PATIENCE:
            print(f"the cloud did not come back within {PATIENCE} s")
            return 1
        time.sleep(5)
    print(f"== the cloud was back {time.monotonic() - started:.0f} s after the start of its nodes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
