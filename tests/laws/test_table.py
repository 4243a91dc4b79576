# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No module that changes something escapes the laws."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.checks.scratch_scenes import NOT_TRIED, SCENES
from tests.laws import table
from tests.laws.hosts import HOST_CASES
from tests.laws.table import ROOT, changing, code_lines, known, main, modules, sizes

PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
# The engine, and what tells it how ansible runs a task without a process of its own.
ASK = [ROOT / "plugins" / name for name in ("module_utils/resource.py", "plugin_utils/in_process.py")]


@pytest.mark.parametrize("module", changing())
def test_a_module_that_changes_something_is_in_a_table(module: str) -> None:
    """Information is read only; all else has a line or a world in memory."""
    assert module in known(), f"add a line for {module} to tests/laws/cases/ or tests/laws/hosts.py"


def test_who_is_in_a_table_or_is_a_verb_exists() -> None:
    """And nobody is both."""
    assert {*known(), *table.VERBS} <= set(modules())
    assert not known() & set(table.VERBS)


def test_what_changes_a_host_is_tried_on_a_real_one() -> None:
    """Or somebody said why not."""
    tried = {act.module for scene in SCENES for act in scene.acts}
    assert {case.module for case in HOST_CASES} == tried | set(NOT_TRIED)
    assert not tried & set(NOT_TRIED)


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_engine_asks_about_check_mode(path: Path) -> None:
    """What the engine does not run cannot keep the laws."""
    names = [node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
    assert path in ASK or not {"check_mode", "_check_mode"} & set(names)


def test_those_who_may_ask_do() -> None:
    """The list above names nothing that is not there, and the search above finds what it looks for."""
    for path in ASK:
        assert ".check_mode" in path.read_text()


def test_modules_are_thin(capsys: pytest.CaptureFixture[str]) -> None:
    """A module is documentation, its options and a short main()."""
    assert all(sizes().values())
    assert main() == 0
    assert "under the laws" in capsys.readouterr().out


def test_what_is_not_thin_or_in_no_table_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Documentation, comments and blank lines do not count."""
    (tmp_path / "one.py").write_text('DOCUMENTATION = """\nmany\nlines\n"""\n\n# Why.\na = 1\nb = 2\n')
    assert code_lines(tmp_path / "one.py") == 2
    for name, value in (("MOST", 1), ("MEDIAN", 1), ("VERBS", ())):
        with monkeypatch.context() as patch:
            patch.setattr(table, name, value)
            assert main() == 1, name
