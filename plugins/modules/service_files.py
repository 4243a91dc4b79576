#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_files
short_description: Keep the files and the units of a service as they should be
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Writes files, and enables, starts and stops units of systemd, all in one task.
  - A unit is restarted when what it started with is not what it would start with today. A unit records digests of its
    files and of the versions of its packages as it starts, whoever starts it. So a run that was stopped between
    writing a file and restarting the unit is finished by the next run, an upgraded library restarts what uses it, and
    check mode knows of every restart.
  - For this the module puts the program C(/usr/local/lib/conductor-cloud/unit-digest), a list of what is watched in
    C(/etc/conductor-cloud/units/) and a drop-in C(conductor.conf) for each watched unit on the host. The record stands
    in C(/run/conductor-cloud/). Ask C(unit-digest show NAME.service) by hand whether a unit is current.
  - Units are changed after all files of the task. If a file cannot be written, no unit of the task is changed.
  - A unit belongs to one task, or to tasks that give the same O(units[].files) and O(units[].packages) for it. Check
    mode knows only of the changed files of its own task, so give the files where the units are, too.
  - Drop-ins of a unit in C(/etc/systemd/system), C(/run/systemd/system) and C(/etc/systemd/system.control) that are not
    among O(files) are removed. Those that packages bring are elsewhere.
  - Different objects are worked on at the same time; systemd is read once for all units and reloaded at most once.
options:
  files:
    description: Files and directories.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description:
          - Absolute path. Directories above it that are missing are made, owned by root with mode C(0755), unless the
            task lists them itself.
        type: str
        required: true
      state:
        description:
          - V(file) writes O(files[].content) in one move, V(directory) makes a directory.
          - V(absent) removes a file or an empty directory. The diff shows no content that not everybody may read.
          - A link is replaced by a file. Nothing else changes its kind; that is an error.
        type: str
        choices: [file, directory, absent]
        default: file
      content:
        description: The whole text. Required for, and only for, O(files[].state=file).
        type: str
      owner:
        description: Name of the user who owns it.
        type: str
        default: root
      group:
        description: Name of its group.
        type: str
        default: root
      mode:
        description:
          - Octal number as a text, such as V('0640'). The default is V('0644') for files and V('0755') for directories.
        type: str
      validate:
        description:
          - Command that judges the content before it replaces the file, as a list without a shell.
          - V(%s) in it stands for a file that holds the content. Where the command fails, nothing is changed.
        type: list
        elements: str
  units:
    description: Units of systemd, template instances and those made from init scripts included.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the unit. Without a type it is a service.
        type: str
        required: true
      state:
        description:
          - Whether the unit runs. The default is V(started) unless O(units[].masked=true).
          - V(any) leaves that to others, as for a service that a timer starts. Systemd learns of its changed files, and
            no more. It does not record what it starts with, unless O(units[].files) or O(units[].packages) are given.
        type: str
        choices: [started, stopped, any]
      enabled:
        description:
          - Whether the unit starts at boot. The default is V(true) for units that run, V(false) for those that are
            stopped. With O(units[].state=any) it stays as it is.
          - Has no effect on units that have nothing to say about it, such as static ones.
        type: bool
      masked:
        description: Whether the unit cannot be started at all. A masked unit is stopped, too.
        type: bool
        default: false
      files:
        description:
          - Paths of files, or of directories with all that is below, that the unit reads as it starts.
          - Files of the task that define the unit, in C(/etc/systemd/system), belong to it without being listed.
        type: list
        elements: str
        default: []
      reload_files:
        description:
          - Paths of files, or of directories with all that is below, that the unit reads again when it is reloaded,
            such as certificates. Where nothing else changed, it is reloaded and goes on with what it does.
          - None of them is to be among O(units[].files), too.
        type: list
        elements: str
        default: []
      packages:
        description:
          - Debian packages of which the unit is made.
          - What is built from the same sources, and all Python packages that they depend on, are watched with them.
        type: list
        elements: str
        default: []
      restart:
        description:
          - Whether to restart the unit when it is not current. If not, RV(results_by_name) tells that it is not.
        type: bool
        default: true
      reload:
        description: Whether to reload the unit instead, where only its files changed, or what it brought about.
        type: bool
        default: false
      before_restart:
        description:
          - Command that only reads and has to succeed before the unit is restarted, as a list without a shell. It is
            asked for up to two minutes; after that, the task fails with what it said, and the unit runs on.
          - For members of a cluster, of which no more than one may be missing.
        type: list
        elements: str
        default: []
      holds:
        description:
          - How to tell whether what the unit brought about when it started is still there, for units that set something
            and end. Where it is not, the unit is restarted.
        type: dict
        suboptions:
          command:
            description: Command that only reads, as a list without a shell. It has to succeed.
            type: list
            elements: str
            required: true
          output:
            description: Regular expressions, each of which has to be found in one of the lines that it prints.
            type: list
            elements: str
            default: []
  secrets:
    description:
      - Secrets that the contents hold. All of their occurrences are censored in the diff and in the result, those
        spelled for a URL, for JSON or for XML included.
      - What stood before where a secret is to stand is censored, too, and so are lines that are about nothing that the
        new content knows, as they may hold a former secret.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - conductor.cloud.engine
attributes:
  check_mode:
    description: Predicts the very steps that a run takes, restarts included.
    support: full
  diff_mode:
    description: Shows files by their lines and units by their state.
    support: full
seealso:
  - module: ansible.builtin.systemd_service
"""

EXAMPLES = r"""
- name: Keep a web server as it should be
  conductor.cloud.service_files:
    files:
      - path: /etc/example/example.conf
        owner: root
        group: www-data
        mode: "0640"
        content: |
          password = {{ example_password }}
    units:
      - name: example
        files: [/etc/example/example.conf, /etc/ssl/example.pem]
        packages: [example-server]
    secrets:
      - "{{ example_password }}"

- name: Stop a unit for good
  conductor.cloud.service_files:
    units:
      - name: rpcbind.socket
        masked: true
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each step.
  returned: always
  type: list
  elements: str
  sample: ["Change content of /etc/example/example.conf", "Restart example.service, whose files changed"]
results_by_name:
  description:
    - The state of each object by path or unit name.
    - A file has C(state), C(owner), C(group), C(mode) and, where it was changed, C(content) by its lines.
    - A unit has C(state), C(enabled), C(masked), C(watched) (whether it records what it starts with), C(known) (whether
      systemd has read its newest files), C(outdated) (which of C(files), C(reload_files), C(packages), C(drop-ins) and
      C(effect) changed since it started) and C(drop_ins) (drop-ins that no task knows).
  returned: always
  type: dict
  sample:
    example.service:
      {state: started, enabled: true, masked: false, watched: true, known: true, outdated: [], drop_ins: []}
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
from ansible_collections.conductor.cloud.plugins.module_utils.node.module import QuietModule
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_files import SPEC, service_files, spellings
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = QuietModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    module.no_log_values.update(spellings(module.params["secrets"]))
    run(module, "object", Node(), lambda reader: service_files(reader, module.params))


if __name__ == "__main__":
    main()
