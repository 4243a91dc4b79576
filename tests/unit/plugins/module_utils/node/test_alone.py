# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory for one run at a time: commands keep it beyond the module that started them."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.node import alone
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import execute
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def work(directory: str) -> None:
    """Do what a module does that has a slow command, which says when it is at work."""
    with alone.alone_in(directory, 0) as held:
        execute(["sh", "-c", f"touch {directory}/begun; sleep 2"], held=held)


def test_the_next_run_has_it_at_once(tmp_path: Path) -> None:
    """Nothing is left on the disk."""
    for _turn in range(2):
        with alone.alone_in(str(tmp_path), 0) as held:
            assert execute(["true"], held=held).status == 0
    assert not list(tmp_path.iterdir())


def test_a_command_that_outlives_its_module_is_waited_for(tmp_path: Path) -> None:
    """It still writes there, and who clears the directory meanwhile has its files among the own ones."""
    module = multiprocessing.get_context("fork").Process(target=work, args=(str(tmp_path),))
    module.start()
    for _turn in range(1000):
        if (tmp_path / "begun").exists():
            break
        time.sleep(0.01)
    module.kill()
    module.join()
    with pytest.raises(ResourceError, match="still at work there after 0 s"), alone.alone_in(str(tmp_path), 0):
        pass
    with alone.alone_in(str(tmp_path), 10):
        pass


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Nothing is made in its place."""
    with pytest.raises(ResourceError, match="nowhere: No such file"), alone.alone_in(f"{tmp_path}/nowhere", 0):
        pass
