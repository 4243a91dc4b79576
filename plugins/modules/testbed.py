#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: testbed
short_description: Bring up nodes as systemd containers on networks of their own
version_added: 0.1.0
description:
  - Creates, starts, stops or removes a testbed, that is nodes in privileged podman containers that run systemd, and
    bridge networks that connect them with this machine and with each other.
  - The machine itself has the address C(.1) on each network, the first node C(.11), the next C(.12), and so on.
    Only the internal network leads out.
  - Everything carries the name of the testbed, so that several stand side by side on one machine.
  - A node that exists is started but never made anew, because it holds the data of whatever runs on it.
author:
  - conductor.cloud contributors (@conductor-cloud)
attributes:
  check_mode:
    support: full
    description: Reports what would be done, and does not do it.
  diff_mode:
    support: full
    description: Shows networks and the states of nodes before and after.
options:
  name:
    description: Name of the testbed. Containers and networks are named after it.
    type: str
    required: true
  prefix:
    description:
      - First two numbers of all addresses. The internal network is C(<prefix>.0.0/24), the external one
        C(<prefix>.1.0/24), that for the outside of guests C(<prefix>.2.0/24), that for tunnels C(<prefix>.3.0/24).
      - A prefix that differs from the networks that stand already is an error.
    type: str
    required: true
  nodes:
    description: Names of the nodes, in the order of their addresses.
    type: list
    elements: str
    default: [node-1]
  networks:
    description:
      - The networks that nodes are made with. The interface of a node is called C(eth0) on the internal network,
        C(eth1) on the external one, C(eth2) on the one for the outside of guests, and C(eth3) on the one for tunnels.
      - Several nodes that carry guests need all four, as guests on different nodes speak through tunnels, and a router
        to the outside may be on any of the nodes.
    type: list
    elements: str
    choices: [internal, external, provider, tunnel]
    default: [internal, external]
  image:
    description: Name of the image that nodes are made from. Images are removed with the last testbed that uses them.
    type: str
    required: true
  image_file:
    description:
      - Tar file of a root file system, imported under the name O(image) when there is no such image.
      - Required when O(state=started).
    type: path
  volumes:
    description:
      - What of this machine is seen in the nodes, from path in the node to path on this machine.
      - C({node}) in a path on this machine stands for the name of the node, and C(:ro) after a path in the node makes
        it read-only.
    type: dict
    default: {}
  stop_timeout:
    description: Seconds that a node has for shutting down before it is killed.
    type: int
    default: 60
  command:
    description: How podman is called.
    type: list
    elements: str
    default: [podman]
  concurrency:
    description: Number of nodes that are worked on at once.
    type: int
    default: 8
  timeout:
    description: Seconds to wait for the nodes to run.
    type: int
    default: 600
  state:
    description:
      - V(started) creates what is missing and starts all nodes.
      - V(stopped) shuts the nodes down and keeps their data.
      - V(absent) removes all nodes and networks that carry the name, with all data.
    type: str
    choices: [started, stopped, absent]
    default: started
"""

EXAMPLES = r"""
- name: Bring up three nodes
  conductor.cloud.testbed:
    name: ha
    prefix: "10.96"
    nodes: [node-1, node-2, node-3]
    networks: [internal, external, provider, tunnel]
    image: localhost/node:1
    image_file: /var/cache/node.tar

- name: Remove them
  conductor.cloud.testbed:
    name: ha
    prefix: "10.96"
    image: localhost/node:1
    state: absent
"""

RETURN = r"""
actions:
  description: What was done or, in check mode, what would be done, as sentences.
  returned: always
  type: list
  elements: str
  sample: [Create the node node-1, Start the node node-1]
testbed:
  description: The testbed after the task; V(none) when there is none.
  returned: always
  type: dict
  contains:
    name:
      description: Its name.
      type: str
    networks:
      description: Subnets by name of the network.
      type: dict
      sample: {internal: 10.96.0.0/24, external: 10.96.1.0/24}
    nodes:
      description: States, as podman calls them, by name of the node.
      type: dict
      sample: {node-1: running}
    images:
      description: Images of the nodes and of the task that are on this machine, with the containers beyond this
        testbed that were made from them.
      type: dict
      sample: {"localhost/node:1": []}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.resource import run
from ansible_collections.conductor.cloud.plugins.module_utils.testbed.podman import Podman
from ansible_collections.conductor.cloud.plugins.module_utils.testbed.testbed import SPEC, fleet


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **SPEC.for_module())
    run(module, "testbed", Podman(module.params["command"]), lambda reader: fleet(reader, module.params))


if __name__ == "__main__":
    main()
