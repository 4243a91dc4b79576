#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: database_backup
short_description: Back up the database server of this host while it runs
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Makes a full backup of all databases with mariabackup, or one of what changed since the backup before it.
  - A backup that is there is left alone. One that was not completed is no backup and is made anew.
  - Removes full backups beyond O(keep), the oldest first, with all that follow them, once the new one is complete.
  - One run at a time works in O(directory). Another one waits for 10 minutes, also for what a killed run left at work,
    and then it is an error. A copy of all data may take 4 hours.
options:
  name:
    description: Name of the backup, such as the time at which it was asked for. It is a directory in O(directory).
    type: str
    required: true
  kind:
    description: V(incremental) holds what changed since the newest backup, of either kind, and needs it to be restored.
    type: str
    choices: [full, incremental]
    default: full
  directory:
    description: Directory for all backups, readable by root alone.
    type: path
    default: /var/lib/mariadb-backups
  keep:
    description: Number of full backups to keep, with all that follow them.
    type: int
    default: 7
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows which backups there are.
    support: full
"""

EXAMPLES = r"""
- name: Back up what changed today
  conductor.cloud.database_backup:
    name: "2026-11-20"
    kind: incremental
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Back up what changed since 2026-11-19 as 2026-11-20"]
backup:
  description: C(backups), by name and the oldest first. C(base) is the backup that one follows, or none for a full one.
  returned: success
  type: dict
  sample: {backups: {"2026-11-19": {base: null}, "2026-11-20": {base: "2026-11-19"}}}
errors:
  description: One entry with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.database_backup import SPEC, backup
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "backup", Node(), lambda reader: backup(reader, module.params))


if __name__ == "__main__":
    main()
