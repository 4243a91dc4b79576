# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services a cloud has is said by the groups of its inventory: what is said in vain is found here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

SWITCH = "enable_"
SAME_GROUP = 0.8


@dataclass(frozen=True)
class InVain:
    """A name that has no effect, whom it is said of, and what was meant."""

    name: str
    hosts: tuple[str, ...]
    meant: str | None
    text: str

    def __str__(self) -> str:
        return self.text


def group_meant(name: str, known: Collection[str]) -> str | None:
    """Return the group that a name may stand for."""
    plain = name.lower().replace("-", "_")
    return next(iter(get_close_matches(plain, sorted(known), n=1, cutoff=SAME_GROUP)), None)


def misspelled_groups(groups: Mapping[str, Iterable[str]], known: Collection[str]) -> Iterator[InVain]:
    """Yield the groups that nothing knows, but for their hosts that are in the group that was meant as well.

    An inventory may have groups of its own: these are called otherwise, or are parts of the group they resemble.
    """
    for name in sorted(set(groups) - set(known) - {"all", "ungrouped"}):
        meant = group_meant(name, known)
        outside = tuple(host for host in groups[name] if host not in groups.get(meant or "", ()))
        if meant and outside:
            yield InVain(name, outside, meant, f"nothing knows the group {name}. Did you mean {meant}?")


def switches(variables: Mapping[str, Iterable[str]], known: Collection[str]) -> Iterator[InVain]:
    """Yield the variables that should turn a service on or off."""
    for name in sorted(name for name in variables if name.startswith(SWITCH)):
        meant = group_meant(name.removeprefix(SWITCH), known)
        hint = f" Did you mean the group {meant}?" if meant else ""
        text = f"nothing knows {name}. A service is in a cloud where its group has hosts.{hint}"
        yield InVain(name, tuple(variables[name]), meant, text)
