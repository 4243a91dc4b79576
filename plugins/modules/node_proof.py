#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that a service under OpenStack works, by an action that is read back and cleared away."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_proof
short_description: Prove that a service under OpenStack works
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Does something with a service from one of the cloud's nodes, reads the effect back, and clears it away. It fails,
    with words, when the effect is not there.
  - Nothing stays, so the task never reports a change. In check mode it says what it would do and does nothing.
attributes:
  check_mode:
    description: Says what would be done and does nothing.
    support: full
  diff_mode:
    description: There is nothing to show, since nothing stays.
    support: none
options:
  service:
    description:
      - V(mariadb) writes a word through O(front) and reads it from every one of O(servers).
      - V(rabbitmq) publishes a message to a quorum queue on the first of O(servers) and takes it from the last.
      - V(memcached) sets, gets and deletes a value on every one of O(servers).
      - V(etcd) puts a word to every one of O(servers) and gets it from the next one.
      - V(haproxy) sees all servers behind it up, and checks the certificates of O(places).
      - V(ceph) sees the cluster healthy and writes a block device as O(user) in O(pool), which it reads back.
      - V(ovn) makes a logical switch and waits until every chassis has it.
    type: str
    required: true
    choices: [mariadb, rabbitmq, memcached, etcd, haproxy, ceph, ovn]
  servers:
    description: Addresses of the servers; those of caches may have a port, such as V(192.0.2.11:11211).
    type: list
    elements: str
    default: []
  front:
    description: Address in front of the servers.
    type: str
  user:
    description: Who signs in.
    type: str
  password:
    description: Password of O(user).
    type: str
  database:
    description: Database that O(user) may write to.
    type: str
  virtual_host:
    description: Virtual host of the message broker.
    type: str
  pool:
    description: Pool for the block device.
    type: str
  socket:
    description: HAProxy's admin socket.
    type: path
    default: /run/haproxy/admin.sock
  ca_bundle:
    description: File with the authorities to trust.
    type: path
    default: /etc/ssl/certs/ca-certificates.crt
  places:
    description: Addresses and ports with TLS, such as V(192.0.2.5:5000). The certificate has to name the address.
    type: list
    elements: str
    default: []
seealso:
  - module: conductor.cloud.cloud_proof
"""

EXAMPLES = r"""
- name: Prove that a message goes through the broker
  conductor.cloud.node_proof:
    service: rabbitmq
    servers: [192.0.2.11, 192.0.2.12]
    user: openstack
    password: "{{ cloud_secrets.rabbitmq_openstack }}"
    virtual_host: openstack
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: str
  sample: ["Set a value on every server, get it, delete it, and miss it"]
proofs:
  description: What was found, by service, with C(seconds), the time it took, and C(error) where a proof failed.
  returned: always
  type: dict
  sample: {"memcached": {"servers": ["192.0.2.11"], "seconds": 0.1}}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.node.node import Node
from ..module_utils.proof.node_proofs import PROOFS, SPEC
from ..module_utils.proof.proof import run


def main() -> None:
    """Run one proof."""
    module = AnsibleModule(supports_check_mode=True, **SPEC.for_module())
    run(module, PROOFS, [module.params["service"]], Node(), module.params)


if __name__ == "__main__":
    main()
