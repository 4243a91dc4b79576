# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud offers to all its tenants: images, flavors, volume types, external networks and default quotas."""

from __future__ import annotations

from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Step
from .offer_image import OfferedImage
from .offer_network import OfferedNetwork
from .offer_quota import DefaultQuotas, checked_quotas, quota_steps, read_quotas, take_of_type

SIZES = ("vcpus", "ram", "disk")
SPEC = ArgSpec(
    {
        "images": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "file": {"type": "path", "required": True},
                "disk_format": {"type": "str"},
                "visibility": {"type": "str", "choices": ["public", "community"]},
                "min_disk": {"type": "int"},
                "min_ram": {"type": "int"},
                "properties": {"type": "dict", "default": {}},
            },
        },
        "flavors": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "vcpus": {"type": "int", "required": True},
                "ram": {"type": "int", "required": True},
                "disk": {"type": "int"},
                "extra_specs": {"type": "dict", "default": {}},
            },
        },
        "volume_types": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "extra_specs": {"type": "dict", "default": {}},
            },
        },
        "external_networks": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "physical_network": {"type": "str", "required": True},
                "network_type": {"type": "str", "choices": ["flat", "vlan"]},
                "vlan": {"type": "int"},
                "cidr": {"type": "str", "required": True},
                "gateway": {"type": "str", "required": True},
                "pool_start": {"type": "str", "required": True},
                "pool_end": {"type": "str", "required": True},
            },
        },
        "default_quotas": {
            "type": "dict",
            "default": {},
            "options": {
                "compute": {"type": "dict"},
                "block_storage": {"type": "dict"},
            },
        },
    }
)


