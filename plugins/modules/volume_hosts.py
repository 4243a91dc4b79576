#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_hosts
short_description: Have Cinder forget hosts
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Removes the services that Cinder counts for a host, with those of each of its back ends. Cinder's API has no way to.
  - Volumes are left alone. Where all hosts are one cluster, the others go on with them.
  - Runs on a host with C(cinder-manage) and reads Cinder's database on the same host.
options:
  absent:
    description: Names of hosts, as they report themselves. Their services have to be stopped.
    type: list
    elements: str
    required: true
  socket:
    description: Socket of the database server.
    type: path
    default: /run/mysqld/mysqld.sock
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows the services that are counted.
    support: full
seealso:
  - module: conductor.cloud.host_services
"""

EXAMPLES = r"""
- name: Have Cinder forget a host
  conductor.cloud.volume_hosts:
    absent: [node-4]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Have Cinder forget cinder-volume of node-4@rbd"]
hosts:
  description: The services that are counted for a host; none where there are none.
  returned: always
  type: dict
  sample: {services: [cinder-volume node-4@rbd]}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.node.database_schema import connect
from ..module_utils.node.volume_hosts import SPEC, volume_hosts
from ..module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "hosts", connect(module.params), lambda reader: volume_hosts(reader, module.params))


if __name__ == "__main__":
    main()
