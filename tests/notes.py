# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the journal share: an instance with data, and notes that somebody made up for it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION, write_time

from tests.site import Site

GROW = {"instance": "web1", "volume": "web1-data-1", "size": 2, "stop": True}
SMALL = {"name": "web1", "flavor": "small", "stop": True}
SERVER = "0ba3a4c5-0000-4000-8000-000000000001"
MOMENT = "2026-11-20T10:00:00Z"
SANE = {
    "operation": "volume_resize",
    "server": SERVER,
    "power": "running",
    "device": "/dev/vdb",
    "was": 1,
    "size": 2,
    "owner": "0123456789abcdef",
    "since": MOMENT,
    "beat": MOMENT,
}


def whole(site: Site, size: int) -> bool:
    """See the volume on its device, with its data and nothing noted; say whether the instance runs."""
    row = site.data()
    assert (row["status"], row["size"], row["_data"]) == ("in-use", size, "precious")
    assert [entry["device"] for entry in row["attachments"]] == ["/dev/vdb"]
    assert OPERATION not in row["metadata"] and OPERATION not in site.server()["metadata"]
    return bool(site.server()["status"] == "ACTIVE")


def forge(site: Site, beat: str = MOMENT, **changes: Any) -> str:
    """Return the text of a note that somebody made up for the instance."""
    return json.dumps({**SANE, "server": site.server()["id"], "beat": beat, **changes})


def moment(site: Site, later: int = 0) -> str:
    """Return the time by the clock of the cloud, or so many seconds later, as notes write it."""
    return write_time(datetime.fromtimestamp(site.state.clock.time() + later, timezone.utc))


def meddle(site: Site, monkeypatch: pytest.MonkeyPatch, when: str, before: Any = None, after: Any = None) -> list[str]:
    """Let somebody else do something before, or after, the first write in whose path or body ``when`` stands."""
    answer, met = site.cloud.answer, list[str]()

    def meddled(method: str, path: str, query: Any, body: Any, headers: Any) -> Any:
        is_it = method not in ("GET", "HEAD") and not met and when in f"{method} {path} {json.dumps(body)}"
        if is_it:
            met.append(path)
        if is_it and before:
            before(lambda: answer(method, path, query, body, headers))
        found = answer(method, path, query, body, headers)
        if is_it and after:
            after()
        return found

    monkeypatch.setattr(site.cloud, "answer", meddled)
    return met
