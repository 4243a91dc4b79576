# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes on the node itself: files, units, packages, certificates, and a front of its own."""

from __future__ import annotations

from tests.checks.scratch import NAME, NEW, OLD, Act, Death, Params, Scene, digest, lines

FOLDER = f"/etc/{NAME}"
UNIT_FILE = f"/etc/systemd/system/{NAME}.service"
JOURNAL = f"/run/{NAME}.log"
UNIT = f"""[Unit]
Description=Nothing, for the laws
[Service]
ExecStartPre=/bin/sh -c 'echo start >>{JOURNAL}; sleep 0.5'
ExecStart=/bin/sleep infinity
ExecReload=/bin/sh -c 'echo reload >>{JOURNAL}'
[Install]
WantedBy=multi-user.target
"""
LISTED = f"/etc/conductor-cloud/units/{NAME}.service.json"
SHOWN = "systemctl show --property=ActiveState,UnitFileState"


def files(password: str, ticket: str) -> Params:
    """Return the options of a service with a secret, and with a file that it reads anew when it is told so."""
    settings = {"path": f"{FOLDER}/settings", "mode": "0640", "group": "adm", "content": f"password = {password}\n"}
    return {
        "files": [
            {"path": FOLDER, "state": "directory", "mode": "0750"},
            settings,
            {"path": f"{FOLDER}/ticket", "content": ticket, "validate": ["grep", "ticket", "%s"]},
            {"path": UNIT_FILE, "content": UNIT},
        ],
        "units": [{"name": NAME, "files": [f"{FOLDER}/settings"], "reload_files": [f"{FOLDER}/ticket"]}],
        "secrets": [password],
    }


def service(password: str, ticket: str, unit: str, starts: int, reloads: int) -> str:
    """Return what is seen of this service."""
    return lines(
        f"{FOLDER} d 750 root:root",
        f"{FOLDER}/settings f 640 root:adm",
        f"{FOLDER}/ticket f 644 root:root",
        f"{UNIT_FILE} f 644 root:root",
        f"{digest(f'password = {password}{chr(10)}')}  {FOLDER}/settings",
        f"{digest(ticket)}  {FOLDER}/ticket",
        f"{digest(UNIT)}  {UNIT_FILE}",
        unit,
        f"{starts} start",
        f"{reloads} reload",
    )


RUNS = lines("ActiveState=active", "UnitFileState=enabled")
RESTS = lines("ActiveState=inactive", "UnitFileState=disabled")
GONE = (f"{FOLDER}/settings", f"{FOLDER}/ticket", FOLDER, UNIT_FILE)
SERVICE = Scene(
    "files and a unit",
    acts=(
        Act("make", "service_files", files(OLD, "ticket 1\n"), service(OLD, "ticket 1\n", RUNS, 1, 0)),
        Act("change", "service_files", files(NEW, "ticket 1\n"), service(NEW, "ticket 1\n", RUNS, 2, 0)),
        Act("reload", "service_files", files(NEW, "ticket 2\n"), service(NEW, "ticket 2\n", RUNS, 2, 1)),
        Act(
            "put right what others changed",
            "service_files",
            files(NEW, "ticket 2\n"),
            service(NEW, "ticket 2\n", RUNS, 3, 1),
            plant=f"chmod 0666 {FOLDER}/ticket; systemctl --quiet disable {NAME}; systemctl stop {NAME}",
        ),
        Act(
            "stop",
            "service_files",
            {"units": [{"name": NAME, "state": "stopped"}]},
            service(NEW, "ticket 2\n", RESTS, 3, 1),
        ),
        Act(
            "absent",
            "service_files",
            {"files": [{"path": path, "state": "absent"} for path in GONE]},
            lines("ActiveState=inactive", "UnitFileState=", "3 start", "1 reload"),
        ),
    ),
    look=f"""
        find {FOLDER} {UNIT_FILE} -printf '%p %y %m %u:%g\\n~ %p %i %s %T@\\n' 2>/dev/null | sort
        sha256sum {FOLDER}/settings {FOLDER}/ticket {UNIT_FILE} 2>/dev/null || true
        {SHOWN} {NAME}
        echo "$(grep -c start {JOURNAL} 2>/dev/null) start"
        echo "$(grep -c reload {JOURNAL} 2>/dev/null) reload"
        echo "~" $(systemctl show --property=InvocationID,MainPID,StateChangeTimestamp --value {NAME})
        echo "~ $(find {LISTED} {UNIT_FILE}.d /run/conductor-cloud -name '*{NAME}*' -printf '%p %T@ ' 2>/dev/null)"
    """,
    clear=f"""
        systemctl stop {NAME} 2>/dev/null || true
        systemctl --quiet disable {NAME} 2>/dev/null || true
        find /run/conductor-cloud -name '{NAME}*' -delete
        rm -rf {FOLDER} {UNIT_FILE} {UNIT_FILE}.d {LISTED} {JOURNAL}
        systemctl daemon-reload
        systemctl reset-failed {NAME} 2>/dev/null || true
    """,
    death=Death(f"test -e {FOLDER}/ticket"),
)

