#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_health
short_description: Wait until the services of a host run and their clusters have all of their members
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Asks the services of this host, in rounds and from what costs little to what costs much, until one whole round has
    found nothing missing.
  - Always looks whether a unit that M(conductor.cloud.service_files) watches failed or has not started yet.
options:
  mariadb:
    description: How many members the Galera cluster has to have, with this one in sync. With V(0), nobody asks.
    type: int
    default: 0
  rabbitmq:
    description: How many brokers have to run with their quorum queues, and to see each other. With V(0), nobody asks.
    type: int
    default: 0
  ovn:
    description: How many servers each of OVN's databases has to have, with a leader. With V(0), nobody asks.
    type: int
    default: 0
  ceph:
    description:
      - How many monitors have to be in the quorum, with all OSDs up and all data as often as they should be.
        With V(0), nobody asks.
    type: int
    default: 0
  etcd:
    description: Command that succeeds when all members of etcd answer. Without one, nobody asks.
    type: list
    elements: str
    default: []
  apis:
    description: URLs of APIs of this host that have to answer within 5 s, with a status below 400.
    type: list
    elements: str
    default: []
  front:
    description: Whether HAProxy of this host may have no server that is down.
    type: bool
    default: false
  address:
    description: Address that one host of several has, such as that of a front. Only told, not waited for.
    type: str
    default: ""
  timeout:
    description: Seconds that all of it may take together. The round that is under way is ended, and a last one is made.
    type: int
    default: 180
extends_documentation_fragment:
  - conductor.cloud.reads
seealso:
  - module: conductor.cloud.galera_info
  - module: conductor.cloud.ovn_info
"""

EXAMPLES = r"""
- name: Wait until three database servers and three brokers are together, and the identity API answers
  conductor.cloud.cluster_health:
    mariadb: 3
    rabbitmq: 3
    apis: ["http://192.0.2.11:5000/healthcheck"]
    timeout: 60
"""

RETURN = r"""
history:
  description: What was found missing first, and each time that something else was, with the seconds that had passed.
  returned: always
  type: list
  elements: str
  sample: ["0 s: mariadb: no answer, no state, 0 of 3 members", "9 s: rabbitmq: 2 of 3 brokers"]
missing:
  description: What is missing in the end.
  returned: on failure
  type: list
  elements: str
  sample: ["rabbitmq: 2 of 3 brokers"]
holds:
  description: Whether this host has O(address) in the end.
  returned: always
  type: bool
  sample: false
members:
  description:
    - What the member of each cluster said last, C(mariadb) as M(conductor.cloud.galera_info) returns it and C(ovn) as
      M(conductor.cloud.ovn_info) does.
  returned: always
  type: dict
  sample: {mariadb: {status: Primary, size: 3, state: Synced}}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.node.cluster_health import SPEC, inform


def main() -> None:
    inform(AnsibleModule(supports_check_mode=True, **SPEC.for_module()))


if __name__ == "__main__":
    main()
