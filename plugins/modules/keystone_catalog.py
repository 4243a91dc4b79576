#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: keystone_catalog
short_description: Keep what services need in Keystone
version_added: 0.1.0
description:
  - Keeps roles, domains, projects, users with their roles, services and endpoints as they are described, in one task
    for the whole cloud.
  - The number of reading requests does not grow with the number of entries, except for one login for each user with
    a password, which tells whether that password is still the right one.
  - Entries that are not named are left alone, and so are options that are left out.
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - python3-requests on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description:
      - Predicts all changes without a write. Where Keystone is neither installed on this host nor behind O(auth.url),
        it predicts what a Keystone will lack that its own bootstrap has just made.
    support: full
  diff_mode:
    description: Shows the named entries before and after; passwords never.
    support: full
options:
  auth:
    description: How to sign in to Keystone as an administrator.
    type: dict
    required: true
    suboptions:
      url:
        description: Address of Keystone, with C(/v3).
        type: str
        required: true
      username:
        description: Name of the administrator.
        type: str
        default: admin
      password:
        description: Password of the administrator.
        type: str
        required: true
      project_name:
        description: Project in which the administrator works.
        type: str
        default: admin
      user_domain_name:
        description: Domain of the administrator.
        type: str
        default: Default
      project_domain_name:
        description: Domain of the administrator's project.
        type: str
        default: Default
  ca_cert:
    description: File with the certificates that vouch for Keystone's.
    type: path
    default: /etc/ssl/certs/ca-certificates.crt
  wait:
    description: Time in seconds to wait for a Keystone that does not answer yet.
    type: int
    default: 60
  region:
    description: Region of all endpoints. It is created where it does not exist.
    type: str
    default: RegionOne
  roles:
    description: Names of roles that have to exist.
    type: list
    elements: str
    default: []
  role_implications:
    description: Roles that bring other roles with them.
    type: list
    elements: dict
    default: []
    suboptions:
      role:
        description: Name of the role that a user is given.
        type: str
        required: true
      implies:
        description: Name of the role that the user has then, too.
        type: str
        required: true
  domains:
    description: Names of domains that have to exist.
    type: list
    elements: str
    default: []
  projects:
    description: Projects.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the project.
        type: str
        required: true
      domain:
        description: Domain of the project.
        type: str
        default: Default
      description:
        description: What the project is for.
        type: str
      state:
        description: Whether the project exists.
        type: str
        choices: [present, absent]
        default: present
  users:
    description: Users, mostly those of services.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the user.
        type: str
        required: true
      domain:
        description: Domain of the user.
        type: str
        default: Default
      password:
        description:
          - Password of the user. A user that cannot sign in with it gets it.
        type: str
      description:
        description: What the user is for.
        type: str
      project:
        description: Project in which the user has O(users[].roles).
        type: str
      project_domain:
        description: Domain of that project.
        type: str
        default: Default
      roles:
        description: Roles of the user in O(users[].project). Further roles are left alone.
        type: list
        elements: str
        default: []
      state:
        description: Whether the user exists.
        type: str
        choices: [present, absent]
        default: present
  services:
    description: Services. A service is known by its type.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the service.
        type: str
        required: true
      type:
        description: Type of the service, such as V(image).
        type: str
        required: true
      description:
        description: What the service is for.
        type: str
      endpoints:
        description: Addresses of the service in O(region).
        type: dict
        default: {}
        suboptions:
          internal:
            description: Address for the other services of the cloud.
            type: str
          public:
            description: Address for the users of the cloud.
            type: str
          admin:
            description: Address for administrators.
            type: str
      state:
        description: Whether the service exists. Its endpoints go with it.
        type: str
        choices: [present, absent]
        default: present
"""

EXAMPLES = r"""
- name: Register the image service
  conductor.cloud.keystone_catalog:
    auth:
      url: https://192.0.2.5:5000/v3
      password: "{{ cloud_secrets.keystone_admin }}"
    roles: [service]
    projects:
      - name: service
        description: Users of the services
    users:
      - name: glance
        password: "{{ cloud_secrets.glance_keystone }}"
        project: service
        roles: [service, admin]
    services:
      - name: glance
        type: image
        endpoints:
          internal: https://192.0.2.5:9292
          public: https://198.51.100.5:9292

- name: Remove a service that is gone, with its user
  conductor.cloud.keystone_catalog:
    auth:
      url: https://192.0.2.5:5000/v3
      password: "{{ cloud_secrets.keystone_admin }}"
    users:
      - name: heat
        state: absent
    services:
      - name: heat
        type: orchestration
        state: absent
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Create user glance", "Give user glance the role service in project service"]
catalog:
  description:
    - The named entries as they are now, or in check mode would be. The ID of a user that is yet to be made is null.
  returned: success
  type: dict
  sample:
    region: RegionOne
    roles: [service]
    role_implications: []
    domains: []
    projects: {Default/service: {description: Users of the services, enabled: true}}
    users:
      Default/glance: {id: 6f2c1e0ab3d94f0f8a5d1c0b7e3a9d42, enabled: true, signs_in: true, roles: [service, admin]}
    services: {image: {name: glance, enabled: true, endpoints: {internal: "https://192.0.2.5:9292"}}}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node import keystone_client
from ansible_collections.conductor.cloud.plugins.module_utils.node.keystone_catalog import SPEC, Catalog
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | keystone_client.SPEC | SPEC).for_module())
    client = keystone_client.connect(module.params)
    run(module, "catalog", client, lambda reader: Fleet([Catalog(reader, module.params)]))


if __name__ == "__main__":
    main()
