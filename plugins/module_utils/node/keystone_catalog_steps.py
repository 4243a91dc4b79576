# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that lead from one state of Keystone's catalog to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..resource import Document, Results, Step

Identify = Callable[[str], str]


class CatalogSteps:
    """Collects steps. A step is called like the entry that it makes, and so others find that entry's id."""

    def __init__(self, wanted: dict[str, Any], ids: dict[str, str], current: Document) -> None:
        self.wanted = wanted
        self.ids = ids
        self.current = current
        self.steps: list[Step] = []

    def build(self) -> tuple[Step, ...]:
        """Return all steps, each behind those whose entries it names."""
        self._names()
        for project in self.wanted["projects"]:
            self._project(project)
        for user in self.wanted["users"]:
            self._user(user)
        for service in self.wanted["services"]:
            self._service(service)
        return tuple(self.steps)

    def _add(self, key: str, summary: str, submit: Callable[[Any, Identify], Any], *needs: str) -> None:
        planned = {step.key for step in self.steps}

        def send(writer: Any, results: Results) -> Any:
            return submit(writer, lambda name: results.get(name) or self.ids[name])

        self.steps.append(Step(key, summary, send, needs=tuple(name for name in needs if name in planned)))

    def _names(self) -> None:
        region = self.wanted["region"]
        if self.current["region"] is None:
            self._add(f"region {region}", f"Create region {region}", create("/regions", "region", {"id": region}))
        for kind in ("domain", "role"):
            for name in self.wanted[f"{kind}s"]:
                if name not in self.current[f"{kind}s"]:
                    self._add(f"{kind} {name}", f"Create {kind} {name}", create(f"/{kind}s", kind, {"name": name}))
        for rule in self.wanted["role_implications"]:
            text = f"{rule['role']} implies {rule['implies']}"
            if text not in self.current["role_implications"]:
                roles = f"role {rule['role']}", f"role {rule['implies']}"
                self._add(text, f"Let role {rule['role']} imply {rule['implies']}", imply(*roles), *roles)

    def _project(self, project: dict[str, Any]) -> None:
        name, domain = project["name"], f"domain {project['domain']}"
        key = f"project {project['domain']}/{name}"
        found = self.current["projects"][f"{project['domain']}/{name}"]
        body = given(project, "description")
        if project["state"] == "absent":
            if found:
                self._add(f"delete {key}", f"Delete project {name}", delete("/projects", key))
        elif found is None:
            submit = create_in_domain("/projects", "project", {"name": name, **body}, domain)
            self._add(key, f"Create project {name}", submit, domain)
        elif changes := differing({**body, "enabled": True}, found):
            self._add(key, f"Set {words(changes)} of project {name}", update("/projects", "project", key, changes))

    def _user(self, user: dict[str, Any]) -> None:
        name, domain = user["name"], f"domain {user['domain']}"
        key = f"user {user['domain']}/{name}"
        found = self.current["users"][f"{user['domain']}/{name}"]
        if user["state"] == "absent":
            if found:
                self._add(f"delete {key}", f"Delete user {name}", delete("/users", key))
            return
        body = given(user, "description")
        if found is None:
            submit = create_in_domain("/users", "user", {"name": name, **body, **given(user, "password")}, domain)
            self._add(key, f"Create user {name}", submit, domain)
        else:
            changes = differing({**body, "enabled": True}, found)
            if not found.get("signs_in", True):
                changes["password"] = user["password"]
            if changes:
                self._add(key, f"Set {words(changes)} of user {name}", update("/users", "user", key, changes))
        for role in user["roles"]:
            if role not in (found or {}).get("roles", []):
                self._grant(user, role, key)

    def _grant(self, user: dict[str, Any], role: str, key: str) -> None:
        project = f"project {user['project_domain']}/{user['project']}"
        needs = (project, key, f"role {role}")

        def put(writer: Any, ident: Identify) -> None:
            project_id, user_id, role_id = (ident(name) for name in needs)
            writer.put(f"/projects/{project_id}/users/{user_id}/roles/{role_id}")

        summary = f"Give user {user['name']} the role {role} in project {user['project']}"
        self._add(f"grant {role} {key} {project}", summary, put, *needs)

    def _service(self, service: dict[str, Any]) -> None:
        name, key = service["name"], f"service {service['type']}"
        found = self.current["services"][service["type"]]
        if service["state"] == "absent":
            if found:
                self._add(f"delete {key}", f"Delete service {name}", delete("/services", key))
            return
        body = {"name": name, **given(service, "description")}
        if found is None:
            body["type"] = service["type"]
            self._add(key, f"Create service {name} ({service['type']})", create("/services", "service", body))
        elif changes := differing({**body, "enabled": True}, found):
            summary = f"Set {words(changes)} of service {name} ({service['type']})"
            self._add(key, summary, update("/services", "service", key, changes))
        for face, url in service["endpoints"].items():
            if url is not None and url != (found or {"endpoints": {}})["endpoints"].get(face):
                self._endpoint(service, face, url)

    def _endpoint(self, service: dict[str, Any], face: str, url: str) -> None:
        owner, key = f"service {service['type']}", f"endpoint {service['type']} {face}"
        region = self.wanted["region"]
        if key in self.ids:
            summary = f"Move the {face} endpoint of {service['name']} to {url}"
            self._add(key, summary, update("/endpoints", "endpoint", key, {"url": url}))
            return
        body = {"interface": face, "url": url, "region_id": region}

        def submit(writer: Any, ident: Identify) -> str:
            return writer.create("/endpoints", "endpoint", {**body, "service_id": ident(owner)})

        summary = f"Create the {face} endpoint of {service['name']} at {url}"
        self._add(key, summary, submit, owner, f"region {region}")


def given(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the options that somebody gave: what was left out stays as it is."""
    return {name: entry[name] for name in names if entry[name] is not None}


def differing(body: dict[str, Any], found: Document) -> dict[str, Any]:
    """Return what differs from the live state."""
    return {name: value for name, value in body.items() if found.get(name) != value}


def words(changes: dict[str, Any]) -> str:
    """Name the changed things; their values may be secret."""
    return " and ".join(changes)


def create(path: str, kind: str, body: dict[str, Any]) -> Callable[[Any, Identify], str]:
    """Return the write that creates an entry."""
    return lambda writer, ident: writer.create(path, kind, body)


def create_in_domain(path: str, kind: str, body: dict[str, Any], domain: str) -> Callable[[Any, Identify], str]:
    """Return the write that creates an entry of a domain."""
    return lambda writer, ident: writer.create(path, kind, {**body, "domain_id": ident(domain)})


def update(path: str, kind: str, key: str, body: dict[str, Any]) -> Callable[[Any, Identify], None]:
    """Return the write that changes an entry."""

    def submit(writer: Any, ident: Identify) -> None:
        writer.update(f"{path}/{ident(key)}", kind, body)

    return submit


def delete(path: str, key: str) -> Callable[[Any, Identify], None]:
    """Return the write that deletes an entry."""
    return lambda writer, ident: writer.delete(f"{path}/{ident(key)}")


def imply(role: str, implied: str) -> Callable[[Any, Identify], None]:
    """Return the write that lets one role imply another."""
    return lambda writer, ident: writer.put(f"/roles/{ident(role)}/implies/{ident(implied)}")
