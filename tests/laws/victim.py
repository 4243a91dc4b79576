# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that run a module, and are killed in the middle of it by the system.

Reads jobs, one JSON document on a line, and forks a process for each: what Python has loaded, it loads once. Says with
a line how each of them ended. What a process met and what its module answered lie in the folder of the job.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import sys
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock
from urllib.parse import urlsplit

from ansible_collections.conductor.cloud.plugins.modules import backup, instance, tenant, volume_resize
from requests.adapters import HTTPAdapter

from tests.fake.shapes import Calls, add, called
from tests.fake.transport import content
from tests.laws.harness import Killer
from tests.module import REAL_SLEEP, doze, run_module

LOADED = (backup, instance, tenant, volume_resize)
SEND = HTTPAdapter.send


class Suicide(Killer):
    """A killer that really kills, and leaves behind what it met."""

    def die(self) -> NoReturn:
        """End the process: nothing is cleared up, no connection is closed in order."""
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")

    def meet(self, moment: str, is_step: bool) -> bool:
        """Write each moment down before it comes."""
        with open("steps" if is_step else "writes", "a", encoding="utf-8") as file:
            print(moment, file=file)
        return super().meet(moment, is_step)

    @staticmethod
    def noted(request: Any, answer: Any) -> Any:
        """Write down what the answer looks like."""
        calls: Calls = {}
        is_json = answer.content and "json" in answer.headers.get("Content-Type", "")
        add(
            calls,
            called(request.method, urlsplit(request.url).path),
            answer.status_code,
            answer.json() if is_json else {},
        )
        with open("calls", "a", encoding="utf-8") as file:
            print(json.dumps(calls), file=file)
        return answer

    def send(self, adapter: HTTPAdapter, request: Any, **options: Any) -> Any:
        """Send a request as requests does, or part of it."""
        return self.carry(
            request.method,
            urlsplit(request.url).path,
            content(request) if urlsplit(request.url).path.endswith("/action") else b"",
            lambda: self.noted(request, SEND(adapter, request, **options)),
            lambda: send_half(request, options.get("verify")),
        )


def send_half(request: Any, verify: Any) -> None:
    """Send the first half of a request to where it belongs: the server never sees the end of it."""
    place = urlsplit(request.url)
    body = content(request)
    lines = [f"{request.method} {request.path_url} HTTP/1.1", f"Host: {place.netloc}"]
    lines += [f"{key}: {value}" for key, value in request.headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode()
    part = head + body[: len(body) // 2] if body else lines[0].encode()[: len(lines[0]) // 2]
    port = place.port or (443 if place.scheme == "https" else 80)
    connection = socket.create_connection((place.hostname or "", port))
    if place.scheme == "https":
        trust = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
        connection = trust.wrap_socket(connection, server_hostname=place.hostname)
    connection.sendall(part)


def perform(job: dict[str, Any]) -> None:
    """Do a job in its own folder, which is the home of this process, too."""
    os.chdir(job["folder"])
    os.environ["HOME"] = job["folder"]
    killer = Suicide(job["when"], job["moment"])
    sleep = doze if job["is_quick"] else REAL_SLEEP

    def send(adapter: HTTPAdapter, request: Any, **options: Any) -> Any:
        return killer.send(adapter, request, **options)

    with mock.patch.object(HTTPAdapter, "send", send), killer.watching():
        result = run_module(job["module"], job["params"], job["check"], sleep)
    Path("result").write_text(json.dumps(result), encoding="utf-8")


def main() -> None:
    """Do one job after the other."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            perform(json.loads(line))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
