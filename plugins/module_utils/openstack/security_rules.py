# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups and their rules, compared without regard to order and ways of writing."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from ..resource import Document, ResourceError
from .draft import Draft, Reference, only, reference
from .session import CloudReader
from .tenant_rival import make_one, or_there, read_named

RULE = ("direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group")
PROTOCOLS = {"any": None, "-1": None, "1": "icmp", "6": "tcp", "17": "udp", "58": "ipv6-icmp", "icmpv6": "ipv6-icmp"}
ANYWHERE = ("0.0.0.0/0", "::/0")
PATH = "/v2.0/security-groups"


def normal(rule: Document) -> Document:
    """Return a rule in the one form in which rules are compared: what means anything is None."""
    protocol = str(rule.get("protocol") or "any").lower()
    protocol = PROTOCOLS.get(protocol, protocol)
    ethertype = rule.get("ethertype") or "IPv4"
    if protocol == "icmp" and ethertype == "IPv6":
        protocol = "ipv6-icmp"
    prefix = rule.get("remote_ip_prefix")
    prefix = str(ipaddress.ip_network(prefix, strict=False)) if prefix else None
    return {
        "direction": rule.get("direction") or "ingress",
        "ethertype": ethertype,
        "protocol": protocol,
        "port_range_min": rule.get("port_range_min"),
        "port_range_max": rule.get("port_range_max"),
        "remote_ip_prefix": None if prefix in ANYWHERE else prefix,
        "remote_group": rule.get("remote_group"),
    }


def wanted_rule(rule: Document, option: str) -> Document:
    """Check a rule of the task and return it in the compared form."""
    try:
        found = normal(rule)
    except ValueError as error:
        raise ResourceError(f"{option}.remote_ip_prefix: {error}. Give a network such as 192.0.2.0/24.") from error
    if rule.get("port") is not None:
        found["port_range_min"] = found["port_range_max"] = rule["port"]
    first, last = found["port_range_min"], found["port_range_max"]
    if first is not None and last is None and found["protocol"] in ("tcp", "udp"):
        last = found["port_range_max"] = first
    ports = [port for port in (first, last) if port is not None]
    if ports and found["protocol"] is None:
        raise ResourceError(f"{option}.protocol: a rule with ports needs a protocol, such as tcp.")
    if found["protocol"] in ("tcp", "udp") and ports and not 1 <= ports[0] <= ports[-1] <= 65535:
        raise ResourceError(f"{option}: the ports {ports[0]} to {ports[-1]} are no range within 1 to 65535.")
    if found["remote_ip_prefix"] and found["remote_group"]:
        raise ResourceError(f"{option}: remote_ip_prefix and remote_group exclude each other. Give one of them.")
    prefix = found["remote_ip_prefix"]
    if prefix and f"IPv{ipaddress.ip_network(prefix).version}" != found["ethertype"]:
        raise ResourceError(f"{option}.remote_ip_prefix: {prefix} is not {found['ethertype']}. Set ethertype to match.")
    return found


def wanted_groups(groups: list[Document]) -> list[Document]:
    """Check the groups of the task and return them with comparable rules; None leaves rules alone."""
    names = [group["name"] for group in groups]
    for name in names:
        if name == "default":
            raise ResourceError("security_groups.name: the group default is the cloud's own. Choose another name.")
        if names.count(name) > 1:
            raise ResourceError(f"security_groups.name: {name} is given {names.count(name)} times. Give it once.")
    return [
        {
            **group,
            "rules": None
            if group.get("rules") is None
            else sorted_rules([wanted_rule(rule, f"security_groups.{group['name']}.rules") for rule in group["rules"]]),
        }
        for group in groups
    ]


def sorted_rules(rules: list[Document]) -> list[Document]:
    """Return rules in a fixed order, each once."""
    unique = {str([rule[key] for key in RULE]): rule for rule in rules}
    return [unique[key] for key in sorted(unique)]


def read_groups(
    reader: CloudReader, wanted: list[Document], project_id: str
) -> dict[str, tuple[Document, dict[str, str]]]:
    """Return the named groups that exist, each with the ids of its rules."""
    rows = read_named(reader, "security_group", project_id, *[group["name"] for group in wanted])
    names = {row["id"]: row["name"] for row in rows}
    chosen = [only(rows, group["name"], "security_groups.name", "security group") for group in wanted]
    return {row["name"]: group_document(row, names) for row in chosen if row}


def group_document(row: Document, names: dict[str, str]) -> tuple[Document, dict[str, str]]:
    """Return a group as people see it, and the ids of its rules."""
    rules, ids = [], {}
    for rule in row["security_group_rules"]:
        remote = rule.get("remote_group_id")
        comparable = normal({**rule, "remote_group": names.get(remote, remote) if remote else None})
        rules.append(comparable)
        ids[str(comparable)] = rule["id"]
    fields = {key: row[key] for key in ("id", "name", "description")}
    return {**fields, "rules": sorted_rules(rules)}, ids


