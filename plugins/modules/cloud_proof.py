#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that services of OpenStack work, by an action that is read back and cleared away."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloud_proof
short_description: Prove that services of OpenStack work
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Does something with each service through its API, reads the effect back, and clears it away. It fails, with words,
    when the effect is not there. That a port or a list answers is not taken for a proof.
  - What a proof makes has a name that begins with C(conductor-proof) and holds the time. What a proof left that was
    stopped, one that runs half an hour later clears away; what belongs to others is left alone.
  - Nothing stays, so the task never reports a change. In check mode it says what it would do and sends no write.
  - Needs the role C(admin).
extends_documentation_fragment:
  - conductor.cloud.openstack
attributes:
  check_mode:
    description: Says what would be done and sends no write.
    support: full
  diff_mode:
    description: There is nothing to show, since nothing stays.
    support: none
options:
  services:
    description:
      - What to prove. All proofs run side by side, and one that fails does not hide the others.
      - V(identity) makes a user, signs in with the right and a wrong password, removes the user, and reads the catalog.
      - V(image) uploads random data, downloads and compares it.
      - V(placement) makes an inventory and asks for as much as it has, and for more.
      - V(volume) makes a volume, extends it, and makes a snapshot and, where Cinder has the service for it, a backup.
      - V(guest) boots a guest on every compute node and compares what it says on its console of its address and its
        metadata with what Neutron and Nova gave it.
      - V(migration) moves a guest to another compute node while it runs, and back while it is stopped.
    type: list
    elements: str
    required: true
    choices: [identity, image, placement, volume, guest, migration]
  image:
    description: Image of the guests, which the role P(conductor.cloud.guest_image#role) makes.
    type: str
    default: guest
  flavor:
    description: Flavor of the guests.
    type: str
    default: small
  timeout:
    description: How long to wait for a guest to run, for it to be ready, and for it to move, in seconds.
    type: int
    default: 120
seealso:
  - module: conductor.cloud.node_proof
"""

EXAMPLES = r"""
- name: Prove that images come back as they were uploaded, and that volumes grow
  conductor.cloud.cloud_proof:
    cloud: admin
    services: [image, volume]
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: str
  sample: ["Upload 1 MiB of random data as an image, download it, compare, and delete it"]
proofs:
  description: What was found, by service, with C(seconds), the time it took, and C(error) where a proof failed.
  returned: always
  type: dict
  sample: {"image": {"bytes": 1048576, "seconds": 1.2}}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ArgSpec
from ..module_utils.openstack.session import SPEC as CONNECTION, connect
from ..module_utils.proof import (
    cloud_guest,
    cloud_identity,
    cloud_image,
    cloud_migration,
    cloud_placement,
    cloud_volume,
)
from ..module_utils.proof.proof import run

PROOFS = {
    "identity": cloud_identity.PROOF,
    "image": cloud_image.PROOF,
    "placement": cloud_placement.PROOF,
    "volume": cloud_volume.PROOF,
    "guest": cloud_guest.PROOF,
    "migration": cloud_migration.PROOF,
}
SPEC = ArgSpec(
    {
        "services": {"type": "list", "elements": "str", "required": True, "choices": list(PROOFS)},
        "image": {"type": "str", "default": "guest"},
        "flavor": {"type": "str", "default": "small"},
        "timeout": {"type": "int", "default": 120},
    }
)


def main() -> None:
    """Run one proof."""
    module = AnsibleModule(supports_check_mode=True, **(CONNECTION | SPEC).for_module())
    run(module, PROOFS, module.params["services"], connect(module.params), module.params)


if __name__ == "__main__":
    main()
