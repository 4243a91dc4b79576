# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that services need in Keystone, as one object: roles, projects, users with their roles, endpoints."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, NotYetError, Plan, ResourceError
from .keystone_catalog_steps import CatalogSteps
from .keystone_client import NewKeystone

STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
SPEC = ArgSpec(
    {
        "region": {"type": "str", "default": "RegionOne"},
        "roles": {"type": "list", "elements": "str", "default": []},
        "role_implications": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {"role": {"type": "str", "required": True}, "implies": {"type": "str", "required": True}},
        },
        "domains": {"type": "list", "elements": "str", "default": []},
        "projects": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "domain": {"type": "str", "default": "Default"},
                "description": {"type": "str"},
                "state": STATE,
            },
        },
        "users": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "domain": {"type": "str", "default": "Default"},
                "password": {"type": "str", "no_log": True},
                "description": {"type": "str"},
                "project": {"type": "str"},
                "project_domain": {"type": "str", "default": "Default"},
                "roles": {"type": "list", "elements": "str", "default": []},
                "state": STATE,
            },
        },
        "services": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "type": {"type": "str", "required": True},
                "description": {"type": "str"},
                "endpoints": {
                    "type": "dict",
                    "default": {},
                    "options": {face: {"type": "str"} for face in ("internal", "public", "admin")},
                },
                "state": STATE,
            },
        },
    }
)


def in_domain(name: str, domain: str) -> str:
    """Return how an entry of a domain is called here."""
    return f"{domain}/{name}"


