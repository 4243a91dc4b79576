# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may drift on a node, how to bring it about, what check mode has to say of it, and what may restart."""

from __future__ import annotations

from dataclasses import dataclass

SQL = "mariadb --batch --execute"
RABBIT = "rabbitmqctl --quiet"
# Erlang does not start where its user may not look, such as in the home of root.
AS_RABBIT = "cd /var/lib/rabbitmq; runuser -u rabbitmq -- /usr/lib/rabbitmq/bin/rabbitmqctl --quiet"
FRONT = "front = socket.socket(socket.AF_UNIX); front.connect('/run/haproxy/admin.sock')"
ENDPOINT = "openstack endpoint list --service placement --interface internal --format value --column ID"


@dataclass(frozen=True)
class Drift:
    """One thing that went astray.

    ``node`` is a script for the shell of the first node, ``cloud`` one for the controller's, as administrator of the
    cloud. ``says`` are regular expressions; each has to fit one of the sentences of check mode as a whole. One that is
    ``alone`` hides others, or changes what they say. One that is ``refused``, with such words, is repaired by ``undo``.
    """

    name: str
    says: tuple[str, ...]
    node: str = ""
    cloud: str = ""
    restarts: tuple[str, ...] = ()
    alone: bool = False
    refused: str = ""
    undo: str = ""


