# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the things that people name: by name or id, within what the project can use."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from ..resource import Document, ResourceError
from .session import CloudReader

# More names than this do not help anybody to find the right one.
MOST_NAMES = 10
# What all services take as a name, in characters.
LONGEST = 255


@dataclass(frozen=True)
class Kind:
    """Where a list is, and what its entries are called in messages and in options."""

    service: str
    path: str
    key: str
    words: str
    option: str
    query: tuple[tuple[str, str], ...] = ()
    own: bool = False
    entry: str = ""


KINDS = {
    "image": Kind("image", "/v2/images", "images", "image", "image", (("limit", "500"),)),
    "flavor": Kind("compute", "/flavors/detail", "flavors", "flavor", "flavor"),
    "keypair": Kind("compute", "/os-keypairs", "keypairs", "key", "key_name", entry="keypair"),
    "server": Kind("compute", "/servers/detail", "servers", "instance", "instance"),
    "availability_zone": Kind(
        "compute", "/os-availability-zone", "availabilityZoneInfo", "availability zone", "availability_zone"
    ),
    "network": Kind("network", "/v2.0/networks", "networks", "network", "network"),
    "external_network": Kind(
        "network", "/v2.0/networks", "networks", "external network", "external_network", (("router:external", "true"),)
    ),
    "subnet": Kind("network", "/v2.0/subnets", "subnets", "subnet", "subnet", own=True),
    "router": Kind("network", "/v2.0/routers", "routers", "router", "router", own=True),
    "port": Kind("network", "/v2.0/ports", "ports", "port", "port", own=True),
    "floating_ip": Kind("network", "/v2.0/floatingips", "floatingips", "floating IP", "floating_ip", own=True),
    "security_group": Kind(
        "network", "/v2.0/security-groups", "security_groups", "security group", "security_groups", own=True
    ),
    "volume_type": Kind("block-storage", "/types", "volume_types", "volume type", "type"),
    "volume": Kind("block-storage", "/volumes/detail", "volumes", "volume", "volume"),
    "snapshot": Kind("block-storage", "/snapshots/detail", "snapshots", "snapshot", "snapshot"),
    "backup": Kind("block-storage", "/backups/detail", "backups", "backup", "backup"),
    "project": Kind("identity", "/v3/projects", "projects", "project", "project"),
    "user": Kind("identity", "/v3/users", "users", "user", "user"),
    "role": Kind("identity", "/v3/roles", "roles", "role", "role"),
    "domain": Kind("identity", "/v3/domains", "domains", "domain", "domain"),
}


class Lookup:
    """The lists of one task, each read once, until ``forget()``.

    Where a service shows an administrator what other projects have, only the signed-in project's counts.
    """

    def __init__(self, reader: CloudReader) -> None:
        self.reader = reader
        self._rows: dict[str, list[Document]] = {}

    def forget(self, *kinds: str) -> None:
        """Read these kinds (all, when none is named) anew when they are next asked for."""
        for kind in kinds or tuple(self._rows):
            self._rows.pop(kind, None)

    def rows(self, kind: str) -> list[Document]:
        """Return all entries of a kind."""
        if kind not in self._rows:
            place = KINDS[kind]
            query: dict[str, Any] = dict(place.query)
            if place.own:
                query["project_id"] = self.reader.project_id
            found = self.reader.list(place.service, place.path, place.key, **query)
            self._rows[kind] = [entry[place.entry] for entry in found] if place.entry else found
        return self._rows[kind]

    def find(self, kind: str, wanted: str, option: str | None = None) -> Document | None:
        """Return the entry with this id or name, or None. A name that matches twice is an error."""
        rows = self.rows(kind)
        by_id = [row for row in rows if row.get("id") == wanted]
        found = by_id or [row for row in rows if name_of(row) == wanted]
        if len(found) > 1:
            place = KINDS[kind]
            raise ResourceError(
                f"{option or place.option}: the name {wanted} matches {len(found)} {plural(place.words)}:"
                f" {', '.join(str(row['id']) for row in found)}. Give the id of the one you mean."
            )
        return found[0] if found else None

    def get(self, kind: str, wanted: str, option: str | None = None) -> Document:
        """Return the entry with this id or name; that there is none is an error that names what there is."""
        found = self.find(kind, wanted, option)
        if found is None:
            place = KINDS[kind]
            names = sorted({name_of(row) for row in self.rows(kind)})
            raise ResourceError(f"{option or place.option}: there is no {place.words} {wanted}. {hint(wanted, names)}")
        return found

    def image(self, wanted: str, option: str | None = None) -> Document:
        """Return an image."""
        return self.get("image", wanted, option)

    def flavor(self, wanted: str, option: str | None = None) -> Document:
        """Return a flavor."""
        return self.get("flavor", wanted, option)

    def network(self, wanted: str, option: str | None = None) -> Document:
        """Return a network: the project's own before one that is shared under the same name."""
        own = [row for row in self.rows("network") if row["project_id"] == self.reader.project_id]
        matching = [row for row in own if wanted in (row["id"], row["name"])]
        return matching[0] if len(matching) == 1 else self.get("network", wanted, option)

    def subnet(self, wanted: str, option: str | None = None) -> Document:
        """Return a subnet of the project."""
        return self.get("subnet", wanted, option)

    def keypair(self, wanted: str, option: str | None = None) -> Document:
        """Return a key of the user."""
        return self.get("keypair", wanted, option)

    def security_group(self, wanted: str, option: str | None = None) -> Document:
        """Return a security group of the project."""
        return self.get("security_group", wanted, option)

    def volume_type(self, wanted: str, option: str | None = None) -> Document:
        """Return a volume type."""
        return self.get("volume_type", wanted, option)

    def user(self, wanted: str, option: str | None = None) -> Document:
        """Return a user."""
        return self.get("user", wanted, option)

    def project(self, wanted: str, option: str | None = None) -> Document:
        """Return a project."""
        return self.get("project", wanted, option)


def name_of(row: Document) -> str:
    """Return what people call an entry."""
    return str(row.get("name") or row.get("zoneName") or row.get("floating_ip_address") or row.get("id"))


def plural(words: str) -> str:
    """Return the plural of a kind of thing."""
    return f"{words[:-1]}ies" if words.endswith("y") and words[-2] not in "aeiou" else f"{words}s"


def hint(wanted: str, names: list[str]) -> str:
    """Say what was probably meant, or what there is."""
    if not names:
        return "There is none that this project can use."
    near = difflib.get_close_matches(wanted, names, n=3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"There are: {', '.join(names[:MOST_NAMES])}{more}."


def check_length(option: str, name: str | None, most: int = LONGEST) -> None:
    """Refuse a name that is empty or too long."""
    if name is not None and not 1 <= len(name) <= most:
        raise ResourceError(f"{option}: a name has 1 to {most} characters, {name[:20]!r} has {len(name)}.")
