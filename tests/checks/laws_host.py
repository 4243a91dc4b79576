# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws on a real node: modules that change it, each at work on things of its own, as ansible brings them there.

usage: python -m tests.checks.laws_host STATE_DIRECTORY [--only SCENE]...

Between all runs another program than the module looks at what there is. In each scene that has a moment for it, a
module is killed, too, and the next run has to finish.
"""

from __future__ import annotations

import argparse
import datetime
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.checks.drift import Cloud, failures, printed, tasks
from tests.checks.planted import spelled
from tests.checks.process_watch import kill, marked
from tests.checks.scratch import SECRETS, VAULT, Act, Params, Scene
from tests.checks.scratch_scenes import LANES, SCENES
from tests.laws.harness import agrees

MARK = "CONDUCTOR_LAWS"
PATIENCE = 60  # seconds within which the moment to kill has to come
KEYS = ("changed", "actions", "diff", "results_by_name")


def script(name: str, text: str) -> Params:
    """Return the task that runs a script on the node."""
    return {"name": name, "ansible.builtin.shell": {"cmd": f"set -eu\n{text}"}, "changed_when": False}


class Stage:
    """A scene on the node, with all that was printed meanwhile."""

    def __init__(self, cloud: Cloud, scene: Scene) -> None:
        self.cloud = cloud
        self.scene = scene
        self.output = ""
        self.began = ""

    def prepare(self) -> None:
        """Make room, and make what the acts need."""
        self.clear()
        self.cloud.inside(self.scene.prepare)
        self.began = f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"

    def clear(self) -> None:
        """Remove all that the scene is about."""
        self.cloud.inside(self.scene.clear)
        if self.scene.away:
            self.cloud.outside(self.scene.away)

    def play(self, steps: list[Params]) -> dict[str, Any]:
        """Run tasks as ansible does, with all that it can say; return their results by name."""
        role = {"name": "conductor.cloud.cloud", "tasks_from": "facts"}
        known = {"name": "facts", "ansible.builtin.import_role": role}
        play = {"name": self.scene.name, "hosts": "all[0]", "gather_facts": False, "vars": {"began": self.began}}
        play["tasks"] = [*([known] if self.scene.facts else []), *steps]
        with tempfile.TemporaryDirectory(prefix="laws-") as folder:
            file = Path(folder) / "laws.yml"
            file.write_text(json.dumps([play]), encoding="utf-8")
            status, output = self.cloud.play(str(file), "-vvv", "--diff", ANSIBLE_STDOUT_CALLBACK="ansible.posix.json")
        self.output += output
        found = dict(tasks(output))
        if status and not (told := failures(output)):
            found["failed"] = output[-2000:]
        elif status:
            found["failed"] = told
        return found

    def steps(self) -> Iterator[Params]:
        """Yield all tasks of the scene: each act is asked for twice and done twice, with looks between."""
        yield self.look("look")
        for act in self.scene.acts:
            if act.plant:
                yield script(f"{act.name}: plant", act.plant)
                yield self.look(f"{act.name}: before")
            yield {**task(act, f"{act.name}: check"), "check_mode": True}
            yield {**task(act, f"{act.name}: check again"), "check_mode": True}
            yield self.look(f"{act.name}: asked")
            yield from self.done_twice(act)

    def done_twice(self, act: Act) -> Iterator[Params]:
        """Yield the tasks that do something, and then look for more to do."""
        for verb in ("run", "run again"):
            yield task(act, f"{act.name}: {verb}")
            yield self.look(f"{act.name}: after {verb}")

    def look(self, name: str) -> Params:
        """Return the task that looks with the scene's own eyes."""
        return script(name, self.scene.look)

    def death(self) -> Iterator[str]:
        """Kill a module in the middle of its work, and see that the next run finishes; yield what is wrong."""
        death, first = self.scene.death, self.scene.acts[0]
        act = Act("killed", first.module, death.params or first.params, death.shows or first.shows, "", first.keywords)
        mark = f"{MARK}={secrets.token_hex(8)}"
        doomed = {**task(act, "killed: doomed"), "environment": dict([mark.split("=")])}
        moment = f"for turn in $(seq {PATIENCE * 50}); do if {death.moment}; then break; fi; sleep 0.02; done"
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(self.play, [doomed])
            self.cloud.inside(moment)
            count = kill(marked(mark))
            ended = run.result()
        if not count or "failed" not in ended:
            yield f"6: {act.name}: the module had ended before it was killed: {ended}"
            return
        found = self.play([self.look("look"), *self.done_twice(act)])
        here, wanted = seen(found, "look"), seen(found, f"{act.name}: after run")
        print(f"   {self.scene.name}: killed when {'all' if here == wanted else 'a part'} was done", flush=True)
        if "failed" in found:
            yield f"6: the run after it failed: {found['failed']}"
            return
        yield from (f"6: after it was killed: {fault}" for fault in done_faults(found, act))


