# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse options that no role knows, for all hosts at once and before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ..plugin_utils.inventory_groups import InVain, misspelled_groups, switches
from ..plugin_utils.role_options import Mistake, Role, faults_of_overrides, mistakes, roles_in

HOSTS_SHOWN = 3


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Compare names; values are looked at only where their shape counts, and never shown."""
        result = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(
            {
                "roles": {"type": "path", "required": True},
                "facts": {"type": "list", "elements": "str", "default": []},
                "without_sections": {"type": "list", "elements": "str", "default": []},
                "groups": {"type": "list", "elements": "str", "default": []},
            }
        )
        roles = roles_in(Path(options["roles"]), options["facts"])
        hosts = variables_of_hosts(task_vars or {})
        unknown = [*unknown_options(hosts, roles), *said_in_vain(task_vars or {}, hosts, options["groups"])]
        faults = [f"{some(affected)}: {mistake}" for mistake, affected in unknown]
        faults.extend(self.faults(hosts, roles, options["without_sections"]))
        named = [{"name": mistake.name, "hosts": affected, "meant": mistake.meant} for mistake, affected in unknown]
        result.update(changed=False, unknown=named)
        if faults:
            result.update(failed=True, msg="\n".join(faults))
        return result

    def faults(self, hosts: dict[str, Mapping[str, Any]], roles: list[Role], without: list[str]) -> Iterator[str]:
        """Yield the overrides of the wrong shape. What a template gives is known only where it is used."""
        names = sorted(name for role in roles for name in role.options if name.endswith("_overrides"))
        found: dict[str, list[str]] = {}
        for name in names:
            for host, variables in hosts.items():
                if name in variables and name not in without and not self._templar.is_template(variables[name]):
                    for fault in faults_of_overrides(name, variables[name]):
                        found.setdefault(fault, []).append(host)
        for fault, affected in found.items():
            yield f"{some(affected)}: {fault}"


def variables_of_hosts(task_vars: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the variables of every host as they were written; what a play sets counts for the host it runs on."""
    hosts = {host: task_vars["hostvars"].raw_get(host) for host in task_vars["groups"]["all"]}
    here = task_vars["inventory_hostname"]
    return {**hosts, here: {**task_vars, **hosts.get(here, {})}}


def unknown_options(hosts: dict[str, Mapping[str, Any]], roles: list[Role]) -> Iterator[tuple[Mistake, list[str]]]:
    """Yield the names that no role knows, with the hosts that they are set for."""
    for mistake in mistakes({name for variables in hosts.values() for name in variables}, roles):
        yield mistake, [host for host, variables in hosts.items() if mistake.name in variables]


def said_in_vain(
    task_vars: dict[str, Any], hosts: dict[str, Mapping[str, Any]], known: list[str]
) -> Iterator[tuple[InVain, list[str]]]:
    """Yield the groups that are misspelled and the variables that switch nothing, with the hosts that they are for."""
    variables: dict[str, list[str]] = {}
    for host, given in hosts.items():
        for name in given:
            variables.setdefault(name, []).append(host)
    for found in (*misspelled_groups(task_vars["groups"], known), *switches(variables, known)) if known else ():
        yield found, list(found.hosts)


def some(hosts: list[str]) -> str:
    """Name a few hosts; thousands would hide what is wrong with them."""
    more = len(hosts) - HOSTS_SHOWN
    return ", ".join(hosts[:HOSTS_SHOWN]) + (f" and {more} more" if more > 0 else "")
