# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the kill matrix into a page of the documentation.

usage: python -m tests.laws.page FILE    (the matrix on the fake cloud)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.laws.matrix import OPERATIONS

HEAD = """\
# The kill matrix

A run is killed in the middle of its work; the next run, by another process that knows nothing of the first, has to
finish it. Afterwards everything is as after an undisturbed run: nothing is there twice, nothing is left over, each
volume is attached and holds what it held, no note of an operation remains, and one more run has nothing to do.

A process dies in three kinds of moments: before a step of its plan, while a request is on its way (the cloud never gets
all of it), and after the cloud did what was asked, before the answer is read.

Each table holds what the tests printed.
"""
MARK = "\n## "
TABLE = ("| operation | killed | where | the next run |", "| --- | --- | --- | --- |")


@dataclass(frozen=True)
class Row:
    """One death, and what is wrong after the next run. ``seconds`` is what the next run took."""

    operation: str
    when: str
    moment: str
    fault: str
    seconds: float | None = None

    def __str__(self) -> str:
        took = "" if self.seconds is None else f" ({self.seconds:.0f} s)"
        return f"{self.operation}, killed: {self.when}: {self.moment}: {self.fault or 'finished'}{took}"

    @property
    def line(self) -> str:
        """This death as a line of a table."""
        took = "" if self.seconds is None else f" in {self.seconds:.0f} s"
        return f"| {self.operation} | {self.when} | {self.moment} | {self.fault or 'finished' + took} |"


def subject(line: str) -> str:
    """Return what a line of a table is about."""
    return line.split(" | ")[0].removeprefix("| ")


def order(line: str) -> int:
    """Return where the operation of a line stands in the matrix; one that is no longer in it comes last."""
    names = [known.name for known in OPERATIONS]
    return names.index(subject(line)) if subject(line) in names else len(names)


def kept(section: str, operations: set[str]) -> list[str]:
    """Return the lines of a section's table that are of other operations."""
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    return [line for line in lines if subject(line) not in operations]


def write(path: Path, heading: str, rows: list[Row]) -> None:
    """Put deaths into the table under a heading, instead of those of the same operations."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    sections = dict(part.split("\n", 1) for part in text.split(MARK)[1:])
    lines = kept(sections.get(heading, ""), {row.operation for row in rows}) + [row.line for row in rows]
    lines.sort(key=order)
    finished = sum(line.split(" | ")[3].startswith("finished") for line in lines)
    table = "\n".join((*TABLE, *lines))
    sections[heading] = f"\n{len(lines)} deaths, {finished} finished by the next run.\n\n{table}"
    parts = [f"{MARK}{name}\n{content.rstrip()}\n" for name, content in sorted(sections.items())]
    path.write_text(HEAD + "".join(parts), encoding="utf-8")


def on_the_fake() -> list[Row]:
    """Let every operation die in every moment on the fake cloud."""
    from tests.fake import start
    from tests.fake.transport import direct
    from tests.laws.cases import cases
    from tests.laws.conftest import quick
    from tests.laws.harness import DEATHS, Bench
    from tests.laws.matrix import deaths

    lines = {str(case): case for case in cases()}
    found = []
    for operation in OPERATIONS:
        for when in DEATHS:
            with quick() as clock:
                cloud = start(0.5, clock)
                with direct(cloud):
                    bench = Bench(cloud, lines[operation.case])
                    for death in deaths(bench, operation.verb, when):
                        found.append(Row(str(operation), when, death.moment, death.fault))
    return found


if __name__ == "__main__":
    write(Path(sys.argv[1]), "On the fake cloud", on_the_fake())
