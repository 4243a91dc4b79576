# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slips of the pen: names of options as people get them wrong, and as they get them right."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping

Names = Mapping[str, Collection[str]]
# A value that no kind of option refuses.
VALUE = "$anything"


def swapped(name: str, at: int) -> str:
    """Exchange two neighbours."""
    return name[:at] + name[at + 1:at + 2] + name[at] + name[at + 2:]


SLIPS: tuple[Callable[[str, int], str], ...] = (
    swapped,
    lambda name, at: name[:at] + name[at + 1:],
    lambda name, at: name[:at] + name[at] + name[at:],
    lambda name, at: name[:at] + "x" + name[at + 1:],
    lambda name, at: name + "s",
    lambda name, at: name.replace("_", "-"),
    lambda name, at: name.replace("_", ""),
    lambda name, at: name.capitalize(),
)


def right_ones(names: Names, count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return some sections with an option that they have."""
    known = [(section, option) for section, options in sorted(names.items()) for option in sorted(options)]
    return random.Random(seed).sample(known, min(count, len(known)))


def slips(names: Names, count: int, seed: int = 1) -> list[tuple[str, str, str]]:
    """Return misspelled sections and options that nobody has, each with the name that was meant."""
    luck = random.Random(seed)
    found: dict[tuple[str, str], str] = {}
    known = [(section, option) for section, options in sorted(names.items()) for option in sorted(options)]
    while len(found) < count:
        section, option = luck.choice(known)
        meant = luck.choice([section, option, option, option])
        wrong = luck.choice(SLIPS)(meant, luck.randrange(len(meant)))
        slip = (section, wrong) if meant is option else (wrong, option)
        if slip[1] not in names.get(slip[0], ()) and (meant is option or wrong not in names):
            found[slip] = meant
    return [(section, option, meant) for (section, option), meant in found.items()]
