#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_info
short_description: Look at the instances of a project
version_added: 0.1.0
description:
  - Returns instances with their volumes, addresses, flavor and, where they failed, Nova's reason.
  - The number of requests does not grow with the number of instances, but for O(console).
author: conductor.cloud contributors (@conductor-cloud)
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.reads
options:
  name:
    description:
      - Name or id of the instance. Left out, all instances of the project.
      - A name that several instances have is an error that lists their ids.
      - One that no instance has gives an empty list.
    type: str
  console:
    description: Whether to read what stands on the console, too. This is one more request for each instance.
    type: bool
    default: false
  console_lines:
    description: How many lines of the console to return, from its end.
    type: int
    default: 50
seealso:
  - module: conductor.cloud.instance
"""

EXAMPLES = r"""
- name: See how the web server is doing
  conductor.cloud.instance_info:
    cloud: demo
    name: web1
    console: true
    console_lines: 20
  register: web

- name: Show its address and its console
  ansible.builtin.debug:
    msg: "{{ web.instances | map(attribute='console') | first }}"
"""

RETURN = r"""
instances:
  description: The instances, by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the server.
      type: str
    name:
      description: Name of the server.
      type: str
    status:
      description: Status in Nova.
      type: str
    task_state:
      description: What Nova is doing with it, or null.
      type: str
    flavor:
      description: Name of the flavor.
      type: str
    cores:
      description: Number of virtual processors.
      type: int
    ram:
      description: Memory in MiB.
      type: int
    image:
      description: Name of the image that the root volume was made from.
      type: str
    availability_zone:
      description: Zone it runs in.
      type: str
    key_name:
      description: Name of the key pair.
      type: str
    config_drive:
      description: Whether it has a drive with its metadata.
      type: bool
    security_groups:
      description: Names of the security groups.
      type: list
      elements: str
    networks:
      description: Names of the networks.
      type: list
      elements: str
    addresses:
      description:
        - One entry for each port, with C(network), C(fixed_ip), C(mac), C(floating_ip), C(port)
          and C(security_groups).
      type: list
      elements: dict
    floating_ip:
      description: First floating IP, or null.
      type: str
    floating_ips:
      description: All floating IPs, with C(id), C(address), C(attached) and C(made_by_us).
      type: list
      elements: dict
    volumes:
      description:
        - Root volume first, then by device.
        - With C(id), C(name), C(role), C(size) in GiB, C(type), C(status), C(device),
          C(image), C(image_id) and C(made_by_us).
      type: list
      elements: dict
    metadata:
      description: Metadata of the server without the marks of this collection.
      type: dict
    user_data:
      description: Digest of the user data.
      type: str
    fault:
      description: Nova's reason for the status C(ERROR).
      type: str
    created:
      description: When the server was made.
      type: str
    console:
      description: Last lines of the console.
      returned: when O(console=true)
      type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.openstack import session
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.instance_info import SPEC, look_at_instances
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    options = session.SPEC | session.PROJECT | SPEC
    module = make(supports_check_mode=True, **options.for_module())
    try:
        found = look_at_instances(session.connect(module.params), module.params)
    except ResourceError as error:
        module.fail_json(msg=str(error), **error.details)
    else:
        module.exit_json(changed=False, instances=found)


if __name__ == "__main__":
    main()
