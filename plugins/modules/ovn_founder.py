#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ovn_founder
short_description: Have one host found the clusters of OVN's databases, where there are none
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Decides from what all members say whether the cluster of the northbound or of the southbound database has to be
    founded, and by whom. Where this host is the one, the next start of its server founds it, with the database that it
    has. On all other hosts, and where there is a cluster, nothing is done.
  - Removes from a cluster the servers of members whose databases are gone, as those of a node that was built anew.
    Otherwise a cluster would count them as servers that are down for ever.
  - Refuses where a member cannot be asked and no other one knows a cluster, where there are several clusters, and where
    a database that is in use would be lost.
  - Run it on all members, then start the servers.
options:
  name:
    description: Name of this host among O(members).
    type: str
    required: true
  members:
    description:
      - What M(conductor.cloud.ovn_info) returned as RV(conductor.cloud.ovn_info#module:member) for each member, by name
        and in the order of their group. Empty for a member that could not be asked.
      - A new cluster is founded by the one that has a database in use, else by the first.
    type: dict
    required: true
  addresses:
    description: Address of each member, by name.
    type: dict
    required: true
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows whether the next start founds a cluster, and which lost servers it still counts.
    support: full
seealso:
  - module: conductor.cloud.ovn_info
"""

EXAMPLES = r"""
- name: Have one member found the clusters, where there are none
  conductor.cloud.ovn_founder:
    name: "{{ inventory_hostname }}"
    members: "{{ example_members }}"
    addresses: {control-1: 192.0.2.11, control-2: 192.0.2.12, control-3: 192.0.2.13}
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Have the OVN northbound database found a cluster with its next start"]
results_by_name:
  description:
    - For each database, C(founds) says whether its next start on this host founds a cluster.
    - C(lost) are the servers that the cluster counts though their databases are gone. Only the C(speaker), the first
      member that is together with others, removes them.
  returned: always
  type: dict
  sample:
    OVN northbound database: {founds: true, speaker: null, lost: []}
    OVN southbound database: {founds: true, speaker: null, lost: []}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.ovn import SPEC, memberships
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "membership", Node(), lambda reader: memberships(reader, module.params))


if __name__ == "__main__":
    main()
