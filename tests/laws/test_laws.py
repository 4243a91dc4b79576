# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws that every module which changes something keeps, on the fake cloud."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from ansible.module_utils.common.parameters import PASS_VARS

from tests.fake import start
from tests.fake.clock import QuickClock
from tests.fake.transport import direct
from tests.laws.cases import Case, cases
from tests.laws.harness import DEATHS, ON_ITS_WAY, PASSWORD, Bench, agrees, contradicts, witness
from tests.laws.matrix import OPERATIONS, deaths, finish

ALL = cases()
REMOVABLE = [case for case in ALL if case.absent is not None]
STEADY = [case for case in ALL if not case.imperative]
SECRETIVE = [case for case in ALL if case.secrets]
# Newer versions of ansible-core show the options only where they are asked for them; older ones refuse to be asked.
ASKED = {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}
TALKATIVE = {"_ansible_verbosity": 4, **ASKED, "timeout": 10}
REPEATS = "the request was {request}"


@pytest.fixture
def bench(request: pytest.FixtureRequest, short_pauses: QuickClock) -> Iterator[Bench]:
    """A new cloud with one case on it, whose transitions last for more than one look."""
    cloud = start(0.5, short_pauses)
    with direct(cloud):
        yield Bench(cloud, request.param)


def each(table: list[Case]) -> pytest.MarkDecorator:
    """Run a test once for each line of the table."""
    return pytest.mark.parametrize("bench", table, ids=str, indirect=True)


def each_verb(table: list[Case], *verbs: str) -> pytest.MarkDecorator:
    """Run a test once for each line of the table and each of the verbs that the line has."""
    pairs = [(case, verb) for case in table for verb in verbs if getattr(case, verb) is not None]
    names = [f"{verb} {case}" for case, verb in pairs]
    return pytest.mark.parametrize(("bench", "verb"), pairs, ids=names, indirect=["bench"])


@each_verb(ALL, "make", "change", "absent")
def test_1_check_mode_sends_no_write(bench: Bench, verb: str) -> None:
    """First law."""
    wanted = bench.options(verb)
    seen, shape = bench.writes, bench.picture()
    result = bench.run(wanted, check=True)
    assert "msg" not in result
    assert result["changed"]
    assert bench.writes == seen
    assert bench.picture() == shape


@each_verb(ALL, "make", "change", "absent")
def test_2_check_mode_tells_what_the_run_does(bench: Bench, verb: str) -> None:
    """Second law."""
    wanted = bench.options(verb)
    check, real = bench.run(wanted, check=True), bench.run(wanted)
    assert "msg" not in real
    assert check["changed"] == real["changed"]
    assert check["actions"] == real["actions"]
    assert [part["before"] for part in check["diff"]] == [part["before"] for part in real["diff"]]


@each_verb(ALL, "make", "change", "absent")
def test_2_a_diff_begins_with_what_there_is(bench: Bench, verb: str) -> None:
    """Second law, where both modes say the same: it has to be true, and what the last run has left."""
    wanted = bench.options(verb)
    last = {} if verb == "make" else bench.left
    with witness() as seen:
        told = {part["before_header"]: part["before"] for part in bench.run(wanted)["diff"]}
    assert told
    for name, before in told.items():
        assert not contradicts(seen[name], before), name
        assert not contradicts(last.get(name, before), before, is_same_task=False), name
        assert bool(before) == bool(seen[name]), name


@each(STEADY)
def test_3_a_second_run_has_nothing_to_do(bench: Bench) -> None:
    """Third law, for a first run and for a change."""
    for wanted in filter(None, (bench.case.make, bench.case.change)):
        first = bench.run(wanted)
        assert "msg" not in first
        assert first["changed"]
        seen = bench.writes
        second = bench.run(wanted)
        assert "msg" not in second
        assert second["actions"] == []
        assert not second["changed"]
        assert bench.writes == seen


@each_verb(STEADY, "make", "change", "absent")
def test_4_what_was_predicted_comes_true(bench: Bench, verb: str) -> None:
    """Fourth law."""
    wanted = bench.options(verb)
    check, real = bench.run(wanted, check=True), bench.run(wanted)
    for predicted, found in zip(check["diff"], real["diff"], strict=True):
        assert agrees(predicted["after"], found["after"], bench.case.unknown), (predicted["after"], found["after"])
        assert sorted(predicted["after"]) == sorted(found["after"])
        assert predicted["before"] != predicted["after"]
        assert found["before"] != found["after"]


@each(REMOVABLE)
def test_5_absent_twice_is_absent(bench: Bench) -> None:
    """Fifth law; and nothing is left of what was made."""
    before = bench.picture()
    assert bench.make()["changed"]
    first = bench.run(bench.case.absent or {})
    assert "msg" not in first
    assert first["changed"]
    seen = bench.writes
    second = bench.run(bench.case.absent or {})
    assert not second["changed"]
    assert second["actions"] == []
    assert bench.writes == seen
    left = {table: rows - before.get(table, rows.__class__()) for table, rows in bench.picture().items()}
    assert {table: rows for table, rows in left.items() if rows and table not in bench.case.keeps} == {}


