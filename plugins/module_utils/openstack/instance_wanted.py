# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of an instance mean in its project: names become objects, defaults become values."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from dataclasses import dataclass, field

from ..resource import Document, ResourceError
from .instance_network import NetworkResolver
from .lookup import LONGEST, check_length
from .server_quota import Usage
from .server_state import INSTANCE, ROLE, USER_DATA, floating_ip_mark

MOST_USER_DATA = 65535
MOST_METADATA = 255
# The description of a floating IP holds the name of its instance.
LONGEST_NAME = LONGEST - len(floating_ip_mark(""))


@dataclass(frozen=True)
class WantedVolume:
    """A volume of an instance. ``role`` is ``root`` or ``data-1``, ``data-2`` and so on.

    Without ``size`` it has the one that it has: only the root volume of an instance that exists.
    """

    role: str
    name: str
    size: int | None
    type: str | None = None
    image_id: str | None = None

    def request(self, instance: str) -> Document:
        """Return the body that creates the volume, marked."""
        volume: Document = {
            "name": self.name,
            "size": self.size,
            "metadata": {INSTANCE: instance, ROLE: self.role},
        }
        if self.type:
            volume["volume_type"] = self.type
        if self.image_id:
            volume["imageRef"] = self.image_id
        return {"volume": volume}


@dataclass(frozen=True)
class Wanted:
    """An instance as it shall be. What is None or empty is left alone on an instance that exists."""

    name: str
    state: str = "present"
    flavor: Document | None = None
    image: Document | None = None
    volumes: tuple[WantedVolume, ...] = ()
    networks: tuple[Document, ...] = ()
    security_groups: tuple[Document, ...] | None = None
    key_name: str | None = None
    user_data: str | None = None
    config_drive: bool | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    availability_zone: str | None = None
    floating_ip: str | None = None
    floating_network_id: str | None = None
    floating_ip_id: str | None = None
    stop: bool = False
    delete_volumes: bool = True
    compute_usage: Usage = field(default_factory=dict)
    storage_usage: Usage = field(default_factory=dict)
    # The ids of the volumes that this run has made: where others made some, too, it takes back its own only.
    made: set[str] = field(default_factory=set)

    @property
    def user_data_digest(self) -> str | None:
        """Return what tells one user data from another without showing it."""
        if self.user_data is None:
            return None
        return hashlib.sha256(self.user_data.encode()).hexdigest()[:16]

    def server_request(self, volume_ids: dict[str, str]) -> Document:
        """Return the body that creates the server from its volumes, marked."""
        devices = [
            {
                "uuid": volume_ids[volume.role],
                "source_type": "volume",
                "destination_type": "volume",
                "boot_index": 0 if volume.role == "root" else -1,
                "delete_on_termination": False,
            }
            for volume in self.volumes
        ]
        marks = {INSTANCE: self.name} | ({USER_DATA: self.user_data_digest} if self.user_data_digest else {})
        server: Document = {
            "name": self.name,
            "flavorRef": self.flavor["id"] if self.flavor else None,
            "networks": [{"uuid": network["id"]} for network in self.networks],
            "block_device_mapping_v2": devices,
            "metadata": {**self.metadata, **marks},
            "key_name": self.key_name,
            "config_drive": self.config_drive,
            "availability_zone": self.availability_zone,
        }
        if self.user_data is not None:
            server["user_data"] = base64.b64encode(self.user_data.encode()).decode()
        if self.security_groups is not None:
            server["security_groups"] = [{"name": group["id"]} for group in self.security_groups]
        return {"server": {key: value for key, value in server.items() if value is not None}}

    def floating_ip_request(self, port_id: str) -> Document:
        """Return the body that makes a floating IP for a port, marked."""
        return {
            "floatingip": {
                "floating_network_id": self.floating_network_id,
                "port_id": port_id,
                "description": floating_ip_mark(self.name),
            }
        }


