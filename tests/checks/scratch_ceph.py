# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes at Ceph: what its cluster holds, and daemons that are made and never started."""

from __future__ import annotations

from typing import Any

from tests.checks.scratch import KEYS, NAME, Act, Death, Params, Scene, digest, lines

CLIENT = f"client.{NAME}"
UUID = "c0d00c70-1a35-4000-8000-00000000abcd"
OSDS = "/var/lib/ceph/osd"


def objects(key: int, may: str, seconds: int, **pool: Any) -> Params:
    """Return the options of a pool, a user and a setting."""
    return {
        "pools": [{"name": NAME, "pg_autoscale_mode": "off", "pg_num": 1, **pool}],
        "users": [{"name": CLIENT, "key": KEYS[key], "caps": {"mon": "profile rbd", "osd": may}}],
        "config": {CLIENT: {"client_mount_timeout": seconds}},
    }


def held(key: int, may: str, seconds: int, application: str = "rbd") -> str:
    """Return what Ceph's own commands say of them."""
    return lines(
        f"{NAME} pg_num 1 autoscale off {application}",
        f"{CLIENT} {digest(KEYS[key])}",
        f"mon profile rbd, osd {may}",
        f"client_mount_timeout {seconds}",
    )


READS, WRITES = f"profile rbd-read-only pool={NAME}", f"profile rbd pool={NAME}"
SHOW = r"""
import hashlib, json, subprocess
def ask(*words):
    done = subprocess.run(["ceph", "--format=json", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(done.stdout or b"[]") if done.returncode == 0 else []
for pool in ask("osd", "pool", "ls", "detail"):
    if pool["pool_name"] == NAME:
        uses = " ".join(pool["application_metadata"])
        print(NAME, "pg_num", pool["pg_num_target"], "autoscale", pool["pg_autoscale_mode"], uses)
        print("~", pool["pool_id"])
for user in ask("auth", "get", CLIENT):
    print(CLIENT, hashlib.sha256(user["key"].encode()).hexdigest())
    print(", ".join(f"{on} {cap}" for on, cap in sorted(user["caps"].items())))
for entry in ask("config", "dump"):
    if entry["section"] == CLIENT:
        print(entry["name"], entry["value"])
"""
AWAIT = """
import rados, sys, time
with rados.Rados(conffile="/etc/ceph/ceph.conf") as cluster:
    for turn in range(6000):
        if cluster.pool_exists(sys.argv[1]):
            break
        time.sleep(0.01)
"""
OBJECTS = Scene(
    "objects of Ceph",
    acts=(
        Act("make", "ceph_objects", objects(0, READS, 31), held(0, READS, 31)),
        Act("change", "ceph_objects", objects(1, WRITES, 32), held(1, WRITES, 32)),
        Act(
            "put right what others changed",
            "ceph_objects",
            objects(1, WRITES, 32),
            held(1, WRITES, 32),
            plant=f"ceph auth caps {CLIENT} mon 'allow r' 2>/dev/null; ceph config rm {CLIENT} client_mount_timeout",
        ),
        Act(
            "a user absent",
            "ceph_objects",
            {"users": [{"name": CLIENT, "caps": {}, "state": "absent"}]},
            lines(f"{NAME} pg_num 1 autoscale off rbd", "client_mount_timeout 32"),
        ),
    ),
    look=f"python3 - <<'END'\nNAME, CLIENT = '{NAME}', '{CLIENT}'\n{SHOW}\nEND",
    clear=f"""
        if ceph osd pool stats {NAME} >/dev/null 2>&1; then
            ceph config set mon mon_allow_pool_delete true
            for turn in $(seq 10); do
                ceph osd pool rm {NAME} {NAME} --yes-i-really-really-mean-it 2>/dev/null && break
                sleep 0.5
            done
            ceph config rm mon mon_allow_pool_delete
        fi
        ceph auth rm {CLIENT} 2>/dev/null || true
        ceph config rm {CLIENT} client_mount_timeout
    """,
    # A command of Ceph takes longer than what the module has left to do then.
    death=Death(f"python3 -c '{AWAIT}' {NAME}"),
)

