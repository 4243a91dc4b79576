# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that make a restored volume one of the new instance, also while another run restores the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .instance_wanted import WantedVolume
from .rival import others_first


def volume_path(role: str, found: Document | None, results: Results) -> str:
    """Return where a volume is that was found, or that an earlier step made."""
    return f"/volumes/{(found or results[role])['id']}"


def unless_gone(
    submit: Callable[[Any, Results], Any], wanted: WantedVolume, found: Document | None
) -> Callable[[Any, Results], Any]:
    """Return a request that has the engine look again where another run has taken its volume back."""

    def tried(writer: Any, results: Results) -> Any:
        try:
            return submit(writer, results)
        except ResourceError as error:
            path = volume_path(wanted.role, found, results)
            gone = {"volume": {"status": "deleting"}}

            def is_gone() -> bool:
                return (writer.find("block-storage", path) or gone)["volume"]["status"] == "deleting"

            raise others_first(wanted.name, error, is_gone) from error

    return tried


def mark_step(wanted: WantedVolume, found: Document | None, marks: Document, needs: tuple[str, ...]) -> Step:
    """Return the step that replaces the marks of the backed-up volume, which Cinder restores too."""

    def submit(writer: Any, results: Results) -> Any:
        path = volume_path(wanted.role, found, results)
        metadata = writer.get("block-storage", path)["volume"]["metadata"]
        kept = {key: value for key, value in metadata.items() if not key.startswith("conductor_")}
        return writer.put("block-storage", f"{path}/metadata", {"metadata": {**kept, **marks}})

    submit = unless_gone(submit, wanted, found)
    return Step(f"mark-{wanted.role}", f"Mark the volume {wanted.name} as one of the new instance", submit, needs)


def bootable_step(wanted: WantedVolume, found: Document | None, needs: tuple[str, ...]) -> Step:
    """Return the step that makes a volume bootable."""

    def submit(writer: Any, results: Results) -> Any:
        path = volume_path(wanted.role, found, results)
        return writer.post("block-storage", f"{path}/action", {"os-set_bootable": {"bootable": True}})

    submit = unless_gone(submit, wanted, found)
    return Step(f"bootable-{wanted.role}", f"Make the volume {wanted.name} bootable", submit, needs)
