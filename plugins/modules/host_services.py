#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_services
short_description: Keep new instances away from a host, or have Nova and Neutron forget it
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - With V(drained), no new instance comes to a host, and its compute service may be restarted. Nova makes an error of
    each instance that is being built when this stops, and leaves half done what it moves. With V(ready), new instances
    come again.
  - With V(disabled) and V(absent), no instance is left. The compute service of the host is disabled, or all services
    and agents that Nova and Neutron have of it are deleted, and its resource provider. What instances that were
    evacuated have left allocated there is given back. Refuses while instances are on the host or moves from or to it
    have not ended, and names them.
  - Stop the services of the host before they are deleted. Who still runs would register itself again.
options:
  host:
    description: Name under which the host registered.
    type: str
    required: true
  state:
    description:
      - V(drained) disables the compute service, and waits until no instance is being built, rebuilt, moved, shelved or
        made an image of there. Instances stay where they are, and run on. The only host that takes instances is left as
        it is. That of a service which is down has nothing to be waited for.
      - V(ready) enables a service that V(drained) has disabled. One that somebody else has disabled stays so.
      - V(disabled) disables the service of a host that has no instances.
      - V(absent) has all services of a host forgotten that has no instances.
    type: str
    choices: [drained, ready, disabled, absent]
    required: true
  lost:
    description: Whether the host is lost. If so, a service that has reported itself within the last minute is refused.
    type: bool
    default: false
extends_documentation_fragment:
  - conductor.cloud.engine
  - conductor.cloud.openstack
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows services, and agents and whether there is a provider, or the instances that are worked on.
    support: full
"""

EXAMPLES = r"""
- name: Keep new instances away while the services of a host restart
  conductor.cloud.host_services:
    cloud: admin
    host: node-1
    state: drained

- name: Have Nova and Neutron forget a host
  conductor.cloud.host_services:
    cloud: admin
    host: node-4
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Delete nova-compute of node-4"]
host:
  description:
    - What is known of the host; none where nothing is. For V(drained) and V(ready) it is the C(services) and
      C(instances), those that a restart of the compute service would break.
  returned: always
  type: dict
  sample:
    services: {nova-compute: disabled}
    reason: It is being removed
    agents: [ovn-controller 0b6b5c0e-9d64-4c9a-8d0d-6f3b8f8a9f11]
    provider: true
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.openstack.host_services import SPEC, host_services
from ..module_utils.openstack.session import SPEC as CONNECTION, connect
from ..module_utils.resource import run


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    """Run one task."""
    module = make(supports_check_mode=True, **(ENGINE | CONNECTION | SPEC).for_module())
    run(module, "host", connect(module.params), lambda reader: host_services(reader, module.params))


if __name__ == "__main__":
    main()
