# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does not run cannot be known in check mode: that is said, and is no failure of the rest."""

from __future__ import annotations

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.resource import (
    Fleet,
    NotYetError,
    Plan,
    ResourceError,
    Step,
    run,
)

DOWN = "the server does not run"


class Module:
    """What a module needs, with its end kept."""

    def __init__(self, check_mode):
        self.params = {}
        self.check_mode = check_mode
        self.ended = {}

    def exit_json(self, **result):
        """End well."""
        self.ended = result

    def fail_json(self, **result):
        """End badly."""
        self.ended = {**result, "failed": True}


class Client:
    """A client without any verbs."""

    def reader(self):
        """Return itself."""
        return self


class Thing:
    """Something that is to be made, or that raises as it is read."""

    def __init__(self, name, error=None):
        self.name = name
        self.error = error

    def read(self):
        """Return that there is none."""
        if self.error:
            raise self.error
        return None

    def plan(self, current):
        """Return how to make it."""
        return Plan(current, {"made": True}, (Step("make", f"Make {self.name}", lambda writer, results: None),))


def ended(check_mode, build):
    """Return how a module ends."""
    module = Module(check_mode)
    run(module, "thing", Client(), build)
    return module.ended


def fail(error):
    """Return what cannot even build its resources."""

    def build(reader):
        raise error

    return build


@pytest.mark.parametrize("build", [fail(NotYetError(DOWN)), lambda reader: Fleet([Thing("a", NotYetError(DOWN))])])
def test_check_mode_says_what_cannot_be_known(build):
    result = ended(True, build)
    assert (result["changed"], result["actions"], result["unknown"]) == (False, [], [DOWN])
    assert not result.get("failed")


def test_others_are_planned_all_the_same():
    result = ended(True, lambda reader: Fleet([Thing("a", NotYetError(DOWN)), Thing("b")]))
    assert (result["actions"], result["unknown"]) == (["Make b"], [DOWN])


@pytest.mark.parametrize("build", [fail(NotYetError(DOWN)), lambda reader: Fleet([Thing("a", NotYetError(DOWN))])])
def test_a_run_fails_of_it(build):
    result = ended(False, build)
    assert result["failed"] and result["msg"] == DOWN


def test_any_other_error_fails_check_mode_as_well():
    assert ended(True, fail(ResourceError("wrong option")))["failed"]
    assert ended(True, lambda reader: Fleet([Thing("a", ResourceError("wrong"))]))["failed"]


def test_what_a_run_will_find_is_planned_from_there():
    result = ended(True, lambda reader: Fleet([Thing("a", NotYetError(DOWN, instead={"half": True}))]))
    assert (result["changed"], result["actions"], result.get("unknown")) == (True, ["Make a"], None)
    assert result["diff"][0]["before"] == {}


def test_a_run_does_not_go_by_what_it_might_find():
    result = ended(False, lambda reader: Fleet([Thing("a", NotYetError(DOWN, instead={"half": True}))]))
    assert result["failed"] and result["msg"] == DOWN and not result["changed"]
