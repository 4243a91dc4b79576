# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the laws with the oldest openstacksdk that is admitted, with that of Debian 13, and with the newest.

usage: sdk.py [NAME...]    (oldest, debian13, newest)
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.checks import ROOT

# Debian 13 keeps these.
DEBIAN13 = ("openstacksdk==4.4.0", "keystoneauth1==5.10.0")
VERSIONS = "import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in ('openstacksdk', 'keystoneauth1')))"


def oldest() -> str:
    """Return the oldest version that the requirements admit."""
    text = (ROOT / "requirements" / "controller.in").read_text(encoding="utf-8")
    numbers = re.findall(r"^openstacksdk>=([\d.]+)$", text, re.MULTILINE)[0].split(".")
    return ".".join((*numbers, "0", "0")[:3])


def laws_with(folder: Path, *packages: str) -> bool:
    """Run the laws in a virtual environment with these packages, and all else of the present one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    # What lies in the folder comes first: only what it lacks is taken from here.
    kept = next((folder / "lib").glob("python*/site-packages")) / "tests.pth"
    kept.write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--ignore-installed", *packages]
    subprocess.run(install, check=True)
    found = subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True, check=True).stdout.strip()
    print(f"== {found}", flush=True)
    if any(name.replace("==", " ") not in found for name in packages if "==" in name):
        print(f"That is not {' '.join(packages)}")
        return False
    laws = subprocess.run([python, "-m", "pytest", "-q", "-n", "2", "tests/laws"], cwd=ROOT, check=False)
    return laws.returncode == 0


def main() -> int:
    """Return 0 when the laws hold everywhere."""
    wanted = {"oldest": (f"openstacksdk=={oldest()}",), "debian13": DEBIAN13, "newest": ("openstacksdk",)}
    names = sys.argv[1:] or list(wanted)
    failed = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="sdk-") as folder:
            if not laws_with(Path(folder), *wanted[name]):
                failed.append(name)
    print(f"{len(names) - len(failed)} of {len(names)} versions keep the laws {' '.join(failed)}".rstrip())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
