# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages: missing, held, or left half installed by a run that was killed."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import debian_packages as packages
from ansible_collections.conductor.cloud.plugins.module_utils.node.unit_digest import DPKG_STATUS
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeNode, Host, Unit

STATUS = """Package: held-one
Status: hold ok installed
Version: 1

Package: here
Status: install ok installed
Version: 1

Package: removed
Status: deinstall ok config-files
Version: 1
"""
HALF = "\nPackage: half\nStatus: install ok half-configured\nVersion: 1\n"


class FakeApt(FakeNode):
    """A host whose package manager does what it is told, and notes whether services could start."""

    def reader(self):
        """Return a reader that sees the same files."""
        return self

    def command(self, argv, given=None, secrets=(), what="", **options):
        """Change dpkg's list."""
        text = self.host.files[DPKG_STATUS][0].decode()
        self.host.wrote(" ".join(word for word in argv if not word.startswith("--option")))
        if argv[0] == "apt-mark":
            for name in argv[2:]:
                text = text.replace(f"Package: {name}\nStatus: hold", f"Package: {name}\nStatus: install")
        elif "install" in argv:
            text = text.replace("ok unpacked", "ok installed")
            for name in argv[argv.index("install") + 1 :]:
                text = text.replace(f"\nPackage: {name}\nStatus: deinstall ok config-files\nVersion: 1\n", "")
                text += f"\nPackage: {name}\nStatus: install ok installed\nVersion: 2\n"
            self.host.log.append(f"services start: {packages.POLICY not in self.host.files}")
        elif argv[0] == "sh":
            for name in argv[4:]:
                text = text.replace(f"{name}\nStatus: install reinstreq", f"{name}\nStatus: install ok")
        elif argv[0] == "dpkg":
            if " reinstreq " in text:
                raise ResourceError("package is in a very bad inconsistent state")
            text = text.replace("half-configured", "installed")
            for path in [path for path in self.host.files if path.startswith(packages.JOURNAL)]:
                del self.host.files[path]
        elif argv[0] == "systemctl":
            return super().command(argv)
        self.host.files[DPKG_STATUS] = (text.encode(), "root", "root", "0644")
        return ""


def a_host(status=STATUS):
    """Return a host with some packages."""
    return Host(files={DPKG_STATUS: (status.encode(), "root", "root", "0644")})


def task(*names, start_services=False):
    """Return what builds the fleet of a task."""
    return lambda reader: packages.debian_packages(reader, {"names": list(names), "start_services": start_services})


ALL = task("here", "held-one", "removed", "never-seen")


def client():
    """Return what gives each run a new client of one host in need of everything."""
    host = a_host(STATUS + HALF)
    host.files[f"{packages.JOURNAL}/0001"] = (b"", "root", "root", "0644")
    return lambda: FakeApt(host)


def test_everything_at_once(converge):
    host = a_host()
    assert converge(ALL, FakeApt(host))["actions"] == ["Lift the hold on held-one", "Install never-seen, removed"]
    assert "services start: False" in host.log and packages.POLICY not in host.files
    assert converge(ALL, FakeApt(host))["actions"] == []


def test_interrupted_installation_is_finished_first(converge):
    host = a_host(STATUS + HALF)
    assert converge(task("here", "removed"), FakeApt(host))["actions"] == [
        "Finish the interrupted installation of half",
        "Install removed",
    ]


def test_package_that_was_being_unpacked_is_unpacked_anew(converge):
    host = a_host(STATUS + "\nPackage: torn\nStatus: install reinstreq unpacked\nVersion: 1\n")
    assert converge(task("here"), FakeApt(host))["actions"] == ["Finish the interrupted installation of torn"]
    assert any(entry.startswith("sh -euc") and entry.endswith("sh torn") for entry in host.log)
    assert not converge(task("here"), FakeApt(host))["changed"]


def test_what_a_killed_run_left_is_taken_away(converge):
    host = a_host()
    host.files[packages.POLICY] = (packages.KEEP_STOPPED, "root", "root", "0755")
    assert converge(task("here"), FakeApt(host))["changed"]
    assert packages.POLICY not in host.files


def test_service_that_booted_without_its_configuration_is_stopped(converge):
    host = a_host(STATUS + HALF)
    files = b"/.\n/usr/lib/systemd/system/here.service\n/usr/lib/systemd/system/ours.service\n"
    host.files[packages.FILES_OF % "here"] = (files, "root", "root", "0644")
    host.files[packages.drop_in_path("ours.service")] = (b"", "root", "root", "0644")
    host.units = {"here.service": Unit(active="active"), "ours.service": Unit(active="active")}
    assert "Stop" not in repr(converge(task("here"), FakeApt(host), check=True)["actions"])
    host.files[packages.POLICY] = (packages.KEEP_STOPPED, "root", "root", "0755")
    result = converge(task("here"), FakeApt(host))
    assert result["actions"][0] == "Stop here.service, which started unconfigured"
    assert [unit.active for unit in host.units.values()] == ["inactive", "active"]
    assert packages.POLICY not in host.files
    assert not converge(task("here"), FakeApt(host))["changed"]


def test_policy_of_somebody_else_stays(converge):
    host = a_host()
    host.files[packages.POLICY] = (b"exit 101\n", "root", "root", "0755")
    assert not converge(task("here"), FakeApt(host))["changed"]
    converge(task("removed"), FakeApt(host))
    assert host.files[packages.POLICY][0] == b"exit 101\n"


def test_services_may_start_where_asked(converge):
    host = a_host()
    converge(task("removed", start_services=True), FakeApt(host))
    assert "services start: True" in host.log


def test_everything_waits_for_whoever_is_at_work_on_packages(converge):
    host = a_host(STATUS + HALF)

    class Busy(FakeApt):
        waited = False

        def await_lock(self, path, seconds):
            self.waited = True

        def command(self, argv, **options):
            assert self.waited, argv
            return super().command(argv, **options)

    assert len(converge(ALL, Busy(host))["actions"]) == 3
    host.files[packages.POLICY] = (packages.KEEP_STOPPED, "root", "root", "0755")
    writer = Busy(host)
    assert converge(ALL, writer)["changed"] and writer.waited


def test_option_in_place_of_a_name_is_refused():
    with pytest.raises(ResourceError, match="--purge"):
        task("--purge")(FakeApt(a_host()))
