# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plant secrets, let modules that take them work and fail with -vvv, and look for them in all that this leaves behind.

usage: planted.py STATE_DIRECTORY

The modules speak to fake clouds, which fail as they are told and repeat what was sent to them. What is said of it goes
the way of every run on the test cloud: to the screen, as events of a job, into the log and into ARA. Passwords, tokens
and user data may be in none of these, in no spelling, nor on a command line meanwhile. The names of the tasks have to
be in all of them, or nothing was read.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import ansible_runner

from tests.checks import secrets_unseen as unseen
from tests.checks.cloud import environment
from tests.checks.process_watch import Watch
from tests.fake import start
from tests.fake.server import FakeCloud
from tests.laws.cases import cases
from tests.laws.harness import PASSWORD, Bench

VERBS = ("make", "change", "absent")
# A refusal, and a lost answer that a module with a process of its own waits for.
FAILURES: tuple[tuple[str, dict[str, int]], ...] = (("400", {}), ("after", {"async": 60, "poll": 1}))
BREAK = "/break/"
MARK = "planted and not to be found"
# Of a secret of several lines, each that is as long as this is one.
LEAST = 12

Task = dict[str, Any]


def fragile(cloud: FakeCloud) -> FakeCloud:
    """Let a cloud be told, over HTTP, how its next write shall fail."""
    exchange = cloud.exchange

    def exchanged(method: str, target: str, given: Any, raw: bytes) -> Any:
        if not target.startswith(BREAK):
            return exchange(method, target, given, raw)
        how = target.removeprefix(BREAK)
        cloud.state.break_write(0, int(how) if how.isdigit() else how, message="the request was {request}")
        return 204, {"reason": "No Content"}, b""

    setattr(cloud, "exchange", exchanged)
    return cloud


def may_fail(task: Task) -> Task:
    """Return a task whose failure is shown once more, and then forgotten."""
    again = {"name": "Say it once more", "ansible.builtin.debug": {"var": "ansible_failed_result"}}
    return {"name": "Let it fail", "block": [task], "rescue": [again]}


def tasks(number: int, bench: Bench) -> Iterator[Task]:
    """Yield what is done on one cloud: each verb in check mode, with each failure, and to its end."""
    module, place = f"conductor.cloud.{bench.case.module}", f"planted[{number}]"
    for verb in VERBS:
        options = {name: f"{{{{ {place}.{verb}.{name} }}}}" for name in getattr(bench.case, verb) or ()}
        if not options:
            continue
        options |= {"auth": f"{{{{ {place}.auth }}}}", "timeout": 20}
        task = {"name": f"{MARK}: {verb} {bench.case}", module: options}
        yield {**task, "check_mode": True}
        for how, more in FAILURES:
            fail = {"url": f"{bench.cloud.url}{BREAK}{how}", "method": "PUT", "status_code": 204}
            yield {"name": f"Have the next write fail: {how}", "ansible.builtin.uri": fail}
            yield may_fail({**task, **more})
        yield task
        yield may_fail({**task, module: {**options, "auth": f"{{{{ {place}.stranger }}}}"}})


def planted(bench: Bench) -> dict[str, Any]:
    """Return the options of all verbs, and two logins: the right one, and one with another password."""
    auth = bench.login["auth"]
    options = {verb: getattr(bench.case, verb) or {} for verb in VERBS}
    return {**options, "auth": auth, "stranger": {**auth, "password": f"not-{PASSWORD}"}}


def lay_out(folder: Path, benches: list[Bench]) -> None:
    """Write a project, its inventory with the secrets, and the options of the command line."""
    play = {"name": "Work with secrets", "hosts": "all", "gather_facts": False}
    play["tasks"] = [task for number, bench in enumerate(benches) for task in tasks(number, bench)]
    host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    files = {
        "project/planted.yml": [play],
        "inventory/hosts.yml": {"all": {"hosts": {"here": host}}},
        "inventory/group_vars/all/secrets.yml": {"planted": [planted(bench) for bench in benches]},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    (folder / "env").mkdir()
    (folder / "env" / "cmdline").write_text("-vvv --diff", encoding="utf-8")


def spelled(secret: str) -> set[str]:
    """Return how a secret may be spelled: as it is, and by JSON, Python, URLs and services."""
    lines = {line for line in secret.splitlines() if len(line) >= LEAST} or {secret}
    encoded = {base64.b64encode(secret.encode()).decode()}
    return encoded | {how(line) for line in lines for how in (str, quote, quote_plus, lambda text: repr(text)[1:-1])}


def wanted(benches: list[Bench]) -> list[tuple[str, str]]:
    """Return all spellings of all secrets, with what they are."""
    found = {f"a secret of {bench.case}": set(bench.case.secrets) for bench in benches}
    found |= {f"a token of {bench.case}": set(bench.cloud.state.tokens) for bench in benches}
    found["the password"] = {PASSWORD}
    return sorted({(name, form) for name, secrets in found.items() for secret in secrets for form in spelled(secret)})


def left(folder: Path, hidden: Iterable[tuple[str, str]]) -> list[str]:
    """Return what stands in the files of a job, and where the names of its tasks do not."""
    found, texts = [], {}
    for place in ("stdout", "job_events"):
        paths = sorted(path for path in (folder / "artifacts").glob(f"*/{place}/**/*") if path.is_file())
        paths += sorted((folder / "artifacts").glob(f"*/{place}"))
        texts[place] = "\n".join(path.read_text(encoding="utf-8") for path in paths if path.is_file())
    for place, text in texts.items():
        found += [f"{name} in {place} of the job" for name, spelling in hidden if spelling in text]
        found += [] if MARK in text else [f"nothing was read of {place} of the job"]
    return found


def faults(state: Path, folder: Path, benches: list[Bench]) -> list[str]:
    """Run all tasks, and return where secrets are seen."""
    lay_out(folder, benches)
    watch = Watch()
    watch.start()
    result = ansible_runner.run(private_data_dir=str(folder), playbook="planted.yml", quiet=True)
    told = [event for event in result.events if event["event"] in ("runner_on_ok", "runner_on_failed")]
    failed = [event for event in told if event["event"] == "runner_on_failed"]
    print(f"== {result.status}: {len(told)} results, {len(failed)} of them failures", flush=True)
    hidden = wanted(benches)
    found = [] if result.status == "successful" and failed else [f"the run was {result.status}: {failed[-1:]}"]
    unseen.MARKS["ARA"] = MARK
    return [*found, *left(folder, hidden), *watch.stop(hidden), *unseen.everywhere(state, hidden)]


def main() -> int:
    """Return 0 when no secret is seen."""
    state = Path(sys.argv[1]).resolve()
    os.environ.update(environment())
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="planted-") as place:
        chosen = [case for case in cases() if case.secrets]
        benches = [Bench(fragile(stack.enter_context(start(0.1))), case) for case in chosen]
        found = faults(state, Path(place), benches)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
