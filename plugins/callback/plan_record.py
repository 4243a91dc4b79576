# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the plan of every playbook with its record in ARA."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_record
type: notification
short_description: Keeps the plan of every playbook with its record in ARA
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - The modules of this collection report what they do, or would do in check mode, as sentences under C(actions).
    This callback collects the sentences of a whole playbook and writes them, as one record with the key C(plan),
    to the playbook's page in ARA. A task of any other module that changed something is there with its name.
  - It also appends one line to a journal on the controller, with the number of results of every host and the recap.
    M(conductor.cloud.run_recorded) compares ARA with that journal, since ARA loses results without a word
    when its server is away.
  - It never fails a play. What it cannot write, it warns of.
requirements:
  - ARA's own callback, enabled in the same run
options:
  api_server:
    description: Address of the ARA server. No record is written when it is empty.
    type: str
    default: ''
    env:
      - name: ARA_API_SERVER
  api_username:
    description: User name for writing.
    type: str
    default: ''
    env:
      - name: ARA_API_USERNAME
  api_password:
    description: Password for writing.
    type: str
    default: ''
    env:
      - name: ARA_API_PASSWORD
  labels:
    description: Labels that ARA gives to all playbooks of this run. One of them should be unique to the run.
    type: list
    elements: str
    default: []
    env:
      - name: ARA_DEFAULT_LABELS
  journal:
    description: File on the controller that gets one line of JSON for each playbook. None is kept when it is empty.
    type: path
    default: ''
    env:
      - name: CONDUCTOR_CLOUD_JOURNAL
"""

import datetime
import os
from typing import Any

from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback import CallbackBase
from ansible_collections.conductor.cloud.plugins.module_utils.ara import journal
from ansible_collections.conductor.cloud.plugins.module_utils.ara.api import Ara
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


def sentences(host: str, task: str, result: dict[str, Any]) -> list[str]:
    """Return what one result did, one sentence a line, each with its host."""
    parts = result["results"] if isinstance(result.get("results"), list) else [result]
    parts = [part for part in parts if isinstance(part, dict)]
    actions = [str(action) for part in parts for action in part.get("actions") or []]
    if not actions and result.get("changed") and not result.get("failed"):
        actions = [task]
    return [f"{host}: {action}" for action in actions]


class CallbackModule(CallbackBase):
    """Counts results and collects sentences; writes both when the playbook ends."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "conductor.cloud.plan_record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self.path = ""
        self.play = ""
        self.plan: list[str] = []
        self.tally = journal.Tally()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self.path = os.path.abspath(playbook._file_name)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self.play = play._uuid[:36]

    def v2_runner_on_ok(self, result: Any, **_more: Any) -> None:
        self._take(result, includes=isinstance(result.task, TaskInclude))

    def v2_runner_on_failed(self, result: Any, **_more: Any) -> None:
        self._take(result)

    def v2_runner_on_skipped(self, result: Any, **_more: Any) -> None:
        self._take(result)

    def v2_runner_on_unreachable(self, result: Any, **_more: Any) -> None:
        self._take(result)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        self.tally.include(host.name for host in included_file._hosts)

    def _take(self, result: Any, includes: bool = False) -> None:
        host = result.host.name
        self.tally.result(host, includes)
        self.plan += sentences(host, result.task_name, result.result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        recap = {host: stats.summarize(host) for host in stats.processed}
        number = None
        try:
            number = self._record()
        except ResourceError as error:
            self._display.warning(f"The plan of {self.path} is not in ARA: {error}")
        try:
            self._note(number, recap)
        except OSError as error:
            self._display.warning(f"The journal of runs could not be written: {error}")

    def _record(self) -> int | None:
        """Write the plan to the playbook that holds our last play, and return its number."""
        server = self.get_option("api_server")
        if not server or not self.play:
            return None
        ara = Ara(server, self.get_option("api_username"), self.get_option("api_password"))
        plays = ara.get("plays", uuid=self.play, order="-id")["results"]
        if not plays:
            raise ResourceError(f"{server} knows no play {self.play}: ARA's own callback did not record it")
        number = plays[0]["playbook"]
        plan = self.plan or ["Nothing had to change."]
        ara.post("records", {"playbook": number, "key": "plan", "type": "list", "value": plan})
        return number

    def _note(self, number: int | None, recap: dict[str, Any]) -> None:
        path = self.get_option("journal")
        if not path:
            return
        journal.append(
            path,
            {
                "playbook": self.path,
                "labels": self.get_option("labels"),
                "ended": datetime.datetime.now(datetime.timezone.utc).isoformat(),
                "ara": number,
                "results": self.tally.results,
                "counted": self.tally.recap,
                "recap": recap,
            },
        )
