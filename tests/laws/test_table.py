# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No module that changes something escapes the laws."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

from tests.laws.cases import cases
from tests.laws.hosts import HOST_CASES

ROOT = Path(__file__).resolve().parents[2]
# Verbs that leave nothing behind: there is nothing that could be planned or be found again.
PROOFS = ("cloud_proof", "node_proof", "service_options")
TEXTS = ("DOCUMENTATION", "EXAMPLES", "RETURN")
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
# The engine, and what tells it how ansible runs a task without a process of its own.
ASK = [ROOT / "plugins" / name for name in ("module_utils/resource.py", "plugin_utils/in_process.py")]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))


def source(module: str) -> str:
    """Return the text of a module."""
    return (ROOT / "plugins" / "modules" / f"{module}.py").read_text()


@pytest.mark.parametrize("module", [name for name in MODULES if "module_utils.openstack" in source(name)])
def test_a_module_for_clouds_is_in_the_table(module: str) -> None:
    """Information is read only; all else has a line."""
    known = {case.module for case in cases()}
    assert module.endswith("_info") or module in (*known, *PROOFS), f"add a line for {module} to tests/laws/cases/"


@pytest.mark.parametrize("module", [name for name in MODULES if "module_utils.node" in source(name)])
def test_a_module_for_hosts_is_in_the_table(module: str) -> None:
    """Information is read only; all else has a world in memory."""
    known = {case.module for case in HOST_CASES}
    assert module.endswith("_info") or module in (*known, *PROOFS), f"add a line for {module} to tests/laws/hosts.py"


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_engine_asks_about_check_mode(path: Path) -> None:
    """What the engine does not run cannot keep the laws."""
    names = [node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
    assert path in ASK or not {"check_mode", "_check_mode"} & set(names)


def test_those_who_may_ask_do() -> None:
    """The list above names nothing that is not there, and the search above finds what it looks for."""
    for path in ASK:
        assert ".check_mode" in path.read_text()


def code_lines(path: Path) -> int:
    """Count the lines of a module that are code: no comments, no blank lines, no documentation."""
    tree = ast.parse(path.read_text())
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    texts += [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in TEXTS]
    apart = {number for node in texts for number in range(node.lineno, (node.end_lineno or 0) + 1)}
    lines = enumerate(path.read_text().splitlines(), 1)
    code = [line.strip() for number, line in lines if number not in apart]
    return sum(bool(line) and not line.startswith("#") for line in code)


def test_modules_are_thin() -> None:
    """A module is documentation, its options and a short main()."""
    counts = {name: code_lines(ROOT / "plugins" / "modules" / f"{name}.py") for name in MODULES}
    assert {name: count for name, count in counts.items() if count > 40} == {}
    assert all(counts.values())
    assert statistics.median(counts.values()) <= 30
