# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which servers behind the front get no requests, from the nodes and servers that an operator names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: drained_servers
author: conductor.cloud contributors (@conductor-cloud)
version_added: 0.1.0
short_description: From the nodes that an operator drains to the servers behind the front that get no requests
description:
  - Returns the drained servers as HAProxy names them, C(service/node).
  - A name that no node and no server has is an error, and so is a service that would have no server left.
options:
  _input:
    description: What stands behind the front, as the role P(conductor.cloud.haproxy#role) takes it.
    type: list
    elements: dict
    required: true
  groups:
    description: The nodes of each group of the inventory.
    type: dict
    required: true
  drained:
    description: Names of nodes, which are drained for all services, or of single servers, such as V(glance_api/node-2).
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Say which servers get no requests
  ansible.builtin.debug:
    msg: "{{ haproxy_services | conductor.cloud.drained_servers(groups, ['node-2']) }}"
"""

RETURN = r"""
_value:
  description: The drained servers, in the order of the services.
  type: list
  elements: str
"""

OPTION = "haproxy_drained"


def drained_servers(
    services: Sequence[Mapping[str, Any]], groups: Mapping[str, Sequence[str]], drained: Sequence[str]
) -> list[str]:
    """Return the drained servers as service/node; refuse names that nobody has, and a service without any server."""
    behind = {service["name"]: list(groups.get(service["group"], ())) for service in services}
    servers = [f"{name}/{node}" for name, nodes in behind.items() for node in nodes]
    known = {*servers, *(node for nodes in behind.values() for node in nodes)}
    for name in drained:
        if name not in known:
            near = get_close_matches(name, sorted(known), 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise AnsibleFilterError(f"{OPTION}: there is no node and no server {name} behind the front.{meant}")
    out = [server for server in servers if server in drained or server.split("/", 1)[1] in drained]
    empty = [name for name, nodes in behind.items() if nodes and all(f"{name}/{node}" in out for node in nodes)]
    if empty:
        raise AnsibleFilterError(f"{OPTION}: no server would be left for {', '.join(empty)}. Leave one of each.")
    return out


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {"drained_servers": drained_servers}
