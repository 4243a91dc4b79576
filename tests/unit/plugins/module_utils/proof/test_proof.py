# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a proof that fails."""

from __future__ import annotations

from typing import Any

from ansible_collections.conductor.cloud.plugins.module_utils.proof.proof import Proof, attempt
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def fail(words: str) -> dict[str, Any]:
    """Raise an error."""
    raise ResourceError(words)


def test_why_a_proof_failed_is_said_although_it_could_not_clear_up_either() -> None:
    """The second error alone would tell of what does not matter."""

    def prove() -> dict[str, Any]:
        try:
            return fail("the guest has no address.")
        finally:
            fail("the guest does not go.")

    found = attempt("guest", Proof((), prove), ())
    assert found["error"] == "guest: the guest has no address. And while clearing up: the guest does not go."


def test_an_error_that_was_put_into_other_words_is_said_once() -> None:
    """As where the words of a service are explained."""

    def prove() -> dict[str, Any]:
        try:
            return fail("409")
        except ResourceError as error:
            raise ResourceError("it is busy (409).") from error

    assert attempt("volume", Proof((), prove), ())["error"] == "volume: it is busy (409)."
