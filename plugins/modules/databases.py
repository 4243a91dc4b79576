#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databases
short_description: Keep databases of MariaDB and their accounts as they should be
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Makes databases and the accounts that use them, all in one task and with the same few questions however many there
    are.
  - Runs on the host of MariaDB, as root through its socket. What the task does not name is left alone.
  - Passwords are compared by their hash, and only hashes are sent, so that no log of the server can hold a password.
  - Privileges are added and never taken away.
requirements:
  - python3-pymysql
options:
  databases:
    description: Databases, each with the user that may do everything to it.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the database.
        type: str
        required: true
      user:
        description:
          - Name of the user who gets all privileges on the database. Several databases may share a user, with the same
            password.
        type: str
      password:
        description: Password of the user. A different one is changed to it.
        type: str
      hosts:
        description: Hosts, as MariaDB matches them, from which the user signs in. There is an account for each.
        type: list
        elements: str
        default: ["%"]
      character_set:
        description:
          - Default character set of new tables. A new database gets V(utf8mb3) where none is given; that of an existing
            one is then left alone, as some services change it themselves.
        type: str
      collation:
        description:
          - Default collation of new tables. A new database gets V(utf8mb3_general_ci) where none is given; that of an
            existing one is then left alone.
        type: str
      state:
        description: V(absent) drops the database with all its data, and leaves its user alone.
        type: str
        choices: [present, absent]
        default: present
  users:
    description: Accounts with privileges of their own, for example for backups.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the user.
        type: str
        required: true
      host:
        description: Host, as MariaDB matches it, from which the user signs in.
        type: str
        default: "%"
      password:
        description: Password of the user. Required for O(users[].state=present); may be empty.
        type: str
      privileges:
        description:
          - Lists of privileges, each under V(*.*) or V(database.*). V(ALL) means all of them.
        type: dict
        default: {}
      state:
        description: V(absent) drops the account.
        type: str
        choices: [present, absent]
        default: present
  socket:
    description: Socket of the server.
    type: path
    default: /run/mysqld/mysqld.sock
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows defaults of databases, privileges, and whether a password is the wanted one.
    support: full
"""

EXAMPLES = r"""
- name: Make the databases of a service and a user for health checks
  conductor.cloud.databases:
    databases:
      - name: example
        user: example
        password: "{{ example_database_password }}"
      - name: example_api
        user: example
        password: "{{ example_database_password }}"
    users:
      - name: health
        password: "{{ example_health_password }}"
        privileges:
          "*.*": [USAGE]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Create database example", "Create user example@%", "Grant ALL PRIVILEGES on example.* to user example@%"]
results_by_name:
  description:
    - The state of each object by C(database NAME) or C(user NAME@HOST), or null where there is none.
    - A database has C(character_set) and C(collation).
    - A user has C(password_is_current) and C(privileges), of those wanted.
  returned: always
  type: dict
  sample:
    database example: {character_set: utf8mb3, collation: utf8mb3_general_ci}
object:
  description: The state of the object, where the task has a single one.
  returned: when there is one object
  type: dict
errors:
  description: One entry for each object that failed, with C(name) and C(msg).
  returned: on failure
  type: list
  elements: dict
"""

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.database import SPEC, databases
from ansible_collections.conductor.cloud.plugins.module_utils.node.mariadb import connect
from ansible_collections.conductor.cloud.plugins.module_utils.node.module import QuietModule
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = QuietModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "object", connect(module.params), lambda reader: databases(reader, module.params))


if __name__ == "__main__":
    main()
