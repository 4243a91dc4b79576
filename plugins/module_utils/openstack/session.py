# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to an OpenStack cloud: one login, raw JSON, every answer checked, every microversion pinned."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from ..resource import ResourceError, UncertainError, UnsentError
from .answer import answered, reason
from .down_cell import unreached, witness
from .login import PROJECT, SPEC, Login
from .reasons import hushed, lost, readable

try:
    from keystoneauth1 import exceptions as auth_errors
except ImportError:
    # login.py tells people what is missing, before anything of it is used here.
    auth_errors = None

__all__ = ["PROJECT", "SPEC", "ApiError", "Cloud", "CloudReader", "connect"]

MICROVERSIONS = {
    "compute": "compute 2.96",
    "block-storage": "volume 3.70",
    "placement": "placement 1.39",
}
CONTENT = {"Accept": "application/json"}
# Some services answer 403 where a quota is used up; one whose policy forbids to set quotas says "policy", too.
QUOTA = re.compile("^(?!.*policy).*(quota|maximum|exceeds)", re.IGNORECASE | re.DOTALL)
# Answers that another try may improve. Six tries take half a minute, in which a service restarts.
PASSING = [429, 502, 503, 504]
TRIES = 6
# How long after the first time a read that failed inside a service (500, or down_cell.py) is tried again, in seconds:
# one that has just lost its database is back by then, and one with a fault of its own will not be.
READ_PATIENCE = 8
# How long after the first time a write is sent again, in seconds. A run may lose what it holds (journal_view.ALIVE): it
# has to look whether the write is still wanted well before.
WRITE_PATIENCE = 8
# Answers to a write that say nothing about whether it was done. It is not sent again before its effect was looked for.
UNCLEAR = (502, 503, 504)
REQUEST_IDS = ("x-openstack-request-id", "x-compute-request-id")


