# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was predicted on a bare node is held against what was done, by what each sentence is about."""

from __future__ import annotations

import pytest

from tests.checks.predicted import differences


def told(predicted, done, true=()):
    """Return the differences, where these commands succeed."""
    return list(differences(predicted, done, lambda command: command in true))


@pytest.mark.parametrize(
    "predicted, done",
    [
        ("Make /etc/memcached.conf", "Change content and mode of /etc/memcached.conf"),
        ("Make the directory /etc/x", "Change owner of /etc/x"),
        ("Create pool .mgr", "Set size, min_size of pool .mgr to 1"),
        ("Create bridge br-ex", "Set datapath_type netdev of bridge br-ex"),
        ("Start a.service", "Start a.service"),
    ],
)
def test_the_same_thing_may_be_done_in_another_way(predicted, done):
    assert told([predicted], [done]) == []


@pytest.mark.parametrize(
    "predicted, command",
    [
        ("Make /etc/x", "test -e /etc/x"),
        ("Enable a.service", "systemctl --quiet is-enabled a.service"),
        ("Start a.target", "systemctl --quiet is-active a.target"),
    ],
)
def test_what_was_not_done_has_to_be_true(predicted, command):
    assert told([predicted], [], [command]) == []
    assert told([predicted], []) == [f"predicted, and not true: {predicted}"]


@pytest.mark.parametrize("sentence", ["Install haproxy", "Create database nova", "Map node-1 to the cell"])
def test_all_else_has_to_be_done_word_by_word(sentence):
    assert told([sentence], [sentence]) == []
    assert told([sentence], []) == [f"predicted, and not true: {sentence}"]
    assert told([], [sentence]) == [f"done, and not predicted: {sentence}"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Disable ceph-crash.service",
        "Start ceph-osd@0.service",
    ],
)
def test_what_nobody_can_know_need_not_be_predicted(sentence):
    assert told([], [sentence]) == []


@pytest.mark.parametrize("sentence", ["Create user nova", "Restart a.service, whose files changed", "Make /etc/x"])
def test_what_can_be_known_has_to_be_predicted(sentence):
    assert told([], [sentence]) == [f"done, and not predicted: {sentence}"]
