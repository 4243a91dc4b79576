#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_osd_devices
short_description: Make Ceph OSDs on whole disks
version_added: 0.1.0
description:
  - Makes an OSD of BlueStore on each of the given disks, in a volume group and a logical volume of its own.
  - It is laid out as C(ceph-volume lvm) does that. C(ceph-volume lvm list) shows it, and the unit
    C(ceph-volume@lvm-ID-UUID) activates it at boot, once that is enabled.
  - Only an empty disk is taken. One with a partition table, a file system, a label of LVM or of BlueStore, or one that
    is in use, is refused before anything is written to any of them. This module empties no disk to make an OSD on it.
  - A disk that is an OSD of this cluster is left as it is, under whatever name it is given. It is activated where
    it is not, as after the host was installed anew.
  - What each step did stands on the disk, so a run that was stopped is finished by the next one.
  - With O(state=absent) it takes away what OSDs on whole disks left that the cluster has forgotten, and empties their
    disks. One that the cluster still knows is refused.
  - The module starts and stops nothing. The units are C(ceph-osd@ID).
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - ceph-osd, ceph-volume, lvm2 and python3-rados on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.ceph
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes. Numbers and UUIDs of new OSDs are not known before.
    support: full
  diff_mode:
    description: Shows UUID, logical volume, number and place of the OSDs.
    support: full
options:
  ceph_user:
    description: User that asks the monitors for the number of an OSD.
    type: str
    default: client.bootstrap-osd
  keyring:
    description:
      - File with the key of O(ceph_user). Left out, Ceph looks for it where it usually is.
      - Left out, the cluster is not asked either whether it still knows an OSD that is not active.
    type: path
  state:
    description: Whether the disks are OSDs (V(present)), or nothing is left of OSDs that were purged (V(absent)).
    type: str
    choices: [present, absent]
    default: present
  fsid:
    description: UUID of the cluster.
    type: str
    required: true
  devices:
    description:
      - Paths of whole disks that are to be OSDs, for O(state=present).
      - Give names that stay with a disk, such as those in C(/dev/disk/by-id).
    type: list
    elements: path
    default: []
  key:
    description: Key with which new OSDs sign in to the cluster. Required for O(state=present).
    type: str
  osds:
    description:
      - Numbers of the OSDs, for O(state=absent). Left out, all of the cluster on whole disks of this host.
    type: list
    elements: int
    default: []
seealso:
  - module: conductor.cloud.ceph_osds
  - module: conductor.cloud.ceph_host
"""

EXAMPLES = r"""
- name: Give Ceph two disks
  conductor.cloud.ceph_osd_devices:
    keyring: /var/lib/ceph/bootstrap-osd/ceph.keyring
    fsid: "{{ cloud_secrets.ceph_fsid }}"
    devices:
      - /dev/disk/by-id/wwn-0x5000c500a1b2c3d4
      - /dev/disk/by-id/wwn-0x5000c500a1b2c3d5
    key: "{{ cloud_secrets.ceph_osd_key | conductor.cloud.ceph_key }}"

- name: Empty the disk of an OSD that was purged
  conductor.cloud.ceph_osd_devices:
    keyring: /var/lib/ceph/bootstrap-osd/ceph.keyring
    fsid: "{{ cloud_secrets.ceph_fsid }}"
    state: absent
    osds: [3]
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Make a volume group on /dev/sdb"]
results_by_name:
  description:
    - UUID, logical volume, number and place of each OSD, and the unit that activates it at boot.
    - One that is not active has no place yet.
  returned: always
  type: dict
  sample:
    OSD on /dev/sdb:
      uuid: 7a2f1e50-3c11-5d0f-9a77-0c4f4a3d9c10
      volume: /dev/ceph-7a2f1e50-3c11-5d0f-9a77-0c4f4a3d9c10/osd-block-7a2f1e50-3c11-5d0f-9a77-0c4f4a3d9c10
      id: 0
      unit: ceph-volume@lvm-0-7a2f1e50-3c11-5d0f-9a77-0c4f4a3d9c10
      data: /var/lib/ceph/osd/ceph-0
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node import ceph_client
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_device_removal import left_osds
from ansible_collections.conductor.cloud.plugins.module_utils.node.ceph_devices import SPEC, connect, device_osds
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    """Run one task."""
    spec = ENGINE | ceph_client.spec("client.bootstrap-osd") | SPEC
    module = AnsibleModule(supports_check_mode=True, **spec.for_module())
    build = device_osds if module.params["state"] == "present" else left_osds
    run(module, "osd", connect(module.params), lambda reader: build(reader, module.params))


if __name__ == "__main__":
    main()
