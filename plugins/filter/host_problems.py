# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a cloud, as a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.conductor.cloud.plugins.plugin_utils import host_problems as problems

DOCUMENTATION = r"""
name: host_problems
author: conductor.cloud contributors (@conductor-cloud)
version_added: 0.1.0
short_description: From what hosts have to what stands in the way of a cloud on them
description:
  - Compares results of M(conductor.cloud.host_info) with what a cloud needs, and returns every problem as a sentence.
  - Each names the host, what was wanted, what was found, and what to do.
options:
  _input:
    description:
      - Results of M(conductor.cloud.host_info) by host. A host without an answer is a problem, one without a result
        is not looked at.
    type: dict
    required: true
  cloud:
    description:
      - What the cloud needs, with C(release), C(memory_mib) and C(free_gib) by group, C(free_deployed_gib),
        C(clock_seconds), C(addresses) and C(networks) by C(internal) and C(external), C(groups), C(hosts) (addresses
        by host), C(frontends) and C(service_ports) by group.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Say what is in the way
  ansible.builtin.debug:
    msg: "{{ results_by_host | conductor.cloud.host_problems(needs) }}"
"""

RETURN = r"""
_value:
  description: The problems; none where all is well.
  type: list
  elements: str
"""


def host_problems(results: Any, cloud: Any) -> list[str]:
    """Return every problem as a sentence."""
    if not isinstance(results, Mapping) or not isinstance(cloud, Mapping):
        raise AnsibleFilterError("host_problems: results by host and what the cloud needs are dictionaries.")
    try:
        return problems.host_problems(results, cloud)
    except ValueError as error:
        raise AnsibleFilterError(f"host_problems: {error}") from error


class FilterModule:
    """What Ansible asks a file of filters for."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file."""
        return {"host_problems": host_problems}
