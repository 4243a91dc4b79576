#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_resize
short_description: Make a data volume of a stopped instance larger
version_added: 0.1.0
description:
  - Detaches the volume, extends it, and attaches it again on the same device. Whatever fails in between, the volume is
    attached again, and an instance that was stopped for it is started again.
  - What is under way is noted in the metadata of the volume, first of all, and cleared last of all. Where a run was
    stopped at any moment, the next one, by anybody and from anywhere, finishes it. Two runs at the same time do not
    disturb each other, see O(when_busy).
  - Shrinking, the root volume, a running instance without O(stop=true) and a quota that would be exceeded are errors
    before the first write.
  - The guest finds a larger disk; growing the file system on it is the guest's own work.
author: conductor.cloud contributors (@conductor-cloud)
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.engine
  - conductor.cloud.journal
options:
  instance:
    description: Name or id of the instance.
    type: str
    required: true
  volume:
    description: Name or id of the volume, its device in the instance (C(/dev/vdb) or C(vdb)), or its role (C(data-1)).
    type: str
    required: true
  size:
    description: Size that the volume shall have, in GiB. The size it has already changes nothing.
    type: int
    required: true
  stop:
    description: Whether a running instance may be stopped for it. It is started again after that.
    type: bool
    default: false
seealso:
  - module: conductor.cloud.instance
"""

EXAMPLES = r"""
- name: Make the data volume larger while the instance is stopped
  conductor.cloud.volume_resize:
    cloud: demo
    instance: web1
    volume: web1-data-1
    size: 20

- name: The same for a running instance, which is stopped and started again
  conductor.cloud.volume_resize:
    cloud: demo
    instance: web1
    volume: /dev/vdb
    size: 30
    stop: true
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each write.
  returned: always
  type: list
  elements: str
  sample: ["Detach the volume web1-data-1 from web1", "Extend the volume web1-data-1 from 10 to 20 GiB"]
instance:
  description: The instance and its volume.
  returned: always
  type: dict
  contains:
    id:
      description: Id of the server.
      type: str
    name:
      description: Name of the server.
      type: str
    status:
      description: Status of the server.
      type: str
    task_state:
      description: What Nova is doing with it, or null.
      type: str
    fault:
      description: Nova's reason for the status C(ERROR).
      type: str
    volume:
      description:
        - The volume, with C(id), C(name), C(role), C(size) in GiB, C(status), C(device), C(attached), and C(listed) as
          long as Nova counts it among the volumes of the server.
      type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import session
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.volume_resize import SPEC, resizes
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    options = ENGINE | session.SPEC | session.PROJECT | SPEC
    module = make(supports_check_mode=True, **options.for_module())
    run(module, "instance", session.connect(module.params), lambda reader: resizes(reader, module.params))


if __name__ == "__main__":
    main()
