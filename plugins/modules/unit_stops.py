#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: unit_stops
short_description: Stop the services of a host for good
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Stops the units that M(conductor.cloud.service_files) runs on this host, one after the other, and has the machine
    start them no more.
  - For a host that leaves a cloud, or one of its daemons.
options:
  only:
    description: Those of these units that are stopped, or patterns of their names. Without a type they are services.
    type: list
    elements: str
    default: ["*"]
  also:
    description: Further units with their types, such as those that only start others. That one is not there is fine.
    type: list
    elements: str
    default: []
  skip:
    description: Units that go on, or patterns of their names. Without a type they are services.
    type: list
    elements: str
    default: []
  first:
    description: Units that are stopped before all others, in this order, or patterns of their names.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows the units that run or start with the machine.
    support: full
seealso:
  - module: conductor.cloud.unit_restarts
"""

EXAMPLES = r"""
- name: Stop all services of this host
  conductor.cloud.unit_stops:
    first: [keepalived, haproxy]
    skip: [nftables]
    also: [ovn-host.service]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Stop nova-compute.service for good"]
units:
  description: The units that run or start with the machine.
  returned: always
  type: dict
  sample: {}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_stops import SPEC, unit_stops
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "units", Node(), lambda reader: unit_stops(reader, module.params))


if __name__ == "__main__":
    main()
