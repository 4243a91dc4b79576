#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the backups of OpenStack instances."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_info
short_description: Show the backups of OpenStack instances
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - Lists what M(conductor.cloud.backup) made in a project, with two listings, however many backups there are.
  - Backups and snapshots that were made by other means are not listed.
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.reads
options:
  name:
    description: Show only the backups of this name.
    type: str
  instance:
    description: Show only the backups of the instance of this name or id, which may be gone.
    type: str
"""

EXAMPLES = r"""
- name: Look at the backups of an instance
  conductor.cloud.backup_info:
    cloud: demo
    instance: web
  register: web_backups

- name: Fail when there is no usable backup
  ansible.builtin.assert:
    that: web_backups.backups | selectattr('complete') | list | length > 0
"""

RETURN = r"""
backups:
  description: The backups, oldest first.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the backup.
      type: str
      sample: web-2026-05-01
    method:
      description: V(backup) or V(snapshot).
      type: str
      sample: backup
    instance:
      description: The instance as it was, with id, name, flavor, networks, security groups, key and volumes.
      type: dict
    complete:
      description: Whether all copies are usable. Only such a backup can be restored.
      type: bool
      sample: true
    status:
      description: V(available), V(creating), V(restoring), V(deleting), V(incomplete) or an error status of Cinder.
      type: str
      sample: available
    size:
      description: Size of all copied volumes in GiB.
      type: int
      sample: 3
    created_at:
      description: When the first copy was made, in UTC.
      type: str
      sample: "2026-05-01T02:00:11.000000"
    members:
      description: The copies, with id, role, device, volume_id, size in GiB, status, incremental and reason.
      type: list
      elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.openstack import session
from ..module_utils.openstack.backup_view import FILTER, backup_sets_of
from ..module_utils.resource import ResourceError


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    """Run one task."""
    module = make(supports_check_mode=True, **(session.SPEC | session.PROJECT | FILTER).for_module())
    try:
        found = backup_sets_of(session.connect(module.params).reader(), module.params)
    except ResourceError as error:
        module.fail_json(msg=str(error), **error.details)
    module.exit_json(changed=False, backups=found)


if __name__ == "__main__":
    main()
