# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that somebody gives a service, compared with those that its installed version knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError
from .node import NodeReader
from .option_schema import (
    Option,
    Schema,
    faults,
    merged,
    namespaces_in,
    plain,
    schema_of_generator,
    schema_of_sample,
)

SPEC = ArgSpec(
    {
        "overrides": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "name": {"type": "str", "required": True},
                "values": {"type": "json", "required": True, "no_log": True},
                "samples": {"type": "list", "elements": "path", "required": True},
                "namespaces": {"type": "list", "elements": "str", "default": []},
                "dynamic": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {
                        "sections": {"type": "list", "elements": "str", "required": True},
                        "like": {"type": "list", "elements": "str", "default": []},
                        "options": {"type": "list", "elements": "str", "default": []},
                    },
                },
            },
        }
    }
)
# How a service logs in is a plugin's to say. Sections that have one of these have the options of any plugin.
LOGIN = {"auth_type", "auth_url"}
LOGIN_ELSEWHERE = "auth_section"
LOGIN_OPTIONS = """
import json
from keystoneauth1 import loading
plugins = loading.get_available_plugin_names()
print(json.dumps(sorted({option.dest for name in plugins for option in loading.get_plugin_options(name)})))
"""


class Libraries:
    """The options that libraries list, each asked once."""

    def __init__(self, reader: NodeReader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, ...], Schema] = {}

    def schema(self, namespaces: Iterable[str]) -> Schema:
        """Return the options that stand under these names."""
        options = tuple(f"--namespace={name}" for name in sorted(set(namespaces)))
        if options not in self._known:
            said = self._reader.output(["oslo-config-generator", "--format=json", *options])
            self._known[options] = schema_of_generator(said)
        return self._known[options]

    @cached_property
    def login(self) -> dict[str, Option]:
        """All that may be said of a login."""
        listed = json.loads(self._reader.output(["/usr/bin/python3", "-c", LOGIN_OPTIONS]))
        return {name: Option() for name in [*listed, *LOGIN, LOGIN_ELSEWHERE]}


class Overrides:
    """What somebody gives one configuration file of a service in addition."""

    def __init__(self, reader: NodeReader, libraries: Libraries, wanted: dict[str, Any]) -> None:
        self.name = wanted["name"]
        self._reader = reader
        self._libraries = libraries
        self._wanted = wanted
        self._values = json.loads(wanted["values"])

    @cached_property
    def _samples(self) -> list[str]:
        """The sample files of the installed packages."""
        found = (self._reader.content(path) for path in self._wanted["samples"])
        return [content.decode(errors="replace") for content in found if content is not None]

    def read(self) -> Document | None:
        """Return what is wrong, or None where the service is not installed.

        Samples are quick to read, and made when the package was. Before something is called unknown, the
        libraries that are installed today are asked.
        """
        if not self._samples:
            return None
        schema = merged(map(schema_of_sample, self._samples))
        if found := self._faults(schema):
            found = self._faults(self._schema_of_libraries(schema))
        return {"faults": found}

    def plan(self, current: Document | None) -> Plan:
        """Refuse what is wrong; there is nothing to do about what is right."""
        if current and current["faults"]:
            raise ResourceError(f"{self.name}: {'; '.join(current['faults'])}")
        return Plan(current, current)

    @property
    def _sections(self) -> dict[str, Any]:
        return self._values if isinstance(self._values, dict) else {}

    def _faults(self, schema: Schema) -> list[str]:
        return list(faults(self._values, merged([schema, *self._dynamic(schema)])))

    def _dynamic(self, schema: Schema) -> Iterator[Schema]:
        """Yield the sections that exist because another option names them."""
        for rule in self._wanted["dynamic"]:
            alike = [known for name, known in schema.items() if fits(name, rule["like"])]
            options = {name: option for known in alike for name, option in known.items()}
            options.update({plain(name): Option() for name in rule["options"]})
            for section in self._sections:
                if fits(section, rule["sections"]):
                    yield {section: options}

    def _schema_of_libraries(self, sampled: Schema) -> Schema:
        """Return what the libraries list in addition, with all that may be said of a login where one is described."""
        namespaces = [name for sample in self._samples for name in namespaces_in(sample)]
        schema = merged([sampled, self._libraries.schema([*namespaces, *self._wanted["namespaces"]])])
        logins = {section for section, known in schema.items() if LOGIN & known.keys()}
        logins.update(self._named_by(LOGIN_ELSEWHERE))
        return merged([{section: self._libraries.login for section in logins}, schema])

    def _named_by(self, option: str) -> list[str]:
        """Return the values of an option, in whatever section it stands."""
        sections = self._sections.values()
        return [values[option] for values in sections if isinstance(values, dict) and option in values]


def fits(name: str, patterns: list[str]) -> bool:
    """Tell whether a name fits one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def service_options(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the overrides of the services of a host."""
    libraries = Libraries(reader)
    return Fleet([Overrides(reader, libraries, wanted) for wanted in params["overrides"]])
