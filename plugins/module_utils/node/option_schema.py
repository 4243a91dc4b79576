# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options a service knows, and what is wrong with those that somebody gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

SECTION = re.compile(r"^\[(.+)\]$")
OPTION = re.compile(r"^#?([A-Za-z0-9][\w.-]*)\s*=")
KIND = re.compile(r"\(([\w ]+ value|multi valued)\)")
CHOICE = re.compile(r"^# (\S+) - ")
CHOICES = "# Possible values:"
FORMER_NAME = re.compile(r"^# Deprecated group/name - \[(.*)\]/(\S+)$")
NAMESPACE = re.compile(r"^# From (\S+)$", re.MULTILINE)
TRUTHS = {"true", "1", "on", "yes", "false", "0", "off", "no"}
ALIKE = 0.6


@dataclass(frozen=True)
class Option:
    """What is known of an option: the kind of its value, and the values that it may have."""

    kind: str = ""
    choices: frozenset[str] = frozenset()


Schema = dict[str, dict[str, Option]]


def plain(name: str) -> str:
    """Return the name of an option as it stands in a file."""
    return name.replace("-", "_")


def namespaces_in(text: str) -> list[str]:
    """Return the names under which the service's libraries list the options of a sample."""
    return sorted(set(NAMESPACE.findall(text)))


def schema_of_sample(text: str) -> Schema:
    """Read the schema from a sample configuration file: each option with a comment above it, in blocks of lines."""
    schema: Schema = {}
    options: dict[str, Option] = {}
    for block in text.split("\n\n"):
        lines = block.splitlines()
        option = option_of_comment(lines)
        for line in lines:
            if found := SECTION.match(line):
                options = schema.setdefault(found[1], {})
            elif found := FORMER_NAME.match(line):
                schema.setdefault(found[1], {}).setdefault(plain(found[2]), option)
            elif found := OPTION.match(line):
                options[plain(found[1])] = option
    return schema


def option_of_comment(lines: list[str]) -> Option:
    """Read what the comment above an option says of its value; a kind may be wrapped into the next line."""
    kinds = KIND.findall(" ".join(line.lstrip("# ") for line in lines))
    listed = lines[lines.index(CHOICES) + 1:] if CHOICES in lines else []
    choices = frozenset(found[1] for line in listed if (found := CHOICE.match(line)))
    return Option(kinds[-1] if kinds else "", choices)


def schema_of_generator(text: str) -> Schema:
    """Read the schema from what oslo-config-generator prints as JSON."""
    schema: Schema = {}
    for section, group in json.loads(text)["options"].items():
        for entry in group["opts"]:
            choices = frozenset(str(choice[0]) for choice in entry["choices"])
            option = Option(entry["type"], choices)
            schema.setdefault(section, {})[plain(entry["dest"])] = option
            for former in entry["deprecated_opts"] or ():
                name = plain(former.get("name") or entry["dest"])
                schema.setdefault(former.get("group") or section, {}).setdefault(name, option)
    return schema


def merged(schemas: Iterable[Schema]) -> Schema:
    """Return what is known to at least one; the later know better."""
    found: Schema = {}
    for schema in schemas:
        for section, options in schema.items():
            found.setdefault(section, {}).update(options)
    return found


def faults(overrides: Any, schema: Schema) -> Iterator[str]:
    """Yield what is wrong, as sentences that show names and never a value."""
    if not isinstance(overrides, Mapping):
        yield "it has to be a mapping of sections"
        return
    for section, options in overrides.items():
        if section not in schema:
            yield f"there is no section [{section}]{section_meant(section, options, schema)}"
        elif options is not None and not isinstance(options, Mapping):
            yield f"[{section}] has to be a mapping of options to values"
        else:
            for name, value in (options or {}).items():
                known = schema[section].get(name)
                if wrong := fault_of_value(value, known) if known else no_such_option(section, name, schema):
                    yield f"[{section}] {name}: {wrong}"


def section_meant(section: str, options: Any, schema: Schema) -> str:
    """Return a question for the section that a name may stand for: one that is alike, or has all these options."""
    close = get_close_matches(section, schema, n=1, cutoff=ALIKE)
    names = set(options) if isinstance(options, Mapping) else set()
    having = [name for name, known in schema.items() if names and names <= known.keys()]
    found = close[:1] or (having if len(having) == 1 else [])
    return f". Did you mean [{found[0]}]?" if found else ""


def no_such_option(section: str, name: str, schema: Schema) -> str:
    """Say that there is none, with the option that the name may stand for: here, or of this name elsewhere."""
    close = get_close_matches(name, schema[section], n=1, cutoff=ALIKE)
    elsewhere = [f"[{other}]" for other, options in schema.items() if name in options]
    if elsewhere and not (close and len(elsewhere) > 1):
        return f"no such option. Did you mean the one of {' or '.join(elsewhere[:3])}?"
    return f"no such option. Did you mean {close[0]}?" if close else "no such option"


def is_number(convert: Callable[[str], Any]) -> Callable[[str], bool]:
    """Return what tells whether a text is a number."""

    def tell(text: str) -> bool:
        try:
            convert(text or "0")
        except ValueError:
            return False
        return True

    return tell


KINDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "boolean value": (lambda text: text.lower() in TRUTHS, "true or false"),
    "integer value": (is_number(int), "a whole number"),
    "port value": (lambda text: is_number(int)(text) and 0 <= int(text or "0") <= 65535, "a number of a port"),
    "floating point value": (is_number(float), "a number"),
}


def fault_of_value(value: Any, option: Option) -> str:
    """Return what is wrong with a value, or nothing. What refers to another option is known only to the service."""
    if isinstance(value, list) and option.kind and option.kind != "multi valued":
        return "it takes a single line. Give several values as one text, with commas"
    allowed = {choice.lower() for choice in option.choices}
    fits, wanted = KINDS.get(option.kind, (lambda text: True, ""))
    for item in value if isinstance(value, list) else [value]:
        text = str(item).strip()
        if item is None or "$" in text:
            continue
        if not fits(text):
            return f"it takes {wanted}"
        if allowed and text.lower() not in allowed:
            return f"it takes one of {', '.join(sorted(option.choices))}"
    return ""