MONITOR = f"/var/lib/ceph/mon/ceph-{NAME}"
OF_A_MONITOR = ("ceph_version_when_created", "created_at", "keyring", "kv_backend")
MONITORS = Scene(
    "a monitor that nobody starts",
    prepare=f"""
        ceph-authtool --create-keyring /run/{NAME}.keyring --gen-key --name mon. --cap mon 'allow *' >/dev/null
        chown ceph: /run/{NAME}.keyring
    """,
    acts=(
        Act(
            "make",
            "ceph_monitor",
            {"name": NAME, "fsid": UUID, "members": {NAME: "192.0.2.9"}, "keyring": f"/run/{NAME}.keyring"},
            lines(f"{MONITOR} d ceph:ceph", *(f"{MONITOR}/{name} f ceph:ceph" for name in OF_A_MONITOR)),
        ),
    ),
    look=f"""
        find {MONITOR} -maxdepth 1 ! -name store.db -printf '%p %y %u:%g\\n' 2>/dev/null | sort
        find /var/lib/ceph/mon -name '.unfinished-*{NAME}*'
        echo "~" $(find {MONITOR} -printf '%p %i %s %T@ ' 2>/dev/null)
    """,
    clear=f"rm -rf {MONITOR} /var/lib/ceph/mon/.unfinished-ceph-{NAME}* /run/{NAME}.keyring",
    death=Death("pgrep --full 'ceph-mon --mkfs' >/dev/null"),
)

OSD = Scene(
    "an OSD that nobody starts",
    acts=(
        Act(
            "make",
            "ceph_osds",
            {
                "keyring": "/var/lib/ceph/bootstrap-osd/ceph.keyring",
                "uuids": [UUID],
                "key": KEYS[0],
                "size": 1,
            },
            lines("exists,new", "as one of them ceph:ceph 1073741824", f"{digest(KEYS[0])}  -"),
        ),
    ),
    look=f"""
        ceph osd dump | awk '$NF == "{UUID}" {{print $(NF - 1)}}'
        for file in $(grep --files-with-matches --no-messages {UUID} {OSDS}/ceph-*/fsid || true); do
            stat --format='as one of them %U:%G %s' $(dirname $file)/block
            ceph auth print-key osd.$(dirname $file | sed 's/.*-//') | sha256sum
            echo "~" $(find $(dirname $file) -printf '%p %i %s %T@ ')
        done
        find {OSDS} -name '.unfinished-*'
    """,
    clear=f"""
        number=$(ceph osd dump | awk '$NF == "{UUID}" {{sub("osd.", "", $1); print $1}}')
        if [ "$number" ]; then
            ceph osd purge $number --force --yes-i-really-mean-it 2>/dev/null
            rm -rf {OSDS}/ceph-$number {OSDS}/.unfinished-ceph-$number
        fi
    """,
    death=Death("pgrep --full 'ceph-osd --mkfs' >/dev/null"),
)

FORGOTTEN = Scene(
    "a host that Ceph forgets",
    prepare=f"""
        ceph osd crush add-bucket {NAME} host 2>/dev/null
        ceph auth get-or-create mgr.{NAME} mon 'profile mgr' >/dev/null
    """,
    acts=(Act("forget", "ceph_host", {"host": NAME, "state": "absent"}, ""),),
    look=f"""
        ceph osd tree | awk '$NF == "{NAME}" {{print $(NF - 1), $NF}}'
        ceph auth ls 2>/dev/null | grep '^mgr.{NAME}' || true
    """,
    clear=f"""
        ceph osd crush rm {NAME} 2>/dev/null || true
        ceph auth rm mgr.{NAME} 2>/dev/null || true
    """,
)

CEPH_SCENES = (OBJECTS, MONITORS, OSD, FORGOTTEN)
