# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a token for the next task, in a file that only its owner can read.

A kept token saves the slowest part of a login, the check of a password. It is shown to Keystone before it is
used, so that the project, the roles and the catalog are always today's. ``CONDUCTOR_TOKEN_CACHE=off`` keeps nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

SWITCH = "CONDUCTOR_TOKEN_CACHE"


class TokenFile:
    """The kept token of one login: the name of the file says whose, where and into which project."""

    def __init__(self, plugin: Any) -> None:
        key = plugin.get_cache_id() if os.environ.get(SWITCH, "on") != "off" else None
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        name = f"token-{key}".replace("/", "_")
        self.path = Path(home).expanduser() / "conductor.cloud" / name if key else None
        self._kept: str | None = None

    def read(self) -> str | None:
        """Return the token, or None. A file that others can read is not believed."""
        try:
            if self.path is None or self.path.stat().st_mode & 0o077 or self.path.stat().st_uid != os.geteuid():
                return None
            self._kept = self.path.read_text().strip() or None
        except OSError:
            return None
        return self._kept

    def write(self, token: str) -> None:
        """Keep a token, in one move. A machine on which that is not possible just signs in each time."""
        if self.path is None or token == self._kept:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.path.parent)
            with os.fdopen(descriptor, "w") as file:
                file.write(token)
            os.replace(name, self.path)
        except OSError:
            return
        self._kept = token

    def drop(self) -> None:
        """Forget the token."""
        self._kept = None
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def reuse(session: Any, file: TokenFile, address: str) -> None:
    """Show the kept token to Keystone; when it is still good, the session begins with it."""
    token = file.read()
    if token is None:
        return
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}
    answer = session.get(f"{address}/auth/tokens", headers=headers, authenticated=False, raise_exc=False)
    if answer.status_code == 200:
        session.auth.set_auth_state(json.dumps({"auth_token": token, "body": answer.json()}))
    else:
        file.drop()
