# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to hold before the first write to an instance, and the words for what does not."""

from __future__ import annotations

from ..resource import Document, ResourceError
from .instance_wanted import Wanted, WantedVolume, smallest_disk
from .server_quota import check_quota
from .server_state import INSTANCE

VOLUME_FAILED = ("error", "error_extending", "error_restoring", "error_managing")


def check_creation(wanted: Wanted, current: Document | None) -> None:
    """Check what Nova and Cinder would refuse only half-way: sizes, networks, quotas."""
    check_image(wanted)
    for network in wanted.networks:
        if not network["subnets"]:
            raise ResourceError(f"networks: {network['name']} has no subnet, so it gives no address. Add one first.")
    check_marks(current)
    check_kept_volumes(wanted, current)
    if wanted.flavor:
        what = f"instance {wanted.name} with flavor {wanted.flavor['name']}"
        check_quota(wanted.compute_usage, server_needs(wanted, current), what)
    check_room_for_volumes(wanted, current)


def check_image(wanted: Wanted) -> None:
    """Check that the image fits on the root volume and into the flavor's memory."""
    if wanted.image is None:
        return
    image, root = wanted.image, wanted.volumes[0]
    if image["status"] != "active":
        raise ResourceError(f"image: {image['name']} is {image['status']}. Only an active image can be used.")
    if root.size < smallest_disk(image):
        raise ResourceError(
            f"root_volume: {root.size} GiB is too small for the image {image['name']}, "
            f"which needs {smallest_disk(image)} GiB."
        )
    check_memory(wanted, image)


def check_memory(wanted: Wanted, image: Document) -> None:
    """Check that the flavor has the memory that the image asks for."""
    needed = int(image.get("min_ram") or 0)
    if wanted.flavor and wanted.flavor["ram"] < needed:
        raise ResourceError(
            f"flavor: {wanted.flavor['name']} has {wanted.flavor['ram']} MiB of memory, but the image "
            f"{image['name']} needs {needed} MiB."
        )


def missing_volumes(wanted: Wanted, current: Document | None) -> list[WantedVolume]:
    """Return the volumes that are still to be made."""
    known = {volume["role"] for volume in current["volumes"]} if current else set()
    return [volume for volume in wanted.volumes if volume.role not in known]


def server_needs(wanted: Wanted, current: Document | None) -> dict[str, int]:
    """Return what the plan takes of Nova's quotas."""
    flavor = wanted.flavor
    if flavor is None or "vcpus" not in flavor:
        return {}
    if current is None or current["id"] is None:
        return {"instances": 1, "cores": flavor["vcpus"], "ram": flavor["ram"]}
    return {"cores": flavor["vcpus"] - current["cores"], "ram": flavor["ram"] - current["ram"]}


def volume_needs(wanted: Wanted, current: Document | None) -> dict[str, int]:
    """Return what the plan takes of Cinder's quotas."""
    missing = missing_volumes(wanted, current)
    return {"volumes": len(missing), "gigabytes": sum(volume.size for volume in missing)}


def check_room_for_volumes(wanted: Wanted, current: Document | None) -> None:
    """Check Cinder's quota for the volumes that are still to be made."""
    missing = missing_volumes(wanted, current)
    if missing:
        names = ", ".join(f"{volume.name} ({volume.size} GiB)" for volume in missing)
        check_quota(
            wanted.storage_usage, volume_needs(wanted, current), f"the volumes of instance {wanted.name}: {names}"
        )


def check_kept_volumes(wanted: Wanted, current: Document | None) -> None:
    """Check that the volumes that exist are those that are wanted."""
    by_role: dict[str, Document] = {}
    for entry in current["volumes"] if current else ():
        by_role.setdefault(entry["role"], entry)
    for volume in wanted.volumes:
        found = by_role.get(volume.role)
        if found is None:
            continue
        check_content(wanted, volume, found)
        option = "root_volume" if volume.role == "root" else "data_volumes"
        if found["status"] in VOLUME_FAILED:
            raise ResourceError(
                f"{option}: volume {found['name']} ({found['id']}) is in status {found['status']}. "
                "Delete it, or run state: absent first."
            )
        check_kept_size(option, volume, found)
        if volume.type and volume.type != found["type"]:
            raise ResourceError(
                f"{option}: {found['name']} is of type {found['type']}, not {volume.type}; the type of a volume stays."
            )