# Their names come after those of all others, which are left alone for that.
A, B = f"zz-{NAME}-a", f"zz-{NAME}-b"
RESTARTS: Params = {"since": "{{ began }}", "skip": ["[!z]*"], "first": [B]}
UNITS = Scene(
    "units that run",
    prepare=f"""
        for unit in {A} {B}; do
            printf '[Service]\\nExecStartPre=sleep 0.7\\nExecStart=sleep infinity\\n' >/etc/systemd/system/$unit.service
            printf '[Install]\\nWantedBy=multi-user.target\\n' >>/etc/systemd/system/$unit.service
            echo '{{}}' >/etc/conductor-cloud/units/$unit.service.json
        done
        systemctl daemon-reload
        systemctl --quiet enable --now {A} {B}
        for unit in {A} {B}; do systemctl show --property=InvocationID $unit >/run/$unit.first; done
        # The moment from which they are to be new has to be another second than that in which they started.
        sleep 1.1
    """,
    acts=(
        Act("restart", "unit_restarts", RESTARTS, lines(A, RUNS, "another", B, RUNS, "another")),
        Act(
            "stop for good",
            "unit_stops",
            {"only": [f"zz-{NAME}-*"], "also": [f"zz-{NAME}-missing.timer"], "first": [B]},
            lines(A, RESTS, "another", B, RESTS, "another"),
        ),
    ),
    look=f"""
        for unit in {A} {B}; do
            echo $unit
            {SHOWN} $unit
            systemctl show --property=InvocationID $unit | cmp --quiet - /run/$unit.first && echo first || echo another
            echo "~" $(systemctl show --property=InvocationID,MainPID,StateChangeTimestamp --value $unit)
        done
    """,
    clear=f"""
        for unit in {A} {B}; do
            systemctl stop $unit 2>/dev/null || true
            systemctl --quiet disable $unit 2>/dev/null || true
            rm -f /etc/systemd/system/$unit.service /etc/conductor-cloud/units/$unit.service.json /run/$unit.first
        done
        systemctl daemon-reload
    """,
    death=Death(f"! systemctl show --property=InvocationID {B} | cmp --quiet - /run/{B}.first"),
)

BOTH = {"names": ["hello", "bash"]}
INSTALLED = lines("ok installed", "/usr/bin/hello")
PACKAGES = Scene(
    "packages",
    acts=(
        Act("install", "debian_packages", BOTH, lines("install", INSTALLED)),
        Act(
            "lift a hold",
            "debian_packages",
            BOTH,
            lines("install", INSTALLED),
            plant="apt-mark hold hello",
        ),
        Act(
            "finish what was interrupted",
            "debian_packages",
            BOTH,
            lines("install", INSTALLED),
            plant="cd /tmp; apt-get --quiet=2 download hello; dpkg --unpack hello_*.deb; rm hello_*.deb",
        ),
    ),
    look="""
        dpkg-query --show --showformat='${db:Status-Want}\\n${db:Status-Eflag} ${db:Status-Status}\\n' hello \\
            2>/dev/null || true
        ls -d /usr/bin/hello /usr/sbin/policy-rc.d 2>/dev/null || true
        echo "~" $(stat --format='%Y %i' /var/lib/dpkg/status /var/lib/apt/extended_states)
    """,
    clear="DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --yes --option=DPkg::Lock::Timeout=60 purge hello >&2",
    death=Death("pgrep --full 'apt-get.* install hello' >/dev/null"),
)

