# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a cloud does not answer, in words that lead to what would be right."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

from ..resource import ResourceError, UncertainError

try:
    from keystoneauth1 import exceptions as auth_errors
except ImportError:
    # login.py tells people what is missing, before anything of it is used here.
    auth_errors = None

TAG = re.compile("<[^>]+>")
# The fields of requests and of what one signs in with that hold secrets.
SECRET = ("password", "original_password", "user_data", "token", "secret", "application_credential_secret")


def cause(error: BaseException) -> str:
    """Return what was at the bottom of a failed connection: the layers above it tell nobody more."""
    if not isinstance(error, auth_errors.ConnectFailure | auth_errors.SSLError):
        return str(error)
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(getattr(error, "verify_message", None) or getattr(error, "strerror", None) or error)


def sign_in_error(config: Any, error: Exception, tried: str = "") -> ResourceError:
    """Say what is wrong with the way to the cloud, without what one signs in with; ``tried`` is another password."""
    where = config.auth.get("auth_url", "no auth_url given")
    if isinstance(error, auth_errors.Unauthorized):
        who = config.auth.get("username") or config.auth.get("application_credential_id") or "nobody"
        project = config.auth.get("project_name") or config.auth.get("project_id")
        into = f" for project {project}" if project else ""
        return ResourceError(
            f"auth: {where} refuses the credentials of {who}{into}. Check username, password, project_name and the"
            f" domains; the user needs a role in the project."
        )
    said = readable(without(cause(error), secrets_in(config.auth) | {tried}))
    if isinstance(error, auth_errors.SSLError) and "expired" in said:
        return ResourceError(f"auth: the certificate of {where} has expired: {said}. Renew it on the cloud.")
    if isinstance(error, auth_errors.SSLError):
        return ResourceError(f"ca_cert: the certificate of {where} is not trusted: {said}. Give its CA in ca_cert.")
    if isinstance(error, auth_errors.HttpError):
        return ResourceError(f"auth: {where} does not sign in: {said}. Check auth_url and the other options of auth.")
    return ResourceError(f"auth: no answer from the cloud at {where}: {said}. Check auth_url.")


def hushed(text: str, sent: str | bytes | None) -> str:
    """Take the secrets of a request out of an answer: some services repeat what they were sent."""
    try:
        found = secrets_in(json.loads(sent or "{}"))
    except ValueError:
        # A file's bytes.
        return text
    return without(text, found)


def without(text: str, secrets: set[str]) -> str:
    """Take secrets out of a text, however a service may have spelled them."""
    spellings = {spelling for secret in secrets if secret for spelling in spelled(secret)}
    found = "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))
    # Some write the digits of a code in capitals, some do not.
    return re.sub(found, "********", text, flags=re.IGNORECASE) if found else text


def spelled(secret: str) -> set[str]:
    """Return how JSON, Python, URLs and HTML spell a secret, and URLs and HTML what JSON or Python have spelled."""
    texts = {secret, *(json.dumps(secret, ensure_ascii=is_plain)[1:-1] for is_plain in (True, False))}
    texts |= {repr(secret)[1:-1], repr(secret.encode())[2:-1]}
    texts |= {html.escape(text, quote=is_whole) for text in texts for is_whole in (True, False)}
    return texts | {quote(text) for text in texts} | {quote_plus(text) for text in texts}


def readable(text: str) -> str:
    """Return a text in one line: some services write HTML into their JSON."""
    return " ".join(TAG.sub(" ", text).split())


def secrets_in(document: Any) -> set[str]:
    """Return the values that nobody may read; a YAML file may hold a password that looks like a number."""
    if isinstance(document, list):
        return {secret for entry in document for secret in secrets_in(entry)}
    if not isinstance(document, dict):
        return set()
    found = {str(value) for key, value in document.items() if key in SECRET and isinstance(value, str | int)}
    return {secret for secret in found if secret} | secrets_in(list(document.values()))


def lost(verb: str, service: str, path: str, error: Exception) -> ResourceError:
    """Say that an answer never came, and what that means."""
    what = f"{service}: no answer to {verb} {path.partition('?')[0]}: {cause(error)}."
    if verb == "GET":
        return ResourceError(f"{what} Check that the service runs.")
    lost_error = UncertainError(f"{what} Run the task again: it finds what was done.")
    lost_error.is_late = isinstance(error, auth_errors.ConnectTimeout)
    return lost_error
