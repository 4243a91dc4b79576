# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the kill matrix: new deaths replace those of the same operation, and no others."""

from __future__ import annotations

from pathlib import Path

from tests.laws.page import Row, write

FIRST = Row("backup", "before a step", "Make a backup", "", 3)
OTHER = Row("tenant create", "before a step", "Create the user", "it was made twice", 4)
LATER = Row("backup", "a request that was done", "POST /backups", "", 5)


def test_deaths_of_other_operations_and_of_other_clouds_are_kept(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    write(page, "On the fake cloud", [FIRST])
    write(page, "On a real cloud", [FIRST, OTHER])
    write(page, "On a real cloud", [LATER])
    real, fake = page.read_text(encoding="utf-8").split("## ")[1:]
    assert "2 deaths, 1 finished by the next run." in real
    assert [row for row in real.splitlines() if row.startswith("| ")][2:] == [OTHER.line, LATER.line]
    assert "1 deaths, 1 finished by the next run." in fake
    assert FIRST.line in fake
