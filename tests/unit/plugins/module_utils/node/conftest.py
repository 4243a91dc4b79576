# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a fleet, the way a module runs it."""

from __future__ import annotations

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.resource import Engine, ResourceError, summary


@pytest.fixture
def converge():
    """Return a function that runs what ``build`` makes on ``client`` and returns the result of the task."""

    def once(build, client, check=False):
        try:
            engine = Engine(build(client.reader()), client, timeout=2)
            engine.look()
            unknown = engine.set_aside() if check else []
        except ResourceError as error:
            return {"failed": True, "msg": str(error), "changed": False}
        if not check and not any(job.error for job in engine.jobs):
            engine.apply()
        return {**summary("object", engine.report()), **({"unknown": unknown} if unknown else {})}

    return once
