# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""See that the reference in ``docs/`` says what the code says; with ``--write``, make it so.

python -m tests.checks.reference [--write]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.checks import ROOT
from tests.checks.jobs import IMPORT, PLAYBOOKS, role_entries

COLLECTION = "conductor.cloud"
KINDS = {"module": "Modules", "inventory": "Inventory plugins", "callback": "Callback plugins", "filter": "Filters"}
# An option that at least so many modules take, in the same words, is explained once.
MANY = 5
MADE = "<!-- Made from the code by: python -m tests.checks.reference --write -->"
# Ansible's marks in documentation: a name, and what stands in parentheses.
MARK = re.compile(r"\b([BCEIMOPRUV]|RV)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def documented(kind: str, names: list[str]) -> dict[str, Any]:
    """Return what ansible knows of modules, plugins or roles."""
    command = ["ansible-doc", "--json", "--type", kind, *(f"{COLLECTION}.{name}" for name in names)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {name.removeprefix(f"{COLLECTION}."): found[name] for name in sorted(found)}


def plugins(kind: str) -> list[str]:
    """Return the names of all plugins of one kind."""
    command = ["ansible-doc", "--json", "--type", kind, "--list", COLLECTION]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return [name.removeprefix(f"{COLLECTION}.") for name in found]


def text(said: Any) -> str:
    """Return documentation as one line of Markdown."""
    sentences = said if isinstance(said, list) else [said or ""]
    line = " ".join(str(sentence).strip() for sentence in sentences)
    return re.sub(r"\s+", " ", MARK.sub(marked, line))


def marked(match: re.Match[str]) -> str:
    """Return one of Ansible's marks as Markdown."""
    kind, content = match.groups()
    if kind in "BI":
        return f"*{content}*"
    return f"<{content}>" if kind == "U" else f"`{content.partition('#')[0]}`"


def cell(value: str) -> str:
    """Return text as it may stand in a table."""
    return value.replace("|", "\\|").strip()


def paragraphs(document: Mapping[str, Any]) -> list[str]:
    """Return the description as a list of points."""
    said = document.get("description", [])
    return [f"- {text(sentence)}" for sentence in (said if isinstance(said, list) else [said])]


def rows(options: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield a row for each option, and for each that is inside of it."""
    for name, option in options.items():
        kind = f"list of {option.get('elements', 'str')}" if option.get("type") == "list" else option.get("type", "str")
        choices = f" One of {', '.join(f'`{choice}`' for choice in option['choices'])}." if "choices" in option else ""
        default = "required" if option.get("required") else standard(option)
        yield f"| `{above}{name}` | {kind} | {default} | {cell(text(option['description']) + choices)} |"
        yield from rows(option.get("options") or option.get("suboptions") or {}, f"{above}{name}.")


def standard(option: Mapping[str, Any]) -> str:
    """Return what an option is where nobody sets it."""
    if option.get("default") is None:
        return ""
    value = option["default"]
    shown = value if isinstance(value, str) else json.dumps(value)
    return f"`{cell(shown)}`" if shown else "empty"


def table(options: Mapping[str, Any]) -> list[str]:
    """Return all options as a table."""
    head = ["| option | type | default | meaning |", "| --- | --- | --- | --- |"]
    return ["", *head, *rows(options)] if options else []


def example(found: Mapping[str, Any]) -> list[str]:
    """Return the examples of a module or plugin."""
    return ["", "```yaml", found["examples"].strip(), "```"] if found.get("examples") else []


def shared(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that many modules take."""
    options: dict[str, list[Any]] = {}
    for document in (entry["doc"] for entry in found.values()):
        for name, option in document.get("options", {}).items():
            options.setdefault(name, []).append(option)
    return {name: same[0] for name, same in sorted(options.items()) if same.count(same[0]) >= MANY}


def own(options: Mapping[str, Any], common: Mapping[str, Any]) -> list[str]:
    """Return the options of one module as a table, and the names of those that many take."""
    others = [f"`{name}`" for name in sorted(options) if common.get(name) == options[name]]
    also = ["", f"It also takes {', '.join(others)}: see [below](#options-of-many-modules)."] if others else []
    return [*table({name: option for name, option in options.items() if common.get(name) != option}), *also]


def contents(said: Mapping[str, str]) -> list[str]:
    """Return a table of what is on a page."""
    lines = [f"| [{name}](#{name}) | {cell(sentence)} |" for name, sentence in said.items()]
    return ["", "| name | what it is for |", "| --- | --- |", *lines]


def modules_page() -> Iterator[str]:
    """Yield the lines of the page on modules and plugins."""
    known = {kind: documented(kind, plugins(kind)) for kind in KINDS}
    common = shared(known["module"])
    yield "# Modules and plugins"
    yield from ("", "`ansible-doc conductor.cloud.NAME` says the same, and what a module returns.")
    for kind, title in KINDS.items():
        documents = {name: found["doc"] for name, found in known[kind].items()}
        yield from ("", f"## {title}")
        yield from contents({name: text(document["short_description"]) for name, document in documents.items()})
        for name, document in documents.items():
            yield from ("", f"### {name}", "", f"{text(document['short_description'])}.", "", *paragraphs(document))
            yield from (*own(document.get("options", {}), common), *example(known[kind][name]))
    yield from ("", "## Options of many modules", *table(common))


def roles_page() -> Iterator[str]:
    """Yield the lines of the page on roles."""
    yield "# Roles"
    yield from ("", "Most depend on `cloud`. A misspelled option is an error before anything is written.")
    names = [path.parents[1].name for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml"))]
    roles = {name: found["entry_points"] for name, found in documented("role", names).items()}
    first = {name: entries.get("main") or list(entries.values())[0] for name, entries in roles.items()}
    yield from contents({name: text(document["short_description"]) for name, document in first.items()})
    for name, entries in roles.items():
        yield from ("", f"## {name}")
        shown: list[Any] = []
        for entry, document in sorted(entries.items(), key=lambda point: (point[0] != "main", point[0])):
            title = [] if entry == "main" else ["", f"### {name}: {entry}"]
            yield from (*title, "", f"{text(document['short_description'])}.", "", *paragraphs(document))
            options = document.get("options", {})
            yield from ["", "It takes the options above."] if options and options in shown else table(options)
            shown.append(options)


def playbooks_page() -> Iterator[str]:
    """Yield the lines of the page on playbooks."""
    yield "# Playbooks"
    yield from ("", "Their variables are the options of the roles that they run: see [roles.md](roles.md).")
    files = {path.stem: path.read_text(encoding="utf-8") for path in sorted(PLAYBOOKS.glob("*.yml"))}
    said = {
        name: " ".join(line[2:] for line in content.splitlines() if line.startswith("# "))
        for name, content in files.items()
    }
    yield from contents(said)
    for name, content in files.items():
        yield from ("", f"## {name}", "", said[name], "")
        for play in yaml.safe_load(content):
            if IMPORT in play:
                yield f"- {play['name']}: [{play[IMPORT]}](#{play[IMPORT].removesuffix('.yml')})"
                continue
            run = ", ".join(role if entry == "main" else f"{role} ({entry})" for role, entry in role_entries(play))
            yield f"- {play['name']}, on `{play['hosts']}`" + (f": {run}" if run else "")


def unannounced() -> list[str]:
    """Return the modules and plugins that the changelog does not have."""
    releases = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    said: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for release in releases.values():
        for kind, entries in {"module": release.get("modules", []), **release.get("plugins", {})}.items():
            said[kind].update(entry["name"] for entry in entries)
    return [
        f"the {kind} {name} is not in the changelog"
        for kind in KINDS
        for name in plugins(kind)
        if name not in said[kind]
    ]


def misnamed() -> list[str]:
    """Return the plugins whose documentation is that of another one: a file may hold several."""
    return [
        f"what is said of the {kind} {name} is said of {bears}"
        for kind in KINDS
        for name, found in documented(kind, plugins(kind)).items()
        if (bears := found["doc"].get("name", name)) not in (name, f"{COLLECTION}.{name}")
    ]


PAGES = {"modules": modules_page, "roles": roles_page, "playbooks": playbooks_page}


def main() -> int:
    """Return 0 when all pages are current, which they are after ``--write``."""
    stale = []
    for name, page in PAGES.items():
        path, wanted = ROOT / "docs" / f"{name}.md", "\n".join((MADE, *page(), ""))
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            stale.append(name)
            if "--write" in sys.argv[1:]:
                path.write_text(wanted, encoding="utf-8")
    faults = [f"docs/{name}.md was not what the code says" for name in stale] + unannounced() + misnamed()
    print("\n".join(faults) or "the reference is current")
    return 1 if faults and "--write" not in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
