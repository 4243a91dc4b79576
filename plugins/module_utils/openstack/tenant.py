# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant: a project, its user, its quotas, its way to the world, and who may reach its guests."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError
from . import journal
from .draft import Draft, reference
from .lookup import Lookup, check_length
from .security_rules import GroupPlan, read_groups, wanted_groups
from .session import CloudReader
from .tenant_absent import at_work, called, plan_absent, read_owned, read_users, sorted_out
from .tenant_end import check_end, read_service_users
from .tenant_identity import domain_id, find_role, plan_project, plan_user, read_project, read_user
from .tenant_network import (
    check_subnet,
    plan_network,
    plan_router,
    plan_subnet,
    read_network,
    read_router,
    read_subnet,
)
from .tenant_quota import NAMES, check_quotas, check_room, plan_quotas, read_quotas, read_room

# Keystone's limit, in characters.
LONGEST_PROJECT = 64
RULE = {
    "direction": {"type": "str", "choices": ["ingress", "egress"], "default": "ingress"},
    "ethertype": {"type": "str", "choices": ["IPv4", "IPv6"], "default": "IPv4"},
    "protocol": {"type": "str"},
    "port": {"type": "int"},
    "port_range_min": {"type": "int"},
    "port_range_max": {"type": "int"},
    "remote_ip_prefix": {"type": "str"},
    "remote_group": {"type": "str"},
}
GROUP = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str"},
    "rules": {
        "type": "list",
        "elements": "dict",
        "options": RULE,
    },
}
USER = {
    "name": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "email": {"type": "str"},
    "role": {"type": "str", "default": "member"},
}
SUBNET = {
    "name": {"type": "str"},
    "cidr": {"type": "str", "required": True},
    "gateway_ip": {"type": "str"},
    "dns_nameservers": {"type": "list", "elements": "str"},
    "enable_dhcp": {"type": "bool"},
    "allocation_pools": {
        "type": "list",
        "elements": "dict",
        "options": {"start": {"type": "str", "required": True}, "end": {"type": "str", "required": True}},
    },
}
PARTS: dict[str, Any] = {
    "description": {"type": "str"},
    "domain": {"type": "str"},
    "user": {"type": "dict", "options": USER},
    "quotas": {"type": "dict", "options": {name: {"type": "int", "no_log": False} for name in NAMES}},
    "network": {"type": "dict", "options": {"name": {"type": "str"}}},
    "subnet": {"type": "dict", "options": SUBNET},
    "router": {"type": "dict", "options": {"name": {"type": "str"}}},
    "external_network": {"type": "str"},
    "security_groups": {"type": "list", "elements": "dict", "options": GROUP},
}
SPEC = (
    ArgSpec(
        {
            "name": {"type": "str"},
            **PARTS,
            "tenants": {
                "type": "list",
                "elements": "dict",
                "options": {"name": {"type": "str", "required": True}, **PARTS},
            },
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "force": {"type": "bool", "default": False},
        },
        required_one_of=(("name", "tenants"),),
        mutually_exclusive=tuple((name, "tenants") for name in ("name", *PARTS)),
    )
    | journal.SPEC
)


def tenants(reader: CloudReader, params: Document) -> Fleet:
    """Return the tenants of a task."""
    lookup = Lookup(reader)
    wanted = params.get("tenants")
    if wanted is None:
        wanted = [{key: params.get(key) for key in ("name", *PARTS)}]
    names = [tenant["name"] for tenant in wanted]
    for name in names:
        if names.count(name) > 1:
            raise ResourceError(f"tenants: {name} is given {names.count(name)} times. Give each tenant once.")
    if params["state"] == "absent":
        return Fleet([AbsentTenant(lookup, tenant, params) for tenant in wanted])
    return Fleet([Tenant(lookup, tenant) for tenant in wanted])


def complete(wanted: Document) -> Document:
    """Check what the task says of a tenant, and fill in what follows from it."""
    name, found = wanted["name"], dict(wanted)
    if found["subnet"] is not None:
        found["subnet"] = check_subnet({**found["subnet"], "name": found["subnet"]["name"] or f"{name}-subnet"})
        found["network"] = found["network"] or {"name": None}
    if found["external_network"] is not None:
        found["router"] = found["router"] or {"name": None}
    for part, ending in (("network", "net"), ("router", "router")):
        if found[part] is not None:
            found[part] = {"name": found[part]["name"] or f"{name}-{ending}"}
    check_names(found)
    if found["quotas"] is not None:
        check_quotas(found["quotas"])
    if found["security_groups"] is not None:
        found["security_groups"] = wanted_groups(found["security_groups"])
    return found


def check_names(wanted: Document) -> None:
    """Refuse names that the services would refuse half way."""
    named = {part: (wanted[part] or {}).get("name") for part in ("user", "network", "subnet", "router")}
    groups = {
        f"security_groups[{number}]": group["name"] for number, group in enumerate(wanted["security_groups"] or ())
    }
    for option, name in {**named, **groups}.items():
        check_length(f"{option}.name", name)
    check_length("name", wanted["name"], LONGEST_PROJECT)


