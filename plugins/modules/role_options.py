#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse options that no role knows. It runs on the controller, as the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: role_options
short_description: Refuse options that no role of a collection knows
version_added: 0.1.0
author:
  - conductor.cloud contributors (@conductor-cloud)
description:
  - Compares the names of all variables of all hosts in the inventory with what the roles in a folder know.
    A name that begins with the name of a role and that no role knows is an error, with the option it may stand for.
    So is an option in which the name of the role itself has a slip.
  - A role knows its defaults, its variables, the options of its argument specs, and what its tasks set.
  - Overrides, which are the options that end in C(_overrides), have to be mappings of sections to options to values.
    A section that is V(null) is left out of the configuration.
  - So is a group of the inventory that is called nearly like one of O(groups) and has hosts which that one has not, and
    every variable that begins with C(enable_), because groups say which services a cloud has.
  - Runs on the controller, without a connection. Shows names only, never a value.
extends_documentation_fragment:
  - conductor.cloud.reads
options:
  roles:
    description: Folder of the roles.
    type: path
    required: true
  facts:
    description:
      - What any role may tell the others about its service, as C(<role>_<fact>), or an inventory in its place.
    type: list
    elements: str
    default: []
  without_sections:
    description: Names of overrides that are no mappings of sections.
    type: list
    elements: str
    default: []
  groups:
    description: Names of the groups that say what a cloud has, and where. Without them groups are not looked at.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Refuse options that no role knows
  conductor.cloud.role_options:
    roles: "{{ role_path }}/.."
    facts: [packages, frontends]
  run_once: true
"""

RETURN = r"""
unknown:
  description: The names of variables and groups that nothing knows. Where there are any, the task fails.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the variable or the group.
      type: str
      returned: always
      sample: nova_overrids
    hosts:
      description: Hosts that it is set for, or that only this group has.
      type: list
      elements: str
      returned: always
      sample: [node-1]
    meant:
      description: The option or the group that it may stand for. Null where none is alike.
      type: str
      returned: always
      sample: nova_overrides
"""
