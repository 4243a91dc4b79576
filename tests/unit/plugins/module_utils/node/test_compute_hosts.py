# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute nodes and their cell."""

from __future__ import annotations

from ansible_collections.conductor.cloud.plugins.module_utils.node.compute_hosts import MAPPED, REPORTED, compute_hosts


class FakeCell:
    """A cloud that knows compute nodes: the host and the database server in one."""

    def __init__(self, reported=("one", "two"), mapped=(), has_tables=True):
        self.node = self.server = self
        self.tables = {REPORTED: list(reported), MAPPED: list(mapped)} if has_tables else {}

    def reader(self):
        """Return what has no way to write but that of the tests."""
        return self

    def rows(self, question):
        """Return the rows of a table."""
        return [{"host": name} for name in self.tables[question]] if question in self.tables else None

    def command(self, argv, **options):
        """Map all that have reported themselves."""
        self.tables[MAPPED] = list(self.tables[REPORTED])


def task(*names, wait=0):
    """Return what builds the fleet of a task."""
    return lambda reader: compute_hosts(reader, {"names": list(names), "wait": wait})


def test_a_new_node_is_mapped_once(converge):
    cell = FakeCell(mapped=["one"])
    assert converge(task("one", "two"), cell)["actions"] == ["Map two to the cell"]
    assert converge(task("one", "two"), cell)["changed"] is False


def test_one_that_does_not_report_is_named(converge):
    result = converge(task("one", "lost"), FakeCell())
    assert "lost did not report within 0 s" in result["msg"]


def test_check_mode_neither_waits_nor_needs_a_database(converge):
    result = converge(task("one", wait=600), FakeCell(has_tables=False), check=True)
    assert result["actions"] == ["Map one to the cell"]


def test_others_are_left_alone(converge):
    assert converge(task("one"), FakeCell(mapped=["one", "old"]))["object"] == {"mapped": ["one"]}
