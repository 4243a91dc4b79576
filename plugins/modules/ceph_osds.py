#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_osds
short_description: Make Ceph OSDs on plain files
version_added: 0.1.0
description:
  - Makes OSDs of this host whose store is a plain sparse file below C(/var/lib/ceph/osd), for hosts that have no disk
    to give. Existing ones are never touched.
  - An OSD is known by its UUID. The directory of one is complete or it is not there, so a run that was stopped is
    finished by the next one.
  - The module starts nothing. The units are C(ceph-osd@ID).
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - ceph-osd and python3-rados on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts which OSDs would be made. Their numbers are not known before.
    support: full
  diff_mode:
    description: Shows numbers and places of the OSDs.
    support: full
options:
  ceph_conf:
    description: Configuration file with the addresses of the monitors.
    type: path
    default: /etc/ceph/ceph.conf
  ceph_user:
    description: User that asks the monitors for the number of an OSD.
    type: str
    default: client.bootstrap-osd
  keyring:
    description: File with the key of O(ceph_user). Left out, Ceph looks for it where it usually is.
    type: path
  wait:
    description: Time in seconds to wait for monitors that do not answer yet.
    type: int
    default: 60
  uuids:
    description: UUIDs of the OSDs of this host, the same ones in every run.
    type: list
    elements: str
    required: true
  key:
    description: Key with which these OSDs sign in to the cluster.
    type: str
    required: true
  size:
    description: Size in GiB of the file of an OSD that is made. Space is taken only as data is written.
    type: int
    default: 20
"""

EXAMPLES = r"""
- name: Make one OSD
  conductor.cloud.ceph_osds:
    keyring: /var/lib/ceph/bootstrap-osd/ceph.keyring
    uuids: [7a2f1e50-3c11-5d0f-9a77-0c4f4a3d9c10]
    key: "{{ cloud_secrets.ceph_osd_key | conductor.cloud.ceph_key }}"
    size: 20
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Make a file of 20 GiB and an OSD on it"]
results_by_name:
  description: Number and place of each OSD; of one that is not made yet, neither is known.
  returned: always
  type: dict
  sample: {OSD 7a2f1e50-3c11-5d0f-9a77-0c4f4a3d9c10: {id: 0, data: /var/lib/ceph/osd/ceph-0}}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_client
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_daemons import OSD_SPEC, Osd, connect
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, ResourceError, run


def main() -> None:
    spec = ENGINE | ceph_client.spec("client.bootstrap-osd") | OSD_SPEC
    module = AnsibleModule(supports_check_mode=True, **spec.for_module())
    try:
        client = connect(module.params)
    except ResourceError as error:
        module.fail_json(msg=str(error))
        return
    wanted = module.params
    run(
        module,
        "osd",
        client,
        lambda reader: Fleet([Osd(reader, uuid, wanted["key"], wanted["size"]) for uuid in wanted["uuids"]]),
    )


if __name__ == "__main__":
    main()
