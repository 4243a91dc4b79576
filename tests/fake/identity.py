# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keystone: sign in, projects, users, roles and who has them."""

from __future__ import annotations

import uuid
from typing import Any

from .collation import collated
from .server import Service
from .role_assignments import assignments
from .state import Answer, Document, Fault, Request, State, Token, matching

TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
WRONG = "The request you have made requires authentication."


def error(fault: Fault) -> Document:
    """Write a fault as Keystone does."""
    title = TITLES.get(fault.status, "Error")
    return {"error": {"code": fault.status, "message": str(fault), "title": title}}


def roles_of(state: State, user_id: str, project_id: str) -> list[Document]:
    """Return the roles that a user has in a project."""
    rows = state.table("assignments").values()
    ids = [row["role"] for row in rows if (row["user"], row["project"]) == (user_id, project_id)]
    return [state.table("roles")[key] for key in ids]


def make_project(state: State, name: str, **more: Any) -> Document:
    """Add a project."""
    document = {
        "name": name,
        "domain_id": "default",
        "description": "",
        "enabled": True,
        "is_domain": False,
        "parent_id": "default",
        "tags": [],
        "options": {},
        **more,
    }
    return state.add("projects", document, dashes=False)


def make_user(state: State, name: str, password: str, **more: Any) -> Document:
    """Add a user; the password is kept apart, as it is never shown."""
    document = {
        "name": name,
        "domain_id": "default",
        "enabled": True,
        "options": {},
        "password_expires_at": None,
        **more,
    }
    user = state.add("users", document, dashes=False)
    state.table("passwords")[user["id"]] = {"password": password}
    return user


def grant(state: State, user_id: str, project_id: str, role: str) -> None:
    """Give a user a role in a project."""
    role_id = next(row["id"] for row in state.table("roles").values() if row["name"] == role)
    key = f"{user_id}/{project_id}/{role_id}"
    state.table("assignments")[key] = {"user": user_id, "project": project_id, "role": role_id}


def seed(state: State) -> None:
    """Make the domain, the roles, the first administrator and a project that belongs to somebody else."""
    state.add("domains", {"id": "default", "name": "Default", "enabled": True, "description": ""})
    for role in ("admin", "manager", "member", "reader", "service"):
        state.add("roles", {"name": role, "domain_id": None, "description": None, "options": {}}, dashes=False)
    admin = make_user(state, "admin", "secret")
    grant(state, admin["id"], make_project(state, "admin")["id"], "admin")
    demo = make_user(state, "demo", "secret")
    grant(state, demo["id"], make_project(state, "demo")["id"], "member")


def version(state: State, request: Request) -> Answer:
    """Answer the version document."""
    links = [{"rel": "self", "href": f"{state.url}/identity/v3/"}]
    return 200, {"version": {"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z", "links": links}}


def named(state: State, table: str, reference: Document) -> Document | None:
    """Find a user or project by id, or by name within its domain."""
    if "id" in reference:
        return state.table(table).get(reference["id"])
    domain = reference.get("domain", {})
    for row in state.table(table).values():
        in_domain = row["domain_id"] == domain.get("id", "default") or domain.get("name", "").lower() == "default"
        if row["name"] == reference.get("name") and in_domain:
            return row
    return None


def who(state: State, identity: Document) -> Document | None:
    """Return the user that signs in."""
    if "password" in identity["methods"]:
        given = identity["password"]["user"]
        user = named(state, "users", given)
        known = user and state.table("passwords")[user["id"]]["password"]
        return user if user and user["enabled"] and known == given.get("password") else None
    token = state.tokens.get(identity["token"]["id"]) if "token" in identity["methods"] else None
    return state.table("users").get(token.user_id) if token else None


def sign_in(state: State, request: Request) -> Answer:
    """Answer a token, or 401."""
    auth = request.body["auth"]
    user = who(state, auth["identity"])
    scope = auth.get("scope", {})
    wanted = scope.get("project") if isinstance(scope, dict) else None
    project = named(state, "projects", wanted) if wanted else None
    roles = roles_of(state, user["id"], project["id"]) if user and project else []
    if not user or (wanted and not roles) or (project and not project["enabled"]):
        raise Fault(401, WRONG)
    key = uuid.uuid4().hex
    state.tokens[key] = Token(user["id"], project["id"] if project else None, tuple(role["name"] for role in roles))
    return 201, {"token": token_document(user, project, roles), "_headers": {"X-Subject-Token": key}}


def token_document(user: Document, project: Document | None, roles: list[Document]) -> Document:
    """Return what a token says."""
    domain = {"id": "default", "name": "Default"}
    token: Document = {
        "methods": ["password"],
        "user": {"id": user["id"], "name": user["name"], "domain": domain, "password_expires_at": None},
        "audit_ids": [uuid.uuid4().hex],
        "issued_at": "2026-01-01T00:00:00.000000Z",
        "expires_at": "2099-01-01T00:00:00.000000Z",
    }
    if project:
        token["project"] = {"id": project["id"], "name": project["name"], "domain": domain}
        token["roles"] = [{"id": role["id"], "name": role["name"]} for role in roles]
    return token


