#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: database_restore
short_description: Make data that a database server can start with from a backup
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Puts a backup of M(conductor.cloud.database_backup) and all that it follows together, beside the backups. The
    backups stay as they are, and no server is touched.
  - Refuses a backup of which a part is missing. Data that is there already is left alone.
  - Waits for 10 minutes for another run that is at work in O(directory), and then it is an error.
options:
  name:
    description: Name of the backup.
    type: str
    required: true
  directory:
    description: Directory with all backups. It needs space for a full one.
    type: path
    default: /var/lib/mariadb-backups
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows where the data lies.
    support: full
seealso:
  - module: conductor.cloud.database_backup
"""

EXAMPLES = r"""
- name: Have the data of a day
  conductor.cloud.database_restore:
    name: "2026-11-20"
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Prepare data of 2026-11-19 and what followed: 2026-11-20"]
data:
  description: C(path) is the directory of the data.
  returned: success
  type: dict
  sample: {path: /var/lib/mariadb-backups/2026-11-20.prepared}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.database_restore import SPEC, prepared
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "data", Node(), lambda reader: prepared(reader, module.params))


if __name__ == "__main__":
    main()
