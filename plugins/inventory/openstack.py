# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of an OpenStack cloud as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: openstack
short_description: The instances of an OpenStack cloud as hosts
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - Lists the instances of a project, or of all projects, with a fixed number of listings, whatever their number.
  - The name of the configuration file has to end in C(openstack.yml) or C(openstack.yaml).
  - Each host has the variables C(openstack_id), C(openstack_name), C(openstack_status), C(openstack_flavor),
    C(openstack_cores), C(openstack_ram) in MiB, C(openstack_project), C(openstack_project_id),
    C(openstack_availability_zone), C(openstack_key_name), C(openstack_security_groups), C(openstack_metadata),
    C(openstack_addresses), C(openstack_fixed_ip), C(openstack_floating_ip), C(openstack_volumes) and
    C(openstack_created), and C(ansible_host) when it has a fitting address.
  - A host has the name of its instance. Where several instances have that name, each gets an underscore and its id.
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - constructed
  - inventory_cache
options:
  plugin:
    description: Says that the file is for this plugin.
    required: true
    choices: [conductor.cloud.openstack]
  all_projects:
    description: List the instances of all projects. Needs the role C(admin).
    type: bool
    default: false
  address:
    description:
      - Which address becomes C(ansible_host).
      - V(any) is the floating IP, or the fixed address of an instance that has none.
    type: str
    default: any
    choices: [any, floating, fixed]
  network:
    description: Look for the address in the network of this name only.
    type: str
  group_by:
    description:
      - What to make groups of, such as C(project_demo), C(flavor_small), C(status_active) and, for metadata,
        C(metadata_role_web).
      - Characters that a group name cannot have become underscores.
    type: list
    elements: str
    default: [project, flavor, status, metadata]
    choices: [project, flavor, status, metadata]
"""

EXAMPLES = r"""
# demo.openstack.yml: the instances of one project, reached by their floating IPs
plugin: conductor.cloud.openstack
cloud: demo
address: floating
---
# all.openstack.yml: the instances of all projects, kept for ten minutes, with a group for those that are large
plugin: conductor.cloud.openstack
cloud: admin
all_projects: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/ansible/openstack
cache_timeout: 600
compose:
  ansible_user: "'debian'"
groups:
  large: openstack_ram >= 8192
keyed_groups:
  - prefix: zone
    key: openstack_availability_zone
"""

from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils.openstack import session
from ..module_utils.openstack.inventory_hosts import address, groups_of, named, read_hosts
from ..module_utils.resource import Document, ResourceError


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads instances, names hosts, fills groups."""

    NAME = "conductor.cloud.openstack"

    def verify_file(self, path: str) -> bool:
        """Tell whether a file is meant for this plugin."""
        return super().verify_file(path) and path.endswith(("openstack.yml", "openstack.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory from the cache or from the cloud."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for name, entry in named(self._hosts(path, cache)):
            self._add(name, entry)

    def _hosts(self, path: str, cache: bool) -> list[Document]:
        key = self.get_cache_key(path)
        uses_cache = self.get_option("cache")
        if uses_cache and cache and key in self._cache:
            return self._cache[key]
        try:
            hosts = read_hosts(self._session(), self.get_option("all_projects"))
        except ResourceError as error:
            raise AnsibleParserError(f"{path}: {error}") from error
        if uses_cache:
            self._cache[key] = hosts
        return hosts

    def _session(self) -> Any:
        options = (session.SPEC | session.PROJECT).options
        return session.connect({name: self.get_option(name) for name in options}).reader()

    def _add(self, name: str, entry: Document) -> None:
        self.inventory.add_host(name)
        variables = {f"openstack_{key}": value for key, value in entry.items()}
        reached_at = address(entry, self.get_option("address"), self.get_option("network"))
        if reached_at:
            variables["ansible_host"] = reached_at
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for group in groups_of(entry, self.get_option("group_by")):
            self.inventory.add_child(self.inventory.add_group(self._sanitize_group_name(group)), name)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
