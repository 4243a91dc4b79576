# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may drift on the machine itself: its units, its packages, its kernel."""

from __future__ import annotations

from tests.checks.drifts.drift import Drift

# Builds a package from what is installed of it, under a higher version, and installs that: every file is another one.
NEWER = """made=$(mktemp -d); mkdir "$made/DEBIAN"
dpkg-query --status {package} | sed '/^Status:/d; s/^Version: .*/&+drift/' >"$made/DEBIAN/control"
dpkg-query --listfiles {package} | while read -r path; do
    if [ -f "$path" ]; then cp --archive --parents "$path" "$made"; fi
done
dpkg-deb --build "$made" "$made.deb" >/dev/null; dpkg --install "$made.deb" >/dev/null; rm -r "$made" "$made.deb"
"""

MACHINE = (
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
        NEWER.format(package="python3-glance-store"),
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
)