class Tenant:
    """A tenant as it should be. What the task does not name is neither read nor touched."""

    def __init__(self, lookup: Lookup, wanted: Document) -> None:
        self.name = wanted["name"]
        self.lookup = lookup
        self.wanted = complete(wanted)
        self.outside: Document | None = None
        self.domain = ""
        self.role_id = ""
        self.rule_ids: dict[str, dict[str, str]] = {}
        self.room: Document = {}

    def read(self) -> Document | None:
        """Return the tenant's live state, with None for each part that does not exist."""
        wanted, lookup = self.wanted, self.lookup
        self.domain = domain_id(lookup, wanted["domain"])
        if wanted["external_network"] is not None:
            self.outside = lookup.get("external_network", wanted["external_network"])
        project = read_project(lookup, self.name, self.domain)
        project_id = project and project["id"]
        found: Document = {"project": project}
        if wanted["user"] is not None:
            found["user"] = read_user(lookup, wanted["user"], self.domain, project_id)
            self.role_id = find_role(lookup, wanted["user"]["role"])["id"]
        if wanted["quotas"] is not None:
            found["quotas"] = read_quotas(lookup.reader, wanted["quotas"], project_id) if project_id else {}
        for part, read in (("network", read_network), ("subnet", read_subnet), ("router", read_router)):
            if wanted[part] is not None:
                found[part] = read(lookup, wanted[part], project_id) if project_id else None
        if wanted["security_groups"] is not None:
            groups = read_groups(lookup.reader, wanted["security_groups"], project_id) if project_id else {}
            self.rule_ids = {name: ids for name, (group, ids) in groups.items()}
            found["security_groups"] = [group for group, ids in groups.values()]
        if any(wanted[part] is not None for part in ("network", "router", "security_groups")):
            self.room = read_room(lookup.reader, project_id)
        return found

    def plan(self, current: Document | None) -> Plan:
        """Return the way from the live state to the wanted one."""
        now, wanted, draft = dict(current or {}), self.wanted, Draft()
        after: Document = {"project": plan_project(draft, now["project"], wanted, self.domain)}
        project = reference(now["project"], "project", "project")
        if wanted["user"] is not None:
            after["user"] = plan_user(draft, now["user"], wanted["user"], self.domain, project, self.role_id)
        if wanted["quotas"] is not None:
            after["quotas"] = plan_quotas(draft, now["quotas"], wanted["quotas"], project)
        if wanted["network"] is not None:
            after["network"] = plan_network(draft, now["network"], wanted["network"], project)
        if wanted["subnet"] is not None:
            after["subnet"] = plan_subnet(draft, now, wanted["subnet"], project)
        if wanted["router"] is not None:
            now["has_subnet"] = wanted["subnet"] is not None
            after["router"] = plan_router(draft, now, wanted["router"], project, self.outside)
        if wanted["security_groups"] is not None:
            groups = GroupPlan(draft, now["security_groups"], self.rule_ids, project)
            after["security_groups"] = groups.plan(wanted["security_groups"])
        if self.room:
            check_room(self.room, wanted["quotas"], self.needed(now, draft))
        return Plan(current, after, tuple(draft.steps))

    def needed(self, now: Document, draft: Draft) -> Document:
        """Return how many objects of Neutron the steps would add."""
        planned = draft.keys()
        new = {part: int(part in planned and not now[part]) for part in ("network", "subnet", "router")}
        known = {group["name"] for group in now.get("security_groups", ())}
        groups = sum(key.startswith("group.") and key[len("group.") :] not in known for key in planned)
        return {
            "networks": new["network"],
            "subnets": new["subnet"],
            "routers": new["router"],
            "ports": int("interface" in planned) + new["network"],
            "security_groups": groups,
            "security_group_rules": 2 * groups + len(draft.keys("rule.")),
        }


class AbsentTenant:
    """A tenant that should not be: all that its project owns goes with it."""

    def __init__(self, lookup: Lookup, wanted: Document, params: Document) -> None:
        self.name = wanted["name"]
        self.lookup = lookup
        self.wanted = wanted
        self.force = params["force"]
        self.journal = journal.Journal(lookup.reader, "server", params)
        self.service_users: list[str] | None = None

    def read(self) -> Document | None:
        """Return the project and what it owns."""
        reader, domain = self.lookup.reader, domain_id(self.lookup, self.wanted["domain"])
        project = read_project(self.lookup, self.name, domain)
        if project is None:
            self.journal.look_away()
            return None
        if self.service_users is None:
            self.service_users = read_service_users(reader, project["id"])
        rows = read_owned(reader, project["id"])
        self.journal.look_around(rows["servers"], rows["volumes"])
        owned = {**sorted_out(rows), "users": read_users(reader, project["id"], domain)}
        left = ", ".join(f"{len(rows)} {kind.replace('_', ' ')}" for kind, rows in owned.items() if rows)
        return {"project": project, "status": f"holding {left}" if left else "empty", "owned": owned}

    def plan(self, current: Document | None) -> Plan:
        """Return the way out."""
        if current is None:
            return Plan(None, None)
        check_end(self.lookup.reader, current["project"], self.service_users or [], self.force)
        waiting = self.journal.waiting_plan(current, f"tenant {self.name}")
        if waiting:
            return waiting
        self.check_rest(current["owned"])
        draft = Draft()
        plan_absent(self.lookup.reader, draft, current["owned"], current["project"], self.journal.unfinished)
        return Plan(current, None, tuple(draft.steps))

    def check_rest(self, owned: Document) -> None:
        """Refuse, where that is wanted, to wait for what Cinder is at."""
        busy = [f"{called(row)} ({row['status']})" for kind, row in at_work(owned)]
        if busy and not self.journal.waits:
            raise ResourceError(
                f"tenant {self.name} is busy: Cinder is at {', '.join(busy)}. Wait for its end, or give"
                " when_busy: wait."
            )
