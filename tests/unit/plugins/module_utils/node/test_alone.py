# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory for one run at a time: commands keep it beyond the module that started them."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import alone
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import execute
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def work(directory: str, begun: Any) -> None:
    """Do what a module does that has a slow command."""
    with alone.alone_in(directory, 0) as held:
        begun.set()
        execute(["sleep", "2"], held=held)


def test_the_next_run_has_it_at_once(tmp_path: Path) -> None:
    """Nothing is left on the disk."""
    for _turn in range(2):
        with alone.alone_in(str(tmp_path), 0) as held:
            assert execute(["true"], held=held).status == 0
    assert not list(tmp_path.iterdir())


def test_a_command_that_outlives_its_module_is_waited_for(tmp_path: Path) -> None:
    """It still writes there, and who clears the directory meanwhile has its files among the own ones."""
    fork = multiprocessing.get_context("fork")
    begun = fork.Event()
    module = fork.Process(target=work, args=(str(tmp_path), begun))
    module.start()
    assert begun.wait(10)
    time.sleep(0.3)
    module.kill()
    module.join()
    with pytest.raises(ResourceError, match="still at work there after 0 s"), alone.alone_in(str(tmp_path), 0):
        pass
    with alone.alone_in(str(tmp_path), 10):
        pass
