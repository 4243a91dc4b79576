#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: front_servers
short_description: Drain a node behind a front that runs, or send requests to it again
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Tells HAProxy on this host, at its admin socket, that the servers of a node get no requests any more, and waits
    until those that were sent have ended. Or that they get requests again, and waits until HAProxy sees them up.
  - A server of TCP is drained once nobody new comes to it. Who is connected stays so. Where HAProxy remembers that
    it is the one that serves, that is forgotten.
  - The last server of a service that is up is left as it is, as nobody else could serve.
  - For work that a run does on a node and ends itself. HAProxy forgets it as it is reloaded. To drain a node for
    longer, there is O(conductor.cloud.haproxy#role:main:haproxy_drained).
options:
  node:
    description: Name of the node, as HAProxy names its servers.
    type: str
    required: true
  state:
    description: Whether its servers get requests.
    type: str
    choices: [ready, drained]
    required: true
  keep:
    description: Servers that are left alone, such as V(glance/node-2).
    type: list
    elements: str
    default: []
  socket:
    description: HAProxy's admin socket.
    type: str
    default: /run/haproxy/admin.sock
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows the servers by their states.
    support: full
seealso:
  - module: conductor.cloud.unit_restarts
"""

EXAMPLES = r"""
- name: Drain this node at all fronts
  conductor.cloud.front_servers:
    node: "{{ inventory_hostname }}"
    state: drained
  loop: "{{ groups['haproxy'] }}"
  delegate_to: "{{ item }}"
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Drain keystone/node-2"]
servers:
  description: >-
    The state of each server of the node, V(ready), V(down), V(draining) or V(drained).
  returned: always
  type: dict
  sample: {keystone/node-2: drained}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.front_servers import SPEC, Front, front_servers
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "servers", Front(module.params["socket"]), lambda reader: front_servers(reader, module.params))


if __name__ == "__main__":
    main()
