#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: etcd_member
short_description: Let a member of etcd without data join the cluster of the others, or take one out
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Where this host has no data of etcd, and others of O(peers) are a cluster, takes out the member that this host was,
    and members that O(peers) does not name, and adds this host. Its next start joins the cluster.
  - Where nobody is a cluster, nothing is done, as the first start of all members begins one. Where this host has data,
    nothing is done either.
  - Run it before the member starts, with its certificate in place.
  - With O(state=absent) it runs on another member, and takes O(name) out. It refuses where others do not answer, and
    where those that are left would be no majority.
options:
  name:
    description: Name of the member among O(peers). It is this host, unless O(state=absent).
    type: str
    required: true
  peers:
    description: Address of each member, by name. They speak TLS at the ports 2379 and 2380.
    type: dict
    required: true
  data:
    description: Directory of the data.
    type: path
    required: true
  control:
    description: The command C(etcdctl) with the options that it needs to be let in.
    type: list
    elements: str
    default: [etcdctl]
  state:
    description: Whether O(name) is a member.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows whom the cluster counts, and whether the next start joins it.
    support: full
"""

EXAMPLES = r"""
- name: Let a member that was made anew join the others
  conductor.cloud.etcd_member:
    name: "{{ inventory_hostname }}"
    peers: {control-1: 192.0.2.11, control-2: 192.0.2.12, control-3: 192.0.2.13}
    data: /var/lib/etcd/cloud
    control: [etcdctl, --cacert=/etc/etcd/tls/ca.crt, --cert=/etc/etcd/tls/node.crt, --key=/etc/etcd/tls/node.key]

- name: Take a member out that is lost, told to another one
  conductor.cloud.etcd_member:
    name: control-3
    peers: {control-1: 192.0.2.11, control-2: 192.0.2.12, control-3: 192.0.2.13}
    data: /var/lib/etcd/cloud
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Let https://192.0.2.11:2380 join the cluster of etcd with its next start"]
member:
  description: The member after the task; none where it was taken out.
  returned: always
  type: dict
  contains:
    data:
      description: Whether this host has data.
      type: bool
    counted:
      description: Whom the cluster counts, where this host has no data or O(state=absent).
      type: list
      elements: str
    joins:
      description: Whether the next start joins the cluster.
      type: bool
    silent:
      description: Who of the others does not answer, with O(state=absent).
      type: list
      elements: str
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.etcd import SPEC, member
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "member", Node(), lambda reader: member(reader, module.params))


if __name__ == "__main__":
    main()
