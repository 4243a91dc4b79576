# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login of the controllers that record.

A run sends thousands of requests, each with its password. Django's own login derives a key for every one
of them, which takes longer than the request. The password is a long random one that only controllers know,
so a comparison in constant time is as safe.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed


class RecorderLogin(BasicAuthentication):
    """Basic authentication against the one user of the settings file."""

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> tuple[User, None]:
        """Return the user, who stands in no table, or refuse."""
        wanted = f"{settings.RECORDER_USERNAME}:{settings.RECORDER_PASSWORD}"
        if not compare_digest(f"{userid}:{password}".encode(), wanted.encode()):
            raise AuthenticationFailed("Wrong user name or password.")
        return User(username=userid), None
