#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ovn_info
short_description: Tell how OVN's databases on a host are, running or not
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Reads what the northbound and the southbound database of OVN on this host say of their clusters.
  - Works on servers that run, that lost the others, that were stopped, and that never were in a cluster.
options: {}
extends_documentation_fragment:
  - conductor.cloud.reads
seealso:
  - module: conductor.cloud.ovn_founder
"""

EXAMPLES = r"""
- name: Ask the databases of this host how they are
  conductor.cloud.ovn_info:
  register: example_member
"""

RETURN = r"""
member:
  description:
    - For each of C(northbound) and C(southbound), what follows.
    - C(kind) is V(absent), V(standalone) or V(clustered).
    - C(cluster) and C(server) are the ids of the cluster and of this server in it, and C(address) is where it speaks to
      the others. They are none where it has not joined one yet.
    - C(role) is V(leader), V(follower) or V(candidate), and none where the server does not answer. C(together) says
      whether it sees a leader. C(servers) are the addresses of all servers of the cluster by the first four characters
      of their ids.
    - C(used) says whether a database that is in no cluster holds switches or chassis.
  returned: success
  type: dict
  sample:
    northbound:
      kind: clustered
      cluster: 5a3ad2b6-0000-41f1-8000-1f6f0f3b0a51
      server: 1c7e6a30-0000-41f1-8000-1f6f0f3b0a51
      address: "tcp:192.0.2.11:6643"
      role: leader
      together: true
      servers: {1c7e: "tcp:192.0.2.11:6643"}
      used: false
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.node.ovn import inform


def main() -> None:
    inform(AnsibleModule(argument_spec={}, supports_check_mode=True))


if __name__ == "__main__":
    main()
