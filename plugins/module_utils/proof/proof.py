# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proof does something with a service, reads it back, and clears it away. That a service answers proves nothing."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..resource import ResourceError, only_told

PREFIX = "conductor-proof"
# What is older was left by a proof that was stopped; what is younger may belong to one that is under way.
LEFT_AFTER = 1800


@dataclass(frozen=True)
class Proof:
    """``says`` tells people what is done, in sentences; ``prove`` does it and returns what it found."""

    says: tuple[str, ...]
    prove: Callable[..., dict[str, Any]]


def new_name() -> str:
    """Return a name that no other proof uses and that tells when it was made."""
    return f"{PREFIX}-{int(time.time())}-{secrets.token_hex(3)}"


def is_left(name: str | None) -> bool:
    """Say whether something was left by a proof that was stopped."""
    made = re.fullmatch(rf"{PREFIX}-(\d+)-[0-9a-f]{{6}}", (name or "").replace("_", "-").lower())
    return made is not None and time.time() - int(made.group(1)) > LEFT_AFTER


def expect(is_true: Any, message: str) -> None:
    """Fail a proof with words."""
    if not is_true:
        raise ResourceError(message)


def wait_for(what: str, look: Callable[[], Any], timeout: float = 60, pause: float = 0.5) -> Any:
    """Return what ``look`` finds, asking again until it finds something or the time is up."""
    end = time.monotonic() + timeout
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise ResourceError(f"waited {timeout:.0f} s for {what}, in vain.")
        time.sleep(pause)


def attempt(service: str, proof: Proof, subject: tuple[Any, ...]) -> dict[str, Any]:
    """Return what one proof found and how long it took, or its error."""
    started = time.monotonic()
    try:
        found = proof.prove(*subject)
    except ResourceError as error:
        # What fails while a failed proof clears up is not why it failed.
        first = None if error.__suppress_context__ else error.__context__
        words = f"{first} And while clearing up: {error}" if isinstance(first, ResourceError) else str(error)
        found = {"error": f"{service}: {words}", **error.details}
    return {**found, "seconds": round(time.monotonic() - started, 1)}


def run(module: Any, proofs: Mapping[str, Proof], services: Sequence[str], *subject: Any) -> None:
    """Run the named proofs side by side; one that fails does not hide the others.

    In check mode it only says what it would do.
    """
    actions = [sentence for service in services for sentence in proofs[service].says]
    if only_told(module, actions, proofs={}):
        return
    with ThreadPoolExecutor(max_workers=len(services)) as pool:
        found = dict(zip(services, pool.map(lambda service: attempt(service, proofs[service], subject), services)))
    errors = [entry["error"] for entry in found.values() if "error" in entry]
    if errors:
        module.fail_json(msg=" ".join(errors), changed=False, actions=actions, proofs=found)
        return
    module.exit_json(changed=False, actions=actions, proofs=found)
