# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which modules change something, which of them the laws are kept by, and how thin they are.

usage: python -m tests.laws.table
"""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "plugins" / "modules"
# Verbs that leave nothing behind: there is nothing that could be planned or be found again. See test_verbs.py.
VERBS = ("cloud_proof", "cluster_health", "node_proof", "role_options", "run_recorded", "service_options")
TEXTS = ("DOCUMENTATION", "EXAMPLES", "RETURN")
# Code lines of a module.
MOST, MEDIAN = 40, 30


def modules() -> list[str]:
    """Return all modules."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


def changing() -> list[str]:
    """Return the modules that change something: information is read only."""
    return [name for name in modules() if not name.endswith("_info") and name not in VERBS]


def known() -> set[str]:
    """Return the modules with a line in one of the two tables: on the fake cloud, or a world in memory."""
    from tests.laws.cases import cases
    from tests.laws.hosts import HOST_CASES

    return {case.module for case in (*cases(), *HOST_CASES)}


def code_lines(path: Path) -> int:
    """Count the lines of a module that are code: no comments, no blank lines, no documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    texts += [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in TEXTS]
    apart = {number for node in texts for number in range(node.lineno, (node.end_lineno or 0) + 1)}
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    code = [line.strip() for number, line in lines if number not in apart]
    return sum(bool(line) and not line.startswith("#") for line in code)


def sizes() -> dict[str, int]:
    """Return the code lines of each module."""
    return {name: code_lines(FOLDER / f"{name}.py") for name in modules()}


def main() -> int:
    """Return 0 when all that changes something keeps the laws, and all modules are thin."""
    counts, outside = sizes(), sorted(set(changing()) - known())
    thickest, median = max(counts, key=lambda name: counts[name]), statistics.median(counts.values())
    kept = len(changing()) - len(outside)
    print(f"{len(counts)} modules, {len(changing())} of them change something")
    print(f"under the laws, with a predictive check mode and diff: {kept} of {len(changing())}", *outside)
    print(f"code lines of a module: median {median:g} (at most {MEDIAN}), most {counts[thickest]} ({thickest}; {MOST})")
    return 1 if outside or counts[thickest] > MOST or median > MEDIAN else 0


if __name__ == "__main__":
    sys.exit(main())
