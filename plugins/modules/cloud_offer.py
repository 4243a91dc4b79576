#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offer images, flavors, volume types and external networks to all tenants of a cloud."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_offer
short_description: Offer images, flavors, volume types and external networks to all tenants
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - Makes what every tenant of an OpenStack cloud may use. One task does it all with one login.
  - Sets the default quotas, which are those of projects that have none of their own.
  - What is not named is left alone. Nothing is deleted.
  - Needs the role C(admin).
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.engine
options:
  images:
    description:
      - Images with the content of a file.
      - An image whose content differs from the file is replaced. The former image is renamed and hidden, not deleted,
        because volumes may have grown from it.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the image. It must be the only one of this name.
        type: str
        required: true
      file:
        description: File with the content, on the machine that runs the module.
        type: path
        required: true
      disk_format:
        description:
          - Format of the content. On Ceph only C(raw) images give volumes that are copies on write.
          - Left out, that of the image of this name, or C(raw) where there is none.
        type: str
      visibility:
        description:
          - Who sees the image; C(community) images are used by everybody and listed to nobody.
          - Left out, it stays as it is. A new image is V(public).
        type: str
        choices: [public, community]
      min_disk:
        description: Smallest root volume for the image in GiB. Left out, it stays as it is; a new image has V(0).
        type: int
      min_ram:
        description: Smallest memory for the image in MiB. Left out, it stays as it is; a new image has V(0).
        type: int
      properties:
        description: Properties of the image, such as C(hw_disk_bus). Others that the image has are left alone.
        type: dict
        default: {}
  flavors:
    description: Public flavors. A flavor of the name that has other sizes is an error, because Nova cannot change one.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the flavor.
        type: str
        required: true
      vcpus:
        description: Number of virtual processors.
        type: int
        required: true
      ram:
        description: Memory in MiB.
        type: int
        required: true
      disk:
        description:
          - Root disk in GiB; V(0) for instances that boot from volumes.
          - Left out, it stays as it is; a new flavor has V(0).
        type: int
      extra_specs:
        description: Extra specs of the flavor. Others that the flavor has are left alone.
        type: dict
        default: {}
  volume_types:
    description: Public volume types.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the volume type.
        type: str
        required: true
      extra_specs:
        description: Extra specs, such as C(volume_backend_name). Others that the type has are left alone.
        type: dict
        default: {}
  external_networks:
    description: Networks to which tenants' routers connect, each with one subnet without DHCP.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the network and of its subnet.
        type: str
        required: true
      physical_network:
        description: The provider's name of the wire, as in Neutron's bridge mappings.
        type: str
        required: true
      network_type:
        description: How the network lies on the wire. Left out, it stays as it is; a new network is V(flat).
        type: str
        choices: [flat, vlan]
      vlan:
        description: The VLAN, for O(external_networks[].network_type=vlan).
        type: int
      cidr:
        description: Addresses of the subnet.
        type: str
        required: true
      gateway:
        description: Address of the router beyond.
        type: str
        required: true
      pool_start:
        description: First address for routers and floating IPs.
        type: str
        required: true
      pool_end:
        description: Last address for routers and floating IPs.
        type: str
        required: true
  default_quotas:
    description:
      - How much a project may use that has no quotas of its own. Each quota is a number; V(-1) means unlimited.
      - Nova and Cinder keep them in their databases, where they count instead of those in their files.
      - Neutron has none but in its file. They are the options of the section C(quotas).
    type: dict
    default: {}
    suboptions:
      compute:
        description:
          - Default quotas of Nova by its own names - C(instances), C(cores), C(ram) in MiB, C(key_pairs),
            C(metadata_items), C(server_groups) and C(server_group_members).
          - Leave them out where Nova has its limits from Keystone (C(nova.quota.UnifiedLimitsDriver)).
        type: dict
      block_storage:
        description:
          - Default quotas of Cinder by its own names - C(volumes), C(snapshots), C(gigabytes) in GiB, C(backups),
            C(backup_gigabytes) in GiB, C(per_volume_gigabytes) in GiB and C(groups).
          - Each volume type has its own, too, such as C(volumes_ssd), C(snapshots_ssd) and C(gigabytes_ssd) of the type
            C(ssd). The type has to be there or in O(volume_types).
        type: dict
"""

EXAMPLES = r"""
- name: Offer an image, a flavor and a network
  conductor.cloud.cloud_offer:
    cloud: admin
    images:
      - name: debian-13
        file: /var/cache/images/debian-13.raw
        min_disk: 2
        properties:
          hw_disk_bus: virtio
    flavors:
      - name: small
        vcpus: 1
        ram: 512
    volume_types:
      - name: rbd
        extra_specs:
          volume_backend_name: rbd
    external_networks:
      - name: public
        physical_network: physnet1
        cidr: 192.0.2.0/24
        gateway: 192.0.2.1
        pool_start: 192.0.2.100
        pool_end: 192.0.2.200
    default_quotas:
      compute:
        instances: 10
        cores: 20
      block_storage:
        volumes: 10
        gigabytes_rbd: 500
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, one sentence for each write.
  returned: always
  type: list
  elements: str
  sample: ["Create the flavor small"]
results_by_name:
  description: Each object after the task, by kind and name.
  returned: always
  type: dict
  sample:
    flavor small: {"name": "small", "vcpus": 1, "ram": 512, "disk": 0, "extra_specs": {}}
    default quotas of compute: {"instances": 10, "cores": 20}
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.openstack.offer import SPEC, offers
from ..module_utils.openstack.session import SPEC as CONNECTION, connect
from ..module_utils.resource import run


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    """Run one task."""
    module = make(supports_check_mode=True, **(ENGINE | CONNECTION | SPEC).for_module())
    run(module, "offer", connect(module.params), lambda reader: offers(reader, module.params))


if __name__ == "__main__":
    main()
