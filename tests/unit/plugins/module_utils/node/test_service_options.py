# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a service are compared with what its packages list, and then with what its libraries list."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.yaml import yaml_load
from ansible_collections.conductor.cloud.plugins.module_utils.node import option_schema
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_options import service_options
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeReader, Host

from tests import misspell
from tests.checks import overrides

ROOT = Path(__file__).resolve().parents[5]
RECORDED = json.loads((ROOT / "tests" / "unit" / "debian13_options.json").read_text(encoding="utf-8"))
NAMES = {path: {name: set(text.split()) for name, text in known.items()} for path, known in RECORDED.items()}
PLACES = sorted(NAMES)
SAMPLE = """[DEFAULT]

#
# From sample.conf
#

# Whether to say more. An example:
# [DEFAULT]
# quiet = true
# (boolean value)
# Note: This option can be changed without restarting.
#debug = false

# How many, which is a long story that does not fit into one line of it (integer
# value)
# Minimum value: 1
# Deprecated group/name - [old]/pool-size
workers = 2

# Names (list value)
#names = a,b

# Each has a line of its own (multi valued)
#each = a
#each = b

[engine]

# (string value)
# Possible values:
# fast - quick and
# good - <No description provided>
#kind = fast

# Where (port value)
#port = 80

# How to log in (string value)
#auth_type = <None>
"""
LIBRARIES = {
    "engine": {"newer": ["boolean value", []], "kind": ["string value", [["fast", None], ["new", None]]]},
}


def host(sample: str | None = SAMPLE) -> Host:
    """Return a host with a service, or without."""
    entries = {
        section: {
            "opts": [
                {"dest": name, "type": kind, "choices": choices, "deprecated_opts": []}
                for name, (kind, choices) in options.items()
            ]
        }
        for section, options in LIBRARIES.items()
    }
    entries["engine"]["opts"].append({"dest": "auth_type", "type": "", "choices": [], "deprecated_opts": []})
    answers = {
        "oslo-config-generator": Answer(0, json.dumps({"options": entries}), ""),
        "/usr/bin/python3": Answer(0, json.dumps(["user_domain_id"]), ""),
    }
    files = {"/sample.conf": (sample.encode(), "root", "root", "0644")} if sample else {}
    return Host(files=files, answers=answers)


def compare(values: Any, on: Host | None = None, **other: Any) -> dict[str, Any]:
    """Return the entry of a task for one service."""
    wanted = {"name": "sample_overrides", "values": json.dumps(values), "samples": ["/sample.conf"]}
    wanted |= {"namespaces": [], "dynamic": [], **other}
    engine = Engine(service_options(FakeReader(on or host()), {"overrides": [wanted]}), None)
    engine.look()
    return engine.report()[0]


