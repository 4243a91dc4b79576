# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into a cloud: what the connection options say, resolved when it is first needed."""

from __future__ import annotations

import logging
import os
import re
import threading
from typing import Any

from ..argspec import ArgSpec
from ..resource import ResourceError
from .answer import answered
from .reasons import sign_in_error
from .token_file import TokenFile, reuse

try:
    import openstack.config
    from keystoneauth1 import adapter
    from keystoneauth1 import exceptions as auth_errors
    from keystoneauth1.identity import v3
    from openstack.exceptions import ConfigException
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
# A project other than the one of the credentials.
PROJECT = ArgSpec({"project": {"type": "str"}})

# Seconds to reach a service, and to get an answer from it: longer than that takes, short enough for a person to wait.
PATIENCE = (8.0, 120.0)
# Its tries and retries are told in our own words, or not at all.
logging.getLogger("keystoneauth").addHandler(logging.NullHandler())
PLACES = "$OS_CLIENT_CONFIG_FILE, ./clouds.yaml, ~/.config/openstack/clouds.yaml and /etc/openstack/clouds.yaml"
# What the paths of all callers start from: an address without a version, but for these two services.
VERSION = re.compile(r"/v\d[\d.]*/?$")
VERSIONED = {"compute": "/v2.1", "block-storage": "/v3"}
SCOPE = ("project_name", "project_id", "project_domain_name", "project_domain_id", "domain_name", "domain_id")


class Login:
    """One sign-in, shared by all that the task does. Nothing is read or sent before it is needed."""

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self._lock = threading.RLock()
        self._config: Any = None
        self._adapters: dict[str, Any] = {}
        self._token: TokenFile | None = None
        # What each service's clock said last.
        self.dates: dict[str, str] = {}

    @property
    def config(self) -> Any:
        """The cloud's settings, in the project that the task names."""
        with self._lock:
            if self._config is None:
                config = load(self._params)
                wanted = self._params.get("project")
                if wanted and wanted not in (config.auth.get("project_name"), config.auth.get("project_id")):
                    config = load(self._params, self._project_id(config, wanted))
                self._config = config
            return self._config

    def ask(self, question: Any) -> Any:
        """Return the answer of ``question(session)``; signing in where that was not done yet."""
        try:
            with self._lock:
                session = self.config.get_session()
                if self._token is None:
                    self._token = TokenFile(session.auth)
                    reuse(session, self._token, identity(self.config))
                answer = question(session)
                self._token.write(session.auth.get_access(session).auth_token)
                return answer
        except (ConfigException, auth_errors.ClientException) as error:
            raise sign_in_error(self.config, error) from error

    def access(self) -> Any:
        """Return what the token says: user, project, roles, catalog."""
        return self.ask(lambda session: session.auth.get_access(session))

    def has(self, service: str) -> bool:
        """Say whether the catalog knows a service."""
        return bool(self.config.get_endpoint(service) or self._find(service))

    def accepts(self, user_id: str, password: str) -> bool:
        """Try to sign in as somebody else."""
        config = self.config
        trial = v3.Password(identity(config), user_id=user_id, password=password, unscoped=True)
        try:
            return bool(config.get_session().get_token(auth=trial))
        except auth_errors.Unauthorized:
            return False
        except (ConfigException, auth_errors.ClientException) as error:
            raise sign_in_error(config, error, password) from error

    def refusal(self, error: Exception, service: str) -> ResourceError:
        """Say that a service took the token no longer, and that there is no new one."""
        if isinstance(error, auth_errors.Unauthorized):
            return ResourceError(f"auth: {service} refuses the session. Sign in anew.")
        return sign_in_error(self.config, error)

    def adapter(self, service: str) -> Any:
        """Return the way to one service. No version document is read: callers give the version in the path."""
        with self._lock:
            if service not in self._adapters:
                place = self._endpoint(service)
                self._adapters[service] = adapter.Adapter(self.config.get_session(), endpoint_override=place)
            return self._adapters[service]

    def _endpoint(self, service: str) -> str:
        found = self.config.get_endpoint(service) or self._find(service)
        if not found:
            raise self._missing(service)
        if service not in VERSIONED:
            return VERSION.sub("", found).rstrip("/")
        return found.rstrip("/") if re.search(r"/v\d", found) else found.rstrip("/") + VERSIONED[service]

    def _find(self, service: str) -> str | None:
        place = {"region_name": self._region(service), "interface": self.config.get_interface(service)}

        def look(session: Any) -> str | None:
            try:
                return session.get_endpoint(service_type=service, **place)
            except auth_errors.EndpointNotFound:
                return None

        return self.ask(look)

    def _region(self, service: str) -> str | None:
        return self.config.get_region_name(service) or None

    def _missing(self, service: str) -> ResourceError:
        region, interface = self._region(service), self.config.get_interface(service)
        catalog = self.access().service_catalog.catalog
        regions = sorted({place.get("region_id") or "" for entry in catalog for place in entry["endpoints"]})
        if region and region not in regions:
            return ResourceError(f"region_name: there is no region {region}. The cloud has: {', '.join(regions)}.")
        types = ", ".join(sorted(entry["type"] for entry in catalog))
        return ResourceError(f"The cloud has no {interface} address for {service}. Its catalog has: {types}.")

    def _project_id(self, config: Any, wanted: str) -> str:
        """Return the id of a project in which the credentials have a role."""
        try:
            answer = config.get_session().get(f"{identity(config)}/auth/projects", raise_exc=False)
        except (ConfigException, auth_errors.ClientException) as error:
            raise sign_in_error(config, error) from error
        mine = answered("GET", "identity", "/auth/projects", answer)["projects"] if answer.status_code == 200 else []
        ids = [project["id"] for project in mine if wanted == project["id"]]
        ids = ids or [project["id"] for project in mine if wanted == project["name"]]
        if len(ids) == 1:
            return ids[0]
        if ids:
            raise ResourceError(f"project: several projects are called {wanted}: {', '.join(ids)}. Give an id.")
        names = ", ".join(sorted(project["name"] for project in mine)) or "none"
        who = config.auth.get("username") or "this login"
        raise ResourceError(
            f"project: {who} has no role in a project {wanted}. Working in a project needs the role member there"
            f" (projects with a role: {names})."
        )


