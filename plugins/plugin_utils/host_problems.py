# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a cloud: from what its hosts have and what it needs to a list of sentences."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

PACKAGES_SHOWN = 5
MAJORITIES = ("mariadb", "rabbitmq", "ovn")
ODD_MAJORITIES = ("ceph_mon", "etcd")
Hosts = Mapping[str, Mapping[str, Any]]
Cloud = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Where it is, what was wanted, what was found, and what to do."""

    where: str
    wanted: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: wanted {self.wanted}, found {self.found}. {self.remedy}"


def groups_of(host: str, cloud: Cloud) -> list[str]:
    """Return the groups that a host is in."""
    return [name for name, hosts in cloud["groups"].items() if host in hosts]


def needed(host: str, cloud: Cloud, what: str) -> float:
    """Return the sum of what the groups of a host need."""
    return sum(float(amount) for group, amount in cloud[what].items() if host in cloud["groups"].get(group, ()))


def inventory_problems(cloud: Cloud) -> Iterator[Problem]:
    """Yield what can be seen without asking a host."""
    for which, address in cloud["addresses"].items():
        option, network = f"cloud_{which}_vip", cloud["networks"][which]
        if not address or not network:
            yield Problem("inventory", f"{option} and cloud_{which}_cidr", "at least one not set", "Set both.")
        elif ipaddress.ip_address(address) not in ipaddress.ip_network(network, strict=False):
            yield Problem("inventory", f"{option} in {network}", address, f"Choose a free address of {network}.")
    for address, count in Counter([*cloud["hosts"].values(), *filter(None, cloud["addresses"].values())]).items():
        if count > 1:
            owners = [host for host, other in cloud["hosts"].items() if other == address]
            owners += [f"cloud_{which}_vip" for which, other in cloud["addresses"].items() if other == address]
            yield Problem("inventory", "an address for each", f"{address} for {' and '.join(owners)}", "Change one.")
    yield from cluster_problems(cloud["groups"])


def cluster_problems(groups: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Yield the groups that make no good cluster: what is decided there is decided by most of its hosts."""
    for name in MAJORITIES:
        members = groups.get(name, ())
        if len(members) == 2:
            remedy = "Where one of two fails, the other stops as well: add a third, or keep one."
            yield Problem("inventory", f"one or at least three hosts in {name}", " and ".join(members), remedy)
    for name in ODD_MAJORITIES:
        members = groups.get(name, ())
        if members and len(members) % 2 == 0:
            remedy = "Of an even number no more may fail than of one less: add one, or take one away."
            yield Problem("inventory", f"an odd number of hosts in {name}", str(len(members)), remedy)
    volumes, locks = groups.get("cinder", ()), groups.get("etcd", ())
    if len(volumes) > 1 and not locks:
        remedy = "Put hosts into it: several hosts of Cinder share locks there."
        yield Problem("inventory", "hosts in etcd", "none", remedy)
    elif locks and not set(volumes) <= set(locks):
        found = f"{', '.join(sorted(set(volumes) - set(locks)))} in cinder alone"
        yield Problem("inventory", "each host of cinder in etcd as well", found, "Each asks the member beside it.")


def size_problems(name: str, host: Mapping[str, Any], cloud: Cloud) -> Iterator[Problem]:
    """Yield what a host is too small for, and what it is not."""
    if host["release"] != cloud["release"]:
        yield Problem(name, cloud["release"], host["release"], "Install the release that all packages are for.")
    memory = needed(name, cloud, "memory_mib")
    if host["memory_mib"] < memory:
        found = f"{host['memory_mib']} MiB"
        yield Problem(name, f"{memory:.0f} MiB of memory", found, "Give it more, or take it out of a group.")
    deployed = bool(host["own_units"])
    space = float(cloud["free_deployed_gib"]) if deployed else needed(name, cloud, "free_gib")
    if host["free_gib"] < space:
        found = f"{host['free_gib']} GiB"
        yield Problem(name, f"{space:.0f} GiB free under /var/lib", found, "Make room, or give it a larger disk.")