class ApiError(ResourceError):
    """An answer that is not a success. ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int, request_id: str | None = None) -> None:
        super().__init__(message, http_status=status, request_id=request_id)
        self.status = status
        self.is_refusal = status < 500


class UnclearError(ApiError, UncertainError):
    """An answer to a write that leaves open whether it was done; 504 says that somebody may still be at it."""

    @property
    def is_late(self) -> bool:
        """Say whether the write may still be done."""
        return self.status == 504


class UnseenError(ApiError, UncertainError, UnsentError):
    """An answer to a write that says that it was not done, for some time: whoever wants it still may send it again."""


class CloudReader:
    """A signed-in session that can only read."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        """Return the JSON document at ``path``; raise ApiError on any status from 300."""
        return self._request("GET", service, path, query=query)

    def find(self, service: str, path: str, **query: Any) -> dict[str, Any] | None:
        """Return the document at ``path``, or None where the service answers 404."""
        try:
            return self.get(service, path, **query)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, service: str, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        """Return all entries of a listing, page after page.

        One that leaves out what Nova does not reach is read twice, with a look between whether Nova reaches everything:
        a connection that was lost fails only once, and in any of the three. That an entry is gone by now does no harm.
        """
        entries = self._pages(service, path, key, query)
        others = witness(service, key, query)
        if others is None:
            return entries
        self.get(service, "/servers", **others)
        entries += self._pages(service, path, key, query)
        return [*{entry["id"]: entry for entry in entries}.values()]

    def _pages(self, service: str, path: str, key: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        seen: set[str] = set()
        marker: dict[str, str] = {}
        while True:
            answer = self.get(service, path, **query, **marker)
            page = [entry for entry in answer[key] if entry.get("id") not in seen or "id" not in entry]
            entries += page
            seen.update(entry["id"] for entry in page if "id" in entry)
            has_next = answer.get("links", {}).get("next") if isinstance(answer.get("links"), dict) else None
            has_next = has_next or any(link["rel"] == "next" for link in answer.get(f"{key}_links", ()))
            has_next = has_next or answer.get("next")
            if not page or not has_next or "id" not in page[-1]:
                return entries
            # Moves of Nova have both, and go on after the second.
            marker = {"marker": page[-1].get("uuid") or page[-1]["id"]}

    @property
    def project_id(self) -> str:
        """The id of the project that this session is signed in to."""
        found = self._login.access().project_id
        if not found:
            raise ResourceError(
                "auth: the credentials are not scoped to a project. Give project_name in auth or in clouds.yaml."
            )
        return found

    @property
    def project_name(self) -> str:
        """The name of the project that this session is signed in to."""
        return self._login.access().project_name or ""

    @property
    def user_id(self) -> str:
        """The id of the user that this session is signed in as."""
        return self._login.access().user_id

    @property
    def roles(self) -> list[str]:
        """The roles of the user in the project."""
        return sorted(self._login.access().role_names)

    def offers(self, service: str) -> bool:
        """Say whether the cloud has a service of this type."""
        return self._login.has(service)

    def accepts(self, user_id: str, password: str) -> bool:
        """Say whether a user can sign in with this password."""
        return self._login.accepts(user_id, password)

    def now(self, service: str) -> datetime:
        """Return the time by a service's own clock, as of its last answer; where it tells none, by this machine's."""
        told = self._login.dates.get(service)
        return parsedate_to_datetime(told) if told else datetime.now(timezone.utc).replace(microsecond=0)

    def reader(self) -> CloudReader:
        """Return this session without the verbs that write."""
        return CloudReader(self._login)

    def content(self, service: str, path: str) -> bytes:
        """Return what is at ``path`` as it is, such as the data of an image."""
        return self._ask("GET", service, path).content

    def _request(self, verb: str, service: str, path: str, **what: Any) -> dict[str, Any]:
        return answered(verb, service, path, self._ask(verb, service, path, **what))

    def _ask(
        self, verb: str, service: str, path: str, query: Any = None, body: Any = None, content_type: str | None = None
    ) -> Any:
        headers = dict(CONTENT)
        raw = None
        if content_type is not None:
            headers["Content-Type"] = content_type
            raw, body = body, None
        if service in MICROVERSIONS:
            headers["OpenStack-API-Version"] = MICROVERSIONS[service]
        given = {key: value for key, value in (query or {}).items() if value is not None}
        options: dict[str, Any] = {"json": body} if raw is None else {"data": raw}
        if verb == "GET":
            options.update(connect_retries=TRIES, status_code_retries=TRIES, retriable_status_codes=PASSING)
        where = f"{path}?{urlencode(given, doseq=True)}" if given else path
        answer = self._send(verb, service, where, {"headers": headers, "raise_exc": False, **options})
        if answer.headers.get("Date"):
            self._login.dates[service] = answer.headers["Date"]
        # A redirection that was not followed has not led to anything, either.
        if answer.status_code >= 300:
            raise self._refused(verb, service, path, answer)
        hidden = unreached(service, answer) if verb == "GET" else None
        if hidden:
            # The status is the one with which Nova says so of what it cannot answer at all.
            request = request_id_of(answer)
            said = f"{service}: GET {path.partition('?')[0]}: {hidden}" + (f" (request {request})" if request else "")
            raise ApiError(said, 500, request)
        return answer

    def _send(self, verb: str, service: str, where: str, options: dict[str, Any]) -> Any:
        """Send a request; a write again only while the answers say that it was not done."""
        is_read = verb == "GET"
        pause, until = 0.5, time.monotonic() + (READ_PATIENCE if is_read else WRITE_PATIENCE)
        while True:
            answer = self._exchange(verb, service, where, options)
            failed_inside = answer.status_code == 500 or unreached(service, answer)
            may_improve = failed_inside if is_read else was_refused_unseen(answer)
            if not may_improve or time.monotonic() + pause > until:
                return answer
            time.sleep(pause)
            pause *= 2
            if hasattr(options.get("data"), "seek"):
                options["data"].seek(0)

    def _exchange(self, verb: str, service: str, where: str, options: dict[str, Any]) -> Any:
        try:
            return self._login.adapter(service).request(where, verb, **options)
        except auth_errors.HttpError as error:
            # Of answers to the request itself none is raised: the session was to be renewed.
            raise self._login.refusal(error, service) from error
        except auth_errors.ClientException as error:
            raise lost(verb, service, where, error) from error

    def _refused(self, verb: str, service: str, path: str, answer: Any) -> ApiError:
        """Put the service's own words into an error; say who was refused what for lack of a role."""
        sent = answer.request.body if isinstance(answer.request.body, str | bytes) else None
        # What is made readable first no longer shows a secret that has two spaces or a tag.
        said = readable(hushed(reason(answer), sent))
        what = f"{service}: {verb} {path.partition('?')[0]} answered {answer.status_code}: {said}"
        if answer.status_code == 403 and not QUOTA.search(said):
            access = self._login.access()
            has = sorted(access.role_names)
            lacks = "admin" if "member" in has or service == "identity" else "member"
            what += (
                f" The user {access.username} has {' and '.join(has) or 'no role'} in project {access.project_name};"
                f" this needs the role {lacks}."
            )
        request_id = request_id_of(answer)
        if request_id:
            what += f" (request {request_id})"
        kind: type[ApiError] = ApiError
        if verb != "GET" and was_refused_unseen(answer):
            kind = UnseenError
        elif verb != "GET" and answer.status_code in UNCLEAR:
            kind = UnclearError
        return kind(what, answer.status_code, request_id)


class Cloud(CloudReader):
    """A signed-in session that can write, too."""

    def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send ``body`` to ``path`` and return the answer."""
        return self._request("POST", service, path, body=body)

    def put(self, service: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Replace what is at ``path``."""
        return self._request("PUT", service, path, body=body)

    def patch(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change what is at ``path``."""
        return self._request("PATCH", service, path, body=body)

    def send(self, verb: str, service: str, path: str, content: Any, content_type: str) -> dict[str, Any]:
        """Send what is not plain JSON: a file's bytes, or JSON under another name."""
        return self._request(verb, service, path, body=content, content_type=content_type)

    def delete(self, service: str, path: str, **query: Any) -> None:
        """Delete what is at ``path``; that it is gone already is fine."""
        try:
            self._request("DELETE", service, path, query=query)
        except ApiError as error:
            if error.status != 404:
                raise


def request_id_of(answer: Any) -> str | None:
    """Return the id under which a service keeps what it did for a request; None where no service has seen it."""
    return next((answer.headers[name] for name in REQUEST_IDS if answer.headers.get(name)), None)


def was_refused_unseen(answer: Any) -> bool:
    """Tell whether a write was certainly not done: too many at once, or a front that has no server for the moment."""
    return answer.status_code == 429 or (answer.status_code == 503 and request_id_of(answer) is None)


def connect(params: dict[str, Any]) -> Cloud:
    """Return the session that the connection options of a module describe. Nothing is read or sent yet."""
    return Cloud(Login(params))
