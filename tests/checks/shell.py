# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have shellcheck read every shell script, whatever it is called: what begins as one does is one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.checks import ROOT

FOLDERS = ("playbooks", "extensions", "roles/*/files")
PLACES = ("*", ".ci/*", "requirements/*", "tests/*", "tests/*/*", *(f"{folder}/**/*" for folder in FOLDERS))
BEGINNING = re.compile(rb"#!\s*\S*[/ ](?:ba|da|k)?sh\b|# shellcheck shell=")


def scripts() -> list[Path]:
    """Return the scripts."""
    found = {path for place in PLACES for path in ROOT.glob(place) if path.is_file()}
    return sorted(path.relative_to(ROOT) for path in found if BEGINNING.match(path.read_bytes()[:200]))


def main() -> int:
    """Return 0 when nothing is to be said of any of them."""
    known = scripts()
    if Path("quickstart") not in known:
        print("quickstart was not found to be a script: this says nothing")
        return 1
    # What a script reads is read with it, from the root of the checkout.
    status = subprocess.run(["shellcheck", "--external-sources", "--source-path=.", *known], cwd=ROOT, check=False)
    print(f"{len(known)} scripts: {' '.join(map(str, known))}")
    return status.returncode


if __name__ == "__main__":
    sys.exit(main())
