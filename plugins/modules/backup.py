#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back up an OpenStack instance with all its volumes, restore it, keep as many backups as wanted."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup
short_description: Back up an OpenStack instance with all its volumes, and restore it as a new instance or in place
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - Copies all volumes of an instance together under one name. The instance may run meanwhile.
  - Each volume is copied as it is at that moment. Stop the instance first where its volumes have to fit together.
  - A backup carries in its metadata all that is needed to build the instance again, also when the instance is gone.
  - A backup is complete when all its copies are usable. A task that was interrupted is finished by running it again.
  - The name belongs to one instance of the project. A backup of that name that is complete is left as it is.
  - A restore in place notes on the instance what it does, renewed every 10 seconds, so that any later run can finish
    it. What each volume was restored from stands in its metadata.
notes:
  - The root volume cannot be restored in place, as Nova lets none off its server. O(in_place) leaves it as it is; what
    belongs together on the root volume and the others is restored with O(new_name).
  - With a restore Cinder replaces the metadata of a volume by those that it had when it was backed up.
  - Cinder does not say on which backup an incremental one is built. The order of the backups of a volume tells it.
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.engine
  - conductor.cloud.journal
options:
  name:
    description: Name of the backup.
    type: str
    required: true
  state:
    description:
      - V(present) makes the backup, then removes what O(keep) and O(keep_days) no longer want.
      - V(absent) removes the backup. It is an error when an incremental backup that stays is built on it.
      - V(restored) with O(new_name) makes that instance from the backup. Neither the backup nor the instance
        that it was made of is changed.
      - V(restored) with O(in_place) puts what the backup holds back into the data volumes that it was made of. What was
        written to them since is lost.
    type: str
    default: present
    choices: [present, absent, restored]
  instance:
    description:
      - Name or id of the instance. Needed for O(state=present).
      - Otherwise optional; a backup of that name of another instance is then an error.
    type: str
  method:
    description:
      - V(backup) makes Cinder backups, which lie in a place of their own.
      - V(snapshot) makes snapshots. They are quick, but they lie in the pool of the volumes and die with it, and
        their volumes cannot be deleted as long as they exist.
      - Left out, a new backup is V(backup).
    type: str
    choices: [backup, snapshot]
  incremental:
    description:
      - Copy only what changed since the newest backup of the volume. A volume without one gets a full backup.
      - The older backup cannot be removed as long as one that is built on it exists.
    type: bool
    default: false
  keep:
    description:
      - How many complete backups of the instance and method to keep, the one called O(name) included.
      - Older ones are removed when the new one is complete, and only those that this module made.
      - A backup that another one is built on stays as long as that one stays.
    type: int
  keep_days:
    description:
      - Remove backups older than this many days, V(36500) at most, with the rules of O(keep). The one called O(name)
        stays.
    type: int
  new_name:
    description: Name of the instance to make with O(state=restored), unless that is done O(in_place).
    type: str
  in_place:
    description:
      - With O(state=restored), restore the data volumes of the instance that was backed up. One after the other they
        are taken from the stopped instance, restored, and put back where they were. A snapshot is not restored so.
      - A guest goes on writing, so that what a volume holds does not tell whether it was restored. It is done when the
        last restore in place of each volume was one from this backup, all in one operation; a later run has nothing to
        do then. See O(force).
      - When it fails half way, the instance stays stopped, rather than to run with data of two times. The next run goes
        on.
    type: bool
    default: false
  force:
    description:
      - With O(in_place), restore the volumes once more, also when their last restore was from this backup.
      - Such a task acts at each run.
    type: bool
    default: false
  stop:
    description: With O(in_place), whether a running instance may be stopped for it. It is started again at the end.
    type: bool
    default: false
  flavor:
    description: Flavor of the new instance. Left out, the one that the backed-up instance had.
    type: str
  networks:
    description: Networks of the new instance. Left out, those that the backed-up instance had.
    type: list
    elements: str
  security_groups:
    description: Security groups of the new instance. Left out, those that the backed-up instance had.
    type: list
    elements: str
  key_name:
    description:
      - Key of the new instance. Left out, the one that the backed-up instance had. Empty means none.
      - The disks hold the old key in any case.
    type: str
  user_data:
    description: User data of the new instance. That of the backed-up instance is not kept.
    type: str
  config_drive:
    description: Whether the new instance gets a config drive. Left out, as the backed-up instance had it.
    type: bool
  floating_ip:
    description: V(auto) gives the new instance a floating IP, an address gives that one, V(none) and left out none.
    type: str
  floating_network:
    description: External network of the floating IP, where the project sees several.
    type: str
  volume_type:
    description: Type of the new volumes. Left out, the types that the backed-up volumes had.
    type: str
"""

EXAMPLES = r"""
- name: Back up an instance every night and keep a week
  conductor.cloud.backup:
    cloud: demo
    name: "web-{{ now(utc=true, fmt='%Y-%m-%d') }}"
    instance: web
    keep: 7

- name: Take a quick snapshot before a change
  conductor.cloud.backup:
    cloud: demo
    name: before-upgrade
    instance: web
    method: snapshot

- name: Restore a backup as a new instance
  conductor.cloud.backup:
    cloud: demo
    name: web-2026-05-01
    state: restored
    new_name: web-restored
    floating_ip: auto

- name: Put the data volumes of an instance back as they were before a change
  conductor.cloud.backup:
    cloud: demo
    name: web-2026-05-01
    instance: web
    state: restored
    in_place: true
    stop: true

- name: Remove a backup
  conductor.cloud.backup:
    cloud: demo
    name: before-upgrade
    state: absent
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, one sentence for each write.
  returned: always
  type: list
  elements: str
  sample: ["Make a backup of the root volume of web (2 GiB)"]
backup:
  description: The backup, or null when there is none.
  returned: when O(state) is V(present) or V(absent)
  type: dict
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
      description: Whether all copies are usable.
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
instance:
  description:
    - The restored instance, as M(conductor.cloud.instance) returns it.
    - With O(in_place) its C(id), C(name), C(status), C(task_state) and C(fault), and of the volumes that are restored
      C(id), C(name), C(role), C(size) in GiB, C(status), C(device), C(attached), C(listed) as long as Nova counts it
      among those of the server, C(restored_from), the name of the backup, and C(restored_at), when that began.
  returned: when O(state) is V(restored)
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.openstack import session
from ..module_utils.openstack.backup import SPEC, backups
from ..module_utils.resource import run


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    """Run one task."""
    spec = ENGINE | session.SPEC | session.PROJECT | SPEC
    module = make(supports_check_mode=True, **spec.for_module())
    kind = "instance" if module.params["state"] == "restored" else "backup"
    run(module, kind, session.connect(module.params), lambda reader: backups(reader, module.params))


if __name__ == "__main__":
    main()
