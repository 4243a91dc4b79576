# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project, and the user who works in it."""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError
from .draft import Draft, Reference, differing, given, in_words, reference
from .lookup import Lookup, hint
from .tenant_rival import or_there

DOMAIN = "default"
# The tag of projects that were made here.
MARK = "conductor.cloud"


def domain_id(lookup: Lookup, wanted: str | None) -> str:
    """Return the id of the domain; nothing is read for the one that every cloud has."""
    return DOMAIN if wanted in (None, DOMAIN) else str(lookup.get("domain", str(wanted))["id"])


def read_project(lookup: Lookup, name: str, domain: str) -> Document | None:
    """Return the project of this name, or None."""
    rows = lookup.reader.list("identity", "/v3/projects", "projects", name=name, domain_id=domain)
    found = spelled(rows, name, "name", "project")
    if found is None:
        return None
    return {
        **{key: found[key] for key in ("id", "name", "description", "enabled")},
        "made_by_us": MARK in found.get("tags", ()),
    }


def spelled(rows: list[Document], name: str, option: str, words: str) -> Document | None:
    """Return the row of exactly this name: Keystone's database takes names for equal that differ in case or accents."""
    found = next((row for row in rows if row["name"] == name), None)
    if rows and not found:
        other = rows[0]["name"]
        raise ResourceError(f"{option}: to Keystone {name} is the same as the {words} {other}. Write {other}.")
    return found


def is_there(reader: Any, kind: str, name: str, domain: str) -> bool:
    """Tell whether there is a project or a user of exactly this name by now."""
    rows = reader.list("identity", f"/v3/{kind}", kind, name=name, domain_id=domain)
    return any(row["name"] == name for row in rows)


def plan_project(draft: Draft, current: Document | None, wanted: Document, domain: str) -> Document:
    """Plan the project and return what it will be."""
    fields = given(wanted, "description")
    name = wanted["name"]
    if current is None:
        body = {"name": name, "domain_id": domain, "description": "", "tags": [MARK], **fields}
        draft.add(
            "project",
            f"Create the project {name}",
            or_there(
                lambda writer, results: writer.post("identity", "/v3/projects", {"project": body}),
                f"project {name}",
                lambda reader, results: is_there(reader, "projects", name, domain),
            ),
        )
        return {"id": None, "name": name, "enabled": True, "description": body["description"], "made_by_us": True}
    changes = differing(current, fields)
    if changes:
        path = f"/v3/projects/{current['id']}"
        draft.add(
            "project",
            f"Change the project {name}: {in_words(changes)}",
            lambda writer, results: writer.patch("identity", path, {"project": changes}),
        )
    return {**current, **changes}


def read_user(lookup: Lookup, wanted: Document, domain: str, project_id: str | None) -> Document | None:
    """Return the user with the roles in the project, or None.

    A password cannot be read. Where it has to be kept up to date, signing in with it shows what it is.
    """
    find_role(lookup, wanted["role"])
    rows = lookup.reader.list("identity", "/v3/users", "users", name=wanted["name"], domain_id=domain)
    user = spelled(rows, wanted["name"], "user.name", "user")
    if user is None:
        return None
    document = {"id": user["id"], "name": user["name"], "email": user.get("email"), "has_role": False}
    document["made_for_it"] = bool(project_id) and user.get("default_project_id") == project_id
    if project_id:
        query = {"user.id": user["id"], "scope.project.id": project_id}
        rows = lookup.reader.list("identity", "/v3/role_assignments", "role_assignments", **query)
        document["has_role"] = any(row["role"]["id"] == find_role(lookup, wanted["role"])["id"] for row in rows)
    if wanted["update_password"] == "always" and wanted["password"]:
        document["password_is_current"] = lookup.reader.accepts(user["id"], wanted["password"])
    return document


def find_role(lookup: Lookup, name: str) -> Document:
    """Return a role; some clouds still write member with a capital letter."""
    for row in lookup.rows("role"):
        if row["name"].lower() == name.lower():
            return row
    names = sorted(row["name"] for row in lookup.rows("role"))
    raise ResourceError(f"user.role: there is no role {name}. {hint(name, names)}")


def plan_user(
    draft: Draft, current: Document | None, wanted: Document, domain: str, project: Reference, role_id: str
) -> Document:
    """Plan the user with its role and return what it will be."""
    name, role = wanted["name"], wanted["role"]
    fields = given(wanted, "email")
    if current is None:
        after = create_user(draft, wanted, domain, project)
    else:
        changes = differing(current, fields)
        after = {**current, **changes}
        secret: dict[str, Any] = {}
        if current.get("password_is_current") is False:
            after["password_is_current"] = True
            secret = {"password": wanted["password"]}
        if changes or secret:
            check_user(current, (*changes, *secret))
            words = in_words({**changes, **({"password": "(hidden)"} if secret else {})})
            path, body = f"/v3/users/{current['id']}", {"user": {**changes, **secret}}
            draft.add(
                "user", f"Change the user {name}: {words}", lambda writer, results: writer.patch("identity", path, body)
            )
    user = reference(current, "user", "user")
    if not after["has_role"]:
        draft.add(
            "role",
            f"Give the user {name} the role {role} in the project",
            lambda writer, results: writer.put(
                "identity", f"/v3/projects/{project(results)}/users/{user(results)}/roles/{role_id}"
            ),
            after=("project", "user"),
        )
    return {**after, "has_role": True}


def check_user(current: Document, options: tuple[str, ...]) -> None:
    """Refuse to change a user who belongs elsewhere and works here as a guest, such as an administrator."""
    if not current["made_for_it"]:
        raise ResourceError(
            f"user.{options[0]}: the user {current['name']} was not made for this project (it is not the user's default"
            f" project). Leave out what differs ({', '.join(options)}), or take another user.name."
        )


def create_user(draft: Draft, wanted: Document, domain: str, project: Reference) -> Document:
    """Plan a new user. The default project says whose user it is, for the day on which the tenant goes."""
    name, fields = wanted["name"], given(wanted, "email")
    if not wanted["password"]:
        raise ResourceError(f"user.password: there is no user {name} yet; creating one needs a password.")
    body = {"name": name, "domain_id": domain, "password": wanted["password"], "enabled": True, **fields}
    draft.add(
        "user",
        f"Create the user {name}",
        or_there(
            lambda writer, results: writer.post(
                "identity", "/v3/users", {"user": {**body, "default_project_id": project(results)}}
            ),
            f"user {name}",
            lambda reader, results: is_there(reader, "users", name, domain),
        ),
        after=("project",),
    )
    after = {"id": None, "name": name, "email": wanted.get("email"), "has_role": False, "made_for_it": True}
    return {**after, "password_is_current": True} if wanted["update_password"] == "always" else after
