#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_host
short_description: Take a host, or some of its OSDs, out of a Ceph cluster
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Has other OSDs get what the OSDs of a host hold, and waits until all of it is there. Or has the cluster forget the
    host, with its OSDs and their keys, its place in the CRUSH map, its monitor, and its manager's key.
  - With O(osds) this is about some OSDs alone. The others of the host go on, and may get what these hold.
  - Refuses where the others could not hold the data, where not all data are as often as they should be, where
    another OSD or monitor is down, and where the monitors that are left would be no majority.
  - Of a host that is lost, or OSDs that are down, refuses while data are missing without them. Where no other host
    could take another copy, nothing is waited for, as the data stay with a copy less until there is an OSD for it.
  - Runs on a host that has the key of O(ceph_user), such as one with a monitor.
requirements:
  - python3-rados on the host that runs the module
options:
  host:
    description: Name of the host, as the CRUSH map, its monitor and its manager have it.
    type: str
    required: true
  state:
    description:
      - Whether other OSDs have its data (V(drained)), or nothing of the host is left (V(absent)).
      - Before it is absent, its daemons have to be stopped.
    type: str
    choices: [drained, absent]
    required: true
  osds:
    description: Numbers of OSDs of the host, where it is to stay without them. Its monitor and its manager stay, too.
    type: list
    elements: int
    default: []
  lost:
    description: Whether the host is lost, so that its OSDs have nothing to give any more.
    type: bool
    default: false
  address:
    description: Address of the host. An OSD there that is not the host's by the CRUSH map is refused, rather than left.
    type: str
extends_documentation_fragment:
  - conductor.cloud.ceph
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes, for a host that is not drained yet those after that.
    support: full
  diff_mode:
    description: Shows the OSDs, and what else of the host the cluster knows.
    support: full
"""

EXAMPLES = r"""
- name: Have other OSDs get what a host holds
  conductor.cloud.ceph_host:
    host: node-4
    state: drained
    timeout: 7200

- name: Have the cluster forget an OSD whose disk died
  conductor.cloud.ceph_host:
    host: node-2
    osds: [3]
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Take osd.3 out, so that other OSDs get what they hold"]
host:
  description: What the cluster knows of the host; none where nothing is.
  returned: always
  type: dict
  sample:
    osds: {osd.3: {in: false, up: true}}
    crush: true
    monitor: false
    manager: false
    moved: true
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_client
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_host import SPEC, ceph_host
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | ceph_client.spec("client.admin") | SPEC).for_module())
    run(module, "host", ceph_client.connect(module.params), lambda reader: ceph_host(reader, module.params))


if __name__ == "__main__":
    main()
