# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Break what a law guards, on purpose, and see the law go red.

usage: python -m tests.laws.mutations [LAW ...]

Each mutation is made in a copy of the checkout, one after the other. The test has to be green in the copy before, so
that what turns it red is the mutation and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.laws.matrix_mutations import MUTATIONS as MATRIX
from tests.laws.mutation import CLOUD, LAWS, Mutation

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".tests", ".quickstart", ".cache", "__pycache__")
HOSTS = "tests/laws/test_host_laws.py"
REPLAY = "tests/laws/test_replay.py"
ENGINE = "plugins/module_utils/resource.py"
# How pytest ends where all passed, and where a test failed; all else is an error of something else.
GREEN, RED = 0, 1


APPLIES = (ENGINE, "if not module.check_mode and not any(", "if not any(")
SILENT = (
    ENGINE,
    "    entries = engine.report()\n",
    "    entries = engine.report()\n    if module.check_mode:\n        entries[0]['actions'].pop()\n",
)
UNTRUE = (
    ENGINE,
    "job.before, job.after = job.plan.before, job.plan.after",
    "job.before, job.after = job.plan.before and dict.fromkeys(job.plan.before, 'x'), job.plan.after",
)
WHOLE = "make and instance and whole"
MUTATIONS = (
    Mutation("law 1", "check mode applies, too", *APPLIES, LAWS, "test_1 and make and tenant"),
    Mutation("law 1 on hosts", "check mode applies, too", *APPLIES, HOSTS, "test_1 and ovs_settings"),
    Mutation("law 2", "check mode keeps something to itself", *SILENT, LAWS, "test_2_check and make and tenant"),
    Mutation("law 2 on hosts", "check mode keeps something to itself", *SILENT, HOSTS, "test_1 and databases"),
    Mutation("law 2", "both modes say the same wrong thing", *UNTRUE, LAWS, "test_2_a and change and switched"),
    Mutation(
        "law 3",
        "metadata are written each time",
        f"{CLOUD}instance_update.py",
        'if current["metadata"].get(key) != value',
        "if current",
        LAWS,
        "test_3 and instance and whole",
    ),
    Mutation(
        "law 4",
        "the old flavor is predicted",
        f"{CLOUD}instance_prediction.py",
        'after["flavor"] = wanted.flavor["name"]',
        'after["flavor"] = after["flavor"]',
        LAWS,
        "test_4 and make and flavor and stopped",
    ),
    Mutation(
        "law 5",
        "the floating IP of an instance that goes is forgotten",
        f"{CLOUD}instance_removal.py",
        'steps = [release_step(entry) for entry in current["floating_ips"] if entry["made_by_us"]]',
        "steps = []",
        LAWS,
        "test_5 and instance and whole",
    ),
    Mutation(
        "law 6",
        "a volume that a dead run has made is not found",
        f"{CLOUD}server_state.py",
        "owner(volume) == name\n                and not attached",
        "owner(volume) is None\n                and not attached",
        LAWS,
        f"test_6_the_next and {WHOLE} and done",
    ),
    Mutation(
        "law 7",
        "an error repeats what was sent",
        f"{CLOUD}reasons.py",
        "    return without(text, found)",
        "    return text",
        LAWS,
        f"test_7_secrets and {WHOLE}",
    ),
    Mutation(
        "law 7",
        "only JSON's spelling of a secret is known",
        f"{CLOUD}reasons.py",
        "    texts |= {repr(secret)[1:-1], repr(secret.encode())[2:-1]}\n",
        "    return texts\n",
        LAWS,
        "test_7_secrets and make and tenant",
    ),
    Mutation(
        "law 7",
        "an error is made readable before its secrets are taken out",
        f"{CLOUD}session.py",
        "readable(hushed(reason(answer), sent))",
        "hushed(readable(reason(answer)), sent)",
        LAWS,
        "test_7_secrets and make and tenant",
    ),
    Mutation(
        "law 7",
        "a refused sign-in repeats the password",
        f"{CLOUD}reasons.py",
        "readable(without(cause(error), secrets_in(config.auth) | {tried}))",
        "readable(cause(error))",
        LAWS,
        "test_7_a_refused and instance and whole",
    ),
    Mutation(
        "law 7",
        "its runs are refused for an option that ansible-core does not know",
        LAWS,
        'TALKATIVE = {"_ansible_verbosity": 4,',
        'TALKATIVE = {"_ansible_nonsense": True, "_ansible_verbosity": 4,',
        LAWS,
        f"test_7 and {WHOLE}",
    ),
    Mutation(
        "law 7 on hosts",
        "a password stands in what is told of an account",
        "plugins/module_utils/node/database.py",
        '"password_is_current": native and',
        '"password": self.password, "password_is_current": native and',
        HOSTS,
        "test_7 and databases",
    ),
    Mutation(
        "the fake",
        "a volume is made with another status",
        "tests/fake/volume.py",
        'return 202, {"volume": view(volume, request)}',
        'return 200, {"volume": view(volume, request)}',
        REPLAY,
        "services_did",
    ),
    Mutation(
        "the fake",
        "a volume has a field that it has not",
        "tests/fake/volume.py",
        '"consistencygroup_id": None,',
        '"consistencygroup_id": None, "colour": "red",',
        REPLAY,
        "services_did",
    ),
    *MATRIX,
)


def ended(copy: Path, tests: str, only: str) -> int:
    """Run tests in the copy, and return how they ended."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-W", "ignore", tests, "-k", only]
    return subprocess.run(command, cwd=copy, stdout=subprocess.DEVNULL, check=False).returncode


def fault(copy: Path, mutation: Mutation, is_green: bool) -> str:
    """Make a mutation and take it back; say what is wrong with it, or nothing where the law went red."""
    file = copy / mutation.file
    text = file.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        return f"{mutation.file} has {text.count(mutation.old)} times what shall be broken"
    if not is_green:
        return "its tests fail before"
    file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    status = ended(copy, mutation.tests, mutation.only)
    file.write_text(text, encoding="utf-8")
    return {RED: "", GREEN: "nobody noticed"}.get(status, f"pytest ended with {status}")


def main() -> int:
    """Return 0 when every mutation was seen."""
    wanted = [
        mutation for mutation in MUTATIONS if not sys.argv[1:] or any(law in str(mutation) for law in sys.argv[1:])
    ]
    faults = 0
    with tempfile.TemporaryDirectory(prefix="conductor-mutations-") as folder:
        # Imported under its full name, as the checkout is.
        copy = Path(folder) / "ansible_collections" / "conductor" / "cloud"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        os.environ.update(PYTHONDONTWRITEBYTECODE="1", PYTHONPATH="")
        green = {
            place: ended(copy, *place) == GREEN for place in {(mutation.tests, mutation.only) for mutation in wanted}
        }
        for mutation in wanted:
            said = fault(copy, mutation, green[mutation.tests, mutation.only])
            faults += bool(said)
            print(f"{mutation}: {said or 'seen'}", flush=True)
    print(f"{len(wanted)} mutations, {len(wanted) - faults} seen")
    return 0 if wanted and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
