# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From random secrets to the keys and keyrings of Ceph users."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

from ansible.errors import AnsibleFilterError

AES = 1
KEY_BYTES = 16
NO_TIME = (0, 0)


def ceph_key(secret: Any) -> str:
    """Return a key made of ``secret``: its kind, the time it was made (none), its length and its bytes."""
    if not isinstance(secret, str) or len(secret) < KEY_BYTES:
        raise AnsibleFilterError(f"ceph_key: a secret of at least {KEY_BYTES} characters is needed.")
    key = hashlib.sha256(secret.encode()).digest()[:KEY_BYTES]
    return base64.b64encode(struct.pack("<HIIH", AES, *NO_TIME, KEY_BYTES) + key).decode()


def ceph_keyring_files(keyrings: list[dict[str, Any]], secrets: dict[str, str]) -> list[dict[str, Any]]:
    """Return the keyring files of users, whose secrets are called like them."""
    files = []
    for keyring in keyrings:
        name = keyring["name"]
        secret = f"ceph_{name.replace('-', '_')}_key"
        if secret not in secrets:
            raise AnsibleFilterError(f"ceph_keyring_files: for the keyring of {name} there is no secret {secret}.")
        files.append(
            {
                "path": f"/etc/ceph/ceph.client.{name}.keyring",
                "content": f"[client.{name}]\nkey = {ceph_key(secrets[secret])}\n",
                "owner": keyring.get("owner", "root"),
                "group": keyring.get("group", "root"),
                "mode": "0640",
            }
        )
    return files


class FilterModule:
    """What Ansible asks a file of filters for."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file."""
        return {"ceph_key": ceph_key, "ceph_keyring_files": ceph_keyring_files}
