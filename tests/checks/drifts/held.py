# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may drift in what services hold: databases, the broker, the catalog, the storage, the networks."""

from __future__ import annotations

from tests.checks.drifts.drift import Drift

SQL = "mariadb --batch --execute"
RABBIT = "rabbitmqctl --quiet"
# Erlang does not start where its user may not look, such as in the home of root.
AS_RABBIT = "cd /var/lib/rabbitmq; runuser -u rabbitmq -- /usr/lib/rabbitmq/bin/rabbitmqctl --quiet"
FRONT = "front = socket.socket(socket.AF_UNIX); front.connect('/run/haproxy/admin.sock')"
ENDPOINT = "openstack endpoint list --service {} --interface {} --format value --column ID"
LOST = ".*it was complete, and now alembic_version in database placement has no revision.*"
OFFER = ".*Offer images, flavors, .*"

HELD = (
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
        "user of the broker removed",
        ("Create user openstack", "Change the permissions of user openstack in vhost openstack"),
        f"{RABBIT} delete_user openstack",
        alone=True,
    ),
    Drift(
        "password of the broker changed",
        ("Change the password of user openstack",),
        f"{RABBIT} change_password openstack drift",
        alone=True,
    ),
    Drift(
        "database removed",
        ("Create database placement", LOST),
        f"mariadb-dump placement >/run/placement.sql; {SQL} 'DROP DATABASE placement'",
        alone=True,
        refused="Restore it from a backup",
        undo=f"{SQL} 'CREATE DATABASE IF NOT EXISTS placement'; mariadb placement </run/placement.sql; "
        "rm /run/placement.sql",
    ),
    Drift(
        "content of a database lost",
        (LOST,),
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
        cloud=f"openstack endpoint set --url https://192.0.2.1:8778 $({ENDPOINT.format('placement', 'internal')})",
    ),
    Drift(
        "endpoint removed",
        ("Create the public endpoint of neutron at https://.*",),
        cloud=f"openstack endpoint delete $({ENDPOINT.format('neutron', 'public')})",
    ),
    Drift(
        "service of the catalog removed",
        (r"Create service glance \(image\)", "Create the .* endpoint of glance at .*"),
        cloud="openstack service delete glance",
        silences=(OFFER,),
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
        silences=(OFFER,),
        restarts=("cinder-api.service", "cinder-scheduler.service", "cinder-volume.service", "cinder-backup.service"),
    ),
    Drift(
        "role taken",
        ("Give user neutron the role service in project service",),
        cloud="openstack role remove --user neutron --project service service",
    ),
    Drift(
        "role removed",
        ("Create role service", "Give user .* the role service in project service"),
        cloud="openstack role set --no-immutable service; openstack role delete service",
        alone=True,
        silences=(OFFER,),
    ),
    # Beside others it is not seen: one task asks several services for all that the cloud offers.
    Drift(
        "default quota changed",
        ("Set the default quota of instances to 10",),
        cloud="openstack quota set --default --instances 100",
        alone=True,
    ),
    Drift(
        "flavor removed",
        ("Create the flavor medium",),
        cloud="openstack flavor delete medium",
        alone=True,
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
)
