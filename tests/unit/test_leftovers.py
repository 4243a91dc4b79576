# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests do about a cloud that another checkout left behind."""

from __future__ import annotations

import subprocess

import pytest

from tests import leftovers
from tests.checks import CLOUD, CLOUD_STATE

OWN, OTHER = str(CLOUD_STATE), "/elsewhere/.tests/cloud"


@pytest.fixture(name="removed")
def removals(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands that remove a cloud, where two nodes are of another checkout and one of this."""

    def podman(*arguments: str) -> list[str]:
        if arguments[0] == "ps":
            return ["node-1", "node-2", "node-3"]
        return [f"{folder}/ssh/authorized_keys" for folder in (OTHER, OTHER, OWN)]

    found: list[list[str]] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        found.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(leftovers, "podman", podman)
    monkeypatch.setattr(leftovers.shutil, "which", lambda _name: "/usr/bin/podman")
    monkeypatch.setattr(leftovers.subprocess, "run", run)
    monkeypatch.delenv("CI", raising=False)
    return found


def test_a_person_is_told_how_to_remove_it(removed: list[list[str]]) -> None:
    said = leftovers.obstacle()
    assert f"a cloud named {CLOUD} that is not of this checkout" in said
    assert said.endswith(f"quickstart --destroy --name {CLOUD} --state {OTHER}")
    assert not removed


def test_continuous_integration_removes_it(removed: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert leftovers.obstacle() == ""
    assert [command[1:] for command in removed] == [["--destroy", "--name", CLOUD, "--state", OTHER]]


def test_what_cannot_be_removed_is_said(removed: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(leftovers.subprocess, "run", lambda *words, **_: subprocess.CompletedProcess(words, 1))
    assert "could not be removed" in leftovers.obstacle()


def test_without_podman_nothing_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers.shutil, "which", lambda _name: None)
    assert leftovers.obstacle() == ""
