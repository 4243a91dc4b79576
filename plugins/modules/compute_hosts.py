#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: compute_hosts
short_description: Map compute nodes to Nova's cell
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Until a compute node is mapped, the scheduler does not choose it, or fails on it. Nova maps new ones only now and
    then by itself.
  - Runs on a host with C(nova-manage) and reads Nova's databases on the same host.
options:
  names:
    description: Names of the compute nodes, as they report themselves.
    type: list
    elements: str
    required: true
  socket:
    description: Socket of the database server.
    type: path
    default: /run/mysqld/mysqld.sock
  wait:
    description: How long to wait for those to report themselves that are not mapped, in seconds.
    type: int
    default: 120
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Tells which would be mapped, and does not wait for them.
    support: full
  diff_mode:
    description: Shows which are mapped.
    support: full
seealso:
  - module: conductor.cloud.database_schemas
"""

EXAMPLES = r"""
- name: Let guests onto the compute nodes
  conductor.cloud.compute_hosts:
    names: "{{ groups['nova_compute'] }}"
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: [Map node-2 to the cell]
hosts:
  description: Those of O(names) that are mapped, under C(mapped).
  returned: always
  type: dict
  sample: {mapped: [node-1, node-2]}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.node.compute_hosts import SPEC, compute_hosts
from ..module_utils.node.database_schema import connect
from ..module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "hosts", connect(module.params), lambda reader: compute_hosts(reader, module.params))


if __name__ == "__main__":
    main()
