#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: message_broker
short_description: Keep virtual hosts, users and policies of RabbitMQ as they should be
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Makes virtual hosts, users with their permissions, and policies, all in one task and with a single read.
  - Runs on a host of the cluster, as root. What the task does not name is left alone.
  - Has the brokers of a cluster forget one that is stopped for good, with the copies of queues that it had.
  - Passwords are compared with the broker's salted hashes, and given to it through standard input.
options:
  vhosts:
    description: Virtual hosts.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the virtual host.
        type: str
        required: true
      default_queue_type:
        description: Type of the durable queues whose clients ask for none.
        type: str
        choices: [classic, quorum, stream]
        default: quorum
      other_policies:
        description: Whether policies that O(policies) does not have are left alone in this virtual host, or deleted.
        type: str
        choices: [left, absent]
        default: left
  users:
    description: Users.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the user.
        type: str
        required: true
      password:
        description: Password of the user. A different one is changed to it.
        type: str
        required: true
      tags:
        description: All of the user's tags, such as V(monitoring). Others are taken away.
        type: list
        elements: str
        default: []
      permissions:
        description: Permissions, one entry for each virtual host. Those in other virtual hosts are left alone.
        type: list
        elements: dict
        default: []
        suboptions:
          vhost:
            description: Name of the virtual host.
            type: str
            required: true
          configure:
            description: Regular expression of what the user may declare and delete.
            type: str
            default: ".*"
          write:
            description: Regular expression of where the user may write.
            type: str
            default: ".*"
          read:
            description: Regular expression of where the user may read.
            type: str
            default: ".*"
  policies:
    description: Policies.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the policy.
        type: str
        required: true
      vhost:
        description: Virtual host of the policy.
        type: str
        default: /
      pattern:
        description: Regular expression of the names that the policy is for.
        type: str
        required: true
      definition:
        description: Arguments of the policy.
        type: dict
        required: true
      priority:
        description: The policy with the highest priority wins.
        type: int
        default: 0
      apply_to:
        description: What the policy is for.
        type: str
        choices: [all, queues, classic_queues, quorum_queues, streams, exchanges]
        default: all
  absent_users:
    description: Users that are deleted.
    type: list
    elements: str
    default: []
  absent_members:
    description:
      - Brokers that the cluster counts no more, such as V(rabbit@node-4). Refused while another broker does not run,
        and where those that are left would be no majority.
      - RabbitMQ refuses to forget one that runs. Stop it before.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes.
    support: full
  diff_mode:
    description: Shows virtual hosts, users and policies, and whether a password is the wanted one.
    support: full
"""

EXAMPLES = r"""
- name: Give a service its place in the message broker
  conductor.cloud.message_broker:
    vhosts:
      - name: example
    users:
      - name: example
        password: "{{ example_broker_password }}"
        permissions:
          - vhost: example
    policies:
      - name: expire
        vhost: example
        pattern: "^reply_"
        apply_to: queues
        definition:
          expires: 1800000
    absent_users: [guest]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Create vhost example", "Create user example", "Change the permissions of user example in vhost example"]
results_by_name:
  description:
    - The state of each object by C(vhost NAME), C(user NAME) or C(policy NAME in vhost NAME).
    - Null where there is none.
    - A user has C(password_is_current), C(tags) and C(permissions), of those wanted.
  returned: always
  type: dict
  sample:
    vhost example: {default_queue_type: quorum}
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
from ansible_collections.conductor.cloud.plugins.module_utils.node.message_broker import SPEC, message_broker
from ansible_collections.conductor.cloud.plugins.module_utils.node.module import QuietModule
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = QuietModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "object", Node(), lambda reader: message_broker(reader, module.params))


if __name__ == "__main__":
    main()
