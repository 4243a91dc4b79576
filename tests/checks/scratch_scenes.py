# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All scenes of laws_host.py, and the modules that have none."""

from __future__ import annotations

from tests.checks.scratch_ceph import CEPH_SCENES
from tests.checks.scratch_cloud import CLOUD_SCENES
from tests.checks.scratch_host import HOST_SCENES
from tests.checks.scratch_services import SERVICE_SCENES

# At the same time; the scenes of one come after each other, as they may see each other's things.
LANES = (HOST_SCENES, SERVICE_SCENES, CEPH_SCENES, CLOUD_SCENES)
SCENES = tuple(scene for lane in LANES for scene in lane)
# Why, and which check sees the module at work.
NOT_TRIED = {
    "ceph_osd_devices": "it needs a whole disk, and nodes of the test cloud have none; unit tests alone",
    "compute_hosts": "it maps real compute nodes, and no others have reported themselves; deploy and drift do that",
    "etcd_member": "a node of a cloud that has one is no cluster; clustered-services and faults do that",
    "galera_founder": "it decides on founding a cluster of database servers; clustered-services and faults do that",
    "kvm_trial": "its report is that of the node, and decides how guests run; deploy and second-run do that",
    "ovn_founder": "it decides on founding a cluster of OVN's databases; clustered-services and faults do that",
    "testbed": "it makes and removes the node itself; deploy and destroy do that",
}
