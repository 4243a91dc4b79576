# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that make, complete and remove an instance."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from ..resource import Document, ResourceError, Results, RivalError, Step
from .instance_checks import VOLUME_FAILED
from .instance_wanted import Wanted, WantedVolume
from .rival import others_first
from .server_fault import raise_server_error, raise_volume_error
from .server_state import is_settled

VOLUME_BUSY = (
    "creating", "downloading", "attaching", "detaching", "extending", "reserved", "backing-up", "restoring-backup",
    "uploading", "maintenance", "retyping", "awaiting-transfer",
)  # fmt: skip

# Looks in a row that have to miss an object: a list may lag behind what was just made.
MISSES = 5
BEING_ATTACHED = ("reserved", "attaching")


def nothing(_writer: Any, _results: Results) -> None:
    """Send nothing: the step only waits."""


def server_action(server_id: str | None, name: str, arguments: Any = None) -> Callable[[Any, Results], Any]:
    """Return the request for an action of Nova; without an id, on the server that was just made."""

    def submit(writer: Any, results: Results) -> Any:
        return writer.post("compute", f"/servers/{server_id or results['server']['id']}/action", {name: arguments})

    return submit


def by_role(document: Document | None, role: str) -> Document | None:
    """Return the volume with this role."""
    return next((volume for volume in (document or {}).get("volumes", ()) if volume["role"] == role), None)


def stays(what: str) -> Callable[[bool], bool]:
    """Return what passes on whether an object is there, and raises when it was missed several times in a row."""
    missed = 0

    def told(is_there: bool) -> bool:
        nonlocal missed
        missed = 0 if is_there else missed + 1
        if missed >= MISSES:
            raise ResourceError(f"{what} is gone: somebody else has removed it meanwhile.")
        return is_there

    return told


def volume_is(
    reader: Any, name: str, role: str, *statuses: str, made: Set[str] = frozenset()
) -> Callable[[Document | None], bool]:
    """Return the question whether a volume is in one of ``statuses``: where others made one, too, the own one."""

    there = stays(f"{name}: its {role} volume")

    def done(document: Document | None) -> bool:
        own = [volume for volume in (document or {}).get("volumes", ()) if volume["id"] in made]
        volume = by_role({"volumes": own}, role) or by_role(document, role)
        there(volume is not None)
        if volume and volume["status"] in VOLUME_FAILED:
            raise_volume_error(reader, name, volume, "while it was made")
        return bool(volume and volume["status"] in statuses)

    return done


def server_is(reader: Any, status: str, what: str) -> Callable[[Document | None], bool]:
    """Return the question whether the server rests in ``status``; ERROR raises Nova's reason."""

    there = stays("the server")

    def done(document: Document | None) -> bool:
        if document is None or document["id"] is None:
            return there(False)
        there(True)
        if document["status"] == "ERROR":
            raise_server_error(reader, document, what)
        return document["status"] == status and is_settled(document)

    return done


def volume_steps(reader: Any, wanted: Wanted, current: Document | None) -> list[Step]:
    """Return the steps after which all volumes exist."""
    steps = []
    for volume in wanted.volumes:
        found = by_role(current, volume.role)
        if found and found["status"] not in VOLUME_BUSY:
            continue
        ends = ("in-use",) if found and found["status"] in BEING_ATTACHED else ("available", "in-use")
        done = volume_is(reader, wanted.name, volume.role, *ends, made=wanted.made)
        if found:
            done = unless_taken_back(found, done)
            steps.append(Step(volume.role, f"Wait for the volume {found['name']}", nothing, (), done))
        else:
            summary = f"Create the volume {volume.name} ({volume.size} GiB)"
            steps.append(Step(volume.role, summary, create_volume(wanted, volume), (), done, f"volume {volume.name}"))
    return steps


def unless_taken_back(volume: Document, done: Callable[[Document | None], bool]) -> Callable[[Document | None], bool]:
    """Return a question after a volume that another run may have made in vain, and take back."""

    def asked(document: Document | None) -> bool:
        now = next((row for row in (document or {}).get("volumes", ()) if row["id"] == volume["id"]), None)
        if now is None or now["status"] == "deleting":
            raise RivalError(f"{volume['name']}: whoever made it has taken it back.")
        return done(document)

    return asked


def create_volume(wanted: Wanted, volume: WantedVolume) -> Callable[[Any, Results], Any]:
    """Return the request that makes a volume."""

    def submit(writer: Any, _results: Results) -> Document:
        made = writer.post("block-storage", "/volumes", volume.request(wanted.name))["volume"]
        wanted.made.add(made["id"])
        return made

    return submit