def check_kept_size(option: str, volume: WantedVolume, found: Document) -> None:
    """Refuse to change the size of a volume; the task need not name one."""
    if volume.size is None or volume.size == found["size"]:
        return
    if volume.size < found["size"]:
        raise ResourceError(
            f"{option}: {found['name']} has {found['size']} GiB and cannot shrink to {volume.size} GiB."
        )
    how = "is not resized" if volume.role == "root" else "is resized with conductor.cloud.volume_resize only"
    raise ResourceError(f"{option}: {found['name']} has {found['size']} GiB, not {volume.size} GiB, and {how}.")


def check_content(wanted: Wanted, volume: WantedVolume, found: Document) -> None:
    """Refuse to boot from a volume that is left of an instance with another image."""
    if wanted.image and volume.image_id and found["image_id"] not in (None, volume.image_id):
        raise ResourceError(
            f"image: the volume {found['name']} ({found['id']}), which is left of an earlier instance {wanted.name},"
            f" was made from {found['image']} ({found['image_id']}),"
            f" not from {wanted.image['name']} ({volume.image_id}). Run state: absent first, or give that image."
        )


def check_marks(current: Document | None) -> None:
    """Refuse to choose between volumes with the same marks: restored from a backup, a volume has those of another."""
    by_role: dict[str, list[str]] = {}
    for volume in (current or {}).get("volumes", ()):
        if volume["made_by_us"] and volume["status"] != "deleting":
            by_role.setdefault(volume["role"], []).append(f"{volume['name']} ({volume['id']})")
    for role, names in by_role.items():
        if len(names) > 1:
            raise ResourceError(
                f"name: {' and '.join(names)} are both marked as the {role} volume of the instance."
                f" Take the mark from those that do not belong to it: openstack volume unset --property {INSTANCE} ID"
            )


def check_unchangeable(wanted: Wanted, current: Document) -> None:
    """Refuse differences that Nova cannot change on a server that exists."""
    pairs = (
        ("key_name", wanted.key_name, current["key_name"]),
        ("config_drive", wanted.config_drive, current["config_drive"]),
        ("availability_zone", wanted.availability_zone, current["availability_zone"]),
    )
    for option, value, found in pairs:
        if value is not None and value != found:
            raise ResourceError(
                f"{option}: instance {wanted.name} was made with {found}, not {value}, and that stays as it is. "
                "Leave the option out, or remove the instance first."
            )
    if wanted.user_data is not None and current["user_data"] not in (None, wanted.user_data_digest):
        raise ResourceError(
            f"user_data: instance {wanted.name} was made with other user data, which is read at the first boot only. "
            "Leave the option out, or remove the instance first."
        )


def check_flavor_change(wanted: Wanted, current: Document) -> None:
    """Check what a change of the flavor needs."""
    if wanted.flavor is None:
        return
    if current["status"] == "ACTIVE" and not wanted.stop and wanted.state != "stopped":
        raise ResourceError(
            f"flavor: instance {wanted.name} is running with {current['flavor']}; "
            f"it changes to {wanted.flavor['name']} "
            "only when it is stopped. Stop it first, or give stop: true."
        )
    if current["status"] not in ("ACTIVE", "SHUTOFF"):
        raise ResourceError(
            f"flavor: instance {wanted.name} is {current['status']}; only a stopped instance changes its flavor."
        )
    check_quota(
        wanted.compute_usage,
        server_needs(wanted, current),
        f"flavor {wanted.flavor['name']} for instance {wanted.name}",
    )


def check_nothing_dies(current: Document, snapshots: list[Document]) -> None:
    """Refuse to delete volumes that have snapshots: these would be lost, too."""
    doomed = {volume["id"]: volume for volume in current["volumes"] if volume["made_by_us"]}
    found = [snapshot for snapshot in snapshots if snapshot["volume_id"] in doomed]
    if found:
        names = ", ".join(
            f"{snapshot['name'] or snapshot['id']} of {doomed[snapshot['volume_id']]['name']}" for snapshot in found
        )
        raise ResourceError(
            f"name: the volumes of instance {current['name']} have snapshots that would be lost: {names}. "
            "Remove them first, or keep the volumes with delete_volumes: false.",
            snapshots=[snapshot["id"] for snapshot in found],
        )