CERTIFICATES = f"{FOLDER}-certificates"


def certificate(*names: str) -> Params:
    """Return the options of an authority and a certificate for these names."""
    server = {"name": "server", "common_name": NAME, "alt_names": list(names)}
    return {"directory": CERTIFICATES, "authority": {"name": f"{NAME} authority"}, "certificates": [server]}


def signed(names: str) -> str:
    """Return what openssl and find say of them."""
    there = [f"{CERTIFICATES}/{name} root {mode}" for name, mode in (("ca.crt", 644), ("ca.key", 600))]
    there += [f"{CERTIFICATES}/{name} root {mode}" for name, mode in (("server.crt", 644), ("server.key", 600))]
    return lines(*there, f"{CERTIFICATES}/server.crt: OK", f"subject=CN={NAME}", f"    {names}", "of its key")


SIGNED = Scene(
    "certificates",
    acts=(
        Act(
            "make",
            "certificates",
            certificate("DNS:one.example", "IP:192.0.2.9"),
            signed("DNS:one.example, IP Address:192.0.2.9"),
        ),
        Act("change", "certificates", certificate("DNS:two.example"), signed("DNS:two.example")),
        Act(
            "another key beside the certificate",
            "certificates",
            certificate("DNS:two.example"),
            signed("DNS:two.example"),
            plant=f"openssl ecparam -name secp384r1 -genkey -noout -out {CERTIFICATES}/server.key",
        ),
    ),
    look=f"""
        cd {CERTIFICATES} 2>/dev/null || exit 0
        find $PWD -type f -printf '%p %u %m\\n' | sort
        openssl verify -CAfile ca.crt $PWD/server.crt
        openssl x509 -in server.crt -noout -subject -nameopt RFC2253 -ext subjectAltName | grep -v X509v3
        openssl x509 -in server.crt -noout -pubkey >/run/{NAME}.pub
        openssl pkey -in server.key -pubout | cmp --quiet - /run/{NAME}.pub && echo of its key || echo of another key
        echo "~" $(sha256sum *)
    """,
    clear=f"rm -rf {CERTIFICATES} /run/{NAME}.pub",
)

FRONT = f"/run/{NAME}-front"
LOOK_AT_FRONT = f"""
test -S {FRONT}/socket || exit 0
python3 -c '
import socket, sys
front = socket.socket(socket.AF_UNIX)
front.connect("{FRONT}/socket")
front.sendall(b"show servers state\\n")
sys.stdout.write(front.makefile().read())' | awk '$1 ~ /^[0-9]+$/ && NF > 6 {{print $2, $4, $7}}'
"""
# In the notation of `show servers state`: 1 is maintenance, 8 is draining.
FRONT_SCENE = Scene(
    "a front of its own",
    prepare=f"""
        mkdir -p {FRONT}
        cat >{FRONT}/cfg <<'END'
global
  stats socket {FRONT}/socket mode 600 level admin
  pidfile {FRONT}/pid
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
listen web
  bind unix@{FRONT}/web
  server one 127.0.0.1:1
  server two 127.0.0.1:2
listen lone
  bind unix@{FRONT}/lone
  server one 127.0.0.1:1
END
        haproxy -D -f {FRONT}/cfg
    """,
    acts=(
        Act(
            "drain",
            "front_servers",
            {"node": "one", "state": "drained", "socket": f"{FRONT}/socket"},
            lines("web one 8", "web two 0", "lone one 0"),
        ),
        Act(
            "ready",
            "front_servers",
            {"node": "one", "state": "ready", "socket": f"{FRONT}/socket"},
            lines("web one 0", "web two 0", "lone one 0"),
        ),
    ),
    look=LOOK_AT_FRONT,
    clear=f'test ! -f {FRONT}/pid || kill "$(cat {FRONT}/pid)" || true; rm -rf {FRONT}',
)

HOST_SCENES = (SERVICE, UNITS, PACKAGES, SIGNED, FRONT_SCENE)
