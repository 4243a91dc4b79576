#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ovn_host
short_description: Have OVN forget a host
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Removes the servers at an address from the clusters of OVN's databases, and the chassis of the host from the
    southbound database.
  - Refuses where another server of a cluster is not there, and where the servers that are left would be no majority.
  - Runs on a host with OVN's databases that stays. The servers and the controller of the other one have to be stopped.
options:
  chassis:
    description: Name of the chassis, which is its C(system-id).
    type: str
    required: true
  address:
    description: Address of the host, at which its servers speak to the others.
    type: str
    required: true
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows the servers of the host, and the rows of its chassis.
    support: full
seealso:
  - module: conductor.cloud.ovn_founder
"""

EXAMPLES = r"""
- name: Have OVN forget a host
  conductor.cloud.ovn_host:
    chassis: node-4
    address: 192.0.2.14
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Delete the chassis node-4 from OVN"]
results_by_name:
  description: What each database, and the chassis, has of the host; none where nothing is.
  returned: always
  type: dict
  sample:
    OVN northbound database: {servers: {585d: "tcp:192.0.2.14:6643"}}
    chassis node-4: {Chassis: [1c7e6a30-0000-41f1-8000-1f6f0f3b0a51], Chassis_Private: []}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.ovn_host import SPEC, ovn_host
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "host", Node(), lambda reader: ovn_host(reader, module.params))


if __name__ == "__main__":
    main()