class Resolver(NetworkResolver):
    """Turns the options of one instance into a Wanted, by reading what they name."""

    def resolve(self, name: str, current: Document | None) -> Wanted:
        """Return what is wanted of the instance ``name``; say which option names something unknown."""
        params = self.params
        if params["state"] == "absent":
            return Wanted(name, state="absent", delete_volumes=params["delete_volumes"])
        is_new = current is None or current["id"] is None
        if is_new:
            self._require_for_creation(name)
        image = self.lookup.image(params["image"]) if is_new else None
        volumes = self._volumes(name, image)
        known = {volume["role"] for volume in current["volumes"]} if current else set()
        if not is_new and self.params["root_volume"] and "root" not in known:
            raise ResourceError(f"root_volume: instance {name} has no root volume. Leave the option out.")
        counts = any(volume.role not in known for volume in volumes)
        flavor = self._flavor(current)
        networks = self._networks(is_new)
        return Wanted(
            name=name,
            state=params["state"],
            flavor=flavor,
            image=image,
            volumes=volumes,
            networks=networks,
            security_groups=self._security_groups(),
            key_name=self.lookup.keypair(params["key_name"])["name"] if params["key_name"] else None,
            user_data=self._user_data(),
            config_drive=params["config_drive"],
            metadata=self._metadata(),
            availability_zone=self._availability_zone(),
            floating_ip=params["floating_ip"],
            stop=params["stop"],
            delete_volumes=params["delete_volumes"],
            compute_usage=self.view.room.usage("compute") if is_new or self._differs(flavor, current) else {},
            storage_usage=self.view.room.usage("block-storage") if counts else {},
            **self._floating_ip(current, networks),
        )

    @staticmethod
    def _differs(flavor: Document | None, current: Document | None) -> bool:
        return bool(flavor and current and flavor["name"] != current["flavor"])

    def _require_for_creation(self, name: str) -> None:
        if self.params["state"] == "restarted":
            raise ResourceError(f"name: there is no instance {name} that could be restarted.")
        check_length("name", name, LONGEST_NAME)
        for option in ("flavor", "image"):
            if not self.params[option]:
                raise ResourceError(f"{option}: give it, as there is no instance {name} yet and it shall be created.")

    def _flavor(self, current: Document | None) -> Document | None:
        given = self.params["flavor"]
        if given is None:
            return None
        if current and current["flavor"] == given and current["status"] not in ("VERIFY_RESIZE", "RESIZE"):
            return {"name": given}
        return self.lookup.flavor(given)

    def _volumes(self, name: str, image: Document | None) -> tuple[WantedVolume, ...]:
        root = self.params["root_volume"] or {}
        wanted = []
        if image or root:
            size = smallest_disk(image) if image and root.get("size") is None else root.get("size")
            image_id = image["id"] if image else None
            wanted.append(WantedVolume("root", f"{name}-root", size, self._type(root, "root_volume"), image_id))
        for number, data in enumerate(self.params["data_volumes"] or (), start=1):
            role = f"data-{number}"
            volume_name = data.get("name") or f"{name}-{role}"
            check_length("data_volumes: name", volume_name)
            if data["size"] < 1:
                raise ResourceError(f"data_volumes: the size of {volume_name} is {data['size']} GiB; give 1 or more.")
            wanted.append(WantedVolume(role, volume_name, data["size"], self._type(data, "data_volumes")))
        return tuple(wanted)

    def _type(self, volume: Document, option: str) -> str | None:
        given = volume.get("type")
        return self.lookup.volume_type(given, option=f"{option}: type")["name"] if given else None

    def _user_data(self) -> str | None:
        given = self.params["user_data"]
        size = len(base64.b64encode((given or "").encode()))
        if size > MOST_USER_DATA:
            raise ResourceError(f"user_data: it takes {size} bytes in base64; Nova takes {MOST_USER_DATA} at most.")
        return given

    def _metadata(self) -> dict[str, str]:
        given = self.params["metadata"] or {}
        for key, value in given.items():
            if value is None or isinstance(value, bool | list | dict):
                raise ResourceError(
                    f"metadata: the value of {key} is {json.dumps(value)}, and Nova keeps text. Write text, in quotes."
                )
        wanted = {str(key): str(value) for key, value in given.items()}
        for key, value in wanted.items():
            if key.startswith("conductor_"):
                raise ResourceError(f"metadata: {key} is for the marks of this collection. Take another name.")
            if max(len(key), len(value)) > MOST_METADATA:
                raise ResourceError(
                    f"metadata: {key[:40]} is too long; keys and values have {MOST_METADATA} characters at most."
                )
        return wanted

    def _availability_zone(self) -> str | None:
        given = self.params["availability_zone"]
        if given is None:
            return None
        zones = self.view.reader.get("compute", "/os-availability-zone")["availabilityZoneInfo"]
        names = sorted(zone["zoneName"] for zone in zones if zone["zoneState"]["available"])
        if given not in names:
            raise ResourceError(f"availability_zone: there is no zone {given}. Available are: {', '.join(names)}.")
        return given


def smallest_disk(image: Document) -> int:
    """Return the GiB that a volume needs to hold an image."""
    size = max(image.get("virtual_size") or 0, image.get("size") or 0)
    return max(1, image.get("min_disk") or 0, math.ceil(size / 1024**3))
