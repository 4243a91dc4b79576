# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proofs that run on a node, and what they have to be told."""

from __future__ import annotations

from ..argspec import ArgSpec
from . import node_broker, node_cache, node_database, node_locks, node_network, node_proxy, node_storage

PROOFS = {
    "mariadb": node_database.PROOF,
    "rabbitmq": node_broker.PROOF,
    "memcached": node_cache.PROOF,
    "etcd": node_locks.PROOF,
    "haproxy": node_proxy.PROOF,
    "ceph": node_storage.PROOF,
    "ovn": node_network.PROOF,
}
SPEC = ArgSpec(
    {
        "service": {"type": "str", "required": True, "choices": list(PROOFS)},
        "servers": {"type": "list", "elements": "str", "default": []},
        "front": {"type": "str"},
        "user": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "database": {"type": "str"},
        "virtual_host": {"type": "str"},
        "pool": {"type": "str"},
        "socket": {"type": "path", "default": "/run/haproxy/admin.sock"},
        "ca_bundle": {"type": "path", "default": "/etc/ssl/certs/ca-certificates.crt"},
        "places": {"type": "list", "elements": "str", "default": []},
    },
    required_if=(
        ("service", "mariadb", ("servers", "front", "user", "password", "database")),
        ("service", "rabbitmq", ("servers", "user", "password", "virtual_host")),
        ("service", "memcached", ("servers",)),
        ("service", "etcd", ("servers",)),
        ("service", "haproxy", ("places",)),
        ("service", "ceph", ("user", "pool")),
    ),
)
