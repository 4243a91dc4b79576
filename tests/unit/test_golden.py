# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of each inventory: read, compared, and known to the services that it is for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.conductor.cloud.plugins.module_utils.node import galera
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Answer
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_options import service_options
from ansible_collections.conductor.cloud.tests.unit.fake_node import FakeReader, Host

from tests.checks import ROOT, golden, overrides

RECORDED = json.loads((ROOT / "tests" / "unit" / "debian13_options.json").read_text(encoding="utf-8"))
HOSTS = sorted(golden.GOLDEN.rglob("*.txt"))
LOGIN = "auth_type auth_url username password project_name project_domain_name user_domain_name cafile".split()
# The role writes over the file in which the package of the agent lists its options.
AGENT = "/etc/neutron/neutron_ovn_metadata_agent.ini"
DROP_IN = "/etc/systemd/system/mariadb.service.d/cluster.conf"
STORES = {"sections": ["rbd"], "like": ["backend_defaults", "backend", "glance_store"], "options": []}


def task(action: str, **arguments: Any) -> golden.Task:
    """Return what is written down of a task."""
    return {"task": "web : Do it", "action": action, "arguments": arguments}


def test_files_and_tasks_are_told_byte_for_byte() -> None:
    """With owner and mode, and with the end of a file that has none."""
    one = {"path": "/etc/a", "content": "x = 1"}
    two = {"path": "/etc/b", "state": "directory", "owner": "b", "group": "b", "mode": "0700"}
    tasks = [
        task(golden.FILES, files=[two, one], secrets=["s"], units=[{"name": "a"}]),
        task(golden.FILES, files=[one]),
        task("conductor.cloud.databases", databases=[]),
        task("ansible.builtin.command", cmd="x"),
    ]
    told = golden.parts(golden.told(tasks))
    assert list(told) == ["/etc/a (file root:root 0644)", "/etc/b (directory b:b 0700)", "tasks"]
    assert told["/etc/a (file root:root 0644)"] == "x = 1\n(no newline at its end)\n\n"
    assert told["tasks"].split() == (
        "- task: Do it conductor.cloud.service_files: units: - name: a"
        " - task: Do it conductor.cloud.databases: databases: []"
    ).split()


def test_a_file_that_two_tasks_write_differently_is_refused() -> None:
    """Each run would change it twice."""
    tasks = [task(golden.FILES, files=[{"path": "/etc/a", "content": content}]) for content in "xy"]
    with pytest.raises(SystemExit, match="/etc/a is written in two ways"):
        golden.told(tasks)


