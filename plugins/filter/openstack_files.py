# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the facts of an OpenStack service to the files of its host."""

from __future__ import annotations

from typing import Any

from ansible_collections.conductor.cloud.plugins.filter.oslo_conf import oslo_conf

USERS = "/etc/conductor-cloud/users"
DROP_IN = "/etc/systemd/system/{}.service.d/pause.conf"
WSGI = {
    "master": True,
    "plugins": "python3",
    "lazy-apps": True,
    "need-app": True,
    "thunder-lock": True,
    "no-orphans": True,
    "die-on-term": True,
    "close-on-exec": True,
    "enable-threads": True,
    "buffer-size": 65535,
    "listen": 100,
    # An API closes after each answer. It has to say so, and how long the answer is, or the front would close as well
    # and have its client begin anew, with TLS, for each request.
    "add-header": "Connection: close",
}


def user_path(spec: dict[str, Any]) -> str:
    """Return where it stands which user of Keystone a service is."""
    return f"{USERS}/{spec['name']}"


def openstack_files(
    spec: dict[str, Any], address: str, processes: int = 1, threads: int = 8, user_id: str = "", pause: int = 0
) -> list[dict[str, Any]]:
    """Return the files of a service: its configuration, those of its APIs, and which user of Keystone it is."""
    name = spec["name"]
    user = spec.get("user", name)
    files = [
        {"path": path, "content": oslo_conf(content), "group": user, "mode": "0640"}
        for path, content in spec.get("config", {}).items()
    ]
    for api in spec.get("apis", ()):
        if pause:
            files.append({"path": DROP_IN.format(api["unit"]), "content": f"[Service]\nRestartSec={pause}\n"})
        path = f"/etc/{name}/{api['unit']}-wsgi.ini"
        options = {
            **WSGI,
            "http-socket": f"{address}:{api['port']}",
            "wsgi-file": api["wsgi"],
            "processes": api.get("processes", processes),
            "threads": api.get("threads", threads),
            "uid": user,
            "gid": user,
            "chdir": f"/var/lib/{name}",
            "logto": f"/var/log/{name}/{api['unit']}.log",
            "name": api["unit"],
            "env": f"OS_OSLO_MESSAGING_RABBIT__PROCESSNAME={api['unit']}",
            **api.get("options", {}),
        }
        files.append({"path": path, "content": oslo_conf({"uwsgi": options})})
        default = f"/etc/default/{api.get('default', api['unit'])}"
        files.append({"path": default, "content": f'DAEMON_ARGS="--ini {path}"\n'})
    if user_id:
        files += [{"path": USERS, "state": "directory"}, {"path": user_path(spec), "content": f"{user_id}\n"}]
    return files + list(spec.get("files", ()))


def openstack_units(spec: dict[str, Any], files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the units of a service; each depends on all of its files and packages."""
    names = [api["unit"] for api in spec.get("apis", ())] + list(spec.get("daemons", ()))
    # An API whose user was made anew would go on with the token of the old one, and refuse all who come. A drop-in
    # belongs to its unit, and to no other.
    own = [file["path"] for file in files if file["path"] not in (USERS, user_path(spec))]
    paths = [path for path in own if not path.startswith("/etc/systemd/")] + [user_path(spec)]
    units = [{"name": f"{name}.service", "files": paths, "packages": spec.get("packages", [])} for name in names]
    return units + list(spec.get("units", ()))


def catalog_services(catalogs: list[dict[str, Any]], internal: str, external: str) -> list[dict[str, Any]]:
    """Return the services of all catalogs with their endpoints behind the internal and the external address."""
    return [
        {
            "name": service["name"],
            "type": service["type"],
            "description": service["description"],
            "endpoints": {
                "internal": f"https://{internal}:{service['port']}{service.get('path', '')}",
                "public": f"https://{external}:{service['port']}{service.get('path', '')}",
            },
        }
        for catalog in catalogs
        for service in catalog.get("services", ())
    ]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "openstack_files": openstack_files,
            "openstack_units": openstack_units,
            "catalog_services": catalog_services,
        }