def validate(state: State, request: Request) -> Answer:
    """Show what a token says today."""
    token = state.tokens.get(request.headers.get("x-subject-token", ""))
    user = token and state.table("users").get(token.user_id)
    if not token or not user:
        raise Fault(404, "Could not find token.")
    project = state.table("projects").get(token.project_id or "")
    return 200, {"token": token_document(user, project, roles_of(state, user["id"], project["id"]) if project else [])}


def listing(key: str, admin_only: bool = True) -> Any:
    """Return the function that lists one kind of object."""

    def handler(state: State, request: Request) -> Answer:
        if admin_only:
            request.require_admin()
        found = matching(list(state.table(key).values()), request.query, but=("name",))
        if "name" in request.query:
            found = [row for row in found if collated(row["name"]) == collated(request.query["name"])]
        return 200, {key: found, "links": {"next": None, "previous": None, "self": f"{state.url}{request.path}"}}

    return handler


def auth_projects(state: State, request: Request) -> Answer:
    """List the projects in which the caller has a role."""
    mine = {row["project"] for row in state.table("assignments").values() if row["user"] == request.token.user_id}
    found = [row for row in state.table("projects").values() if row["id"] in mine]
    return 200, {"projects": found, "links": {"next": None, "previous": None, "self": ""}}


def show(table: str, key: str) -> Any:
    """Return the function that shows one object."""

    def handler(state: State, request: Request) -> Answer:
        if request.match["id"] not in (request.token.project_id, request.token.user_id):
            request.require_admin()
        return 200, {key: state.get(table, request.match["id"], f"Could not find {key}:")}

    return handler


def create(table: str, key: str) -> Any:
    """Return the function that makes a project or user."""

    def handler(state: State, request: Request) -> Answer:
        request.require_admin()
        given = dict(request.body[key])
        name = given.pop("name")
        domain = given.get("domain_id", "default")
        taken = {(collated(row["name"]), row["domain_id"]) for row in state.table(table).values()}
        if (collated(name), domain) in taken:
            raise Fault(409, f"Conflict occurred attempting to store {key} - Duplicate entry found with name {name}.")
        if key == "user":
            return 201, {key: make_user(state, name, given.pop("password", ""), **given)}
        return 201, {key: make_project(state, name, **given)}

    return handler


def update(table: str, key: str) -> Any:
    """Return the function that changes a project or user."""

    def handler(state: State, request: Request) -> Answer:
        request.require_admin()
        row = state.get(table, request.match["id"], f"Could not find {key}:")
        given = dict(request.body[key])
        if "password" in given:
            state.table("passwords")[row["id"]]["password"] = given.pop("password")
        row.update(given)
        return 200, {key: row}

    return handler


def delete(table: str, key: str) -> Any:
    """Return the function that deletes a project or user, with its roles."""

    def handler(state: State, request: Request) -> Answer:
        request.require_admin()
        row = state.get(table, request.match["id"], f"Could not find {key}:")
        del state.table(table)[row["id"]]
        state.table("passwords").pop(row["id"], None)
        for name, assignment in list(state.table("assignments").items()):
            if assignment[key] == row["id"]:
                del state.table("assignments")[name]
        return 204, None

    return handler


def assign(state: State, request: Request) -> Answer:
    """Give, take away or look at a role."""
    request.require_admin()
    project, user, role = (request.match[key] for key in ("project", "user", "role"))
    for table, key in (("projects", project), ("users", user), ("roles", role)):
        state.get(table, key, f"Could not find {table[:-1]}:")
    rows = state.table("assignments")
    name = f"{user}/{project}/{role}"
    if request.method == "PUT":
        rows[name] = {"user": user, "project": project, "role": role}
    elif name not in rows:
        raise Fault(
            404, f"Could not find role assignment with role: {role}, user or group: {user}, project: {project}."
        )
    elif request.method == "DELETE":
        del rows[name]
    return 204, None


GRANT = r"/v3/projects/(?P<project>[^/]+)/users/(?P<user>[^/]+)/roles/(?P<role>[^/]+)"
SERVICE = Service(
    type="identity",
    name="keystone",
    mount="identity",
    endpoint="",
    error=error,
    seed=seed,
    public=(version, sign_in),
    routes=[
        ("GET", r"/v3", version),
        ("POST", r"/v3/auth/tokens", sign_in),
        ("GET", r"/v3/auth/tokens", validate),
        ("GET", r"/v3/auth/projects", auth_projects),
        ("GET", r"/v3/domains", listing("domains")),
        ("GET", r"/v3/roles", listing("roles")),
        ("GET", r"/v3/role_assignments", assignments),
        *[(verb, GRANT, assign) for verb in ("PUT", "HEAD", "GET", "DELETE")],
        *[
            route
            for table, key in (("projects", "project"), ("users", "user"))
            for route in (
                ("GET", f"/v3/{table}", listing(table)),
                ("POST", f"/v3/{table}", create(table, key)),
                ("GET", f"/v3/{table}/(?P<id>[^/]+)", show(table, key)),
                ("PATCH", f"/v3/{table}/(?P<id>[^/]+)", update(table, key)),
                ("DELETE", f"/v3/{table}/(?P<id>[^/]+)", delete(table, key)),
            )
        ],
    ],
)
