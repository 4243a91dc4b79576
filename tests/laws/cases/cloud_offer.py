# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud offers to all: each kind, its changes, and an image whose file is another one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.laws.cases import Case

FILES = Path(tempfile.mkdtemp(prefix="conductor-offer-"))
FIRST, SECOND = FILES / "first.raw", FILES / "second.raw"
FIRST.write_bytes(b"first" * 1000)
SECOND.write_bytes(b"second" * 1000)

IMAGE = {"name": "guest", "file": str(FIRST), "properties": {"hw_disk_bus": "virtio", "os_shutdown_timeout": 2}}
NETWORK = {
    "name": "outside",
    "physical_network": "physnet2",
    "cidr": "198.51.100.0/24",
    "gateway": "198.51.100.1",
    "pool_start": "198.51.100.100",
    "pool_end": "198.51.100.200",
}
MAKE = {
    "images": [IMAGE],
    "flavors": [{"name": "guest", "vcpus": 1, "ram": 128, "extra_specs": {"hw_rng:allowed": True}}],
    "volume_types": [{"name": "rbd", "extra_specs": {"volume_backend_name": "rbd"}}],
    "external_networks": [NETWORK],
    "default_quotas": {
        "compute": {"instances": 12, "ram": 51200, "key_pairs": -1},
        "block_storage": {"volumes": 12, "gigabytes": -1, "volumes_rbd": 5, "gigabytes_ssd": 100},
    },
}
CHANGE = {
    "images": [{**IMAGE, "min_ram": 128, "properties": {"hw_disk_bus": "scsi", "hw_vif_model": "virtio"}}],
    "flavors": [{"name": "guest", "vcpus": 1, "ram": 128, "extra_specs": {"hw_rng:allowed": False}}],
    "volume_types": [{"name": "rbd", "extra_specs": {"volume_backend_name": "other"}}],
    "external_networks": [{**NETWORK, "pool_end": "198.51.100.150"}],
    "default_quotas": {
        "compute": {"instances": 12, "ram": 4096},
        "block_storage": {"volumes": 10, "volumes_rbd": -1, "snapshots_rbd": 3, "gigabytes_ssd": -1},
    },
}

CASES = [
    Case("cloud_offer", MAKE, name="cloud_offer, all kinds", change=CHANGE),
    Case(
        "cloud_offer",
        {"default_quotas": {"compute": {"instances": 12}, "block_storage": {"volumes": 12}}},
        name="cloud_offer, default quotas",
        change={"default_quotas": {"compute": {"instances": 12, "cores": -1}, "block_storage": {"volumes": 10}}},
    ),
    Case(
        "cloud_offer",
        {"images": [IMAGE]},
        name="cloud_offer, an image that is replaced",
        change={"images": [{**IMAGE, "file": str(SECOND)}]},
    ),
    Case(
        "cloud_offer",
        {"images": [{**IMAGE, "min_ram": 128, "visibility": "community"}]},
        name="cloud_offer, an image that is replaced and keeps its settings",
        change={"images": [{"name": "guest", "file": str(SECOND)}]},
    ),
]
