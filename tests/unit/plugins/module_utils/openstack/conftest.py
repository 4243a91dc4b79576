# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several tests of the modules for clouds start from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.site import Site


@pytest.fixture
def site(cloud: Any) -> Site:
    """A project with a running instance and data on its data volume."""
    project = Site(cloud)
    project.make(metadata={"team": "red"})
    project.data()["_data"] = "precious"
    return project