class Listings:
    """What the services list, read once for all resources of a task."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self._read: dict[tuple[Any, ...], Any] = {}

    def of(self, service: str, path: str, key: str, **query: Any) -> list[Document]:
        """Return a listing; the first question reads it."""
        question = (service, path, *sorted(query.items()))
        if question not in self._read:
            self._read[question] = self.reader.list(service, path, key, **query)
        found: list[Document] = self._read[question]
        return found

    def document(self, service: str, path: str) -> Document:
        """Return what is at a path; the first question reads it."""
        if (service, path) not in self._read:
            self._read[service, path] = self.reader.get(service, path)
        found: Document = self._read[service, path]
        return found

    def forget(self) -> None:
        """Read anew from here on."""
        self._read.clear()


class OfferedFlavor:
    """A public flavor. Nova cannot change one: a difference in size is an error."""

    def __init__(self, wanted: Document, listings: Listings) -> None:
        self.name = f"flavor {wanted['name']}"
        self.wanted = {**wanted, "extra_specs": texts(wanted["extra_specs"])}
        self._listings = listings

    def read(self) -> Document | None:
        """Return the flavor as it is."""
        flavors = self._listings.of("compute", "/flavors/detail", "flavors", is_public="None")
        for flavor in flavors:
            if flavor["name"] == self.wanted["name"]:
                extra = {key: flavor.get("extra_specs", {}).get(key) for key in self.wanted["extra_specs"]}
                sizes = {key: flavor[key] for key in ("name", *SIZES)}
                return {**sizes, "id": flavor["id"], "extra_specs": extra}
        return None

    def plan(self, current: Document | None) -> Plan:
        """Create the flavor, or set its extra specs."""
        wanted = self.wanted
        if current is None:
            wanted = {**wanted, "disk": wanted["disk"] or 0}
            steps = [Step("create", f"Create the flavor {wanted['name']}", create_flavor(wanted))]
            if wanted["extra_specs"]:
                steps.append(self._extra_specs_step(lambda results: results["create"]["flavor"]["id"]))
            return Plan(None, {**wanted, "id": None}, tuple(steps))
        different = [key for key in SIZES if wanted[key] not in (None, current[key])]
        if different:
            raise ResourceError(
                f"flavors: {wanted['name']} has {', '.join(f'{key} {current[key]}' for key in different)}, wanted is "
                f"{', '.join(f'{key} {wanted[key]}' for key in different)}. A flavor cannot change: use another name."
            )
        if current["extra_specs"] == wanted["extra_specs"]:
            return Plan(current, current)
        step = self._extra_specs_step(lambda results: current["id"])
        return Plan(current, {**current, "extra_specs": wanted["extra_specs"]}, (step,))

    def _extra_specs_step(self, flavor_id: Any) -> Step:
        body = {"extra_specs": self.wanted["extra_specs"]}
        return Step(
            "extra_specs",
            f"Set extra specs of the flavor {self.wanted['name']}",
            lambda writer, results: writer.post("compute", f"/flavors/{flavor_id(results)}/os-extra_specs", body),
        )


def create_flavor(wanted: Document) -> Any:
    """Return the request that makes a flavor."""
    body = {"flavor": {key: wanted[key] for key in ("name", *SIZES)}}
    return lambda writer, results: writer.post("compute", "/flavors", body)


class OfferedVolumeType:
    """A public volume type: the name under which tenants ask for a backend, and its default quotas."""

    def __init__(self, wanted: Document, listings: Listings, quotas: Document) -> None:
        self.name = f"volume type {wanted['name']}"
        self.wanted = {**wanted, "extra_specs": texts(wanted["extra_specs"])}
        self._quotas = quotas
        self._listings = listings

    def read(self) -> Document | None:
        """Return the type as it is."""
        for found in self._listings.of("block-storage", "/types", "volume_types"):
            if found["name"] == self.wanted["name"]:
                extra = {key: found.get("extra_specs", {}).get(key) for key in self.wanted["extra_specs"]}
                return {"name": found["name"], "id": found["id"], "extra_specs": extra, **self._default_quotas()}
        return None

    def _default_quotas(self) -> Document:
        if not self._quotas:
            return {}
        known = read_quotas("block-storage", self._listings)
        return {"default_quotas": {name: known.get(name) for name in self._quotas}}

    def plan(self, current: Document | None) -> Plan:
        """Create the type, or set its extra specs; its default quotas can be set when it is there."""
        wanted = self.wanted
        steps: list[Step] = []
        if current is None:
            body = {"volume_type": wanted}
            steps.append(
                Step(
                    "create",
                    f"Create the volume type {wanted['name']}",
                    lambda writer, results: writer.post("block-storage", "/types", body),
                )
            )
        elif current["extra_specs"] != wanted["extra_specs"]:
            steps.append(self._extra_specs_step(current["id"]))
        known = current or {"name": wanted["name"], "id": None}
        after = {**known, "extra_specs": wanted["extra_specs"]}
        if self._quotas:
            steps += quota_steps("block-storage", known.get("default_quotas", {}), self._quotas)
            after["default_quotas"] = self._quotas
        return Plan(current, after, tuple(steps))

    def _extra_specs_step(self, type_id: str) -> Step:
        body = {"extra_specs": self.wanted["extra_specs"]}
        return Step(
            "extra_specs",
            f"Set extra specs of the volume type {self.wanted['name']}",
            lambda writer, results: writer.post("block-storage", f"/types/{type_id}/extra_specs", body),
        )


def texts(mapping: Document) -> Document:
    """Return the values as the services keep them: text, with booleans as they write them."""
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in mapping.items()}


def check_names(params: Document) -> None:
    """Refuse what is given twice: both would be made, or one changed after the other."""
    for option in ("images", "flavors", "volume_types", "external_networks"):
        names = [entry["name"] for entry in params[option]]
        for name in names:
            if names.count(name) > 1:
                raise ResourceError(f"{option}: {name} is given {names.count(name)} times. Give each once.")


def offers(reader: Any, params: Document) -> Fleet:
    """Return all that the options describe."""
    check_names(params)
    quotas = checked_quotas(params["default_quotas"])
    listings = Listings(reader)
    resources: list[Any] = [
        OfferedVolumeType(wanted, listings, take_of_type(quotas["block_storage"], wanted["name"]))
        for wanted in params["volume_types"]
    ]
    resources += [OfferedFlavor(wanted, listings) for wanted in params["flavors"]]
    resources += [OfferedNetwork(wanted, listings) for wanted in params["external_networks"]]
    resources += [
        OfferedImage({**wanted, "properties": texts(wanted["properties"])}, listings) for wanted in params["images"]
    ]
    resources += [DefaultQuotas(option, wanted, listings) for option, wanted in quotas.items() if wanted]
    return Fleet(resources, listings.forget)
