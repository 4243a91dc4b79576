# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service to try files and units on: its package, its file, its unit."""

from __future__ import annotations

from ansible_collections.conductor.cloud.plugins.module_utils.node import unit_digest
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_files import service_files
from ansible_collections.conductor.cloud.tests.unit.fake_node import Host, Unit

STATUS = """Package: sample
Source: sample-src (1)
Status: install ok installed
Version: 1.0
Depends: python3-lib (>= 1), sample-common, libc6, adduser | other

Package: sample-common
Source: sample-src
Status: install ok installed
Version: 1.0

Package: python3-lib
Status: install ok installed
Version: {lib}
Depends: python3-deep | python3-missing

Package: python3-deep
Status: install ok installed
Version: 3

Package: libc6
Status: install ok installed
Version: 2

Package: python3-gone
Status: deinstall ok config-files
Version: 9
"""


def a_host(**units):
    """Return a host with a package and a unit."""
    host = Host(units=units or {"sample.service": Unit()})
    set_library(host, "1")
    return host


def set_library(host, version):
    """Install a version of the library."""
    host.files[unit_digest.DPKG_STATUS] = (STATUS.format(lib=version).encode(), "root", "root", "0644")


def a_file(path="/etc/sample.conf", content="debug = true\n", **other):
    """Return an entry of files."""
    return {"path": path, "state": "file", "content": content, "owner": "root", "group": "root", "mode": None, **other}


def a_unit(name="sample", **other):
    """Return an entry of units."""
    base = {"state": None, "enabled": None, "masked": False, "restart": True, "reload": False, "before_restart": []}
    watched = {"files": ["/etc/sample.conf"], "reload_files": [], "packages": ["sample"]}
    return {"name": name, **watched, **base, **other}


def task(files=(), units=(), secrets=()):
    """Return what builds the fleet of a task."""
    params = {"files": list(files), "units": list(units), "secrets": list(secrets)}
    return lambda reader: service_files(reader, params)


SAMPLE = task([a_file()], [a_unit()])
