# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Fernet key out of a secret."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

DOCUMENTATION = r"""
name: fernet_key
author: conductor.cloud contributors (@conductor-cloud)
version_added: 0.1.0
short_description: A Fernet key out of a secret
description:
  - Returns the Fernet key that belongs to a secret, the same on every host and in every run.
  - So that Keystone's key repositories agree on all controllers and the vault holds plain secrets only.
options:
  _input:
    description: The secret, at least 32 random characters.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the key of a secret
  ansible.builtin.debug:
    msg: "{{ 'a secret of your own' | conductor.cloud.fernet_key }}"
"""

RETURN = r"""
_value:
  description: 32 bytes in URL-safe base64, as Fernet takes them.
  type: str
"""


def fernet_key(secret: str) -> str:
    """Return the SHA-256 of the secret in URL-safe base64."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode()


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {"fernet_key": fernet_key}
