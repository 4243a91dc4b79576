# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the front of the test cloud was asked, from its own log."""

from __future__ import annotations

import re
from collections import Counter

from tests.checks.cloud import inside, nodes

REQUEST = re.compile(r'"([A-Z]+) (/[^ ?"]*)[^"]*"$')
READS = ("GET", "HEAD", "OPTIONS")
SIGN_IN = ("POST", "/v3/auth/tokens")
# Nova's compute service reports by itself what its node has left, whenever the pool of disks has grown or shrunk.
OF_NOVA = re.compile(r"^PUT /resource_providers/[0-9a-f-]+/inventories$")


def requests_in(log: str) -> Counter[tuple[str, str]]:
    """Return how often each verb and path is in a log of the front."""
    matches = filter(None, map(REQUEST.search, log.splitlines()))
    return Counter((match.group(1), match.group(2)) for match in matches)


def requests_since(moment: float) -> Counter[tuple[str, str]]:
    """Return how often each verb and path was asked for since a moment, in seconds of the epoch."""
    found: Counter[tuple[str, str]] = Counter()
    for node in nodes():
        log = inside(node, "journalctl", "--unit=haproxy", f"--since=@{moment:.0f}", "--no-pager", "--output=cat")
        found += requests_in(log)
    return found


def writes(asked: Counter[tuple[str, str]]) -> list[str]:
    """Return the requests that changed something: all but reads, logins and what services send by themselves."""
    return [
        f"{count} × {verb} {path}"
        for (verb, path), count in sorted(asked.items())
        if verb not in READS and (verb, path) != SIGN_IN and not OF_NOVA.match(f"{verb} {path}")
    ]
