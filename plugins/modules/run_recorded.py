# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail unless ARA holds everything that a run did."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_recorded
short_description: Fails unless ARA holds everything that a run did
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - ARA never fails a play when it cannot record it. This module asks afterwards. It compares ARA's playbooks that
    carry the label of a run with the journal that the callback P(conductor.cloud.plan_record#callback) kept on the
    controller, and fails unless every playbook of the journal is C(completed) in ARA, no other playbook carries the
    label, and every host has as many results in ARA as on the controller, which in turn are those of the recap.
  - It changes nothing.
extends_documentation_fragment:
  - conductor.cloud.reads
options:
  server:
    description: Address of the ARA server.
    type: str
    required: true
  username:
    description: User name, where the server wants a login for reading.
    type: str
    default: ''
  password:
    description: Password, where the server wants a login for reading.
    type: str
    default: ''
  run:
    description: The label that all playbooks of the run carry, and no others.
    type: str
    required: true
  journal:
    description: The journal that the callback kept on the controller.
    type: path
    required: true
  asking:
    description: Path of the playbook that asks. It cannot have ended yet, so it is left out.
    type: path
    default: ''
"""

EXAMPLES = r"""
- name: See that ARA holds the whole run
  conductor.cloud.run_recorded:
    server: http://192.0.2.11:8000
    run: run-20260101T120000
    journal: /var/lib/cloud/runs.jsonl
  delegate_to: localhost
"""

RETURN = r"""
playbooks:
  description: The playbooks of the run, oldest first.
  returned: always
  type: list
  elements: dict
  sample:
    - path: /usr/share/cloud/playbooks/site.yml
      status: completed
      results: {node-1: 143}
      url: http://192.0.2.11:8000/playbooks/2.html
complaints:
  description: In sentences, where ARA and the journal differ. The task fails when there are any.
  returned: always
  type: list
  elements: str
  sample: ["site.yml: node-1 had 143 results, ARA holds 120."]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.conductor.cloud.plugins.module_utils.ara.api import Ara
from ansible_collections.conductor.cloud.plugins.module_utils.ara.journal import complaints, entries, recorded
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def main() -> None:
    module = AnsibleModule(
        supports_check_mode=True,
        argument_spec={
            "server": {"type": "str", "required": True},
            "username": {"type": "str", "default": ""},
            "password": {"type": "str", "default": "", "no_log": True},
            "run": {"type": "str", "required": True},
            "journal": {"type": "path", "required": True},
            "asking": {"type": "path", "default": ""},
        },
    )
    wanted = module.params
    try:
        server = Ara(wanted["server"], wanted["username"], wanted["password"])
        found = recorded(server, wanted["run"], wanted["asking"])
        wrong = complaints(entries(wanted["journal"], wanted["run"], wanted["asking"]), found)
    except (ResourceError, OSError) as error:
        module.fail_json(msg=str(error))
        return
    result = {"changed": False, "playbooks": list(found.values()), "complaints": wrong}
    if wrong:
        module.fail_json(msg=f"ARA does not hold the whole run {wanted['run']}: {' '.join(wrong)}", **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
