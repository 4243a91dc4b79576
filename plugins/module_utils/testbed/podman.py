# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speak to podman: a reader that lists, and a writer that also changes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

LABEL = "conductor.testbed"


class PodmanReader:
    """Lists what there is. ``command`` is what stands before podman's own arguments."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)

    def reader(self) -> PodmanReader:
        """Return the same client without a way to change anything."""
        return PodmanReader(self.command)

    def _call(self, arguments: Sequence[str]) -> str:
        try:
            answer = subprocess.run(
                [*self.command, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
            )
        except OSError as error:
            raise ResourceError(f"{self.command[0]} cannot be run: {error}") from error
        if answer.returncode:
            raise ResourceError(f"podman {arguments[0]} failed: {answer.stderr.strip()}")
        return answer.stdout

    def containers(self, testbed: str) -> list[dict[str, Any]]:
        """Return the containers of a testbed, running or not."""
        return self._list("ps", "--all", "--filter", f"label={LABEL}={testbed}")

    def networks(self, testbed: str) -> list[dict[str, Any]]:
        """Return the networks of a testbed."""
        return self._list("network", "ls", "--filter", f"label={LABEL}={testbed}")

    def images(self) -> set[str]:
        """Return the names of all images."""
        return {name for image in self._list("images") for name in image.get("Names") or []}

    def image_users(self, image: str) -> list[str]:
        """Return the names of the containers, of any testbed, that were made from an image."""
        found = self._list("ps", "--all", "--filter", f"ancestor={image}")
        return [name for container in found for name in container["Names"]]

    def _list(self, *arguments: str) -> list[dict[str, Any]]:
        return json.loads(self._call([*arguments, "--format", "json"]) or "[]") or []


class Podman(PodmanReader):
    """Changes things, too."""

    def run(self, *arguments: str) -> str:
        """Run one changing command and return what it printed."""
        return self._call(arguments).strip()
