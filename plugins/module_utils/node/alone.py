# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory for one run at a time, and for the commands that it starts: they outlive a module that is killed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..resource import ResourceError

PAUSE = 0.5


@contextmanager
def alone_in(directory: str, patience: float) -> Iterator[int]:
    """Yield what holds a directory, to be given to commands as ``held``: it is free once all of them have ended.

    Who comes later waits, for ``patience`` seconds at the most; then it is a ResourceError. The kernel keeps it, so
    that nothing of it is left on the disk.
    """
    deadline = time.monotonic() + patience
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ResourceError(f"{directory}: {error.strerror}") from error
    try:
        while not taken(handle, directory):
            if time.monotonic() > deadline:
                raise ResourceError(
                    f"{directory}: another run, or a command that outlived one, is still at work there after"
                    f" {patience:.0f} s. Wait for it, or end it."
                )
            time.sleep(PAUSE)
        yield handle
    finally:
        os.close(handle)


def taken(handle: int, directory: str) -> bool:
    """Take a directory if nobody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise ResourceError(f"{directory}: it cannot be locked: {error.strerror}") from error
    return True
