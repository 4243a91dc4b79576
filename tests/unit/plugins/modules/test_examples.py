# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the documentation are tasks that work."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.module import run_module

PACKAGE = "ansible_collections.conductor.cloud.plugins.modules"
FOLDER = Path(__file__).resolve().parents[4] / "plugins" / "modules"
CLOUD_MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if "make: Callable" in path.read_text())


class Checked(Exception):
    """The options were good."""


class Probe:
    """Stands in for AnsibleModule: checks the options and goes no further."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments

    def __call__(self, supports_check_mode: bool, **spec: Any) -> None:
        result = ArgumentSpecValidator(spec.pop("argument_spec"), **spec).validate(self.arguments)
        assert result.error_messages == []
        raise Checked()


def examples(name: str) -> list[dict[str, Any]]:
    """Return the tasks in the documentation of a module that use it."""
    tasks = yaml.safe_load(importlib.import_module(f"{PACKAGE}.{name}").EXAMPLES)
    return [task[f"conductor.cloud.{name}"] for task in tasks if f"conductor.cloud.{name}" in task]


@pytest.mark.parametrize("name", CLOUD_MODULES)
def test_options_of_examples_exist(name: str) -> None:
    """With values of the right types."""
    found = examples(name)
    assert found
    for arguments in found:
        with pytest.raises(Checked):
            importlib.import_module(f"{PACKAGE}.{name}").main(Probe(arguments))


@pytest.mark.parametrize("name", ["tenant", "tenant_info"])
def test_examples_for_tenants_run(cloud: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From top to bottom, on a cloud as it is after deployment."""
    clouds = {user: cloud.params(user, user) for user in ("admin", "demo")}
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": clouds}))
    monkeypatch.setitem(os.environ, "OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    for arguments in examples(name):
        assert "msg" not in run_module(name, arguments)