class Catalog:
    """The wanted entries of Keystone. Entries and roles that nobody named are left alone."""

    name = "catalog"

    def __init__(self, reader: Any, params: dict[str, Any]) -> None:
        self.reader = reader
        self.wanted = params
        self.ids: dict[str, str] = {}
        self.live: dict[str, dict[str, Any]] = {}

    def read(self) -> Document:
        """Return the live state of what is wanted, with a number of requests that does not grow with it."""
        reader = self.reader
        try:
            return self._read()
        except NotYetError as error:
            if not reader.is_to_come():
                raise
            self.reader = NewKeystone(self.wanted["region"])
            raise NotYetError(str(error), instead=self._read()) from error
        finally:
            self.reader = reader

    def _read(self) -> Document:
        self.ids, self.live = {}, {}
        self._list_identities()
        self._list_services()
        self._refuse_unknown_names()
        return {
            "region": self.wanted["region"] if f"region {self.wanted['region']}" in self.ids else None,
            "roles": [name for name in self.wanted["roles"] if f"role {name}" in self.ids],
            "role_implications": self._implications(),
            "domains": [name for name in self.wanted["domains"] if f"domain {name}" in self.ids],
            "projects": {in_domain(p["name"], p["domain"]): self._project(p) for p in self.wanted["projects"]},
            "users": self._users(),
            "services": {s["type"]: self._service(s) for s in self.wanted["services"]},
        }

    def plan(self, current: Document) -> Plan:
        """Compare and plan."""
        steps = CatalogSteps(self.wanted, self.ids, current)
        return Plan(current, self._after(current), steps.build())

    def _after(self, current: Document) -> Document:
        wanted = self.wanted
        return {
            "region": wanted["region"],
            "roles": wanted["roles"],
            "role_implications": [f"{i['role']} implies {i['implies']}" for i in wanted["role_implications"]],
            "domains": wanted["domains"],
            "projects": {in_domain(p["name"], p["domain"]): project_after(p) for p in wanted["projects"]},
            "users": {in_domain(u["name"], u["domain"]): user_after(u, self._live_user(u)) for u in wanted["users"]},
            "services": {s["type"]: service_after(s) for s in wanted["services"]},
        }

    def _list_identities(self) -> None:
        for kind in ("region", "role", "domain"):
            for entry in self.reader.list(f"/{kind}s", f"{kind}s"):
                self.ids[f"{kind} {entry.get('name', entry['id'])}"] = entry["id"]
        domain_names = {ident: key.split(" ", 1)[1] for key, ident in self.ids.items() if key.startswith("domain ")}
        for kind in ("project", "user"):
            for entry in self.reader.list(f"/{kind}s", f"{kind}s"):
                key = f"{kind} {in_domain(entry['name'], domain_names.get(entry['domain_id'], entry['domain_id']))}"
                self.ids[key], self.live[key] = entry["id"], entry

    def _list_services(self) -> None:
        types: dict[str, str] = {}
        for entry in self.reader.list("/services", "services"):
            types[entry["id"]] = entry["type"]
            self.ids[f"service {entry['type']}"], self.live[f"service {entry['type']}"] = entry["id"], entry
        for entry in self.reader.list("/endpoints", "endpoints"):
            if entry.get("region_id") == self.wanted["region"] and entry["service_id"] in types:
                key = f"endpoint {types[entry['service_id']]} {entry['interface']}"
                self.ids[key], self.live[key] = entry["id"], entry

    def _refuse_unknown_names(self) -> None:
        """An unknown name is an error before the first write, not a half-made user after it."""
        wanted = self.wanted
        present = [entry for entry in wanted["projects"] if entry["state"] == "present"]
        known = set(self.ids) | {f"role {name}" for name in wanted["roles"]}
        known |= {f"domain {name}" for name in wanted["domains"]}
        known |= {f"project {in_domain(p['name'], p['domain'])}" for p in present}
        asked = [(f"projects: {p['name']}", f"domain {p['domain']}") for p in wanted["projects"]]
        for user in wanted["users"]:
            who = f"users: {user['name']}"
            asked += [(who, f"domain {user['domain']}")] + [(who, f"role {role}") for role in user["roles"]]
            if user["roles"] and not user["project"]:
                raise ResourceError(f"{who}: roles need a project in which the user has them. Give project.")
            if user["project"]:
                asked.append((who, f"project {in_domain(user['project'], user['project_domain'])}"))
        for rule in wanted["role_implications"]:
            asked += [("role_implications", f"role {rule[side]}") for side in ("role", "implies")]
        for who, key in asked:
            if key not in known:
                raise ResourceError(f"{who}: there is no {key}. Name it in {key.split()[0]}s too, or correct it.")

    def _implications(self) -> list[str]:
        if not self.wanted["role_implications"]:
            return []
        live = set()
        for rule in self.reader.list("/role_inferences", "role_inferences"):
            live |= {(rule["prior_role"]["name"], implied["name"]) for implied in rule["implies"]}
        wanted = [(rule["role"], rule["implies"]) for rule in self.wanted["role_implications"]]
        return [f"{role} implies {implied}" for role, implied in wanted if (role, implied) in live]

    def _project(self, project: dict[str, Any]) -> Document | None:
        live = self.live.get(f"project {in_domain(project['name'], project['domain'])}")
        if live is None:
            return None
        return {**described(project, live), "enabled": live["enabled"]}

    def _users(self) -> dict[str, Document | None]:
        users = self.wanted["users"]
        existing = [u for u in users if u["state"] == "present" and self._live_user(u) and u["password"] is not None]
        with ThreadPoolExecutor(max_workers=4) as pool:
            answers = pool.map(lambda u: self.reader.accepts(u["name"], u["domain"], u["password"]), existing)
            accepted = dict(zip((in_domain(u["name"], u["domain"]) for u in existing), answers))
        projects = {in_domain(u["project"], u["project_domain"]) for u in users if u["project"]}
        grants = {name: self._grants(name) for name in projects if f"project {name}" in self.ids}
        return {in_domain(u["name"], u["domain"]): self._user(u, accepted, grants) for u in users}

    def _live_user(self, user: dict[str, Any]) -> dict[str, Any] | None:
        return self.live.get(f"user {in_domain(user['name'], user['domain'])}")

    def _grants(self, project: str) -> set[tuple[str, str]]:
        scope = {"scope.project.id": self.ids[f"project {project}"]}
        entries = self.reader.list("/role_assignments", "role_assignments", **scope)
        return {(entry["user"]["id"], entry["role"]["id"]) for entry in entries if "user" in entry}

    def _user(self, user: dict[str, Any], accepted: dict[str, bool], grants: dict[str, Any]) -> Document | None:
        live = self._live_user(user)
        if live is None:
            return None
        found: Document = {"id": live["id"], **described(user, live), "enabled": live["enabled"]}
        key = in_domain(user["name"], user["domain"])
        if user["password"] is not None:
            found["signs_in"] = accepted.get(key, True)
        if user["project"]:
            held = grants.get(in_domain(user["project"], user["project_domain"]), set())
            found["roles"] = [r for r in user["roles"] if (live["id"], self.ids.get(f"role {r}")) in held]
        return found

    def _service(self, service: dict[str, Any]) -> Document | None:
        live = self.live.get(f"service {service['type']}")
        if live is None:
            return None
        urls = {
            face: (self.live.get(f"endpoint {service['type']} {face}") or {}).get("url")
            for face, url in service["endpoints"].items()
            if url is not None
        }
        return {"name": live.get("name"), **described(service, live), "enabled": live["enabled"], "endpoints": urls}


def described(wanted: dict[str, Any], live: dict[str, Any]) -> Document:
    """Return the description where somebody asked for one."""
    return {} if wanted["description"] is None else {"description": live.get("description") or ""}


def project_after(project: dict[str, Any]) -> Document | None:
    """Return what read() will find of a project."""
    return None if project["state"] == "absent" else {**described(project, project), "enabled": True}


def user_after(user: dict[str, Any], live: dict[str, Any] | None) -> Document | None:
    """Return what read() will find of a user. The ID of one that is to be made is not known yet."""
    if user["state"] == "absent":
        return None
    after: Document = {"id": live["id"] if live else None, **described(user, user), "enabled": True}
    if user["password"] is not None:
        after["signs_in"] = True
    if user["project"]:
        after["roles"] = user["roles"]
    return after


def service_after(service: dict[str, Any]) -> Document | None:
    """Return what read() will find of a service."""
    if service["state"] == "absent":
        return None
    urls = {face: url for face, url in service["endpoints"].items() if url is not None}
    return {"name": service["name"], **described(service, service), "enabled": True, "endpoints": urls}
