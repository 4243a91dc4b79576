# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles of a collection know by name, and which names that people set are none of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from os.path import commonprefix
from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

# Below these, two names are different names rather than one of them misspelled.
SAME_NAME = 0.9
SAME_OPTION = 0.6
SAME_ROLE = 0.85
ASSIGNMENTS = ("vars", "set_fact", "ansible.builtin.set_fact")
NAMES = ("register", "loop_var", "index_var")


@dataclass(frozen=True)
class Role:
    """A role: what people may set, and what it sets itself."""

    name: str
    options: frozenset[str]
    own: frozenset[str]


@dataclass(frozen=True)
class Mistake:
    """A name that no role knows, and what may help."""

    name: str
    role: str
    meant: str | None
    options: tuple[str, ...]

    def __str__(self) -> str:
        if self.meant:
            return f"no role knows {self.name}. Did you mean {self.meant}?"
        known = ", ".join(self.options) or "no options"
        return f"no role knows {self.name}. The role {self.role} has {known}."


def documents(role: Path, *patterns: str) -> Iterator[Any]:
    """Yield what the YAML files of a role hold."""
    for pattern in patterns:
        for path in sorted(role.glob(pattern)):
            yield yaml_load(path.read_text(encoding="utf-8"))


def assigned(tasks: Any) -> Iterator[str]:
    """Yield the names of the variables that tasks set."""
    if isinstance(tasks, list):
        for task in tasks:
            yield from assigned(task)
    elif isinstance(tasks, dict):
        for key, value in tasks.items():
            if key in NAMES and isinstance(value, str):
                yield value
            elif key in ASSIGNMENTS and isinstance(value, dict):
                yield from value
            else:
                yield from assigned(value)


def role_at(path: Path, facts: Iterable[str]) -> Role:
    """Read the names that one role knows; with these facts it may tell other roles of its service."""
    options = {name for defaults in documents(path, "defaults/**/*.yml") for name in defaults or {}}
    for spec in documents(path, "meta/argument_specs.yml"):
        for entry in spec["argument_specs"].values():
            options.update(entry.get("options") or {})
    own = {f"{path.name}_{fact}" for fact in facts}
    own.update(name for variables in documents(path, "vars/**/*.yml") for name in variables or {})
    for tasks in documents(path, "tasks/**/*.yml", "handlers/**/*.yml"):
        own.update(assigned(tasks))
    return Role(path.name, frozenset(options), frozenset(own))


def roles_in(folder: Path, facts: Iterable[str] = ()) -> list[Role]:
    """Read the names that each role of a folder knows."""
    return [role_at(path, facts) for path in sorted(folder.iterdir()) if (path / "meta").is_dir()]


def role_of(name: str, roles: Iterable[Role]) -> Role | None:
    """Return the role whose name begins this one; the longest, as one role's name may begin another's."""
    fitting = [role for role in roles if name.startswith(role.name + "_")]
    return max(fitting, key=lambda role: len(role.name), default=None)


def option_meant(name: str, role: Role, options: list[str]) -> str | None:
    """Return the option that a name may stand for: nearly the same name, or one of the role's with a similar rest."""
    rests = {option.removeprefix(role.name): option for option in sorted(role.options)}
    found = get_close_matches(name, options, n=1, cutoff=SAME_NAME)
    similar = get_close_matches(name.removeprefix(role.name), list(rests), n=1, cutoff=SAME_OPTION)
    return next(iter([*found, *(rests[rest] for rest in similar)]), None)


def misspelled_role(name: str, roles: Iterable[Role]) -> tuple[Role, str] | None:
    """Return the role and the option that a name is but for a slip in the role's name."""
    for role in roles:
        for option in sorted(role.options):
            rest = option.removeprefix(role.name)
            is_of_role = rest != option and name.endswith(rest)
            if is_of_role and SequenceMatcher(None, name.removesuffix(rest), role.name).ratio() >= SAME_ROLE:
                return role, option
    return None


def is_slip(name: str, meant: str) -> bool:
    """Tell whether a name is another with one letter more, less or changed, or two exchanged; dashes and case aside."""
    one, two = (text.lower().replace("-", "").replace("_", "") for text in (name, meant))
    start = len(commonprefix([one, two]))
    end = len(commonprefix([one[start:][::-1], two[start:][::-1]]))
    one, two = one[start:len(one) - end], two[start:len(two) - end]
    return max(len(one), len(two)) <= 1 or (len(one) == 2 and one == two[::-1])


def slipped_option(name: str, roles: Iterable[Role]) -> tuple[Role, str] | None:
    """Return the role and the option that a name is but for a slip anywhere in it."""
    found = ((role, option) for role in roles for option in sorted(role.options) if is_slip(name, option))
    return next(found, None)


def mistakes(names: Iterable[str], roles: list[Role]) -> Iterator[Mistake]:
    """Yield the names that should be known to a role, and are not."""
    options = sorted({option for role in roles for option in role.options})
    known = {name for role in roles for name in role.options | role.own}
    for name in sorted(set(names) - known):
        if role := role_of(name, roles):
            yield Mistake(name, role.name, option_meant(name, role, options), tuple(sorted(role.options)))
        elif slip := misspelled_role(name, roles) or slipped_option(name, roles):
            yield Mistake(name, slip[0].name, slip[1], tuple(sorted(slip[0].options)))


def faults_of_overrides(name: str, overrides: Any) -> Iterator[str]:
    """Yield what keeps overrides from being a mapping of sections to options to values. Null takes a section away."""
    if not isinstance(overrides, Mapping):
        yield f"{name} has to be a mapping of sections, not {kind(overrides)}."
        return
    for section, values in overrides.items():
        if values is not None and not isinstance(values, Mapping):
            yield f"{name}: the section {section} has to be a mapping of options to values, not {kind(values)}."


def kind(value: Any) -> str:
    """Name what a value is, without the value."""
    names = {str: "a text", bool: "a truth value", list: "a list", type(None): "null", Mapping: "a mapping"}
    return next((text for known, text in names.items() if isinstance(value, known)), "a number")