def task(act: Act, name: str) -> Params:
    """Return the task of an act."""
    return {"name": name, f"conductor.cloud.{act.module}": act.params, **act.keywords}


def seen(found: dict[str, Any], name: str) -> str:
    """Return what a look saw, without what changes with every write."""
    text = found.get(name, {}).get("stdout", "nothing was seen")
    return "\n".join(line for line in text.splitlines() if not line.startswith("~"))


def done_faults(found: dict[str, Any], act: Act) -> Iterator[str]:
    """Yield what is wrong after an act was done twice."""
    again = found[f"{act.name}: run again"]
    looks = [found[f"{act.name}: after {verb}"]["stdout"] for verb in ("run", "run again")]
    if again["changed"] or again["actions"] or looks[0] != looks[1]:
        yield f"3: a second run did {again['actions']}, and there is:\n{looks[1]}\nafter:\n{looks[0]}"
    if seen(found, f"{act.name}: after run") != act.shows:
        yield f"it is not as it was wanted:\n{looks[0]}\ninstead of:\n{act.shows}"


def act_faults(found: dict[str, Any], act: Act, before: str) -> Iterator[str]:
    """Yield which of the laws an act breaks. ``before`` is what there was, as a look printed it."""
    verbs = ("check", "check again", "run")
    check, check_again, done = ({key: found[f"{act.name}: {verb}"].get(key) for key in KEYS} for verb in verbs)
    if check != check_again or not check["changed"]:
        yield f"1: two checks in a row said {check} and {check_again}"
    if found[f"{act.name}: asked"]["stdout"] != before:
        yield f"1: after check mode there is:\n{found[f'{act.name}: asked']['stdout']}\ninstead of:\n{before}"
    befores = [[part["before"] for part in result["diff"]] for result in (check, done)]
    if check["actions"] != done["actions"] or befores[0] != befores[1]:
        yield f"2: check mode said {check['actions']} of {befores[0]}, the run did {done['actions']} of {befores[1]}"
    predicted, real = check["results_by_name"], done["results_by_name"]
    if predicted.keys() != real.keys() or not all(agrees(predicted[name], real[name]) for name in predicted):
        yield f"4: predicted {predicted}, found {real}"
    yield from done_faults(found, act)


def scene_faults(stage: Stage) -> Iterator[str]:
    """Play a scene, and yield what is wrong in it."""
    stage.prepare()
    found = stage.play(list(stage.steps()))
    previous = "look"
    for act in stage.scene.acts:
        if f"{act.name}: after run again" not in found:
            yield f"{act.name}: it failed: {found.get('failed', 'and said nothing')}"
            return
        before = found[f"{act.name}: before" if act.plant else previous]["stdout"]
        yield from (f"{act.name}: {fault}" for fault in act_faults(found, act, before))
        previous = f"{act.name}: after run again"
    if stage.scene.death:
        stage.prepare()
        yield from stage.death()
    empty = seen(found, "look")
    stage.clear()
    stage.prepare()
    left = seen(stage.play([stage.look("look")]), "look")
    if left != empty:
        yield f"left behind:\n{left}\ninstead of:\n{empty}"


def told(stage: Stage) -> list[str]:
    """Play a scene and clear it away; print and return what is wrong."""
    started = time.monotonic()
    try:
        faults = [f"{stage.scene.name}: {fault}" for fault in scene_faults(stage)]
    finally:
        stage.clear()
    for name, secret in SECRETS.items():
        if any(spelling in stage.output for spelling in spelled(secret)):
            faults.append(f"{stage.scene.name}: 7: {name} is seen")
    seconds = time.monotonic() - started
    title = f"== {stage.scene.name}: {stage.scene.count} acts, {len(faults)} faults in {seconds:.0f} s"
    print("\n".join([title, *faults]), flush=True)
    return faults


def played(lane: Iterable[Stage]) -> list[str]:
    """Play scenes one after the other; return what is wrong."""
    return [fault for stage in lane for fault in told(stage)]


def main() -> int:
    """Return 0 when the laws hold."""
    parser = argparse.ArgumentParser(description="Keep the laws on a real node.")
    parser.add_argument("state", type=Path)
    parser.add_argument("--only", action="append", choices=[scene.name for scene in SCENES])
    options = parser.parse_args()
    cloud = Cloud(options.state.resolve())
    names = options.only or [scene.name for scene in SCENES]
    lanes = [[Stage(cloud, scene) for scene in lane if scene.name in names] for lane in LANES]
    with ThreadPoolExecutor(len(LANES)) as pool:
        faults = [fault for found in pool.map(played, lanes) for fault in found]
    cloud.inside(f"rm -rf {VAULT}")
    stages = [stage for lane in lanes for stage in lane]
    told_of = [f"7: {fault}" for fault in printed(cloud, "\n".join(stage.output for stage in stages))]
    faults += told_of
    count = sum(stage.scene.count for stage in stages)
    print(*told_of, f"{count} acts, {len(faults)} faults", sep="\n")
    return 0 if count and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
