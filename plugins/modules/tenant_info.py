#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show tenants of an OpenStack cloud."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_info
short_description: Show what tenants of an OpenStack cloud have, and how much of it they use
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - Shows the tenant of the login, or with the role C(admin) any tenant, or all of them.
  - Every list is read once for all tenants; three more requests for each tenant tell its quotas.
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.reads
options:
  name:
    description: Name or id of the tenant to show. Needs the role C(admin).
    type: str
  domain:
    description: Name or id of the domain to look in. Left out, the domain C(default).
    type: str
  all_tenants:
    description: Whether to show all tenants of the domain. Needs the role C(admin).
    type: bool
    default: false
seealso:
  - module: conductor.cloud.tenant
"""

EXAMPLES = r"""
- name: See how much of my quotas I use
  conductor.cloud.tenant_info:
    cloud: demo
  register: mine

- name: Look at all tenants
  conductor.cloud.tenant_info:
    cloud: admin
    all_tenants: true
"""

RETURN = r"""
tenants:
  description: The tenants, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    project:
      description: The project itself.
      type: dict
      returned: always
      sample: {id: 3f2a, name: research, description: Physics, enabled: true, domain_id: default}
    users:
      description: Who works in the project, with their roles. Null without O(name) and O(all_tenants).
      type: list
      elements: dict
      returned: always
      sample: [{name: research, roles: [member]}]
    quotas:
      description: Limit and use of each quota of M(conductor.cloud.tenant), in the units given there.
      type: dict
      returned: always
      sample: {instances: {limit: 10, used: 2}}
    networks:
      description: Networks.
      type: list
      elements: dict
      returned: always
      sample: [{id: 61c4, name: research-net}]
    subnets:
      description: Subnets.
      type: list
      elements: dict
      returned: always
      sample: [{id: 0b1c, name: research-subnet, cidr: 192.168.42.0/24, gateway_ip: 192.168.42.1, network_id: 61c4}]
    routers:
      description: Routers.
      type: list
      elements: dict
      returned: always
      sample: [{id: 90aa, name: research-router, external_network_id: e5d1}]
    floating_ips:
      description: Floating IPs.
      type: list
      elements: dict
      returned: always
      sample: [{id: c0de, floating_ip_address: 203.0.113.7, fixed_ip_address: null, status: DOWN}]
    security_groups:
      description: Security groups with their rules.
      type: list
      elements: dict
      returned: always
      sample: [{id: aa01, name: ssh, description: "", rules: []}]
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.openstack import session
from ..module_utils.openstack.tenant_info import INFO, tenants_info
from ..module_utils.resource import ResourceError


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    """Run one task."""
    module = make(supports_check_mode=True, **(session.SPEC | session.PROJECT | INFO).for_module())
    try:
        found = tenants_info(session.connect(module.params).reader(), module.params)
    except ResourceError as error:
        module.fail_json(msg=str(error), **error.details)
    module.exit_json(changed=False, tenants=found)


if __name__ == "__main__":
    main()
