#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: debian_packages
short_description: Keep Debian packages installed, free to be upgraded, and configured
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Installs what is missing, in one transaction and without recommended packages, and lifts holds.
  - Finishes first what a run that was killed, or a node that lost power, left half installed. Where another program is
    at work on packages, which may be what a killed run left running, it waits for up to half an hour.
  - Services of half installed packages that started with the machine, and so without their configuration, are stopped.
  - Reads dpkg's own list and nothing else, so a run with nothing to do takes no time, and check mode needs neither a
    mirror nor apt's lists.
  - Versions are left alone. Configuration files that were changed stay as they are.
options:
  names:
    description: Names of the packages. Virtual packages have no state of their own and cannot be named.
    type: list
    elements: str
    required: true
  start_services:
    description: Whether packages may start their services as they are installed.
    type: bool
    default: false
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows each package by its state.
    support: full
seealso:
  - module: ansible.builtin.apt
"""

EXAMPLES = r"""
- name: Install the front
  conductor.cloud.debian_packages:
    names: [haproxy, keepalived]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Lift the hold on haproxy", "Install keepalived"]
packages:
  description: >-
    State of each package under C(packages) (V(installed), V(held), V(missing) or V(interrupted)), the names of all
    interrupted packages of the host under C(interrupted), whether dpkg was stopped at work under C(journal), whether
    packages are forbidden to start services under C(services_kept_stopped), and which services started nevertheless
    under C(started_early).
  returned: always
  type: dict
  sample:
    packages: {haproxy: installed, keepalived: installed}
    interrupted: []
    journal: false
    services_kept_stopped: false
    started_early: []
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.argspec import ENGINE
from ..module_utils.node.debian_packages import SPEC, debian_packages
from ..module_utils.node.node import Node
from ..module_utils.resource import run


def main() -> None:
    """Run one task."""
    module = AnsibleModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "packages", Node(), lambda reader: debian_packages(reader, module.params))


if __name__ == "__main__":
    main()
