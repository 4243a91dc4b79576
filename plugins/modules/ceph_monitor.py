#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_monitor
short_description: Make the data of a Ceph monitor
version_added: 0.1.0
description:
  - Makes the data directory of the monitor of this host, where it is not there yet. That of an existing monitor is
    never touched.
  - The directory is complete or it is not there, so a run that was stopped is finished by the next one.
  - The module starts nothing. The unit is C(ceph-mon@NAME).
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - ceph-mon and monmaptool on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts whether the monitor would be made.
    support: full
  diff_mode:
    description: Shows where its data is.
    support: full
options:
  name:
    description: Name of the monitor, by custom that of its host.
    type: str
    required: true
  fsid:
    description: The cluster's UUID.
    type: str
    required: true
  members:
    description: Addresses of the cluster's first monitors by name, this one among them.
    type: dict
    required: true
  keyring:
    description: File with the keys that the cluster begins with. The user C(ceph) has to be able to read it.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Make the first of three monitors
  conductor.cloud.ceph_monitor:
    name: node-1
    fsid: "{{ cloud_secrets.ceph_fsid }}"
    members:
      node-1: 192.0.2.11
      node-2: 192.0.2.12
      node-3: 192.0.2.13
    keyring: /etc/ceph/ceph.mon.keyring
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Make the data of monitor node-1"]
monitor:
  description: Where the data is, or in check mode would be.
  returned: success
  type: dict
  sample: {data: /var/lib/ceph/mon/ceph-node-1}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_daemons import MONITOR_SPEC, Monitor
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | MONITOR_SPEC).for_module())
    run(module, "monitor", Node(), lambda reader: Fleet([Monitor(reader, module.params)]))


if __name__ == "__main__":
    main()