def identity(config: Any) -> str:
    """Return the address at which one signs in, with its version."""
    return VERSION.sub("", config.auth["auth_url"].rstrip("/")) + "/v3"


def load(params: dict[str, Any], project_id: str | None = None) -> Any:
    """Read clouds.yaml and the connection options; with ``project_id``, for that project."""
    if IMPORT_ERROR is not None:
        raise ResourceError(f"openstacksdk is missing on the machine that runs this module: {IMPORT_ERROR}")
    wanted: dict[str, Any] = {"region_name": params.get("region_name"), "interface": params.get("interface")}
    auth = {key: value for key, value in (params.get("auth") or {}).items() if value is not None}
    wanted["auth"] = auth or None
    if "application_credential_id" in auth:
        wanted["auth_type"] = "v3applicationcredential"
    elif "token" in auth:
        wanted["auth_type"] = "v3token"
    wanted["verify"], wanted["cacert"] = params.get("validate_certs"), params.get("ca_cert")
    given = {key: value for key, value in wanted.items() if value is not None}
    try:
        loader = openstack.config.OpenStackConfig()
        config = loader.get_one(cloud=params.get("cloud"), **given)
        if project_id:
            kept = {key: value for key, value in config.auth.items() if key not in SCOPE}
            config = loader.get_one(**{**config.config, "cloud": None, "auth": {**kept, "project_id": project_id}})
        session = config.get_session()
    except (ConfigException, auth_errors.ClientException) as error:
        raise cloud_error(params, error) from error
    # A filtered port does not answer at all; the constructor of a session knows no time of its own for reaching one.
    session.timeout = session.timeout or PATIENCE
    if isinstance(session.verify, str) and not os.path.exists(session.verify):
        raise ResourceError(f"ca_cert: there is no file {session.verify}. Give the CA of the cloud.")
    return config


def cloud_error(params: dict[str, Any], error: Exception) -> ResourceError:
    """Say which cloud is unknown, or what the login lacks."""
    loader = openstack.config.OpenStackConfig()
    known = sorted(set(loader.get_cloud_names()) - {"defaults"})
    name = params.get("cloud")
    if name and loader.config_filename is None:
        return ResourceError(
            f"cloud: there is no clouds.yaml with a cloud {name}: none of {PLACES} is there, readable and YAML."
            f" Correct it, or give auth."
        )
    if name and name not in known:
        return ResourceError(
            f"cloud: {loader.config_filename} has no cloud {name}. It has: {', '.join(known) or 'none'}."
            f" Name one of them, or give auth."
        )
    return ResourceError(f"cloud: {error} Name a cloud of your clouds.yaml in cloud, or give auth.")
