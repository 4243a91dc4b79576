# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of a game day's load, to a cloud of one process."""

from __future__ import annotations

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.checks import ROOT


class Cloud(BaseHTTPRequestHandler):
    """What the load asks of Keystone, Glance and Nova."""

    credentials: dict = {}
    servers: dict = {}
    status = "ACTIVE"
    state, alive = "up", True

    def body(self):
        """Return what was sent."""
        return json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")

    def say(self, status, document=None):
        """Answer."""
        text = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("X-Subject-Token", "token")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        """Log in, or make something."""
        sent = self.body()
        if self.path == "/v3/auth/tokens":
            here = f"http://{self.headers['Host']}"
            kinds = ("image", "compute", "network", "volumev3")
            ends = [{"type": kind, "endpoints": [{"interface": "internal", "url": here}]} for kind in kinds]
            token = {"user": {"id": "u"}, "project": {"id": "p"}, "catalog": ends}
            self.say(201, {"token": token})
        elif self.headers["X-Auth-Token"] != "token":
            self.say(401, {})
        elif self.path == "/v3/credentials":
            self.credentials[str(len(self.credentials))] = sent["credential"]
            self.say(201, {"credential": sent["credential"]})
        else:
            self.servers["s"] = sent["server"]
            self.say(202, {"server": {"id": "s"}})

    def do_GET(self):
        """List or show."""
        path = self.path.partition("?")[0]
        entries = [{"id": key, **entry} for key, entry in self.credentials.items()]
        found = {
            "/v3/users": {"users": []},
            "/v3/credentials": {"credentials": entries},
            "/v2/images": {"images": [{"id": "i", "name": "guest"}]},
            "/flavors": {"flavors": [{"id": "f", "name": "small"}]},
            "/servers": {"servers": [{"id": key} for key in self.servers]},
            "/servers/s": {"server": {"status": self.status}},
            "/os-services": {"services": [{"binary": "worker", "host": "a", "state": self.state}]},
            "/v2.0/agents": {"agents": [{"binary": "agent", "host": "b", "alive": self.alive}]},
        }
        self.say(200 if path in found else 404, found.get(path, {}))

    def do_DELETE(self):
        """Remove."""
        kind, key = self.path.split("/")[-2:]
        {"credentials": self.credentials, "servers": self.servers}[kind].pop(key)
        self.say(204)

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def api(monkeypatch):
    """Return the program's file, and the settings for a cloud that answers."""
    spec = importlib.util.spec_from_file_location(
        "gameday_api", ROOT / "roles" / "gameday" / "files" / "load" / "api.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "CA", None)
    monkeypatch.setattr(Cloud, "credentials", {})
    monkeypatch.setattr(Cloud, "servers", {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cloud)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    login = {"user": "admin", "user_password": "secret", "project": "admin", "image": "guest", "flavor": "small"}
    yield module, {"auth_url": f"http://127.0.0.1:{server.server_port}/v3", **login}
    server.shutdown()
    server.server_close()


def test_what_is_written_is_found_and_cleared(api):
    module, settings = api
    kind = module.Write(settings)
    session = kind.open(0)
    for number in (1, 2, 2):
        kind.write(session, number)
    assert kind.found() == {"front": [1, 2, 2]}
    assert Cloud.credentials["0"] == {"type": "gameday", "blob": "1", "user_id": "u", "project_id": "p"}
    kind.clear()
    assert kind.found() == {"front": []}


def test_a_read_is_an_answer_and_a_refusal_is_an_error(api):
    module, settings = api
    kind = module.Read(settings)
    session = kind.open(0)
    kind.write(session, 1)
    with pytest.raises(kind.errors, match="404"):
        session.send("GET", f"{session.keystone}/nothing")
    session.headers = {}
    with pytest.raises(kind.errors, match="401"):
        module.Write(settings).write(session, 1)


def test_a_login_is_kept_until_it_is_void(api):
    module, settings = api
    kind = module.Read(settings)
    session = kind.open(0)
    with pytest.raises(kind.errors, match="404"):
        session.send("GET", f"{session.keystone}/nothing")
    assert kind.open(1) is session
    session.headers = {}
    with pytest.raises(kind.errors, match="401"):
        session.send("POST", f"{session.keystone}/credentials", {})
    assert kind.open(2) is not session


def test_a_login_has_more_time_than_a_request(api, monkeypatch):
    """Keystone would go on with one that is given up, and be busy with the next one as well."""
    module, settings = api
    ask, waited = module.urllib.request.urlopen, []

    def urlopen(request, timeout, context):
        waited.append((request.get_method(), timeout))
        return ask(request, timeout=timeout)

    monkeypatch.setattr(module.urllib.request, "urlopen", urlopen)
    kind = module.Read(settings)
    kind.write(kind.open(0), 1)
    assert waited == [("POST", module.LOGIN), ("GET", module.PATIENCE)]
    assert kind.calm().patience == module.CALM


def test_an_instance_is_made_and_removed(api, monkeypatch):
    module, settings = api
    kind = module.Instances(settings)
    session = kind.open(0)
    kind.write(session, 7)
    assert Cloud.servers == {}
    monkeypatch.setattr(Cloud, "status", "ERROR")
    with pytest.raises(kind.errors, match="an instance is ERROR"):
        kind.write(session, 8)
    assert Cloud.servers == {}


def test_instances_that_a_stopped_load_has_left_are_removed(api):
    module, settings = api
    kind = module.Instances(settings)
    session = kind.open(0)
    entry = {"name": "gameday-8", "networks": "none"}
    session.send("POST", f"{session.ends['compute']}/servers", {"server": entry})
    assert Cloud.servers == {"s": entry}
    kind.clear()
    assert Cloud.servers == {}


def test_an_image_that_is_not_there_is_an_error_that_says_so(api):
    module, settings = api
    kind = module.Instances({**settings, "image": "other"})
    with pytest.raises(kind.errors, match="no other among the images"):
        kind.write(kind.open(0), 1)


def test_services_that_do_not_report_themselves_are_named(api, monkeypatch):
    module, settings = api
    assert list(module.silent(module.Session(settings))) == []
    monkeypatch.setattr(Cloud, "state", "down")
    assert list(module.silent(module.Session(settings))) == ["worker@a", "worker@a"]
    monkeypatch.setattr(Cloud, "alive", False)
    assert "agent@b" in module.silent(module.Session(settings))
