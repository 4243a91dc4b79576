# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to Keystone with no more than Debian's requests, as a control node has them before any SDK."""

from __future__ import annotations

import os
import socket
import time
from typing import Any
from urllib.parse import urlsplit

from ..argspec import ArgSpec
from ..resource import NotYetError, ResourceError

try:
    import requests
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None

SPEC = ArgSpec(
    {
        "auth": {
            "type": "dict",
            "required": True,
            "options": {
                "url": {"type": "str", "required": True},
                "username": {"type": "str", "default": "admin"},
                "password": {"type": "str", "required": True, "no_log": True},
                "project_name": {"type": "str", "default": "admin"},
                "user_domain_name": {"type": "str", "default": "Default"},
                "project_domain_name": {"type": "str", "default": "Default"},
            },
        },
        "ca_cert": {"type": "path", "default": "/etc/ssl/certs/ca-certificates.crt"},
        "wait": {"type": "int", "default": 60},
    }
)
REQUEST_SECONDS = 60
KNOCK_SECONDS = 3
SERVER = "/usr/bin/keystone-manage"
DOMAIN = {"id": "default", "name": "Default"}
ADMIN = {"id": "admin", "name": "admin", "domain_id": DOMAIN["id"], "enabled": True}
ROLES = ("admin", "manager", "member", "reader", "service")
# What its own bootstrap leaves in a Keystone, besides the region that it is told.
NEW = {
    "roles": [{"id": name, "name": name} for name in ROLES],
    "domains": [DOMAIN],
    "projects": [ADMIN],
    "users": [ADMIN],
    "role_assignments": [{"user": {"id": "admin"}, "role": {"id": "admin"}}],
    "role_inferences": [
        {"prior_role": {"name": name}, "implies": [{"name": implied}]} for name, implied in zip(ROLES[:3], ROLES[1:4])
    ],
}


def password_login(name: str, domain: str, password: str) -> dict[str, Any]:
    """Return the body that asks for a token without a scope."""
    user = {"name": name, "domain": {"name": domain}, "password": password}
    return {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}


class Connection:
    """One signed-in HTTP session, shared by the reader and the writer."""

    def __init__(self, auth: dict[str, Any], ca_cert: str, wait: float) -> None:
        self.auth = auth
        self.url = auth["url"].rstrip("/")
        self.ca_cert = ca_cert
        self.wait = wait
        self.token = ""
        self.session = None if IMPORT_ERROR else self._new_session()

    def _new_session(self) -> Any:
        session = requests.Session()
        session.verify = self.ca_cert
        # Neither a proxy nor other certificates that some environment names may come between.
        session.trust_env = False
        # uWSGI may close a connection just as the next request comes along it; a new one for each is cheap.
        session.headers["Connection"] = "close"
        again = requests.adapters.Retry(total=2, allowed_methods=["GET"], backoff_factor=0.2)
        session.mount(self.url, requests.adapters.HTTPAdapter(max_retries=again))
        return session

    def request(self, verb: str, path: str, body: Any = None, query: Any = None) -> Any:
        """Send one request as the administrator and return the answer, an error in words if it is one."""
        if not self.token:
            self.token = self.sign_in()
        answer = self._send(verb, path, body, query, {"X-Auth-Token": self.token})
        if answer.status_code >= 400:
            raise ResourceError(f"keystone: {verb} {path} answered {answer.status_code}: {reason(answer)}")
        return answer

    def sign_in(self) -> str:
        """Return a token, once Keystone answers."""
        auth = self.auth
        login = password_login(auth["username"], auth["user_domain_name"], auth["password"])
        login["auth"]["scope"] = {
            "project": {"name": auth["project_name"], "domain": {"name": auth["project_domain_name"]}},
        }
        answer = self.ask_for_token(login)
        if answer.status_code == 401:
            raise ResourceError(
                f"auth: {self.url} refuses {auth['username']} in project {auth['project_name']}. "
                "Check username, password, project_name and the domains."
            )
        if answer.status_code != 201:
            raise ResourceError(
                f"auth: {self.url} answered {answer.status_code}: {reason(answer)}. Is auth.url Keystone's, with /v3?"
            )
        return answer.headers["X-Subject-Token"]

    def ask_for_token(self, login: dict[str, Any]) -> Any:
        """Return the answer to a login, whatever it is, once Keystone gives one. A login may well be repeated."""
        deadline = time.monotonic() + self.wait
        while True:
            try:
                answer = self._send("POST", "/auth/tokens", login)
                if answer.status_code < 500 or time.monotonic() > deadline:
                    return answer
            except ResourceError as error:
                if error.details.get("permanent") or time.monotonic() > deadline:
                    raise
            time.sleep(0.5)

    def _send(self, verb: str, path: str, body: Any = None, query: Any = None, headers: Any = None) -> Any:
        if self.session is None:
            raise NotYetError(
                f"keystone: what {self.url} has is not known before python3-requests is on this host ({IMPORT_ERROR}).",
                permanent=True,
            )
        try:
            return self.session.request(
                verb, self.url + path, json=body, params=query, headers=headers, timeout=REQUEST_SECONDS
            )
        except OSError as error:
            raise self._unreachable(f"{verb} {path}", error) from error

    def _unreachable(self, what: str, error: Exception) -> ResourceError:
        if isinstance(error, requests.exceptions.SSLError):
            # Where the host does not trust the authority yet, an earlier task of the same run sees to it.
            return NotYetError(
                f"auth: {self.url} has no certificate that {self.ca_cert} vouches for: {error}. Check ca_cert.",
                permanent=True,
            )
        if not isinstance(error, requests.exceptions.RequestException):
            return ResourceError(f"ca_cert: cannot use {self.ca_cert}: {error}", permanent=True)
        return NotYetError(f"keystone: {what} got no answer from {self.url}: {error}. Check auth.url.")


