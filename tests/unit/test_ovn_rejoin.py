# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of OVN's databases whose log has a hole joins the others anew, and only where there are others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles" / "ovn" / "files" / "ovn-rejoin"
TOOL = """\
case $1 in
    db-is-clustered) exit {standalone} ;;
    check-cluster) [ "{damaged}" = "" ] || {{ echo "record 9 {damaged}" >&2; exit 1; }} ;;
    db-cid) echo 3dfd47b1-57b5-4a71-a38a-8a9ddbef8754 ;;
    db-sid) echo 58d42464-b8cc-4ff6-82fc-98d207842ba3 ;;
esac
"""
# Counts the lost server until it was told to kick it.
CONTROL = """\
case "$*" in
    *cluster/status*) echo "Status: cluster member"; [ -e kicked ] || echo "    58d4 (58d4 at tcp:192.0.2.11:6643)" ;;
    *"cluster/kick OVN_Northbound 58d4") : > kicked ;;
esac
"""


# The third is how a log ends after a loss of power.
STATES = [
    {"damaged": ""},
    {"standalone": 2},
    {"damaged": "error reading 300 bytes: unexpected end of file"},
    {"served": ""},
    {"served": "OVN_Southbound"},
]


@pytest.fixture
def host(tmp_path):
    """Return what makes a host, and runs the script there."""
    (tmp_path / "nb.db").write_text("data")

    def run(*arguments, damaged="with index 9 skips past expected index 7", standalone=0, served="OVN_Northbound"):
        said = {
            "ovsdb-tool": TOOL.format(damaged=damaged, standalone=standalone),
            "ovsdb-client": f"[ '{served}' ] && echo '{served}'",
            "ovn-appctl": CONTROL,
            "systemd-run": 'echo "$*" > later',
            "sleep": ":",
        }
        for name, text in said.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{text}")
            (tmp_path / name).chmod(0o755)
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        words = arguments or ("nb.db", "nb.ctl", "OVN_Northbound", "tcp:192.0.2.12:6641")
        done = subprocess.run([SCRIPT, *words], cwd=tmp_path, env=path, check=False, text=True, stdout=subprocess.PIPE)
        return done.returncode, done.stdout

    run.place = tmp_path
    return run


def test_a_damaged_database_is_put_aside_and_the_others_forget_its_server(host):
    status, said = host()
    assert status == 0
    assert "skips past" in said and "forget 58d4" in said
    assert not (host.place / "nb.db").exists()
    assert (host.place / "nb.db.damaged").read_text() == "data"
    assert (host.place / "later").read_text().split()[-4:] == ["--forget", "58d4", "nb.ctl", "OVN_Northbound"]
    assert host("--forget", "58d4", "nb.ctl", "OVN_Northbound") == (0, "")
    assert (host.place / "kicked").exists()


@pytest.mark.parametrize("state", STATES)
def test_all_others_stay(host, state):
    assert host(**state)[0] == 0
    assert (host.place / "nb.db").read_text() == "data"
    assert not (host.place / "later").exists()


def test_a_host_without_a_database_has_nothing_to_put_aside(host):
    (host.place / "nb.db").unlink()
    assert host() == (0, "")
