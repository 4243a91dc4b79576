#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep tenants of an OpenStack cloud."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant
short_description: Keep a tenant of an OpenStack cloud, with all that it needs to work
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - A tenant is a project with a user, quotas, a network with a router to the world, and security groups.
  - What the task does not name is left alone. Objects are found by their names within the project.
  - With O(state=absent) all that the project owns goes, in an order that works. What belongs to another project is
    never touched.
  - A task that was interrupted is run again; it goes on where it stopped.
  - Needs the role C(admin).
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.engine
  - conductor.cloud.journal
options:
  name:
    description: Name of the project. It is unique in its domain.
    type: str
  description: &description
    description: Description of the project.
    type: str
  domain: &domain
    description: Name or id of the domain of the project and its user. Left out, the domain C(default).
    type: str
  user: &user
    description:
      - A user who works in the project.
      - The password is never read, shown or compared in public. See O(user.update_password).
      - A user who exists gets the role. Password and address are changed only of a user whose default project is this
        one; for another one, a difference is an error.
    type: dict
    suboptions:
      name:
        description: Name of the user. It is unique in the domain.
        type: str
        required: true
      password:
        description: Password. A user who does not exist yet needs one.
        type: str
      update_password:
        description:
          - When the password is set.
          - With V(always), a sign-in shows whether it is current, and only another one is replaced.
        type: str
        choices: [on_create, always]
        default: on_create
      email:
        description: Address for mail.
        type: str
      role:
        description: Role of the user in the project.
        type: str
        default: member
  quotas: &quotas
    description: How much the project may use. V(-1) means unlimited.
    type: dict
    suboptions:
      instances:
        description: Number of instances.
        type: int
      cores:
        description: Virtual CPUs of all instances.
        type: int
      ram:
        description: Memory of all instances in MiB.
        type: int
      key_pairs:
        description: Keys of each user.
        type: int
      volumes:
        description: Number of volumes.
        type: int
      gigabytes:
        description: Size of all volumes and snapshots in GiB.
        type: int
      snapshots:
        description: Number of snapshots of volumes.
        type: int
      backups:
        description: Number of backups of volumes.
        type: int
      backup_gigabytes:
        description: Size of all backups in GiB.
        type: int
      networks:
        description: Number of networks.
        type: int
      subnets:
        description: Number of subnets.
        type: int
      ports:
        description: Number of ports.
        type: int
      routers:
        description: Number of routers.
        type: int
      floating_ips:
        description: Number of floating IPs.
        type: int
      security_groups:
        description: Number of security groups. The cloud makes one for each project.
        type: int
      security_group_rules:
        description: Number of rules in all security groups. A new group has two, the cloud's own group four.
        type: int
  network: &network
    description: A network of the project. O(subnet) alone is enough to get one.
    type: dict
    suboptions:
      name:
        description: Name of the network. Left out, the tenant's name with C(-net).
        type: str
  subnet: &subnet
    description: The addresses of the network.
    type: dict
    suboptions:
      name:
        description: Name of the subnet. Left out, the tenant's name with C(-subnet).
        type: str
      cidr:
        description: All addresses, such as V(192.168.42.0/24). They cannot be changed later.
        type: str
        required: true
      gateway_ip:
        description: Address of the router. A new subnet takes the first one.
        type: str
      dns_nameservers:
        description: Name servers that the guests are told.
        type: list
        elements: str
      enable_dhcp:
        description: Whether guests get their addresses by DHCP. In a new subnet they do.
        type: bool
      allocation_pools:
        description: Addresses for guests. A new subnet gives all but the gateway.
        type: list
        elements: dict
        suboptions:
          start:
            description: First address.
            type: str
            required: true
          end:
            description: Last address.
            type: str
            required: true
  router: &router
    description: A router of the project, which serves O(subnet). O(external_network) alone is enough to get one.
    type: dict
    suboptions:
      name:
        description: Name of the router. Left out, the tenant's name with C(-router).
        type: str
  external_network: &external_network
    description: Name or id of the external network that the router leads to.
    type: str
  security_groups: &security_groups
    description:
      - Security groups of the project. Groups that are not named are left alone.
      - The group C(default), which the cloud makes, is never touched.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the group.
        type: str
        required: true
      description:
        description: Description of the group.
        type: str
      rules:
        description:
          - What the group lets through. Rules that are not named are removed.
          - Rules of direction C(egress) are left alone unless one is named; a new group lets everything out.
        type: list
        elements: dict
        suboptions:
          direction:
            description: Direction, as the guest sees it.
            type: str
            choices: [ingress, egress]
            default: ingress
          ethertype:
            description: Family of addresses.
            type: str
            choices: [IPv4, IPv6]
            default: IPv4
          protocol:
            description: Protocol by name or number, such as V(tcp), V(udp) or V(icmp). Left out, any.
            type: str
          port:
            description: The one port. Instead of O(security_groups[].rules[].port_range_min) and its end.
            type: int
          port_range_min:
            description: First port, or the type for V(icmp).
            type: int
          port_range_max:
            description: Last port, or the code for V(icmp). For a single port it may be left out.
            type: int
          remote_ip_prefix:
            description: Addresses of the other side, such as V(192.0.2.0/24). Left out, all.
            type: str
          remote_group:
            description: Name of a group of this task, or id of a group, whose members are the other side.
            type: str
  tenants:
    description: Several tenants at once, with the options above. One login and one poller serve them all.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the project. It is unique in its domain.
        type: str
        required: true
      description: *description
      domain: *domain
      user: *user
      quotas: *quotas
      network: *network
      subnet: *subnet
      router: *router
      external_network: *external_network
      security_groups: *security_groups
  state:
    description:
      - V(present) makes or changes what the task names.
      - V(absent) deletes servers, backups, snapshots, volumes, floating IPs, routers, ports, networks and security
        groups of the project, then the users that were made for it and work in no other project, then the project.
      - V(absent) first heeds what others have begun, a backup or a resize of a volume or a flavor, as O(when_busy) and
        O(takeover) say. What a dead run has left unfinished is given up.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - With O(state=absent), delete also a project that somebody else made.
      - A project that this module makes has the tag C(conductor.cloud). A project in which users have the role
        C(service), and that of the login, are never deleted.
    type: bool
    default: false
