#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: database_schemas
short_description: Bring the schemas of databases to the versions of the services that use them
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Runs the commands with which a service makes or upgrades its schema, where that is needed.
  - A schema is current when its revisions, as its version tables hold them, and the versions of its packages are those
    that were noted after the last complete run, in the table C(conductor_schema) of the database, for all members of a
    cluster, and on the host in C(/var/lib/conductor-cloud/schemas/). A run that was stopped before its end, an upgraded
    package and a restored database are all seen, and the commands run again.
  - Until a new schema is complete, its database has a table C(conductor_schema_begun). Where a run that was killed left
    it, the tables are dropped and made anew, since commands of services fail on half of their own work. This is refused
    where the tables hold more than a new schema can.
  - It is an error when a database that had a complete schema has none any more. Its content is lost then, and new
    tables would hide that.
  - Schemas are worked on at the same time; the commands of one come after each other.
  - Runs on the host of MariaDB, where the version tables are read through its socket as root.
requirements:
  - python3-pymysql
options:
  schemas:
    description: Schemas.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the schema, for messages and for the file of its note.
        type: str
        required: true
      database:
        description: Database that has the version tables.
        type: str
        required: true
      version_tables:
        description: Tables that hold revisions. A name such as V(other.alembic_version) is a table of another database.
        type: list
        elements: str
        default: [alembic_version]
      packages:
        description: Debian packages with whose versions the schema changes.
        type: list
        elements: str
        default: []
      user:
        description: User of this host who runs the commands.
        type: str
        required: true
      commands:
        description: Commands, run in this order. They have to be safe to run again.
        type: list
        elements: dict
        required: true
        suboptions:
          argv:
            description: Program and arguments. There is no shell.
            type: list
            elements: str
            required: true
          environment:
            description: Variables for the command, which is the place for secrets. They are never shown.
            type: dict
            default: {}
          unless:
            description: A question in SQL, beginning with SELECT. If it has an answer, the command is not needed.
            type: str
  socket:
    description: Socket of the server.
    type: path
    default: /run/mysqld/mysqld.sock
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts which commands run. Whether a schema exists and is current is read.
    support: full
  diff_mode:
    description: Shows whether a schema is current, and what speaks against it.
    support: full
"""

EXAMPLES = r"""
- name: Bring the database of a service up to date
  conductor.cloud.database_schemas:
    schemas:
      - name: example
        database: example
        packages: [python3-example]
        user: example
        commands:
          - argv: [example-manage, db_sync]
          - argv: [example-manage, bootstrap]
            environment:
              EXAMPLE_PASSWORD: "{{ example_password }}"
            unless: SELECT 1 FROM example.user WHERE name = 'admin'
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Run example-manage db_sync for schema example"]
results_by_name:
  description:
    - The state of each schema by C(schema NAME), with C(current), a truth value, and C(reasons) that speak against it.
  returned: always
  type: dict
  sample:
    schema example: {current: true, reasons: []}
object:
  description: The state of the schema, where the task has a single one.
  returned: when there is one schema
  type: dict
errors:
  description: One entry for each schema that failed, with C(name) and C(msg), which ends with the command's last words.
  returned: on failure
  type: list
  elements: dict
"""

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.database_schema import (
    SPEC,
    connect,
    database_schemas,
)
from ansible_collections.conductor.cloud.plugins.module_utils.node.module import QuietModule
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = QuietModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "object", connect(module.params), lambda reader: database_schemas(reader, module.params))


if __name__ == "__main__":
    main()
