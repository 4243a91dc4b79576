# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What laws_host.py does on a node: modules at work on things that nobody else has a use for.

Scripts run on the node with ``sh``. A look prints what there is, as another program than the module sees it; its lines
that begin with ``~`` may say anything that changes whenever somebody writes, and are only compared with each other.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
import time
from dataclasses import dataclass, field
from typing import Any

Params = dict[str, Any]
NAME = "conductor-laws"
WORD = "conductor_laws"  # where no dash may be
OLD, NEW = (f"{word}-{secrets.token_hex(16)}" for word in ("old", "new"))
# Two keys of Ceph.
KEYS = tuple(
    base64.b64encode(struct.pack("<HIIH", 1, int(time.time()), 0, 16) + secrets.token_bytes(16)).decode()
    for _key in "ab"
)
SECRETS = {"the old password": OLD, "the new password": NEW, "a key of Ceph": KEYS[0], "another key of Ceph": KEYS[1]}
# For looks that try a password: it may be on no command line.
VAULT = "/run/conductor-laws-vault"


@dataclass(frozen=True)
class Act:
    """A task, what has to be seen after it, and what is done before it so that it has something to do."""

    name: str
    module: str
    params: Params
    shows: str
    plant: str = ""
    keywords: Params = field(default_factory=dict)


@dataclass(frozen=True)
class Death:
    """When the module is killed: as soon as a command succeeds on the node. Then it is told once more, to its end.

    Without options of its own it is the first act of its scene.
    """

    moment: str
    params: Params | None = None
    shows: str = ""


@dataclass(frozen=True)
class Scene:
    """Acts that follow each other, and how to look at what they are about, to make room for it, and to clear it away.

    ``away`` is how to clear away what only a client of the cloud can, on the controller. A scene with ``facts`` speaks
    of what is known of the services.
    """

    name: str
    acts: tuple[Act, ...]
    look: str
    clear: str
    prepare: str = ""
    away: str = ""
    death: Death | None = None
    facts: bool = False

    @property
    def count(self) -> int:
        """How many acts there are."""
        return len(self.acts) + bool(self.death)


def lines(*said: str) -> str:
    """Return what a look prints."""
    return "\n".join(said)


def digest(text: str) -> str:
    """Return what sha256sum says of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def vault(name: str, form: str = "{}", owner: str = "root") -> str:
    """Return the script that lays both passwords down where one user can read them; ``form`` stands around each."""
    script = [f"install --directory --mode=0711 {VAULT}"]
    for age, password in (("old", OLD), ("new", NEW)):
        content = form.replace("{}", password)
        file = f"{VAULT}/{name}-{age}"
        script.append(f"install --mode=0600 --owner={owner} /dev/stdin {file} <<'END'\n{content}\nEND")
    return "\n".join(script)
