# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant is removed while others are at work in it, or were and died."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.journal_note import OPERATION
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect

from tests.module import run_module
from tests.notes import GROW, SERVER, SMALL, forge
from tests.site import Site

BEGUN = pytest.mark.parametrize(
    ("module", "wanted", "title"), [("volume_resize", GROW, "resize"), ("instance", SMALL, "flavor change")]
)


def gone(site: Site, check: bool = False, **params: Any) -> dict[str, Any]:
    """Remove the project as the administrator."""
    wanted = {"name": "demo", "state": "absent", "force": True, "timeout": 60, **params}
    return run_module("tenant", {**site.cloud.params(), **wanted}, check)


@BEGUN
def test_another_run_is_refused_or_waited_for(site, module, wanted, title):
    """Then it is known to be dead, and its work is given up."""
    assert site.killed(0, "after", module, **wanted)
    sent = len(site.state.writes)
    refused = gone(site, when_busy="refuse")
    assert refused["failed"] and "tenant demo is busy: run" in refused["msg"] and "takeover: true" in refused["msg"]
    assert gone(site, True)["actions"] == ["Wait for another run on tenant demo"]
    late = gone(site, timeout=5)
    assert "waited 5 s for: the end of the run" in late["msg"]
    assert len(site.state.writes) == sent
    result = gone(site)
    assert not result.get("failed"), result
    assert result["actions"][0] == "Wait for another run on tenant demo"
    assert f"Delete the server web1 and give up its unfinished {title}" in result["actions"]
    assert not site.rows("servers") and not site.rows("volumes")
    assert site.project_id not in site.state.table("projects")


@BEGUN
def test_a_takeover_is_at_once(site, module, wanted, title):
    assert site.killed(0, "after", module, **wanted)
    result = gone(site, takeover=True, when_busy="refuse")
    assert f"Delete the server web1 and give up its unfinished {title}" in result["actions"]
    assert "Wait for another run on tenant demo" not in result["actions"]
    assert site.project_id not in site.state.table("projects")


def test_two_runs_are_both_waited_for(site):
    """One after the other; what each has begun is said at its server."""
    site.make(name="web2")
    assert site.killed(0, "after", "volume_resize", **GROW)
    assert site.killed(0, "after", "instance", **{**SMALL, "name": "web2"})
    result = gone(site, timeout=100)
    assert not result.get("failed"), result
    assert "Delete the server web1 and give up its unfinished resize" in result["actions"]
    assert "Delete the server web2 and give up its unfinished flavor change" in result["actions"]


def test_a_note_of_no_server_of_the_project_is_nobody_at_work(site):
    site.data()["metadata"][OPERATION] = forge(site, server=SERVER, beat="2099-01-01T00:00:00Z")
    result = gone(site, when_busy="refuse")
    assert not result.get("failed"), result
    assert "Delete the server web1" in result["actions"]


@pytest.mark.parametrize("method", ["backup", "snapshot"])
def test_a_copy_that_cinder_is_making_is_waited_for(site, method):
    """Nothing of it can be deleted before, and a server without its volume would leave that in use for ever."""
    site.state.settle = 2
    body = {"volume_id": site.data()["id"], "name": "young", **({"force": True} if method == "backup" else {})}
    connect(site.cloud.params("demo", "demo")).post("block-storage", f"/{method}s", {method: body})
    refused = gone(site, when_busy="refuse")
    assert refused["failed"] and "Cinder is at young (creating)" in refused["msg"]
    check, result = gone(site, True), gone(site)
    assert not result.get("failed"), result
    assert check["actions"] == result["actions"]
    waits = [number for number, action in enumerate(result["actions"]) if action.startswith("Wait for the ")]
    assert f"Wait for the {method} young (creating)" in result["actions"]
    assert max(waits) < result["actions"].index("Delete the server web1")
    assert site.project_id not in site.state.table("projects")


def test_the_note_is_not_shown(site):
    assert site.killed(0, "after", "volume_resize", **GROW)
    result = gone(site, True, takeover=True)
    assert OPERATION not in str(result) and "metadata" not in str(result["diff"])
