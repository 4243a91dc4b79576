# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watch over command lines sees what comes and goes, and says so when it saw nothing."""

from __future__ import annotations

import os
import subprocess

from tests.checks.process_watch import Watch, marked, space, words

SECRET = ("the password", "a-password-of-nobody")


def test_secret_on_a_command_line_is_named_and_not_shown() -> None:
    watch = Watch()
    watch.start()
    subprocess.run(["sh", "-c", "sleep 0.4; :", SECRET[1]], check=True)
    found = watch.stop([SECRET, ("another", "that-stands-nowhere")])
    assert [line for line in found if "stood on" in line] == ["the password stood on a command line of sh"]


def test_watch_that_saw_nothing_is_a_fault() -> None:
    watch = Watch()
    watch.look = lambda: None
    watch.start()
    # On a machine with too much to do it was late, too, and says so.
    assert "the watch saw nothing: not even the bait" in watch.stop([SECRET])


def test_processes_are_found_by_a_word_in_their_environment() -> None:
    with subprocess.Popen(["sleep", "30"], env={**os.environ, "CONDUCTOR_TEST_RUN": "one-of-a-kind"}) as process:
        assert marked("CONDUCTOR_TEST_RUN=one-of-a-kind") == [process.pid]
        assert words(process.pid) == "sleep 30" and space(process.pid) == space(os.getpid())
        process.kill()
    assert words(process.pid) == ""
