#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kvm_trial
short_description: Find out whether guests run under KVM
version_added: 0.1.0
description:
  - Boots a guest under KVM on this host and waits until its console says that it is ready. That C(/dev/kvm) is there
    does not say that guests run, least of all on machines that are guests themselves.
  - The guest runs as the user that will run the guests of the cloud. It gets neither a network nor a disk that it could
    write to, and is ended after the trial.
  - What came of it is kept in C(/var/lib/conductor/kvm-trial.json), with the kernel and the emulator. The trial is
    repeated only when one of these is another.
  - Nothing is kept of a trial whose time was up or that was denied the device, since it says nothing of KVM. The next
    run tries again, and until then guests run under QEMU.
  - Before, C(/dev/kvm) is given to the group C(kvm) with mode C(0660) where neither that group nor everybody may use
    it, as in a container that was made before the group.
  - A host without C(/dev/kvm) needs no trial.
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - qemu-system-x86_64 on the host that runs the module
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Tells whether there would be a trial.
    support: full
  diff_mode:
    description: Shows what came of the trial.
    support: full
options:
  image:
    description: A bootable raw disk on this host. O(user) has to be able to read it.
    type: path
    required: true
  ready:
    description: What the console of the guest says when it runs.
    type: str
    default: "guest: ready"
  seconds:
    description: How long the guest may take, in seconds.
    type: int
    default: 60
  user:
    description: User that runs guests.
    type: str
    default: libvirt-qemu
"""

EXAMPLES = r"""
- name: Find out whether guests run under KVM
  conductor.cloud.kvm_trial:
    image: /var/tmp/guest.raw
  register: trial

- name: Say how guests run here
  ansible.builtin.debug:
    msg: "{{ trial.trial.type }}: {{ trial.trial.reason }}"
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: [Let the group kvm use /dev/kvm, Boot a guest under KVM to see whether it runs]
trial:
  description:
    - What came of the trial. C(type) is V(kvm) where the guest ran, else V(qemu), and C(reason) says why.
    - C(device) says who may use C(/dev/kvm), and is V(null) where there is none.
    - All other values are V(null) in check mode where the trial is still to come.
  returned: success
  type: dict
  sample:
    type: kvm
    reason: A guest was ready.
    kernel: 6.12.0
    emulator: QEMU emulator version 10.0
    device: {owner: root, group: kvm, mode: "0660"}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.kvm_trial import SPEC, Trial, TrialNode
from ansible_collections.conductor.cloud.plugins.module_utils.resource import Fleet, run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "trial", TrialNode(), lambda reader: Fleet([Trial(reader, module.params)]))


if __name__ == "__main__":
    main()
