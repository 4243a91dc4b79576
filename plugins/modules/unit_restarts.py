#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: unit_restarts
short_description: Restart the services of a host that have run since before a moment
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Restarts, one after the other, the services that M(conductor.cloud.service_files) runs on this host and that started
    before O(since). The next one follows when systemd says that the one before runs.
  - A service that does not run stays as it is, and so do units that set something and end.
  - A second run with the same moment restarts what the first one had not come to, and nothing else.
options:
  since:
    description: Moment of which all services are to be younger, such as V(2026-11-20T18:00:00Z), by the host's clock.
    type: str
    required: true
  reload:
    description:
      - Services that are reloaded instead, because with that, too, a new process takes over, or because a restart would
        move an address. Patterns such as V(ceph-osd@*) may be given.
    type: list
    elements: str
    default: []
  skip:
    description: Services that are left alone, or patterns of their names.
    type: list
    elements: str
    default: []
  first:
    description: Services that come before all others, in this order, or patterns of their names.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very restarts of a run.
    support: full
  diff_mode:
    description: Shows which services are older than the moment.
    support: full
seealso:
  - module: conductor.cloud.service_files
  - module: conductor.cloud.front_servers
"""

EXAMPLES = r"""
- name: Have no service that started before this morning
  conductor.cloud.unit_restarts:
    since: "2026-11-20T06:00:00Z"
    reload: [haproxy]
    skip: [ovs-vswitchd, ovsdb-server]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Restart mariadb.service", "Reload haproxy.service"]
units:
  description: Each service that runs, V(new), V(old) or V(skipped).
  returned: always
  type: dict
  sample: {mariadb.service: new, haproxy.service: new, ovs-vswitchd.service: skipped}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_restarts import SPEC, unit_restarts
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "units", Node(), lambda reader: unit_restarts(reader, module.params))


if __name__ == "__main__":
    main()