def test_differences_name_host_file_and_line(capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """And the status tells of them; that nothing was rendered is a difference, too."""
    monkeypatch.setattr(golden, "GOLDEN", tmp_path)
    assert golden.compare({}) == 1
    golden.write({"lab/web.txt": "==> /etc/a (x)\na = 1\n"})
    assert golden.compare({"lab/web.txt": "==> /etc/a (x)\na = 1\n"}) == 0
    capsys.readouterr()
    assert golden.compare({"lab/web.txt": "==> /etc/a (x)\na = 2\n==> /etc/b (x)\n"}) == 1
    said = capsys.readouterr().out
    for words in ("lab/web.txt: /etc/a (x)", "-a = 1", "+a = 2", "/etc/b (x): is new"):
        assert words in said
    golden.write({"lab/db.txt": ""})
    assert golden.compare({"lab/db.txt": ""}) == 0


def commented(text: str) -> list[str]:
    """Return the lines of options that a sample lists."""
    return [f"#{name} =" for name in text.split()]


def sample(known: dict[str, str]) -> str:
    """Return the names that were recorded as a sample lists them."""
    return "\n\n".join(line for name, text in known.items() for line in [f"[{name}]", *commented(text)])


def faults(name: str, paths: list[str], text: str) -> list[str]:
    """Return what a service does not know of a file that a role writes for it."""
    listed = [*paths, AGENT] if name.startswith("ovn_controller") else paths
    files = {path: (sample(RECORDED[path]).encode(), "root", "root", "0644") for path in listed}
    libraries = Answer(0, json.dumps({"options": {}}), "")
    login = Answer(0, json.dumps(LOGIN), "")
    host = Host(files=files, answers={"oslo-config-generator": libraries, "/usr/bin/python3": login})
    values = json.dumps(overrides.sections(text))
    wanted = {"name": name, "values": values, "samples": listed, "namespaces": [], "dynamic": [STORES]}
    return service_options(FakeReader(host), {"overrides": [wanted]}).resources[0].read()["faults"]


@pytest.mark.parametrize("path", HOSTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_services_know_every_option_that_roles_write(path: Any) -> None:
    """As Debian 13 has them."""
    parts = {name.partition(" ")[0]: text for name, text in golden.parts(path.read_text(encoding="utf-8")).items()}
    written = {name: overrides.WRITTEN[name] for name, _paths in overrides.samples()}
    found = {
        name: faults(name, paths, parts[written[name]])
        for name, paths in overrides.samples()
        if written[name] in parts
    }
    assert len(found) >= 2
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_member_that_founds_its_cluster_does_so_with_one_start_alone() -> None:
    """What tells it to is read by the unit, and gone once the server runs."""
    drop_ins = [
        golden.parts(path.read_text(encoding="utf-8"))[f"{DROP_IN} (file root:root 0644)"]
        for path in HOSTS
        if path.parent.name == "ha"
    ]
    assert len(drop_ins) == 3
    for text in drop_ins:
        assert f"\nEnvironmentFile=-{galera.FOUNDING}\n" in text
        assert f"\nExecStartPost=+/usr/bin/rm -f {galera.FOUNDING}\n" in text


def test_nova_can_fill_the_cell_from_its_own_configuration() -> None:
    """With the names that it has for the parts of one address: brokers of a cluster are behind one."""
    texts = [path.read_text(encoding="utf-8") for path in HOSTS]
    lines = [line for text in texts for line in text.splitlines()]
    templates = [line.split("--transport-url=")[1] for line in lines if "--transport-url=" in line]
    assert len(templates) == len({path.parent for path in HOSTS})
    known = {name: f"the-{name}" for name in ("username", "password", "hostname", "port")}
    filled = {template.format(scheme="rabbit", path="nova", query="ssl=1", **known) for template in templates}
    assert filled == {"rabbit://the-username:the-password@the-hostname:the-port/nova?ssl=1"}


def test_services_have_one_address_for_their_broker() -> None:
    """A service with a list of brokers stays with one whose host is lost; that of a controller is its own front."""
    for path in HOSTS:
        urls = re.findall(r"^ *transport_url = \S+@(.*)/openstack$", path.read_text(encoding="utf-8"), re.M)
        assert len(urls) > 1
        assert len(set(urls)) == 1
        assert "," not in urls[0]
        assert path.parent.name != "ha" or urls[0] == "127.0.0.1:5671"


@pytest.mark.parametrize(
    ("clustered", "group_names", "addresses"),
    [
        (["rabbitmq"], ["control", "haproxy"], ["127.0.0.1"]),
        (["rabbitmq"], ["compute"], ["192.0.2.5"]),
        ([], ["control", "haproxy"], ["192.0.2.11"]),
    ],
)
def test_every_host_finds_the_brokers(clustered: list[str], group_names: list[str], addresses: list[str]) -> None:
    """At its own front, at the internal address where it has none, and where there is one broker, there."""
    loader = DataLoader()
    known = loader.load_from_file(str(ROOT / "roles/cloud/vars/main.yml"), trusted_as_template=True)
    own = {"cloud_clustered": clustered, "group_names": group_names, "cloud_internal_vip": "192.0.2.5"}
    brokers = {"cloud_rabbitmq_hosts": ["192.0.2.11"]}
    templar = Templar(loader=loader, variables={**known, **own, **brokers})
    assert templar.template(known["cloud_rabbitmq_addresses"]) == addresses
