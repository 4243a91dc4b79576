# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module of this collection in the process that already has the SDK, instead of starting Python anew.

A task on a local connection costs a second of CPU for packing the module, starting an interpreter and importing
the SDK; the work itself takes a twentieth of it. The code that runs is the module's own ``main()``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase

from ..module_utils.openstack.login import IMPORT_ERROR


class Finished(Exception):
    """A module has come to its end, with this result."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("finished")
        self.result = result


class LocalModule:
    """What a module needs of AnsibleModule: checked options, check mode, and two ways to end."""

    def __init__(self, action: InProcess, supports_check_mode: bool = False, **spec: Any) -> None:
        validated, params = action.validate_argument_spec(**spec)
        self.params = {**params, **validated.validated_parameters}
        self.check_mode = action.in_check_mode
        self._secrets = validated._no_log_values

    def exit_json(self, **result: Any) -> None:
        """End well."""
        shown = {"module_args": self.params}
        raise Finished(remove_values({"changed": False, **result, "invocation": shown}, self._secrets))

    def fail_json(self, msg: str, **result: Any) -> None:
        """End badly."""
        self.exit_json(failed=True, msg=msg, **result)


class InProcess(ActionBase):
    """An action plugin of the same name as a module: ``MAIN`` is that module's ``main``."""

    MAIN: Callable[[Callable[..., LocalModule]], None]
    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module here where that makes no difference but in time."""
        result = super().run(tmp, task_vars)
        if not self.is_here:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
            return result
        # Errors in options name the module as the task does.
        self._load_name = self._task.action
        try:
            type(self).MAIN(lambda **spec: LocalModule(self, **spec))
        except Finished as finished:
            result.update(finished.result)
        return result

    @property
    def in_check_mode(self) -> bool:
        """Say whether nothing may be changed."""
        return bool(self._task.check_mode)

    @property
    def is_here(self) -> bool:
        """Say whether the task runs on this machine, as this user, in this environment, and what it needs is here."""
        is_plain = not (self._task.async_val or self._connection.become or any(self._task.environment or ()))
        return self._connection.transport == "local" and is_plain and IMPORT_ERROR is None
