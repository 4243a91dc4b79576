# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a unit started with: a digest of its files and one of the versions of its packages.

Systemd runs this file as a unit starts (``unit-digest record UNIT``), and the modules import it to tell
whether what a running unit started with is what it would start with today. Therefore it needs nothing
but Python's standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys

SCRIPT = "/usr/local/lib/conductor-cloud/unit-digest"
WATCHES = "/etc/conductor-cloud/units"
RECORDS = "/run/conductor-cloud"
DPKG_STATUS = "/var/lib/dpkg/status"
# Where people and programs add to the definition of a unit; packages do so elsewhere.
DROP_INS = ("/etc/systemd/system", "/run/systemd/system", "/etc/systemd/system.control")
OWN_DROP_IN = "conductor.conf"


def watch_path(unit):
    """Return where it stands what a unit depends on."""
    return f"{WATCHES}/{unit}.json"


def record_path(unit):
    """Return where it stands what a unit started with."""
    return f"{RECORDS}/{unit}.json"


def versions(status):
    """Return the version of every installed package, from the text of dpkg's status file."""
    found = {}
    for paragraph in status.split("\n\n"):
        fields = {}
        for line in paragraph.split("\n"):
            if line.startswith(("Package: ", "Status: ", "Version: ")):
                name, value = line.split(": ", 1)
                fields.setdefault(name, value)
        if not fields.get("Status", "").endswith((" config-files", " not-installed")) and "Version" in fields:
            found[fields["Package"]] = fields["Version"]
    return found


def digest(lines):
    """Return the digest of a list of facts."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def contents(paths, content):
    """Return what stands in files: a line for each that is there."""
    read = [(path, content(path)) for path in paths]
    return [f"{path} {hashlib.sha256(data).hexdigest()}" for path, data in read if data is not None]


def strange_drop_ins(unit, known, files_below):
    """Return the drop-ins of a unit that are not among the ``known`` files."""
    folders = [f"{folder}/{unit}.d" for folder in DROP_INS]
    found = [path for folder in folders for path in files_below(folder) if path != folder]
    return sorted(path for path in found if path not in known and os.path.basename(path) != OWN_DROP_IN)


def digests(unit, watch, files_below, content, installed):
    """Return the digests of what ``watch`` names for a unit, and of drop-ins that it does not, where there are any.

    ``files_below`` lists the files of a directory, ``content`` reads a file, ``installed`` has the versions.
    """
    paths = sorted({path for name in watch["files"] for path in files_below(name)})
    again = sorted({path for name in watch.get("reload_files", ()) for path in files_below(name)})
    packages = [(name, installed.get(name)) for name in sorted(watch["packages"])]
    strange = [(path, content(path)) for path in strange_drop_ins(unit, paths, files_below)]
    found = {
        "files": digest(contents(paths, content)),
        "packages": digest([f"{name} {version}" for name, version in packages if version is not None]),
    }
    if again:
        found["reload_files"] = digest(contents(again, content))
    if strange:
        found["drop-ins"] = digest([f"{path} {hashlib.sha256(data or b'').hexdigest()}" for path, data in strange])
    return found


def files_below(path):
    """Return the files of a directory and below it; a file is its own list."""
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(folder, name) for folder, names, files in os.walk(path) for name in files]


def content_of(path):
    """Return the content of a file, or None where there is none."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def today(unit):
    """Return the digests that a unit would start with now."""
    watch = json.loads(content_of(watch_path(unit)) or b'{"files": [], "packages": []}')
    installed = versions((content_of(DPKG_STATUS) or b"").decode()) if watch["packages"] else {}
    return digests(unit, watch, files_below, content_of, installed)


def record(unit):
    """Keep what a unit starts with, until the next start or the next boot."""
    path = record_path(unit)
    os.makedirs(RECORDS, mode=0o755, exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as stream:
        json.dump(today(unit), stream)
    os.replace(temporary, path)


def show(unit):
    """Print what a unit started with and what it would start with, and return 0 where that is the same."""
    started = json.loads(content_of(record_path(unit)) or b"{}")
    wanted = today(unit)
    for name in sorted({*started, *wanted}):
        state = "current" if started.get(name) == wanted.get(name) else "outdated"
        sys.stdout.write(f"{name}: {state}\n")
    return 0 if started == wanted else 1


def main(arguments):
    """Run the command line: ``record UNIT`` or ``show UNIT``."""
    if len(arguments) != 2 or arguments[0] not in ("record", "show"):
        sys.stderr.write("usage: unit-digest record|show UNIT\n")
        return 2
    return (record if arguments[0] == "record" else show)(arguments[1]) or 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
