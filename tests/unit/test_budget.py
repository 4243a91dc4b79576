# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count lines, so that *small* is not an opinion."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
DOCUMENTS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
LARGE_SERVICES = {"keystone", "nova", "neutron", "cinder", "ovn_controller"}


def files(*patterns: str) -> list[str]:
    """Return the files that belong to the project, as paths from its root."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(str(path.relative_to(ROOT)) for path in found)


def text(name: str) -> str:
    """Return what a file holds."""
    return (ROOT / name).read_text(encoding="utf-8")


def code_lines(name: str) -> int:
    """Return the number of lines that hold code; documentation, comments and empty lines are none."""
    source = text(name)
    documents = [node for node in ast.walk(ast.parse(source)) if is_document(node)]
    skipped = {line for node in documents for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {
        line for token in tokens if token.type not in LAYOUT for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - skipped)


def is_document(node: ast.AST) -> bool:
    """Tell a docstring or one of the constants that document a module."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in DOCUMENTS for target in node.targets)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def lines(name: str) -> int:
    """Return the number of lines."""
    return len(text(name).splitlines())


def longest_function(name: str) -> int:
    """Return the number of lines of the longest function."""
    nodes = ast.walk(ast.parse(text(name)))
    functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return max((node.end_lineno - node.lineno + 1 for node in functions), default=0)


def widest_line(name: str) -> int:
    """Return the number of characters of the longest line."""
    return max((len(line) for line in text(name).splitlines()), default=0)


def service(role: str) -> int:
    """Return the number of lines of a service's YAML, but for its argument spec."""
    names = files(f"roles/{role}/**/*.yml")
    return sum(lines(name) for name in names if not name.endswith("meta/argument_specs.yml"))


PYTHON = ("plugins/**/*.py", "tests/**/*.py", "roles/*/files/**/*.py")
YAML = ("playbooks/**/*.yml", "roles/**/*.yml", "inventories/**/*.yml", "extensions/**/*.yml")
SERVICES = sorted(
    Path(name).parts[1]
    for name in files("roles/*/vars/main.yml")
    if f"\n{Path(name).parts[1]}_spec:" in "\n" + text(name)
)


@pytest.mark.parametrize(
    ("names", "measure", "most"),
    [
        pytest.param(files("plugins/modules/*.py"), code_lines, 40, id="code lines of a module file"),
        pytest.param(
            [name for name in files(*PYTHON) if not name.startswith("plugins/modules/")], lines, 300, id="Python file"
        ),
        pytest.param(files(*PYTHON), longest_function, 40, id="function"),
        pytest.param(files("roles/*/tasks/**/*.yml", "playbooks/tasks/*.yml"), lines, 60, id="task file"),
        pytest.param(files("playbooks/*.yml"), lines, 40, id="playbook"),
        pytest.param(
            [name for name in files(*PYTHON, *YAML) if not name.endswith("argument_specs.yml")],
            widest_line,
            120,
            id="width",
        ),
        pytest.param([name for name in SERVICES if name not in LARGE_SERVICES], service, 60, id="service role"),
        pytest.param([name for name in SERVICES if name in LARGE_SERVICES], service, 150, id="large service role"),
    ],
)
def test_stays_small(names: list[str], measure: Callable[[str], int], most: int) -> None:
    """Nothing of a kind is larger than the kind may be."""
    assert names, "nothing was measured"
    too_large = {name: size for name in names if (size := measure(name)) > most}
    assert not too_large, f"more than {most}: {too_large}"
