# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report what a run in check mode would change: as a table, as JSON and as metrics."""

from __future__ import annotations

DOCUMENTATION = r"""
name: drift_report
type: aggregate
short_description: Reports what a run in check mode would change, as a table, as JSON and as metrics
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Collects what every task of a playbook would change, and prints it as a table in the end, with the host, what it is,
    how it is wanted and how it was found.
  - It is silent unless the run is in check mode and a task gave it, by M(ansible.builtin.set_stats), the dictionary
    C(drift_report) with the names of two files on the controller, C(json) and C(metrics). An empty name writes no file.
  - The playbook C(drift.yml) of this collection does so. It needs no settings, because Ansible also finds this plugin
    in the folder C(callback_plugins) beside that playbook.
"""

import datetime
import os
import tempfile
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible_collections.conductor.cloud.plugins.plugin_utils.drift import Report, document, metrics, table


def replace(path: str, text: str) -> None:
    """Write a file in one move, readable by everybody: a collector of metrics is somebody else."""
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{os.path.basename(path)}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        os.fchmod(stream.fileno(), 0o644)
    os.replace(temporary, path)


class CallbackModule(CallbackBase):
    """Collects results; reports when the playbook ends."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "conductor.cloud.drift_report"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self.report = Report()

    def v2_runner_on_ok(self, result: Any, **_more: Any) -> None:
        self.report.add(result.host.name, result.task_name, result.result)

    def v2_runner_on_failed(self, result: Any, **_more: Any) -> None:
        self.report.add(result.host.name, result.task_name, result.result)
        self.report.fail(result.host.name, result.task_name, result.result)

    def v2_runner_on_unreachable(self, result: Any, **_more: Any) -> None:
        self.report.fail(result.host.name, result.task_name, result.result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        files = (stats.custom.get("_run") or {}).get("drift_report")
        if files is None or not context.CLIARGS.get("check"):
            return
        now = datetime.datetime.now(datetime.timezone.utc)
        self._display.display(table(self.report))
        texts = {"json": document(self.report, now.isoformat()), "metrics": metrics(self.report, now.timestamp())}
        for kind, text in texts.items():
            if not files.get(kind):
                continue
            try:
                replace(files[kind], text)
            except OSError as error:
                self._display.warning(f"The report of drift could not be written: {error}")
