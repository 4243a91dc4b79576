#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificates
short_description: Make an authority, and certificates that it signs
version_added: 0.1.0
description:
  - Keeps keys and certificates in one directory of the host that runs the module, which is the controller as a rule.
    The authority is in C(ca.key) and C(ca.crt), any other certificate in the two files that have its name.
  - A certificate is signed anew when it ends soon, when its names or purposes are others, when its key is another, and
    when it is not one of this authority. Its key stays, and so does the key of the authority.
  - All keys are of the curve secp384r1, and can be read by their owner alone.
author: conductor.cloud contributors (@conductor-cloud)
requirements:
  - cryptography, for the Python that runs the module
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Tells what would be made or signed.
    support: full
  diff_mode:
    description: Shows names and ends of certificates. The end of one that is to be signed is not known, V(null).
    support: full
options:
  authority:
    description: The authority, where it is to be made or kept. Left out, the one that is there signs.
    type: dict
    suboptions:
      name:
        description: What it is called.
        type: str
        required: true
      days:
        description: How long its certificate is valid, in days.
        type: int
        default: 3650
  certificates:
    description: The certificates that the authority signs.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of its files in the directory, without their endings.
        type: str
        required: true
      common_name:
        description: What is called so.
        type: str
        required: true
      alt_names:
        description: The names and addresses it is for, such as V(DNS:cloud) and V(IP:192.0.2.5).
        type: list
        elements: str
        required: true
      client:
        description: Whether clients prove with it who they are, besides servers.
        type: bool
        default: false
  days:
    description: How long a certificate is valid, in days.
    type: int
    default: 825
  directory:
    description: Where keys and certificates are.
    type: path
    required: true
  renew:
    description:
      - Whether to sign the certificates anew now, whenever they end. The authority's is not among them.
      - Every run with it signs anew, so say it for one run alone.
    type: bool
    default: false
  renewal_days:
    description: How many days before its end a certificate is signed anew. The authority's is, too.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Make the authority of the cloud and the certificate of its front
  conductor.cloud.certificates:
    directory: /etc/conductor-cloud/certificates
    authority:
      name: cloud authority
    certificates:
      - name: server
        common_name: cloud
        alt_names: ["DNS:cloud", "IP:192.0.2.5"]
"""

RETURN = r"""
actions:
  description: What was done, or in check mode would be done, in sentences.
  returned: always
  type: list
  elements: str
  sample: ["Sign /etc/conductor-cloud/certificates/server.crt anew, which ends soon"]
results_by_name:
  description:
    - Each certificate by its path.
    - C(ends) is V(null) in check mode where a certificate is to be signed.
  returned: success
  type: dict
  sample:
    /etc/conductor-cloud/certificates/server.crt:
      key_mode: "0600"
      mode: "0644"
      common_name: cloud
      client: false
      alt_names: ["DNS:cloud", "IP:192.0.2.5"]
      of_its_key: true
      of_this_authority: true
      ends: "2029-02-22"
      ends_soon: false
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.certificates import SPEC, certificates
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "certificate", Node(), lambda reader: certificates(reader, module.params))


if __name__ == "__main__":
    main()