DRIFTS = (
    # Units.
    Drift(
        "unit stopped",
        ("Start nova-scheduler.service",),
        "systemctl stop nova-scheduler",
        restarts=("nova-scheduler.service",),
    ),
    Drift("unit disabled", ("Enable cinder-volume.service",), "systemctl --quiet disable cinder-volume"),
    Drift(
        "unit masked",
        ("Unmask cinder-scheduler.service", "Enable cinder-scheduler.service", "Start cinder-scheduler.service"),
        "systemctl --quiet mask --now cinder-scheduler",
        restarts=("cinder-scheduler.service",),
    ),
    Drift(
        "drop-in that waits for a restart",
        ("Remove /etc/systemd/system/glance-api.service.d/drift.conf, which no role knows",),
        "mkdir -p /etc/systemd/system/glance-api.service.d; "
        "printf '[Service]\\nNice=5\\n' >/etc/systemd/system/glance-api.service.d/drift.conf; systemctl daemon-reload",
    ),
    Drift(
        "drop-in in effect",
        (
            "Remove /etc/systemd/system/nova-conductor.service.d/drift.conf, which no role knows",
            "Restart nova-conductor.service, whose drop-ins changed",
        ),
        "mkdir -p /etc/systemd/system/nova-conductor.service.d; "
        "printf '[Service]\\nNice=5\\n' >/etc/systemd/system/nova-conductor.service.d/drift.conf; "
        "systemctl daemon-reload; systemctl restart nova-conductor",
        restarts=("nova-conductor.service",),
    ),
    Drift(
        "unit runs with an older configuration",
        ("Restart neutron-ovn-metadata-agent.service, whose files changed",),
        "cd /etc/neutron; cp -p neutron_ovn_metadata_agent.ini /run/kept; echo >>neutron_ovn_metadata_agent.ini; "
        "systemctl restart neutron-ovn-metadata-agent; cp -p /run/kept neutron_ovn_metadata_agent.ini; rm /run/kept",
        restarts=("neutron-ovn-metadata-agent.service",),
    ),
    Drift(
        "unit runs with an older library",
        ("Restart glance-api.service, whose packages changed",),
        "sed -i '/^Package: python3-glance-store$/,/^$/ s/^Version: .*/&+drift/' /var/lib/dpkg/status",
        restarts=("glance-api.service",),
    ),
    Drift("recorder stopped", ("Start ara.service",), "systemctl stop ara", restarts=("ara.service",)),
    # The machine.
    Drift("package removed", ("Install curl",), "dpkg --force-depends --purge curl >/dev/null 2>&1"),
    Drift("package held", ("Lift the hold on haproxy",), "apt-mark hold haproxy >/dev/null"),
    Drift(
        "kernel setting changed",
        ("Restart systemd-sysctl.service, whose effect changed",),
        "sysctl --quiet --write net.ipv4.tcp_keepalive_time=7200",
        restarts=("systemd-sysctl.service",),
    ),
    Drift(
        "rule of the packet filter added",
        ("Restart nftables.service, whose effect changed",),
        "nft add rule inet conductor input tcp dport 9999 accept",
        restarts=("nftables.service",),
    ),
    # What services hold.
    Drift(
        "grant taken",
        (r"Grant .* on glance\.\* to user glance@%",),
        f"{SQL} \"REVOKE DELETE ON glance.* FROM glance@'%'\"",
    ),
    Drift(
        "database user removed",
        ("Create user placement@%", "Grant .* to user placement@%"),
        f"{SQL} \"DROP USER placement@'%'\"",
    ),
    Drift(
        "database password changed",
        ("Change the password of user cinder@%",),
        f"{SQL} \"SET PASSWORD FOR cinder@'%' = PASSWORD('x')\"",
    ),
    Drift(
        "stamps of a schema removed",
        ("Run .* for schema cinder", "Note that schema cinder is complete, .*"),
        f"rm /var/lib/conductor-cloud/schemas/cinder*; {SQL} 'DROP TABLE cinder.conductor_schema'",
    ),
    Drift("user of the broker added", ("Delete user guest",), f"{RABBIT} add_user guest guest"),
    Drift(
        "permissions of the broker taken",
        ("Change the permissions of user openstack in vhost openstack",),
        f"{RABBIT} clear_permissions --vhost openstack openstack",
    ),
    Drift(
        "type of queues changed",
        ("Change the queue type of vhost openstack",),
        f"{RABBIT} update_vhost_metadata openstack --default-queue-type classic",
    ),
    Drift(
        "policy of the broker added",
        ("Delete policy drift in vhost openstack, which no role knows",),
        f"""{AS_RABBIT} set_policy --vhost openstack drift drift '{{"max-length": 1}}'""",
    ),
    Drift(
        "vhost of the broker removed",
        ("Create vhost openstack", "Change the permissions of user openstack in vhost openstack"),
        f"{AS_RABBIT} delete_vhost openstack",
        alone=True,
    ),
    Drift(
        "content of a database lost",
        (".*it was complete, and now alembic_version in database placement has no revision.*",),
        "mariadb-dump placement >/run/placement.sql; "
        f"{SQL} 'DROP DATABASE placement; CREATE DATABASE placement CHARACTER SET utf8mb3'",
        alone=True,
        refused="Restore it from a backup",
        undo="mariadb placement </run/placement.sql; rm /run/placement.sql",
    ),
    Drift(
        "backend of the front taken out of service",
        ("Reload haproxy.service, whose effect changed",),
        f"""python3 -c "import socket; {FRONT}; front.sendall(b'disable server placement/$(hostname)\\n')" """,
    ),
    Drift(
        "endpoint changed",
        ("Move the internal endpoint of placement to https://.*",),
        cloud=f"openstack endpoint set --url https://192.0.2.1:8778 $({ENDPOINT})",
    ),
    Drift(
        "service of the catalog removed",
        (r"Create service glance \(image\)", "Create the .* endpoint of glance at .*"),
        cloud="openstack service delete glance",
    ),
    Drift(
        "user of a service removed",
        (
            "Create user cinder",
            "Give user cinder the role .* in project service",
            "Change content of /etc/conductor-cloud/users/cinder",
            "Restart cinder-.*.service, whose files changed",
        ),
        cloud="openstack user delete cinder",
        restarts=("cinder-api.service", "cinder-scheduler.service", "cinder-volume.service", "cinder-backup.service"),
    ),
    Drift(
        "role taken",
        ("Give user neutron the role service in project service",),
        cloud="openstack role remove --user neutron --project service service",
    ),
    Drift("pool resized", ("Set (size|min_size) of pool vms to 1",), "ceph osd pool set vms size 2 2>/dev/null"),
    Drift(
        "caps changed",
        ("Set caps of Ceph user client.glance",),
        "ceph auth caps client.glance mon 'profile rbd' 2>/dev/null",
    ),
    Drift(
        "key of the storage removed",
        ("Create Ceph user client.cinder-backup",),
        "ceph auth rm client.cinder-backup 2>/dev/null",
    ),
    Drift(
        "database of OVN listens elsewhere",
        ("Let OVN northbound database listen at .*",),
        "ovn-nbctl set-connection ptcp:6641:127.0.0.1",
    ),
    Drift(
        "chassis describes itself otherwise",
        ("Set external_ids ovn-encap-type of Open vSwitch",),
        "ovs-vsctl set open . external_ids:ovn-encap-type=vxlan",
    ),
    Drift(
        "address of the bridge removed",
        ("Restart conductor-bridge-address.service, whose effect changed",),
        "ip -4 address flush dev br-ex",
        restarts=("conductor-bridge-address.service",),
    ),
    # Files. They come last, so that what is restarted above starts with the right ones.
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
        cloud='cd "$(dirname "$OS_CLIENT_CONFIG_FILE")/certificates"; openssl x509 -x509toreq -in server.crt '
        "-signkey server.key -copy_extensions copyall -out request; openssl x509 -req -in request -CA ca.crt "
        "-CAkey ca.key -set_serial 1 -days 5 -copy_extensions copyall -out server.crt 2>/dev/null; rm request",
        alone=True,
    ),
    Drift(
        "trust readable by root alone",
        ("Change mode of /usr/local/share/ca-certificates/.*",),
        "chmod 600 /usr/local/share/ca-certificates/*.crt",
    ),
)
