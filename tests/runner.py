# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of one or more tiers, and say how many passed."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import leftovers
from tests.checks import CHECKS, CLOUD_MEMORY, CLOUD_STATE, ROOT, STATE, Check

TIERS = ("fast", "cloud", "ha", "nightly")
MACHINE = ROOT / "requirements" / "machine.sh"
REQUIREMENTS = (ROOT / "requirements" / "controller.txt", ROOT / "requirements" / "tests.txt")


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="tests/run", description="Without options, runs the tiers fast and cloud.")
    parser.add_argument("--tier", choices=TIERS, action="append", help="run this tier; may be given more than once")
    parser.add_argument("--only", metavar="NAME", action="append", help="run this check; may be given more than once")
    parser.add_argument("--keep", action="store_true", help="leave the test cloud when done")
    parser.add_argument("--list", action="store_true", help="list the checks and end")
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Check]:
    """Return the checks to run, in their order."""
    tiers = options.tier or (TIERS if options.only else ("fast", "cloud"))
    found = [check for check in CHECKS if check.tier in tiers and (not options.only or check.name in options.only)]
    needed = {check.needs for check in found if check.needs and not options.only}
    # What makes a cloud comes with what needs one, and so does what removes it.
    found = [check for check in CHECKS if check in found or check.name in needed or (check.always and needed)]
    unknown = set(options.only or ()) - {check.name for check in found}
    if unknown:
        names = ", ".join(check.name for check in CHECKS if check.tier in tiers)
        raise SystemExit(f"--only {', '.join(sorted(unknown))}: there is {names or 'nothing in this tier'}")
    return [check for check in found if not (options.keep and check.name == "destroy")]


@contextmanager
def alone() -> Iterator[None]:
    """Keep a second run of the tests away: they share a folder and a cloud."""
    STATE.mkdir(exist_ok=True)
    with open(STATE / "lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("Another tests/run is at work in this checkout.") from None
        yield


def environment() -> dict[str, str]:
    """Return the variables of every check: its tools first, and nothing of a person's own ansible settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ARA_", "OS_"))}
    return {
        **kept,
        "PATH": f"{STATE / 'venv' / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "ANSIBLE_HOME": str(STATE / "ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(STATE / "collections"),
        "XDG_CACHE_HOME": str(STATE / "cache"),
        "PIP_CACHE_DIR": str(ROOT / ".cache" / "pip"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def do(what: str, *command: str | Path) -> None:
    """Run a part of the set-up, or end with a sentence."""
    if subprocess.run(command, env=environment(), check=False).returncode:
        raise SystemExit(f"{what} did not work; see above.")


def prepare_machine() -> None:
    """Install what nodes need of this machine."""
    do("Installing packages", "bash", "-euc", '. "$1"; install_packages "${packages[@]}"', "tests/run", MACHINE)


def prepare() -> None:
    """Make the virtual environment and the place where the collection lies under its full name."""
    link = STATE / "collections" / "ansible_collections" / "conductor" / "cloud"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)
    stamp = STATE / "venv" / "stamp"
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in REQUIREMENTS)).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    print("Installing the tools of the tests", flush=True)
    do("Making a virtual environment", sys.executable, "-m", "venv", "--clear", STATE / "venv")
    options = [option for path in REQUIREMENTS for option in ("-r", path)]
    quiet = ("-qq", "--progress-bar", "off")
    do("Installing the tools", STATE / "venv" / "bin" / "pip", "install", *quiet, "--require-hashes", *options)
    stamp.write_text(wanted, encoding="ascii")


def obstacle() -> str:
    """Return why no test cloud can be brought up now, if so."""
    if os.geteuid() != 0:
        return "The nodes of a test cloud are system containers: run this as root, or with --tier fast."
    if reason := leftovers.obstacle():
        return reason
    stale = not (CLOUD_STATE / "settings").exists()
    with open("/proc/meminfo", encoding="ascii") as file:
        free = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable:")) / 1024**2
    if stale and free < CLOUD_MEMORY:
        return f"A test cloud needs {CLOUD_MEMORY} GiB of free memory; there are {free:.1f} GiB."
    return ""


def log_of(check: Check) -> Path:
    """Return where all that a check says is kept."""
    return STATE / "logs" / f"{check.name}.log"


def tell_end(check: Check) -> None:
    """Show the last lines of what a check said."""
    lines = log_of(check).read_text(encoding="utf-8").splitlines()[-40:]
    print("\n".join(f"    {line}" for line in lines))


def run(check: Check) -> bool:
    """Run one check, show the headings of its output, and keep all of it in a file."""
    log = log_of(check)
    log.parent.mkdir(exist_ok=True)
    started = time.monotonic()
    print(f"[{check.tier}] {check.name}", flush=True)
    with open(log, "w", encoding="utf-8") as file, subprocess.Popen(
        check.command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(check.minutes * 60)
        try:
            copy(process.stdout or (), file)
            status = process.wait()
        finally:
            signal.alarm(0)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
    seconds = time.monotonic() - started
    if status:
        tell_end(check)
    late = f" (killed after {check.minutes} minutes)" if status == -signal.SIGKILL else ""
    print(f"    {'failed' if status else 'passed'} in {seconds:.1f} s{late}; {log.relative_to(ROOT)}", flush=True)
    return status == 0


def copy(lines: Iterable[str], file: object) -> None:
    """Write all lines to the file and the headings to the screen, as they come."""
    for line in lines:
        print(line, end="", file=file, flush=True)
        if line.startswith(("== ", "PLAY [")):
            print(f"    {line.rstrip()}", flush=True)


def spoken(seconds: float) -> str:
    """Return a time as people say it."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def run_all(checks: list[Check], started: float) -> int:
    """Run the checks and return the status."""
    results: dict[str, bool] = {}
    red = []
    for check in checks:
        if results.get(check.needs) is False and not check.always:
            print(f"[{check.tier}] {check.name}\n    failed: {check.needs} did not pass")
            results[check.name] = False
        else:
            results[check.name] = run(check)
            red += [] if results[check.name] else [check]
    for check in red:
        # Far above by now, and whoever has the end of the output alone has to know.
        print(f"[{check.tier}] {check.name} failed; it ended with")
        tell_end(check)
    failed = [name for name, is_good in results.items() if not is_good]
    print(f"All in {spoken(time.monotonic() - started)}, with the set-up")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed or not results else 0


def main() -> int:
    """Do what was asked for."""
    options, started = arguments(), time.monotonic()
    checks = chosen(options)
    if options.list:
        print("\n".join(f"{check.tier:8} {check.name}" for check in checks))
        return 0
    with alone():
        if any(check.tier != "fast" for check in checks):
            if reason := obstacle():
                raise SystemExit(reason)
            prepare_machine()
        prepare()
        return run_all(checks, started)


if __name__ == "__main__":
    sys.exit(main())
