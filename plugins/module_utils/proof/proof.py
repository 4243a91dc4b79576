# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proof does something with a service, reads it back, and clears it away. That a service answers proves nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..resource import ResourceError

# What a proof makes is called so, and it clears away what another one left that was stopped.
NAME = "conductor-proof"


@dataclass(frozen=True)
class Proof:
    """``says`` tells people what is done, in sentences; ``prove`` does it and returns what it found."""

    says: tuple[str, ...]
    prove: Callable[..., dict[str, Any]]


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


def run(module: Any, proofs: Mapping[str, Proof], *subject: Any) -> None:
    """Run the proof that the task names. In check mode it only says what it would do."""
    service = module.params["service"]
    proof = proofs[service]
    if module.check_mode:
        module.exit_json(changed=False, actions=list(proof.says), proof=None)
        return
    started = time.monotonic()
    try:
        found = proof.prove(*subject)
    except ResourceError as error:
        module.fail_json(msg=f"{service}: {error}", changed=False, actions=[], **error.details)
        return
    found["seconds"] = round(time.monotonic() - started, 1)
    module.exit_json(changed=False, actions=list(proof.says), proof=found)
