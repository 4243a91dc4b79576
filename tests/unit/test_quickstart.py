# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""quickstart on a machine where nothing was installed yet."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# What every Debian and Ubuntu has.
TOOLS = "awk bash cat chmod cut df dirname env find flock grep mkdir mv realpath rm sed sh sort stat tail tr".split()

INVENTORIES = re.findall(r"^declare -A inventories=\(.*?\)", (ROOT / "quickstart").read_text(), re.MULTILINE)[0]


@pytest.fixture(name="bare")
def bare_machine(tmp_path: Path) -> Path:
    """Return a folder of programs without podman, in which everybody is root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    (folder / "id").write_text("#!/bin/sh\necho 0\n", encoding="ascii")
    (folder / "id").chmod(0o755)
    return folder


def quickstart(bare: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run quickstart on the bare machine."""
    command = [ROOT / "quickstart", "--state", bare.parent / "state", *arguments]
    return subprocess.run(command, env={"PATH": str(bare)}, capture_output=True, text=True, check=False)


def test_without_podman_there_is_no_cloud_and_no_error(bare: Path) -> None:
    said = quickstart(bare, "--status")
    assert (said.returncode, said.stderr) == (0, "")
    assert "There is none" in said.stdout


def test_without_podman_there_is_nothing_to_destroy_and_no_error(bare: Path) -> None:
    said = quickstart(bare, "--destroy")
    assert (said.returncode, said.stderr) == (0, "")
    assert "There is no cloud" in said.stdout


def test_without_a_mirror_it_says_so_before_anything_starts(bare: Path) -> None:
    (bare / "apt-get").write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    (bare / "apt-get").chmod(0o755)
    (bare / "head").symlink_to(str(shutil.which("head")))
    said = quickstart(bare)
    assert said.returncode == 1
    assert "--mirror URL" in said.stderr
    assert "apt-get install" not in said.stdout + said.stderr


@pytest.mark.parametrize("number", ["0", "2", "4", "three"])
def test_a_number_of_nodes_without_an_inventory_is_refused(bare: Path, number: str) -> None:
    said = quickstart(bare, "--nodes", number)
    assert said.returncode == 1
    assert f"--nodes {number}: 1 (inventories/quickstart) or 3 (inventories/ha), please" in said.stderr


@pytest.mark.parametrize("size", ["-1", "4.5", "40G", "08"])
def test_a_size_that_is_no_number_of_gib_is_refused(bare: Path, size: str) -> None:
    said = quickstart(bare, "--disk", size)
    assert said.returncode == 1
    assert f"--disk {size}: a number of GiB, or 0, please" in said.stderr


def test_a_cloud_of_another_number_of_nodes_can_be_seen_and_removed(bare: Path) -> None:
    """An earlier quickstart made clouds of two nodes."""
    (bare.parent / "state").mkdir()
    (bare.parent / "state" / "settings").write_text("name=old\nprefix=10.90\nnodes=2\nmirror=\n", encoding="ascii")
    assert "There is none" in quickstart(bare, "--status").stdout
    said = quickstart(bare, "--destroy")
    assert (said.returncode, said.stderr) == (0, "")
    assert "Removed the cloud old" in said.stdout


@pytest.mark.parametrize(("number", "inventory"), re.findall(r"\[(\d)\]=(\w+)", INVENTORIES))
def test_each_number_of_nodes_is_that_of_its_inventory(number: str, inventory: str) -> None:
    hosts = yaml.safe_load((ROOT / "inventories" / inventory / "10-hosts.yml").read_text(encoding="utf-8"))
    assert len(hosts["all"]["hosts"]) == int(number)
