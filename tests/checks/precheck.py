# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put everything in the way of a cloud at once: precheck.yml has to name all of it, and to change nothing.

usage: python -m tests.checks.precheck STATE_DIRECTORY

It needs a bare node. Two more hosts are lent to the inventory: ``twin`` is the same node with other packages, and
``lost`` is nowhere. When all is undone, nothing may be in the way.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.checks.drift import Cloud

PLAYBOOK = str(Path(__file__).resolve().parents[2] / "playbooks" / "precheck.yml")
# A clock that is ahead, another release, a mirror that is nowhere, somebody at two ports, and other packages, which
# only a program sees that is started in this way.
PLANT = r"""
printf '#!/bin/sh\nexec /usr/bin/date --date="7 seconds" "$@"\n' >/usr/local/bin/date
cp -p /usr/lib/os-release /root/os-release
sed -i 's/^VERSION_ID=.*/VERSION_ID="12"/' /usr/lib/os-release
echo 'deb [trusted=yes] http://mirror.invalid/debian trixie main' >/etc/apt/sources.list.d/nowhere.list
for version in 1 2; do
    cp /var/lib/dpkg/status /root/status-$version
    printf 'Package: haproxy\nStatus: install ok installed\nVersion: %s.0\n\n' $version >>/root/status-$version
    cat >/usr/local/bin/python-$version <<END
#!/bin/sh
exec unshare --mount sh -c 'mount --bind /root/status-$version /var/lib/dpkg/status; exec python3 "\$@"' python "\$@"
END
done
chmod 755 /usr/local/bin/date /usr/local/bin/python-*
for port in 5000 11211; do
    systemd-run --quiet --collect --unit=stranger-$port python3 -m http.server $port
done
"""
UNDO = r"""
systemctl stop 'stranger-*.service'
rm /usr/local/bin/date /usr/local/bin/python-* /root/status-* /etc/apt/sources.list.d/nowhere.list
mv /root/os-release /usr/lib/os-release
"""
PROBLEMS = (
    r"inventory: wanted an address for each, found \S+ for node-1 and twin\.",
    r"lost: wanted an answer, found .*",
    r"node-1: wanted debian 13, found debian 12\.",
    r"node-1: wanted 90000000 MiB of memory, found \d+ MiB\.",
    r"node-1: wanted 90000 GiB free under /var/lib, found \S+ GiB\.",
    r"node-1: wanted an address of nobody\.invalid, found none\.",
    r"node-1: wanted http://mirror\.invalid/\S+ within reach, found .*",
    r"node-1: wanted port 5000 free, found python3 \(stranger-5000\.service\) at .*",
    r"node-1: wanted port 11211 free, found python3 \(stranger-11211\.service\) at .*",
    r"(node-1|twin): wanted cloud_internal_vip \S+ free, found it at [0-9a-f:]+\.",
    r"node-1: wanted the controller's time within 1 s, found [67]\.\d s more\.",
    r"(node-1|twin): wanted haproxy [12]\.0 as elsewhere, found haproxy [12]\.0\.",
)


def lent(prefix: str) -> dict[str, object]:
    """Return the inventory of the two hosts, and what a cloud wants that cannot be."""
    python = "ansible_python_interpreter"
    hosts = {
        "node-1": {python: "/usr/local/bin/python-1"},
        "twin": {
            "ansible_host": f"{prefix}.0.11",
            "ansible_remote_tmp": "~/.ansible/tmp",
            python: "/usr/local/bin/python-2",
        },
        "lost": {"ansible_host": f"{prefix}.0.250", "ansible_remote_tmp": "~/.ansible/tmp", "ansible_timeout": 3},
    }
    impossible = {
        "precheck_memory_mib": {"all": 90_000_000},
        "precheck_free_gib": {"all": 90_000},
        "precheck_free_deployed_gib": 90_000,
        "precheck_names": ["nobody.invalid"],
    }
    control = {"hosts": {"twin": {}}}
    return {"all": {"hosts": hosts, "vars": impossible, "children": {"control": control}}}


def look(cloud: Cloud, *options: str) -> tuple[int, str, list[str]]:
    """Run the playbook; return its status, what it said, and what it wrote on the node."""
    files, started = cloud.tree(), time.monotonic()
    status, output = cloud.play(PLAYBOOK, *options, ANSIBLE_CALLBACK_RESULT_FORMAT="json")
    faults = [f"it wrote {line}" for line in sorted(cloud.tree() ^ files)]
    print(f"== it took {time.monotonic() - started:.0f} s", flush=True)
    return status, output, faults


def trial(cloud: Cloud, prefix: str) -> list[str]:
    """Put all of it in the way, look, and take it away again."""
    inventory = cloud.state / "inventory"
    quickstart = Path(PLAYBOOK).parents[1] / "inventories" / "quickstart"
    cloud.inside(PLANT)
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(lent(prefix), file)
            file.flush()
            options = [part for place in (quickstart, inventory, file.name) for part in ("-i", str(place))]
            # The gateway of the nodes has this address.
            status, output, faults = look(cloud, *options, "-e", f"cloud_internal_vip={prefix}.0.1")
    finally:
        cloud.inside(UNDO)
    said = output.encode().decode("unicode_escape")
    faults += [f"not named: {problem}" for problem in PROBLEMS if not re.search(problem, said)]
    named = sum(bool(re.search(problem, said)) for problem in PROBLEMS)
    print(f"== {named} of {len(PROBLEMS)} problems named, status {status}", flush=True)
    return faults if status else [*faults, "it ended as if nothing was in the way", output[-3000:]]


def main() -> int:
    """Return 0 where all was named, and where nothing is in the way in the end."""
    cloud = Cloud(Path(sys.argv[1]).resolve())
    settings = dict(line.split("=", 1) for line in (cloud.state / "settings").read_text(encoding="utf-8").split())
    faults = trial(cloud, settings["prefix"])
    status, output, more = look(cloud)
    if status or "Nothing is in the way" not in output:
        faults.append(f"something is in the way of a bare node:\n{output[-3000:]}")
    print("\n".join([*faults, *more]))
    return 1 if faults or more else 0


if __name__ == "__main__":
    sys.exit(main())