def fault(values: Any, **other: Any) -> str:
    """Return what is wrong with the values."""
    return compare(values, **other).get("msg", "").removeprefix("sample_overrides: ")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"DEFAULT": {"debug": True, "workers": 3, "each": ["x", "y"], "names": "a,b"}, "engine": None},
        {"DEFAULT": {"debug": "Yes", "workers": "$other", "names": None}, "engine": {"kind": "GOOD", "port": "8080"}},
        {"old": {"pool_size": 2}},
        {"engine": {"newer": True, "kind": "new", "user_domain_id": "x"}},
        {"elsewhere": {"user_domain_id": "x"}, "engine": {"auth_section": "elsewhere", "newer": 1}},
    ],
)
def test_what_the_service_knows_passes(values: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By any of its names, by its libraries of today, and where another option leads."""
    monkeypatch.setitem(LIBRARIES["engine"], "auth_section", ["string value", []])
    assert not fault(values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"DEFAULT": {"debgu": 1}}, r"\[DEFAULT\] debgu: no such option. Did you mean debug\?"),
        ({"DEFAULT": {"quiet": 1}}, r"quiet: no such option$"),
        ({"DEFAULT": {"pool-size": 1}}, r"pool-size: no such option"),
        ({"DEFAULT": {"port": 1}}, r"port: no such option. Did you mean the one of \[engine\]\?"),
        ({"engin": {"kind": "fast"}}, r"there is no section \[engin\]. Did you mean \[engine\]\?"),
        ({"zzz": {"kind": "fast", "port": 1}}, r"no section \[zzz\]. Did you mean \[engine\]\?"),
        ({"default": {"debug": 1}}, r"no section \[default\]. Did you mean \[DEFAULT\]\?"),
        ({"zzz": None}, r"there is no section \[zzz\]"),
        ({"DEFAULT": {"gone": None}}, r"\[DEFAULT\] gone: no such option"),
        ({"DEFAULT": {"debug": "correct-horse"}}, r"debug: it takes true or false$"),
        ({"DEFAULT": {"workers": "2.5"}}, r"workers: it takes a whole number$"),
        ({"DEFAULT": {"workers": True}}, r"workers: it takes a whole number$"),
        ({"DEFAULT": {"names": ["a", "b"]}}, r"names: it takes a single line"),
        ({"engine": {"port": 70000}}, r"port: it takes a number of a port"),
        ({"engine": {"kind": "correct-horse"}}, r"kind: it takes one of fast, new$"),
        ({"DEFAULT": "correct-horse"}, r"\[DEFAULT\] has to be a mapping"),
        (["correct-horse"], r"it has to be a mapping of sections"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(values: Any, words: str) -> None:
    """Sections, options and values."""
    found = fault(values)
    assert re.search(words, found), found
    assert "correct-horse" not in found


def test_all_that_is_wrong_is_named_at_once() -> None:
    """One error for all."""
    found = fault({"DEFAULT": {"debgu": 1, "wokers": 1}, "engin": {}})
    assert [word in found for word in ("debgu", "wokers", "[engin]")] == [True] * 3


def test_a_service_that_is_not_there_is_passed_over() -> None:
    """Nothing can be said of it."""
    entry = compare({"zzz": {"x": 1}}, host(None))
    assert (entry["resource"], entry["changed"], "msg" in entry) == (None, False, False)


def test_sections_that_another_option_names() -> None:
    """They have the options of a section that they are like, and further ones."""
    rule = {"sections": ["fast", "pool_*"], "like": ["eng*"], "options": ["extra"]}
    assert not fault({"fast": {"kind": "fast", "extra": 1}, "pool_1": {"extra": 2}}, dynamic=[rule])
    assert "knid: no such option. Did you mean kind?" in fault({"pool_1": {"knid": 1}}, dynamic=[rule])
    assert "no section [slow]" in fault({"slow": {"kind": "fast"}}, dynamic=[rule])


def test_libraries_are_asked_only_about_what_the_sample_does_not_know() -> None:
    """With the names that the sample was made of."""
    world = host()
    world.answers = {}
    assert "msg" not in compare({"DEFAULT": {"debug": True}}, world)
    asked = []
    reader = FakeReader(host())
    output = reader.output
    reader.output = lambda argv, *rest, **options: asked.append(argv) or output(argv, *rest, **options)
    wanted = {"name": "x", "values": '{"engine": {"newer": 1}}', "samples": ["/sample.conf"], "dynamic": []}
    Engine(service_options(reader, {"overrides": [{**wanted, "namespaces": ["more"]}]}), None).look()
    assert asked[0][2:] == ["--namespace=more", "--namespace=sample.conf"]


def section_of_sample(known: tuple[str, set[str]]) -> str:
    """Return a section with its options, as a sample lists them."""
    return "\n\n".join([f"[{known[0]}]", *(f"#{name} =" for name in known[1])])


@pytest.fixture(name="schemas", scope="module")
def fixture_schemas() -> dict[str, option_schema.Schema]:
    """Return what Debian 13's packages list, read from samples that hold their names."""
    samples = {path: "\n\n".join(map(section_of_sample, known.items())) for path, known in NAMES.items()}
    return {path: option_schema.schema_of_sample(text) for path, text in samples.items()}


@pytest.mark.parametrize("place", PLACES)
def test_no_right_name_is_refused(place: str, schemas: dict[str, option_schema.Schema]) -> None:
    """Hundreds of them."""
    for section, option in misspell.right_ones(NAMES[place], 200):
        assert not list(option_schema.faults({section: {option: misspell.VALUE}}, schemas[place])), (section, option)


@pytest.mark.parametrize("place", PLACES)
def test_every_slip_is_caught(place: str, schemas: dict[str, option_schema.Schema]) -> None:
    """Hundreds of them; nearly all with what was meant."""
    helped = 0
    wrong = misspell.slips(NAMES[place], 250)
    for section, option, meant in wrong:
        (found,) = option_schema.faults({section: {option: misspell.VALUE}}, schemas[place])
        assert f"[{section}]" in found, found
        helped += meant in found.partition("Did you mean")[2]
    assert helped >= 0.95 * len(wrong), f"{helped} of {len(wrong)}"


def test_every_override_of_a_service_is_compared() -> None:
    """Those of ARA and Ceph are none of oslo.config's."""
    options = {
        name
        for path in ROOT.glob("roles/*/defaults/main.yml")
        for name in yaml_load(path.read_text(encoding="utf-8")) or {}
        if name.endswith("_overrides")
    }
    page = yaml_load((ROOT / "roles/cloud/vars/overrides.yml").read_text(encoding="utf-8"))
    compared = {entry["name"] for entry in page["cloud_overridden"]}
    assert compared == options - {"ara_overrides", "ceph_overrides"}
    assert all(entry["name"] in entry["values"] for entry in page["cloud_overridden"])
    # Where nothing is listed a service would be taken for one that is not installed.
    assert {path for _name, paths in overrides.samples() for path in paths} <= set(PLACES)
