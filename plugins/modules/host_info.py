#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: What a cloud needs of a host, as it is before anything is deployed, and after
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Reads release, memory, disk, clock, addresses, listening programs, names, mirrors and versions of packages.
  - Changes nothing, and judges nothing. The filter P(conductor.cloud.host_problems#filter) finds what is wrong.
options:
  addresses:
    description: IPv4 addresses whose owner is asked for. Only those in a network of the host can be.
    type: list
    elements: str
    default: []
  names:
    description: Names to resolve.
    type: list
    elements: str
    default: []
  packages:
    description: Debian packages whose installed versions are read.
    type: list
    elements: str
    default: []
  disk:
    description: Directory whose file system is looked at. It need not be there yet.
    type: path
    default: /var/lib
extends_documentation_fragment:
  - conductor.cloud.reads
"""

EXAMPLES = r"""
- name: Read what this host has
  conductor.cloud.host_info:
    addresses: [192.0.2.5]
    packages: [haproxy]
  register: host
"""

RETURN = r"""
host:
  description: The host.
  returned: always
  type: dict
  contains:
    release:
      description: Distribution and version.
      type: str
      sample: debian 13
    memory_mib:
      description: Size of the memory in MiB.
      type: int
    free_gib:
      description: Free space in GiB, where O(disk) is or will be.
      type: float
    addresses:
      description: IPv4 addresses of the host with prefix lengths.
      type: list
      elements: str
    owners:
      description: Who has each of O(addresses), V(this host), a hardware address, or V(none).
      type: dict
    names:
      description: IPv4 addresses of each of O(names).
      type: dict
    listeners:
      description: Who listens on TCP ports, with C(address), C(port), C(program) and C(unit).
      type: list
      elements: dict
    own_units:
      description: Units that this collection keeps on the host.
      type: list
      elements: str
    versions:
      description: Versions of those of O(packages) that are installed.
      type: dict
    mirrors:
      description: Files that apt would fetch first, each with the error, which is empty where it can be fetched.
      type: dict
clock:
  description: Time of the host, and of the controller just before and just after it was asked, in seconds since 1970.
  returned: always
  type: dict
  sample: {host: 1790000000.2, before: 1790000000.1, after: 1790000000.3}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.node.host_info import SPEC, host_info
from ..module_utils.node.node import NodeReader
from ..module_utils.resource import ResourceError


def main() -> None:
    """Read and return."""
    module = AnsibleModule(supports_check_mode=True, **SPEC.for_module())
    try:
        module.exit_json(changed=False, host=host_info(NodeReader(), module.params))
    except ResourceError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
