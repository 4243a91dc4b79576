# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to an OpenStack cloud: one login, raw JSON, every answer checked, every microversion pinned."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ..argspec import ArgSpec
from ..resource import ResourceError

try:
    import openstack.config
    from keystoneauth1 import exceptions as auth_errors
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None

SPEC = ArgSpec(
    {
        "cloud": {"type": "str"},
        "auth": {
            "type": "dict",
            "options": {
                "auth_url": {"type": "str"},
                "username": {"type": "str"},
                "password": {"type": "str", "no_log": True},
                "token": {"type": "str", "no_log": True},
                "project_name": {"type": "str"},
                "project_id": {"type": "str"},
                "project_domain_name": {"type": "str"},
                "user_domain_name": {"type": "str"},
                "domain_name": {"type": "str"},
                "application_credential_id": {"type": "str"},
                "application_credential_secret": {"type": "str", "no_log": True},
            },
        },
        "region_name": {"type": "str"},
        "interface": {"type": "str", "choices": ["public", "internal", "admin"]},
        "ca_cert": {"type": "path"},
        "validate_certs": {"type": "bool"},
    }
)

MICROVERSIONS = {
    "compute": "compute 2.96",
    "block-storage": "volume 3.70",
    "placement": "placement 1.39",
}
CONTENT = {"Accept": "application/json"}


class ApiError(ResourceError):
    """An answer that is not a success. ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int, request_id: str | None = None) -> None:
        super().__init__(message, http_status=status, request_id=request_id)
        self.status = status


class CloudReader:
    """A signed-in session that can only read."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self._adapters: dict[str, Any] = {}

    def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        """Return the JSON document at ``path``; raise ApiError on any status from 400."""
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
        """Return all entries of a listing, page after page."""
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
            marker = {"marker": page[-1]["id"]}

    @property
    def project_id(self) -> str:
        """The id of the project that this session is signed in to."""
        found = self._signed_in(lambda session: session.get_project_id())
        if not found:
            raise ResourceError(
                "auth: the credentials are not scoped to a project. Give project_name in auth or in clouds.yaml."
            )
        return found

    @property
    def user_id(self) -> str:
        """The id of the user that this session is signed in as."""
        return self._signed_in(lambda session: session.get_user_id())

    def reader(self) -> CloudReader:
        """Return this session without the verbs that write."""
        reader = CloudReader(self._config)
        reader._adapters = self._adapters
        return reader

    def _signed_in(self, ask: Any) -> Any:
        try:
            return ask(self._config.get_session())
        except auth_errors.ClientException as error:
            raise sign_in_error(self._config, error) from error

    def _adapter(self, service: str) -> Any:
        if service not in self._adapters:
            self._adapters[service] = self._config.get_session_client(service)
        return self._adapters[service]

    def _request(
        self, verb: str, service: str, path: str, query: Any = None, body: Any = None, content_type: str | None = None
    ) -> dict[str, Any]:
        headers = dict(CONTENT)
        raw = None
        if content_type is not None:
            headers["Content-Type"] = content_type
            raw, body = body, None
        if service in MICROVERSIONS:
            headers["OpenStack-API-Version"] = MICROVERSIONS[service]
        url = f"{path}?{urlencode(query, doseq=True)}" if query else path
        try:
            answer = self._adapter(service).request(
                url,
                verb,
                json=body,
                headers=headers,
                raise_exc=False,
                connect_retries=2 if verb == "GET" else 0,
                **({} if raw is None else {"data": raw}),
            )
        except auth_errors.ClientException as error:
            raise sign_in_error(self._config, error) from error
        if answer.status_code >= 400:
            raise api_error(verb, service, path, answer)
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else {}


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


def api_error(verb: str, service: str, path: str, answer: Any) -> ApiError:
    """Put the service's own words into an error."""
    request_id = answer.headers.get("x-openstack-request-id") or answer.headers.get("x-compute-request-id")
    reason = answer.reason
    if "json" in answer.headers.get("Content-Type", ""):
        document = answer.json()
        inner = next((value for value in document.values() if isinstance(value, dict)), document)
        reason = inner.get("message") or inner.get("detail") or reason
    what = f"{service}: {verb} {path.split('?')[0]} answered {answer.status_code}: {reason}"
    return ApiError(what, answer.status_code, request_id)


def sign_in_error(config: Any, error: Exception) -> ResourceError:
    """Say what is wrong with the way to the cloud, and what would be right."""
    where = config.auth.get("auth_url", "no auth_url given")
    if isinstance(error, auth_errors.Unauthorized):
        who = config.auth.get("username") or config.auth.get("application_credential_id") or "nobody"
        return ResourceError(
            f"auth: {where} refuses the credentials of {who}. Check username, password, project_name and the domains."
        )
    return ResourceError(f"auth: no answer from the cloud at {where}: {error}. Check auth_url and ca_cert.")


def connect(params: dict[str, Any]) -> Cloud:
    """Return the session that the connection options of a module describe. Nothing is sent yet."""
    if IMPORT_ERROR is not None:
        raise ResourceError(f"openstacksdk is missing on the machine that runs this module: {IMPORT_ERROR}")
    wanted: dict[str, Any] = {"region_name": params.get("region_name"), "interface": params.get("interface")}
    wanted["auth"] = {key: value for key, value in (params.get("auth") or {}).items() if value is not None} or None
    if params.get("validate_certs") is not None:
        wanted["verify"] = params["validate_certs"]
    wanted["cacert"] = params.get("ca_cert")
    given = {key: value for key, value in wanted.items() if value is not None}
    try:
        loader = openstack.config.OpenStackConfig()
        return Cloud(loader.get_one(cloud=params.get("cloud"), **given))
    except (openstack.config.loader.exceptions.ConfigException, auth_errors.ClientException) as error:
        raise ResourceError(f"cloud: {error} Name a cloud of your clouds.yaml in cloud, or give auth.") from error
