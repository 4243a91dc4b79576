#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: operation_info
short_description: Look at what is unfinished in a project
version_added: 0.1.0
description:
  - Lists the operations that a run has begun and not ended, because it is still at work or because it was killed, with
    what they need to be finished and what the next run would do.
  - They are noted on the cloud itself, so that any run, by anybody and from anywhere, can finish them. What stands in
    the metadata of a server or a volume and is no such note is not listed.
author: conductor.cloud contributors (@conductor-cloud)
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.reads
options:
  instance:
    description: Name or id of an instance. Left out, the operations of the whole project.
    type: str
seealso:
  - module: conductor.cloud.instance
  - module: conductor.cloud.volume_resize
  - module: conductor.cloud.backup
"""

EXAMPLES = r"""
- name: See what was left unfinished
  conductor.cloud.operation_info:
    cloud: demo
  register: unfinished

- name: Show what the next run would do about it
  ansible.builtin.debug:
    msg: "{{ unfinished.operations | map(attribute='next_run') }}"
"""

RETURN = r"""
operations:
  description: The operations, oldest first.
  returned: success
  type: list
  elements: dict
  contains:
    operation:
      description:
        - V(volume_resize), V(flavor_change), V(volume_restore) for a restore in place, or V(restore) for one that
          makes a new instance.
      type: str
    instance:
      description: The C(id) and C(name) of the instance; null where it does not exist.
      type: dict
    volume:
      description: The C(id) and C(name) of the volume that is made larger or restored, or null.
      type: dict
    device:
      description: Device of the volume in the instance, or null.
      type: str
    from_size:
      description: Size of the volume before, in GiB, or null.
      type: int
    size:
      description: Size that the volume shall have, in GiB, or null.
      type: int
    flavor:
      description: Name of the flavor that the instance shall have, or null.
      type: str
    backup:
      description: Name of the backup that is restored in place, or null.
      type: str
    power:
      description: Whether the instance was V(running) or V(stopped) before, or null.
      type: str
    owner:
      description: Id that the run gave itself, or null, also where it has left its work to the next one.
      type: str
    since:
      description: When it began, in UTC, by the clock of the cloud.
      type: str
    heartbeat:
      description: Last sign of life of the run, in UTC, or null.
      type: str
    alive:
      description: Whether that was less than 30 seconds ago, so that another run waits for it.
      type: bool
    next_run:
      description: What a run that finishes it would do, one sentence for each write.
      type: list
      elements: str
    problem:
      description: Why it cannot be finished as it stands, or null.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.openstack import session
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.operation_info import SPEC, look_at_operations
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    options = session.SPEC | session.PROJECT | SPEC
    module = make(supports_check_mode=True, **options.for_module())
    try:
        found = look_at_operations(session.connect(module.params), module.params)
    except ResourceError as error:
        module.fail_json(msg=str(error), **error.details)
    else:
        module.exit_json(changed=False, operations=found)


if __name__ == "__main__":
    main()