seealso:
  - module: conductor.cloud.tenant_info
"""

EXAMPLES = r"""
- name: Give research a place to work
  conductor.cloud.tenant:
    cloud: admin
    name: research
    user:
      name: research
      password: "{{ vault_research_password }}"
    quotas:
      instances: 10
      cores: 20
      ram: 51200
      gigabytes: 500
    subnet:
      cidr: 192.168.42.0/24
      dns_nameservers: [192.0.2.53]
    external_network: public
    security_groups:
      - name: ssh
        rules:
          - protocol: tcp
            port: 22
          - protocol: icmp

- name: Close two tenants with all that they own
  conductor.cloud.tenant:
    cloud: admin
    tenants:
      - name: trial-1
      - name: trial-2
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, one sentence for each write.
  returned: always
  type: list
  elements: str
  sample: ["Create the project research", "Create the user research"]
tenant:
  description:
    - The tenant after the task, as far as the task names it. Ids of what check mode would create are null.
    - Null after O(state=absent).
  returned: when the task names one tenant
  type: dict
  sample:
    project: {id: 3f2a, name: research, description: "", enabled: true, made_by_us: true}
    user: {id: 77b0, name: research, email: null, has_role: true, made_for_it: true}
    quotas: {instances: 10, cores: 20}
    network: {id: 61c4, name: research-net}
    router: {id: 90aa, name: research-router, external_network_id: e5d1, subnet_ids: [0b1c]}
results_by_name:
  description: The tenants after the task, by name.
  returned: always
  type: dict
  sample: {"research": {"project": {"id": "3f2a", "name": "research"}}}
errors:
  description: What went wrong, one entry for each tenant that failed, with the HTTP status and the id of the request.
  returned: on failure
  type: list
  elements: dict
  sample: [{"name": "research", "msg": "external_network: there is no external network x.", "resource": null}]
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.openstack import session
from ..module_utils.openstack.tenant import SPEC, tenants
from ..module_utils.resource import run


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    """Run one task."""
    module = make(supports_check_mode=True, **(ENGINE | session.SPEC | SPEC).for_module())
    run(module, "tenant", session.connect(module.params), lambda reader: tenants(reader, module.params))


if __name__ == "__main__":
    main()
