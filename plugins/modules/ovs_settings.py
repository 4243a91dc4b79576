#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ovs_settings
short_description: Keep settings of Open vSwitch and the addresses of OVN's databases
version_added: 0.1.0
description:
  - Keeps the settings, bridges and ports of the Open vSwitch of a host as they are described.
  - On a host with OVN's databases, keeps where these listen.
  - Keys, bridges and ports that are not named are left alone.
  - Settings are made before bridges and ports, which take some of them, V(userspace-tso-enable) among them, only as
    they are made. The module restarts nothing; for ports that were there before, restart C(ovs-vswitchd).
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - ovs-vsctl, and ovn-nbctl and ovn-sbctl for the databases, on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts all changes without a write.
    support: full
  diff_mode:
    description: Shows the named settings before and after.
    support: full
options:
  external_ids:
    description: Keys and values of C(external_ids), from which OVN's controller takes its settings.
    type: dict
    default: {}
  other_config:
    description: Keys and values of C(other_config), the settings of Open vSwitch itself.
    type: dict
    default: {}
  bridges:
    description: Bridges.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the bridge.
        type: str
        required: true
      datapath_type:
        description: Who forwards packets, the kernel V(system) or Open vSwitch itself V(netdev).
        type: str
        choices: [system, netdev]
      ports:
        description: Interfaces of the host that are ports of the bridge.
        type: list
        elements: str
        default: []
  manager:
    description: Where Open vSwitch's own database listens. An empty list closes it.
    type: list
    elements: str
  northbound_connection:
    description: Where OVN's northbound database listens. An empty list closes it.
    type: list
    elements: str
  southbound_connection:
    description: Where OVN's southbound database listens. An empty list closes it.
    type: list
    elements: str
  wait:
    description: Time in seconds to wait for a database that does not answer yet.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Make this host a node of the virtual network
  conductor.cloud.ovs_settings:
    external_ids:
      ovn-remote: tcp:192.0.2.11:6642
      ovn-encap-type: geneve
      ovn-encap-ip: 192.0.2.12
      ovn-bridge-mappings: external:br-ex
    other_config:
      userspace-tso-enable: true
    bridges:
      - name: br-ex
        datapath_type: netdev
    manager: ["ptcp:6640:127.0.0.1"]

- name: Let OVN's databases listen
  conductor.cloud.ovs_settings:
    northbound_connection: ["ptcp:6641:192.0.2.11"]
    southbound_connection: ["ptcp:6642:192.0.2.11"]
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Set external_ids ovn-remote, ovn-encap-ip of Open vSwitch", "Create bridge br-ex"]
results_by_name:
  description: The named settings as they are now, or in check mode would be, of the switch and of each database.
  returned: always
  type: dict
  sample:
    Open vSwitch:
      external_ids: {ovn-remote: "tcp:192.0.2.11:6642"}
      other_config: {}
      bridges: {br-ex: {datapath_type: netdev, ports: []}}
    OVN northbound database:
      connection: ["ptcp:6641:192.0.2.11"]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.ovs import SPEC, resources
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "switch", Node(), lambda reader: Fleet(resources(reader, module.params)))


if __name__ == "__main__":
    main()
