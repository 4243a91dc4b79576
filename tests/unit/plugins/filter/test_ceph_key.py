# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of Ceph users, made of random secrets."""

from __future__ import annotations

import base64
import struct

import pytest

from ansible.errors import AnsibleFilterError
from ansible_collections.conductor.cloud.plugins.filter.ceph_key import ceph_key, ceph_keyring_files

SECRET = "0123456789abcdef0123456789abcdef"


def test_a_key_has_the_form_that_ceph_reads():
    kind, seconds, nanoseconds, length = struct.unpack("<HIIH", base64.b64decode(ceph_key(SECRET))[:12])
    assert (kind, seconds, nanoseconds, length) == (1, 0, 0, 16)
    assert len(base64.b64decode(ceph_key(SECRET))) == 28


def test_the_same_secret_makes_the_same_key_and_another_another():
    assert ceph_key(SECRET) == ceph_key(SECRET) != ceph_key(SECRET[::-1])
    assert SECRET not in ceph_key(SECRET)


@pytest.mark.parametrize("secret", ["", "short", None, 17])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(AnsibleFilterError, match="at least 16 characters"):
        ceph_key(secret)


def test_a_keyring_file_holds_the_key_of_its_user():
    files = ceph_keyring_files([{"name": "cinder-backup", "group": "cinder"}], {"ceph_cinder_backup_key": SECRET})
    assert files == [
        {
            "path": "/etc/ceph/ceph.client.cinder-backup.keyring",
            "content": f"[client.cinder-backup]\nkey = {ceph_key(SECRET)}\n",
            "owner": "root",
            "group": "cinder",
            "mode": "0640",
        }
    ]


def test_a_missing_secret_is_named():
    with pytest.raises(AnsibleFilterError, match="no secret ceph_manila_key"):
        ceph_keyring_files([{"name": "manila"}], {})
