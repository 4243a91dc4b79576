#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_objects
short_description: Keep pools, users and settings of a Ceph cluster
version_added: 0.1.0
description:
  - Keeps pools, users, settings and the manager's modules of a Ceph cluster as they are described, in one task.
  - What is not named is left alone, and so are options that are left out. Pools are never removed.
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - python3-rados on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.ceph
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts all changes without a write.
    support: full
  diff_mode:
    description: Shows the named objects before and after; keys never.
    support: full
options:
  pools:
    description: Replicated pools.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the pool.
        type: str
        required: true
      application:
        description: What uses the pool.
        type: str
        default: rbd
      size:
        description: Number of copies of each object.
        type: int
      min_size:
        description: Number of copies that have to be there for reading and writing.
        type: int
      pg_num:
        description: Number of placement groups.
        type: int
      pg_autoscale_mode:
        description: Whether the cluster chooses the number of placement groups by itself.
        type: str
        choices: ["on", "off", warn]
  users:
    description: Users of the cluster.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the user with its kind, such as V(client.glance).
        type: str
        required: true
      key:
        description: Key of the user. Left out, the cluster makes one.
        type: str
      caps:
        description:
          - What the user may do, by the kind of daemon, such as C(mon), C(osd) and C(mgr). It replaces all.
        type: dict
        required: true
      state:
        description: Whether the user exists.
        type: str
        choices: [present, absent]
        default: present
  modules_disabled:
    description: Modules of the manager that must not run.
    type: list
    elements: str
    default: []
  config:
    description: Settings by section, such as V(global) or V(osd), in the cluster's own database.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Keep a pool for images and the user that writes to it
  conductor.cloud.ceph_objects:
    pools:
      - name: images
        pg_num: 32
    users:
      - name: client.glance
        key: "{{ cloud_secrets.ceph_glance_key | conductor.cloud.ceph_key }}"
        caps:
          mon: profile rbd
          osd: profile rbd pool=images
          mgr: profile rbd pool=images
    config:
      mon:
        mon_allow_pool_delete: true
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Create pool images", "Let pool images be used by rbd", "Create Ceph user client.glance"]
results_by_name:
  description: The named objects as they are now, or in check mode would be.
  returned: always
  type: dict
  sample:
    pool images: {application: rbd, pg_num: 32}
    user client.glance: {caps: {mon: profile rbd, osd: profile rbd pool=images}, key_as_wanted: true}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_client
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_objects import SPEC, fleet
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError, run


def main() -> None:
    spec = ENGINE | ceph_client.spec("client.admin") | SPEC
    module = AnsibleModule(supports_check_mode=True, **spec.for_module())
    try:
        client = ceph_client.connect(module.params)
    except ResourceError as error:
        module.fail_json(msg=str(error))
        return
    run(module, "object", client, lambda reader: fleet(reader, module.params))


if __name__ == "__main__":
    main()