def reach_problems(name: str, host: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what a host cannot reach."""
    for wanted, addresses in host["names"].items():
        if not addresses:
            remedy = "Mend its name service, or put the name into /etc/hosts."
            yield Problem(name, f"an address of {wanted}", "none", remedy)
    if not host["mirrors"]:
        yield Problem(name, "a mirror of Debian", "none", "Name one in /etc/apt/sources.list.d.")
    for address, error in host["mirrors"].items():
        if error:
            remedy = "Check the network and apt's proxy, or name another mirror in /etc/apt."
            yield Problem(name, f"{address} within reach", error.rstrip("."), remedy)


def ports_of(name: str, cloud: Cloud) -> set[int]:
    """Return the ports that a host will need for the cloud."""
    groups = groups_of(name, cloud)
    own = {port for service, ports in cloud["service_ports"].items() if service in groups for port in ports}
    fronts = {int(entry["port"]) for entry in cloud["frontends"] if {"haproxy", entry["group"]} & set(groups)}
    return own | fronts


def port_problems(name: str, host: Mapping[str, Any], cloud: Cloud) -> Iterator[Problem]:
    """Yield the programs of others that have a port of the cloud."""
    ports, seen = ports_of(name, cloud), set()
    for entry in host["listeners"]:
        key = (entry["port"], entry["program"], entry["unit"])
        if entry["port"] in ports and entry["unit"] not in host["own_units"] and key not in seen:
            seen.add(key)
            found = f"{entry['program']} ({entry['unit'] or 'no unit'}) at {entry['address']}"
            yield Problem(name, f"port {entry['port']} free", found, "Stop it, or let it listen elsewhere.")


def address_problems(hosts: Hosts, cloud: Cloud) -> Iterator[Problem]:
    """Yield the shared addresses that somebody else has."""
    guards = cloud["groups"].get("keepalived") or cloud["groups"].get("haproxy", ())
    for which, address in cloud["addresses"].items():
        owners = {name: host["owners"].get(address) for name, host in hosts.items() if host["owners"].get(address)}
        holders = [name for name, owner in owners.items() if owner == "this host"]
        option = f"cloud_{which}_vip"
        for name in holders:
            if name not in guards:
                remedy = "Take it away there, or choose another."
                yield Problem(name, f"{option} {address} at a host of keepalived", "it here", remedy)
        for name, owner in [] if holders else list(owners.items())[:1]:
            yield Problem(name, f"{option} {address} free", f"it at {owner}", "Choose another, or find who has it.")


def clock_problems(clocks: Mapping[str, Mapping[str, float]], limit: float) -> Iterator[Problem]:
    """Yield the clocks that are certainly off; how long the question was under way is in their favour."""
    for name, clock in clocks.items():
        off = max(clock["before"] - clock["host"], clock["host"] - clock["after"], 0.0)
        if off > limit:
            found = f"{off:.1f} s {'less' if clock['host'] < clock['before'] else 'more'}"
            yield Problem(name, f"the controller's time within {limit:g} s", found, "Let both ask a time server.")
    for (first, one), (second, other) in combinations(clocks.items(), 2):
        # Each was asked at a time of its own, and either answer took its time.
        apart = abs((one["host"] - one["before"]) - (other["host"] - other["before"]))
        slack = max(one["after"] - one["before"], other["after"] - other["before"])
        if apart - slack > limit:
            found = f"{apart - slack:.1f} s between"
            yield Problem(f"{first} and {second}", f"clocks within {limit:g} s", found, "Let all ask a time server.")


def version_problems(hosts: Hosts) -> Iterator[Problem]:
    """Yield the hosts whose packages are not those of most others."""
    counts: dict[str, Counter[str]] = {}
    for host in hosts.values():
        for package, version in host["versions"].items():
            counts.setdefault(package, Counter())[version] += 1
    usual = {package: max(sorted(versions), key=versions.__getitem__) for package, versions in counts.items()}
    for name, host in hosts.items():
        other = [package for package, version in sorted(host["versions"].items()) if version != usual[package]]
        if other:
            shown = [f"{package} {host['versions'][package]}" for package in other[:PACKAGES_SHOWN]]
            more = f" and {len(other) - PACKAGES_SHOWN} more" if len(other) > PACKAGES_SHOWN else ""
            wanted = ", ".join(f"{package} {usual[package]}" for package in other[:PACKAGES_SHOWN])
            remedy = "Upgrade all hosts from the same mirror."
            yield Problem(name, f"{wanted} as elsewhere", ", ".join(shown) + more, remedy)


def answers(results: Mapping[str, Any]) -> tuple[dict[str, Mapping[str, Any]], list[Problem]]:
    """Return the results of the hosts that answered, and what is wrong with the others."""
    found, problems = {}, []
    for name, result in results.items():
        if not isinstance(result, Mapping):
            continue
        if "host" in result:
            found[name] = result
        else:
            remedy = "Check its address, ssh, the login and python3."
            reason = str(result.get("msg", "no answer")).strip().splitlines()[-1].rstrip(".")
            problems.append(Problem(name, "an answer", reason, remedy))
    return found, problems


def host_problems(results: Mapping[str, Any], cloud: Cloud) -> list[str]:
    """Return every problem as a sentence: those of the inventory first, then those of each host."""
    found, problems = answers(results)
    hosts = {name: result["host"] for name, result in found.items()}
    problems = [*inventory_problems(cloud), *problems]
    for name, host in hosts.items():
        problems += [*size_problems(name, host, cloud), *reach_problems(name, host), *port_problems(name, host, cloud)]
    problems += address_problems(hosts, cloud)
    clocks = {name: result["clock"] for name, result in found.items() if "clock" in result}
    problems += clock_problems(clocks, float(cloud["clock_seconds"]))
    problems += version_problems(hosts)
    return [str(problem) for problem in problems]
