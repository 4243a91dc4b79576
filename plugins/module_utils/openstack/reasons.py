# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a cloud does not answer, in words that lead to what would be right."""

from __future__ import annotations

import json
from typing import Any

from ..resource import ResourceError, UncertainError

try:
    from keystoneauth1 import exceptions as auth_errors
except ImportError:
    # login.py tells people what is missing, before anything of it is used here.
    auth_errors = None

# The fields of requests that hold secrets.
SECRET = ("password", "original_password", "user_data")


def cause(error: BaseException) -> str:
    """Return what was at the bottom of a failed connection: the layers above it tell nobody more."""
    if not isinstance(error, auth_errors.ConnectFailure | auth_errors.SSLError):
        return str(error)
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(getattr(error, "verify_message", None) or getattr(error, "strerror", None) or error)


def sign_in_error(config: Any, error: Exception) -> ResourceError:
    """Say what is wrong with the way to the cloud."""
    where = config.auth.get("auth_url", "no auth_url given")
    if isinstance(error, auth_errors.Unauthorized):
        who = config.auth.get("username") or config.auth.get("application_credential_id") or "nobody"
        project = config.auth.get("project_name") or config.auth.get("project_id")
        into = f" for project {project}" if project else ""
        return ResourceError(
            f"auth: {where} refuses the credentials of {who}{into}. Check username, password, project_name and the"
            f" domains; the user needs a role in the project."
        )
    if isinstance(error, auth_errors.SSLError):
        return ResourceError(
            f"ca_cert: the certificate of {where} is not trusted: {cause(error)}. Give its CA in ca_cert."
        )
    return ResourceError(f"auth: no answer from the cloud at {where}: {cause(error)}. Check auth_url.")


def hushed(text: str, sent: str | bytes | None) -> str:
    """Take the secrets of a request out of an answer: some services repeat what they were sent, encoded as it was."""
    try:
        found = secrets_in(json.loads(sent or "{}"))
    except ValueError:
        # A file's bytes.
        return text
    for secret in sorted(found, key=len, reverse=True):
        for spelling in (secret, json.dumps(secret)[1:-1]):
            text = text.replace(spelling, "********")
    return text


def secrets_in(document: Any) -> set[str]:
    """Return the values in a request that nobody may read."""
    if isinstance(document, list):
        return {secret for entry in document for secret in secrets_in(entry)}
    if not isinstance(document, dict):
        return set()
    found = {value for key, value in document.items() if key in SECRET and isinstance(value, str) and value}
    return found | secrets_in(list(document.values()))


def lost(verb: str, service: str, path: str, error: Exception) -> ResourceError:
    """Say that an answer never came, and what that means."""
    if isinstance(error, auth_errors.Unauthorized):
        return ResourceError(f"auth: {service} refuses the session: {error}. Sign in anew.")
    what = f"{service}: no answer to {verb} {path.partition('?')[0]}: {cause(error)}."
    if verb == "GET":
        return ResourceError(f"{what} Check that the service runs.")
    lost_error = UncertainError(f"{what} Run the task again: it finds what was done.")
    lost_error.is_late = isinstance(error, auth_errors.ConnectTimeout)
    return lost_error