def out(ethertype: str) -> Document:
    """Return the rule that lets everything out: each new group has it for both families."""
    return normal({"direction": "egress", "ethertype": ethertype})


class GroupPlan:
    """Plans all groups of a project, then all rules, since a rule may name any of the groups."""

    def __init__(
        self, draft: Draft, current: list[Document], rule_ids: dict[str, dict[str, str]], project: Reference
    ) -> None:
        self.draft = draft
        self.current = {group["name"]: group for group in current}
        self.rule_ids = rule_ids
        self.project = project
        self.ids: dict[str, Reference] = {}

    def plan(self, wanted: list[Document]) -> list[Document]:
        """Plan the groups and return what they will be."""
        for group in wanted:
            name = group["name"]
            self.ids[name] = reference(self.current.get(name), f"group.{name}", "security_group")
            self._group(name, group.get("description"))
        return [self._rules(group) for group in wanted]

    def _group(self, name: str, description: str | None) -> None:
        """Plan the group itself."""
        current, project = self.current.get(name), self.project
        if current is None:
            body = {"name": name, "description": description or ""}
            self.draft.add(
                f"group.{name}",
                f"Create the security group {name}",
                make_one("security_group", lambda results: {**body, "project_id": project(results)}),
                after=("project", "quotas.network"),
            )
        elif description is not None and description != current["description"]:
            path, change = f"{PATH}/{current['id']}", {"security_group": {"description": description}}
            words = f"Describe the security group {name} as {description!r}"
            self.draft.add(f"group.{name}", words, lambda writer, results: writer.put("network", path, change))

    def _rules(self, wanted: Document) -> Document:
        """Plan the rules of one group and return the group as it will be."""
        name = wanted["name"]
        new = {"id": None, "name": name, "description": "", "rules": sorted_rules([out("IPv4"), out("IPv6")])}
        before = self.current.get(name) or new
        after = dict(before)
        if wanted.get("description") is not None:
            after["description"] = wanted["description"]
        if wanted["rules"] is None:
            return after
        ruled = {"ingress"} | {rule["direction"] for rule in wanted["rules"]}
        kept = [rule for rule in before["rules"] if rule["direction"] not in ruled]
        after["rules"] = sorted_rules(kept + wanted["rules"])
        groups = self.draft.keys("group.")
        for number, rule in enumerate(rule for rule in after["rules"] if rule not in before["rules"]):
            words = f"Allow {rule_words(rule)} in the security group {name}"
            post = self._post(name, rule)
            self.draft.add(f"rule.{name}.{number}", words, post, after=(*groups, "quotas.network"))
        added = self.draft.keys(f"rule.{name}.")
        for number, rule in enumerate(rule for rule in before["rules"] if rule not in after["rules"]):
            words = f"Take {rule_words(rule)} out of the security group {name}"
            self.draft.add(f"unrule.{name}.{number}", words, self._drop(name, rule), after=(*groups, *added))
        return after

    def _post(self, name: str, rule: Document) -> Callable[[Any, Any], Any]:
        """Return what creates a rule."""
        fields = {key: value for key, value in rule.items() if key != "remote_group" and value is not None}
        remote = rule["remote_group"]

        def submit(writer: Any, results: Any) -> Any:
            body = {**fields, "security_group_id": self.ids[name](results), "project_id": self.project(results)}
            if remote:
                body["remote_group_id"] = self.ids[remote](results) if remote in self.ids else remote
            return writer.post("network", "/v2.0/security-group-rules", {"security_group_rule": body})

        def is_there(reader: Any, results: Any) -> bool:
            names = {self.ids[remote](results): remote} if remote in self.ids else {}
            found = reader.get("network", f"{PATH}/{self.ids[name](results)}")["security_group"]
            return rule in group_document(found, names)[0]["rules"]

        return or_there(submit, f"security group {name}", is_there)

    def _drop(self, name: str, rule: Document) -> Callable[[Any, Any], Any]:
        """Return what deletes a rule: of a new group, one of the two that it came with."""

        def submit(writer: Any, results: Any) -> Any:
            ids = self.rule_ids.get(name)
            if ids is None:
                ids = group_document(results[f"group.{name}"]["security_group"], {})[1]
            writer.delete("network", f"/v2.0/security-group-rules/{ids[str(rule)]}")

        return submit


def rule_words(rule: Document) -> str:
    """Return a rule as a person would say it."""
    first, last = rule["port_range_min"], rule["port_range_max"]
    ports = "" if first is None else f" {first}" if first == last or last is None else f" {first} to {last}"
    towards = "from" if rule["direction"] == "ingress" else "to"
    remote = rule["remote_group"] or rule["remote_ip_prefix"] or "anywhere"
    return f"{rule['direction']} {rule['ethertype']} {rule['protocol'] or 'of any kind'}{ports} {towards} {remote}"