def each_death() -> pytest.MarkDecorator:
    """Run a test for each line, verb and kind of death; a request that is lost is a row of the matrix alone.

    For the cloud a lost request is one that was never sent: what differs is where the process stood.
    """
    matrix = {(operation.case, operation.verb) for operation in OPERATIONS}
    table = [
        (case, verb, when)
        for case in STEADY
        for verb in ("make", "change", "absent")
        for when in DEATHS
        if getattr(case, verb) is not None and (when != ON_ITS_WAY or (str(case), verb) in matrix)
    ]
    names = [f"{verb} {case}, {when}" for case, verb, when in table]
    return pytest.mark.parametrize(("bench", "verb", "when"), table, ids=names, indirect=["bench"])


@each_death()
def test_6_the_next_run_finishes(bench: Bench, verb: str, when: str) -> None:
    """Sixth law: in whatever moment a run is killed, the next run ends where an undisturbed one does."""
    faults = [f"{death.number} ({death.moment}): {death.fault}" for death in deaths(bench, verb, when) if death.fault]
    assert not faults, "\n".join(faults)


@each_verb(STEADY, "make", "change", "absent")
def test_6_a_lost_answer_is_no_harm(bench: Bench, verb: str) -> None:
    """Where a write was done and its answer is lost, the run goes on or says so, and the next one finishes."""
    wanted = bench.options(verb)
    start_point, seen = bench.save(), bench.writes
    assert "msg" not in bench.run(wanted)
    writes, goal = bench.writes - seen, bench.picture()
    faults = []
    for number in range(writes):
        bench.restore(start_point)
        bench.cloud.state.break_write(number, "after")
        bench.run(wanted)
        if fault := finish(bench, verb, goal):
            faults.append(f"write {number}: {fault}")
    assert not faults, "\n".join(faults)


def spellings(bench: Bench) -> list[str]:
    """Return all secrets of a case, in every form in which they travel, also where their spaces and tags were lost."""
    secrets = [*bench.case.secrets, PASSWORD, *bench.cloud.state.tokens]
    texts = {*secrets, *(json.dumps(secret)[1:-1] for secret in secrets), *(repr(secret)[1:-1] for secret in secrets)}
    texts |= {form(text) for text in texts for form in (quote, html.escape)}
    texts |= {re.sub("<[^>]+>", " ", text) for text in texts}
    texts |= {" ".join(text.split()) for text in texts}
    return sorted(texts | {base64.b64encode(secret.encode()).decode() for secret in secrets})


def texts_in(value: Any) -> list[str]:
    """Return all texts of a result as they are, without the signs that JSON puts into them."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for part in parts for text in texts_in(part)]


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[Any], str]:
    """Return what gathers all that a run says: its result as it leaves the process, both outputs, the log."""
    caplog.set_level(logging.INFO)
    return lambda result: "\n".join([json.dumps(result), *texts_in(result), *capfd.readouterr(), caplog.text])


def revealed(bench: Bench, text: str) -> list[str]:
    """Return the secrets that stand in a text. The search has to find what is no secret, too."""
    assert "module_args" in text
    return [secret for secret in spellings(bench) if secret in text]


@each_verb(SECRETIVE, "make", "change", "absent")
def test_7_secrets_stay_secret(bench: Bench, verb: str, said: Callable[[Any], str]) -> None:
    """Seventh law, for check mode, the run, and each way in which a write can fail while the service repeats it.

    A run that is refused for its options would tell no secret, either: the calm ones have to succeed, and the others
    to meet what was broken for them.
    """
    wanted = {**bench.options(verb), **TALKATIVE}
    check = bench.run(wanted, check=True)
    assert "msg" not in check
    assert not revealed(bench, said(check))
    start_point, seen = bench.save(), bench.writes
    calm = bench.run(wanted)
    assert "msg" not in calm
    assert not revealed(bench, said(calm))
    assert bench.writes > seen
    for number in range(bench.writes - seen):
        for how in (400, (500, "after")[number % 2]):
            bench.restore(start_point)
            bench.cloud.state.break_write(number, how, message=REPEATS)
            assert not revealed(bench, said(bench.run(wanted))), (number, how)
            assert [trap.times for trap in bench.cloud.state.traps] == [0], (number, how)


@each(SECRETIVE)
def test_7_a_refused_sign_in_tells_no_secret(bench: Bench, said: Callable[[Any], str]) -> None:
    """Seventh law, where it is the sign-in that fails, and Keystone repeats it."""
    for how in (400, 500):
        bench.cloud.state.traps.clear()
        bench.cloud.state.break_route("POST .*/auth/tokens$", how, message=REPEATS)
        result = bench.run({**bench.case.make, **TALKATIVE})
        assert "the request was" in result["msg"]
        assert not revealed(bench, said(result)), how
