# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cloud needs of a host, read without a tool that a bare Debian may lack."""

from __future__ import annotations

import glob
import ipaddress
import json
import os
import re
import socket
import struct
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, ResourceError
from .node import NodeReader, last_lines
from .unit_digest import DPKG_STATUS, WATCHES, versions

SPEC = ArgSpec(
    {
        "addresses": {"type": "list", "elements": "str", "default": []},
        "names": {"type": "list", "elements": "str", "default": []},
        "packages": {"type": "list", "elements": "str", "default": []},
        "disk": {"type": "path", "default": "/var/lib"},
    }
)
LISTENING = "0A"
DISCARD = 9
NEIGHBOUR_SECONDS = 0.6
MIRROR_SECONDS = 5
COMPLETE = 0x2


def release(reader: NodeReader) -> str:
    """Return name and version of the distribution, such as ``debian 13``."""
    text = (reader.content("/etc/os-release") or b"").decode()
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return " ".join(fields.get(name, "").strip('"') for name in ("ID", "VERSION_ID")).strip() or "unknown"


def memory(reader: NodeReader) -> int:
    """Return the size of the memory in MiB."""
    found = re.search(r"^MemTotal: +(\d+) kB", (reader.content("/proc/meminfo") or b"").decode(), re.MULTILINE)
    return int(found.group(1)) // 1024 if found else 0


def free_space(path: str) -> float:
    """Return how many GiB are free where a directory is, or will be."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    found = os.statvfs(path)
    return round(found.f_bavail * found.f_frsize / 2**30, 1)


def own_addresses(reader: NodeReader) -> list[str]:
    """Return the IPv4 addresses of the host with their prefix lengths."""
    listed = json.loads(reader.output(["ip", "-json", "-4", "address"]) or "[]")
    return sorted(f"{entry['local']}/{entry['prefixlen']}" for link in listed for entry in link.get("addr_info", ()))


def program(inode_of: dict[str, tuple[str, str]], inode: str) -> dict[str, str]:
    """Return the name and the unit of who has a socket."""
    name, unit = inode_of.get(inode, ("unknown", ""))
    return {"program": name, "unit": unit}


def sockets_of_programs(reader: NodeReader) -> dict[str, tuple[str, str]]:
    """Return who has which socket, by the socket's number."""
    found = {}
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            numbers = [os.readlink(entry.path)[8:-1] for entry in os.scandir(f"{folder}/fd") if is_socket(entry.path)]
        except OSError:
            # The process ended while it was looked at.
            continue
        if numbers:
            name = (reader.content(f"{folder}/comm") or b"").decode().strip()
            group = (reader.content(f"{folder}/cgroup") or b"").decode().strip()
            units = [part for part in group.split("/") if part.endswith((".service", ".scope"))]
            found.update(dict.fromkeys(numbers, (name, units[-1] if units else "")))
    return found


def is_socket(path: str) -> bool:
    """Tell whether a descriptor is a socket; one that was closed meanwhile is none."""
    try:
        return os.readlink(path).startswith("socket:[")
    except FileNotFoundError:
        return False


def address_of(text: str) -> str:
    """Return an address as people write it, from the notation of /proc/net."""
    words = [struct.pack("=I", int(text[start : start + 8], 16)) for start in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def listeners(reader: NodeReader) -> list[dict[str, Any]]:
    """Return who listens on which TCP port."""
    owners, found = sockets_of_programs(reader), []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in (reader.content(table) or b"").decode().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING:
                address, port = fields[1].split(":")
                found.append({"address": address_of(address), "port": int(port, 16), **program(owners, fields[9])})
    return sorted(found, key=lambda entry: (entry["port"], entry["address"]))


def owner_of(reader: NodeReader, address: str, own: Sequence[str]) -> str | None:
    """Return who has an address of a network of this host: ``this host``, a hardware address, or None.

    A packet to it makes the kernel ask for its owner.
    """
    networks = [ipaddress.ip_interface(entry) for entry in own]
    if address in [str(entry.ip) for entry in networks]:
        return "this host"
    if not any(ipaddress.ip_address(address) in entry.network for entry in networks):
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knocker:
        knocker.sendto(b"", (address, DISCARD))
    deadline = time.monotonic() + NEIGHBOUR_SECONDS
    while time.monotonic() < deadline:
        for line in (reader.content("/proc/net/arp") or b"").decode().splitlines()[1:]:
            fields = line.split()
            if fields[0] == address and int(fields[2], 16) & COMPLETE:
                return fields[3]
        time.sleep(0.1)
    return None


def resolved(name: str) -> list[str]:
    """Return the IPv4 addresses of a name."""
    try:
        return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)})
    except OSError:
        return []


def mirrors(reader: NodeReader) -> dict[str, str]:
    """Return the mirrors of this host, each with what is wrong with it, or nothing. Apt's own way there is used."""
    listed = reader.ask(["apt-get", "update", "--print-uris"])
    found = set(re.findall(r"^'(\S+/InRelease)'", listed.output, re.MULTILINE))
    with ThreadPoolExecutor(8) as pool:
        addresses = sorted(found)
        return dict(zip(addresses, pool.map(lambda address: fetched(reader, address), addresses)))


def fetched(reader: NodeReader, address: str) -> str:
    """Return why a file cannot be fetched, or nothing."""
    options = [f"Acquire::{kind}::Timeout={MIRROR_SECONDS}" for kind in ("http", "https")]
    with tempfile.TemporaryDirectory(prefix="mirror-") as folder:
        os.chmod(folder, 0o777)
        argv = ["/usr/lib/apt/apt-helper", *(f"-o{option}" for option in (*options, "Acquire::Retries=0"))]
        answer = reader.ask([*argv, "download-file", address, f"{folder}/InRelease"], timeout=60)
    return "" if answer.status == 0 else last_lines(answer.errors, 1).removeprefix("E: ") or "no answer"


def host_info(reader: NodeReader, params: dict[str, Any]) -> Document:
    """Return all of it."""
    own = own_addresses(reader)
    installed = versions((reader.content(DPKG_STATUS) or b"").decode())
    watches = [os.path.basename(path) for path in reader.files_below(WATCHES)]
    with ThreadPoolExecutor(8) as pool:
        found = pool.submit(mirrors, reader)
        try:
            owners = list(pool.map(lambda address: owner_of(reader, address, own), params["addresses"]))
        except OSError as error:
            raise ResourceError(f"addresses: {error}") from error
        return {
            "release": release(reader),
            "memory_mib": memory(reader),
            "free_gib": free_space(params["disk"]),
            "addresses": own,
            "owners": dict(zip(params["addresses"], owners)),
            "names": {name: resolved(name) for name in params["names"]},
            "listeners": listeners(reader),
            "own_units": sorted(name.removesuffix(".json") for name in watches if name.endswith(".json")),
            "versions": {name: installed[name] for name in params["packages"] if name in installed},
            "mirrors": found.result(),
        }
