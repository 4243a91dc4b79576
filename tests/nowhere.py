# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks without hosts, and write down what each task would have been given.

python -m tests.nowhere FOLDER ARGUMENT...    (those of ansible-playbook)

Inventory, variables, templates, conditions and the order of tasks are ansible's own. Only what would reach a host is
replaced, by what writes down its arguments and answers as a host that is as it should be. FOLDER gets a file of lines
of JSON for each host. What the controller makes for the hosts may only lie beside FOLDER.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.cli.playbook import PlaybookCLI
from ansible.errors import AnsibleError
from ansible.executor.task_executor import TaskExecutor
from ansible.plugins.action import ActionBase

# What works on the controller alone: it runs as it is.
HERE = {
    "ansible.builtin.assert",
    "ansible.builtin.debug",
    "ansible.builtin.fail",
    "ansible.builtin.include_vars",
    "ansible.builtin.set_fact",
    "conductor.cloud.role_options",
}
# Stands for a key or a certificate.
MADE = re.compile(r"^This is [\w.-]+\.(?:crt|key)\.$", re.MULTILINE)
# What a host says that is as it should be.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "ansible.builtin.find": {"files": []},
    "ansible.builtin.uri": {"status": 200},
    "conductor.cloud.galera_info": {"member": {"status": "Primary", "state": "Synced"}},
    "conductor.cloud.ovn_info": {"member": {}},
    "conductor.cloud.kvm_trial": {"trial": {"type": "qemu"}},
}


class Nowhere(ActionBase):
    """Stands for every action that would reach a host."""

    folder = Path()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write down the task, and answer."""
        variables = task_vars or {}
        action, arguments = self._task.action, dict(self._task.args)
        kind = {"check": bool(self._task.check_mode), "on": self._task.delegate_to or variables["inventory_hostname"]}
        line = json.dumps({"task": self._task.get_name(), "action": action, "arguments": arguments, **kind}) + "\n"
        with open(self.folder / f"{variables['inventory_hostname']}.jsonl", "a", encoding="utf-8") as file:
            file.write(line)
        if action == "conductor.cloud.certificates":
            self.make(arguments)
        hosts = list(variables["groups"]["all"])
        usual = {"changed": False, "rc": 0, "stdout_lines": hosts, "actions": [], "results_by_name": {}}
        return {**usual, **ANSWERS.get(action, {})}

    def make(self, arguments: Mapping[str, Any]) -> None:
        """Leave files for the tasks that read them: keys and certificates are random."""
        folder = Path(arguments["directory"])
        if not folder.is_relative_to(self.folder.parent):
            raise AnsibleError(f"{folder}: nothing is written outside of {self.folder.parent}")
        for name in ("ca", *(entry["name"] for entry in arguments["certificates"])):
            for path in (folder / f"{name}.key", folder / f"{name}.crt"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"This is {path.name}.\n", encoding="utf-8")


def handler(executor: TaskExecutor, templar: Any) -> tuple[ActionBase, None]:
    """Return what runs a task, in place of ansible's choice."""
    loader, task = executor._shared_loader_obj, executor._task
    options = {
        "task": task,
        "connection": executor._connection,
        "play_context": executor._play_context,
        "loader": executor._loader,
        "templar": templar,
        "shared_loader_obj": loader,
    }
    if task.action in HERE:
        return CHOICE(executor, templar)
    return Nowhere(**options), None


CHOICE = TaskExecutor._get_action_handler_with_module_context


def main() -> int:
    """Run the playbooks."""
    # Each task is a process of its own: looking for garbage there would cost more than the task.
    gc.disable()
    Nowhere.folder = Path(sys.argv[1])
    TaskExecutor._get_action_handler_with_module_context = handler
    return PlaybookCLI(["ansible-playbook", *sys.argv[2:]]).run()


if __name__ == "__main__":
    sys.exit(main())
