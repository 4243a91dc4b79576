# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module signs in to a Ceph cluster."""

from __future__ import annotations


class ModuleDocFragment:
    """The way to the monitors."""

    DOCUMENTATION = r"""
options:
  ceph_conf:
    description: Configuration file with the addresses of the monitors.
    type: path
    default: /etc/ceph/ceph.conf
  ceph_user:
    description: User that the module signs in as.
    type: str
    default: client.admin
  keyring:
    description: File with the key of O(ceph_user). Left out, Ceph looks for it where it usually is.
    type: path
  wait:
    description: Time in seconds to wait for monitors that do not answer yet.
    type: int
    default: 60
"""
