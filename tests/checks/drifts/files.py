# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may drift in files: their content, their owners, their modes."""

from __future__ import annotations

from tests.checks.drifts.drift import Drift

# Signs what the front shows anew, for so many days from now on.
SIGN = """cd "$(dirname "$OS_CLIENT_CONFIG_FILE")/certificates"
openssl x509 -x509toreq -in server.crt -signkey server.key -copy_extensions copyall -out request
openssl x509 -req -in request -CA ca.crt -CAkey ca.key -set_serial 1 -days {days} -copy_extensions copyall \\
    -out server.crt 2>/dev/null; rm request
"""
# Has the front show it; copies keep owner and mode.
BRING = """cat server.crt server.key >both
ansible haproxy --module-name copy --args "src=$PWD/both dest=/etc/haproxy/certificates/cloud.pem"
ansible haproxy --module-name service --args "name=haproxy state=reloaded"; rm both
"""

FILES = (
    Drift("file edited", ("Change content of /etc/memcached.conf",), "echo '# by hand' >>/etc/memcached.conf"),
    Drift(
        "option with a secret",
        ("Change content of /etc/nova/nova.conf",),
        "sed -i '/^transport_url/d' /etc/nova/nova.conf",
    ),
    Drift("file removed", ("Make /etc/keepalived/keepalived.conf",), "rm /etc/keepalived/keepalived.conf"),
    Drift(
        "owner changed", ("Change owner of /etc/glance/glance-api.conf",), "chown nobody /etc/glance/glance-api.conf"
    ),
    Drift("mode changed", ("Change mode of /etc/placement/placement.conf",), "chmod 644 /etc/placement/placement.conf"),
    Drift("key readable", ("Change mode of /etc/ceph/.*cinder-backup.*",), "chmod 644 /etc/ceph/*cinder-backup*"),
    Drift("directory opened", ("Change mode of /etc/keystone/fernet-keys",), "chmod 755 /etc/keystone/fernet-keys"),
    Drift("name of a host added", ("Change content of /etc/hosts",), "echo 192.0.2.9 strange >>/etc/hosts"),
    Drift(
        "backend of the front removed",
        ("Change content of /etc/haproxy/haproxy.cfg",),
        "sed -i '/^backend/,$ { /^ *server /d }; /^listen/,$ { /^ *server /d }' /etc/haproxy/haproxy.cfg",
    ),
    Drift(
        "certificate replaced",
        ("Change content of /etc/haproxy/certificates/cloud.pem",),
        "cd /etc/haproxy/certificates; openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x "
        "-keyout /run/key -out /run/crt 2>/dev/null; cat /run/crt /run/key >cloud.pem; rm /run/crt /run/key",
    ),
    Drift(
        "certificate about to end",
        (
            "Sign .*/server.crt anew, which ends soon",
            "Change content of /etc/haproxy/certificates/cloud.pem",
            "Reload haproxy.service, whose files changed",
        ),
        cloud=SIGN.format(days=5),
        alone=True,
    ),
    Drift(
        "certificate expired, and in use",
        (
            "Sign .*/server.crt anew, which ends soon",
            "Change content of /etc/haproxy/certificates/cloud.pem",
            "Reload haproxy.service, whose files changed",
        ),
        cloud=SIGN.format(days=-1) + BRING,
        alone=True,
        unasked=True,
        silences=(".*Register the services of this cloud.*", ".*Offer images, flavors, .*"),
    ),
    Drift(
        "trust readable by root alone",
        ("Change mode of /usr/local/share/ca-certificates/.*",),
        "chmod 600 /usr/local/share/ca-certificates/*.crt",
    ),
)