class KeystoneReader:
    """Keystone, without the verbs that write."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reader(self) -> KeystoneReader:
        """Return this client without the verbs that write."""
        return KeystoneReader(self._connection)

    def is_to_come(self) -> bool:
        """Tell whether Keystone is neither on this host nor behind its address yet."""
        address = urlsplit(self._connection.url)
        if os.path.exists(SERVER):
            return False
        try:
            with socket.create_connection((address.hostname, address.port or 443), KNOCK_SECONDS):
                return False
        except OSError:
            return True

    def list(self, path: str, key: str, **query: str) -> list[dict[str, Any]]:
        """Return all entries of a listing, page after page."""
        entries: list[dict[str, Any]] = []
        page: dict[str, str] = {}
        while True:
            answer = self._connection.request("GET", path, query={**query, **page}).json()
            entries += answer[key]
            if not (answer.get("links") or {}).get("next") or not answer[key] or "id" not in answer[key][-1]:
                return entries
            page = {"marker": answer[key][-1]["id"]}

    def accepts(self, name: str, domain: str, password: str) -> bool:
        """Say whether a user can sign in with this password. It makes a token, and changes nothing."""
        answer = self._connection.ask_for_token(password_login(name, domain, password))
        if answer.status_code in (201, 401):
            return answer.status_code == 201
        raise ResourceError(f"keystone: a login of {name} answered {answer.status_code}: {reason(answer)}")


class NewKeystone:
    """Keystone as its bootstrap will leave it."""

    def __init__(self, region: str) -> None:
        self._listed = {**NEW, "regions": [{"id": region}]}

    def list(self, path: str, key: str, **query: str) -> list[dict[str, Any]]:
        """Return all entries of a listing."""
        return self._listed.get(key, [])

    def accepts(self, name: str, domain: str, password: str) -> bool:
        """Say whether a user can sign in: there is only the one who was given this password."""
        return True


class Keystone(KeystoneReader):
    """Keystone, with the verbs that write."""

    def create(self, path: str, kind: str, body: dict[str, Any]) -> str:
        """Create an entry and return its id."""
        return self._connection.request("POST", path, {kind: body}).json()[kind]["id"]

    def update(self, path: str, kind: str, body: dict[str, Any]) -> None:
        """Change an entry."""
        self._connection.request("PATCH", path, {kind: body})

    def put(self, path: str) -> None:
        """Make a relation, such as a role of a user on a project."""
        self._connection.request("PUT", path)

    def delete(self, path: str) -> None:
        """Delete an entry."""
        self._connection.request("DELETE", path)


def reason(answer: Any) -> str:
    """Return the service's own words."""
    if "json" in answer.headers.get("Content-Type", ""):
        return (answer.json().get("error") or {}).get("message") or answer.reason
    return answer.reason


def connect(params: dict[str, Any]) -> Keystone:
    """Return the client that the connection options of a module describe. Nothing is sent yet."""
    return Keystone(Connection(params["auth"], params["ca_cert"], params["wait"]))
