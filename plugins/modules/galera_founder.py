#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: galera_founder
short_description: Have one member found a database cluster, where there is none
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Decides from what all members say whether a Galera cluster has to be founded, and by which of them. Where this host
    is the one, the next start of MariaDB founds it. On all other hosts, and where a cluster runs, nothing is done.
  - Refuses where a member cannot be asked, where there was a cluster before, and where more than one has databases.
  - Run it on all members, then start MariaDB on them, first on the first.
options:
  name:
    description: Name of this host among O(members).
    type: str
    required: true
  members:
    description:
      - What M(conductor.cloud.galera_info) returned as RV(conductor.cloud.galera_info#module:member) for each member,
        by name and in the order of their group. Empty for a member that could not be asked.
      - A new cluster is founded by the first. If one of them has databases, it has to be the first.
    type: dict
    required: true
  recover:
    description:
      - Whether all members stopped, and the one with the newest data has to found the cluster again.
      - Refuses while a member runs, where a position is unknown, and where the members are of different clusters.
    type: bool
    default: false
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows whether the next start founds a cluster.
    support: full
seealso:
  - module: conductor.cloud.galera_info
"""

EXAMPLES = r"""
- name: Have the first member found the cluster, where there is none
  conductor.cloud.galera_founder:
    name: "{{ inventory_hostname }}"
    members: "{{ example_members }}"
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Have member control-1 found the cluster with its next start"]
founder:
  description:
    - C(founds) says whether the next start of MariaDB on this host founds a cluster.
    - C(allowed) says, with O(recover=true), whether Galera goes on with the data of this host.
  returned: success
  type: dict
  sample: {founds: true}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.galera import SPEC, founding
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "founder", Node(), lambda reader: founding(reader, module.params))


if __name__ == "__main__":
    main()
