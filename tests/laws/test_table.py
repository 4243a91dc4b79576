# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No module that changes something escapes the laws."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laws.cases import cases
from tests.laws.hosts import HOST_CASES

ROOT = Path(__file__).resolve().parents[2]
# Verbs that leave nothing behind: there is nothing that could be planned or be found again.
PROOFS = ("cloud_proof", "node_proof")
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
    """Each has a world in memory."""
    known = {case.module for case in HOST_CASES}
    assert module.endswith("_info") or module in (*known, *PROOFS), f"add a line for {module} to tests/laws/hosts.py"


@pytest.mark.parametrize("module", MODULES)
def test_only_the_engine_knows_check_mode(module: str) -> None:
    """What the engine does not run cannot keep the laws."""
    assert "check_mode" not in source(module).partition('RETURN = r"""')[2].replace("supports_check_mode=True", "")
