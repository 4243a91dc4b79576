# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration data becomes text."""

from __future__ import annotations

import pytest

from ansible.errors import AnsibleFilterError
from ansible_collections.conductor.cloud.plugins.filter.oslo_conf import oslo_conf


def test_values_become_lines_in_the_order_given():
    data = {
        "DEFAULT": {"debug": False, "workers": 2, "use": True, "gone": None},
        "absent": None,
        "agent": {"extension": ["qos", "log", None], "empty": []},
        "bare": {},
    }
    assert oslo_conf(data) == (
        "[DEFAULT]\ndebug = false\nworkers = 2\nuse = true\n\n[agent]\nextension = qos\nextension = log\n\n[bare]\n"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"a": {"b": "c\nd = e"}}, r"\[a\] b: the value has more than one line"),
        ({"a": {"b": {"c": 1}}}, r"\[a\] b: .* not a mapping"),
        ({"a": "b"}, r"\[a\]: expected a mapping of options, got str"),
        (["a"], "expected a mapping of sections, got list"),
    ],
)
def test_what_a_file_cannot_hold_is_an_error(data, words):
    with pytest.raises(AnsibleFilterError, match=words):
        oslo_conf(data)