def boot_steps(
    reader: Any,
    wanted: Wanted,
    current: Document | None,
    volume_ids: Callable[[Results], dict[str, str]],
    needs: tuple[str, ...] | None = None,
) -> list[Step]:
    """Return the steps that boot a server from its volumes; ``volume_ids`` knows them by role."""
    flavor = wanted.flavor["name"] if wanted.flavor else ""
    found = [by_role(current, volume.role) for volume in wanted.volumes]
    names = " and ".join(volume["name"] for volume in found if volume)
    server = Step(
        "server",
        f"Create the server {wanted.name} ({flavor})" + (f" with the existing {names}" if names else ""),
        lambda writer, results: writer.post("compute", "/servers", wanted.server_request(volume_ids(results)))[
            "server"
        ],
        needs,
        server_is(reader, "ACTIVE", "the server could not be made"),
        f"server {wanted.name} to be ACTIVE",
    )
    return [server, *floating_ip_steps(wanted, current)]


def kept_or_made(wanted: Wanted, current: Document | None) -> Callable[[Results], dict[str, str]]:
    """Return what knows the volumes of an instance by role: those that exist and those that were just made."""
    # Of doubles the first one counts, as everywhere.
    existing = {volume["role"]: volume["id"] for volume in reversed(current["volumes"])} if current else {}

    def volume_ids(results: Results) -> dict[str, str]:
        return {volume.role: existing.get(volume.role) or results[volume.role]["id"] for volume in wanted.volumes}

    return volume_ids


def floating_ip_steps(wanted: Wanted, current: Document | None) -> list[Step]:
    """Return the steps that give the wanted floating IP, or take away what is not wanted."""
    if wanted.floating_ip is None:
        return []
    has = [entry for entry in current["floating_ips"] if entry["attached"]] if current else []
    if wanted.floating_ip == "auto" and has:
        return []
    steps = [release_step(entry) for entry in has if entry["address"] != wanted.floating_ip]
    if wanted.floating_ip == "none" or len(steps) < len(has):
        return steps
    spare = [entry["id"] for entry in current["floating_ips"] if not entry["attached"]] if current else []
    floating_ip_id = wanted.floating_ip_id or (spare[0] if spare else None)
    known_id = current["id"] if current else None
    which = "a floating IP" if wanted.floating_ip == "auto" else f"the floating IP {wanted.floating_ip}"

    def submit(writer: Any, results: Results) -> Any:
        port_id = first_port(writer, wanted, known_id or results["server"]["id"])
        try:
            if floating_ip_id:
                path = f"/v2.0/floatingips/{floating_ip_id}"
                return writer.put("network", path, {"floatingip": {"port_id": port_id}})
            return writer.post("network", "/v2.0/floatingips", wanted.floating_ip_request(port_id))
        except ResourceError as error:

            def has_one() -> bool:
                return bool(floating_ips_at(writer, port_id))

            raise others_first(f"instance {wanted.name}", error, has_one) from error

    steps.append(
        Step(
            "floating_ip",
            f"Give {wanted.name} {which}",
            submit,
            None,
            lambda document: bool((document or {}).get("floating_ip")),
        )
    )
    return steps


def floating_ips_at(reader: Any, port_id: str) -> list[Document]:
    """Return the floating IPs of a port."""
    return list(reader.list("network", "/v2.0/floatingips", "floatingips", port_id=port_id))


def first_port(reader: Any, wanted: Wanted, server_id: str) -> str:
    """Return the port of the first wanted network."""
    ports = reader.list("network", "/v2.0/ports", "ports", device_id=server_id)
    order = [network["id"] for network in wanted.networks]
    ports.sort(key=lambda port: order.index(port["network_id"]) if port["network_id"] in order else len(order))
    if not ports:
        raise ResourceError(f"floating_ip: instance {wanted.name} has no port that could take a floating IP.")
    return ports[0]["id"]


def release_step(entry: Document) -> Step:
    """Return the step that releases a floating IP of ours, or takes away one that somebody else made."""
    path = f"/v2.0/floatingips/{entry['id']}"
    if entry["made_by_us"]:
        summary = f"Release the floating IP {entry['address']}"
        return Step(f"release {entry['id']}", summary, lambda writer, results: writer.delete("network", path))
    body = {"floatingip": {"port_id": None}}
    summary = f"Take away the floating IP {entry['address']}"
    return Step(f"release {entry['id']}", summary, lambda writer, results: writer.put("network", path, body))
