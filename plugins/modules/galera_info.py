#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: galera_info
short_description: Tell how a member of a database cluster is, running or not
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Reads what MariaDB on this host says of its Galera cluster, and what it noted there before.
  - Works on a server that runs, that has lost the others, that was stopped, and that never was in a cluster.
options:
  replayed:
    description:
      - What C(galera_recovery) printed on this host. It finds the position of a server that was stopped out of order by
        replaying the log of its storage engine, as a start would, so take a copy of the data before it is run.
    type: str
    default: ""
extends_documentation_fragment:
  - conductor.cloud.reads
seealso:
  - module: conductor.cloud.galera_founder
"""

EXAMPLES = r"""
- name: Ask this member how it is
  conductor.cloud.galera_info:
  register: example_member
"""

RETURN = r"""
member:
  description:
    - C(unit) is the state of the service as systemd names it.
    - C(status) is V(Primary), V(non-Primary) or V(Disconnected), and none where the server does not answer. C(size) is
      the number of members that it sees, C(state) what it does, such as V(Synced).
    - C(uuid) names the cluster whose data it has, or is none. C(seqno) is the last transaction, V(-1) while it is
      unknown. C(safe_to_bootstrap) says whether it was the last one to stop.
    - C(has_view) says whether it knows the members it was with, so that it finds them again by itself.
    - C(databases) are those that are not MariaDB's own.
  returned: success
  type: dict
  sample:
    unit: active
    status: Primary
    size: 3
    state: Synced
    uuid: 5a3ad2b6-0000-11f1-8000-1f6f0f3b0a51
    seqno: -1
    safe_to_bootstrap: false
    has_view: true
    databases: [keystone]
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.node.galera import inform


def main() -> None:
    spec = {"replayed": {"type": "str", "default": ""}}
    inform(AnsibleModule(argument_spec=spec, supports_check_mode=True))


if __name__ == "__main__":
    main()
