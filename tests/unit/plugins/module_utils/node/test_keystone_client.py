# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side of the catalog: when it waits, when it gives up, and what it says then."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ansible_collections.conductor.cloud.plugins.module_utils.node import keystone_client
from ansible_collections.conductor.cloud.plugins.module_utils.node.keystone_client import KeystoneReader, connect
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

PASSWORD = "pass-0815"


class Handler(BaseHTTPRequestHandler):
    """Answers with what the test put into the script, then like a small Keystone."""

    def respond(self):
        self.server.seen.append(f"{self.command} {self.path}")
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        status, document = self.server.script.pop(0) if self.server.script else self.usual(body)
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Subject-Token", "a-token")
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = respond

    def usual(self, body):
        if self.path == "/v3/auth/tokens":
            good = body["auth"]["identity"]["password"]["user"]["password"] == PASSWORD
            return (201, {}) if good else (401, {"error": {"message": "refused"}})
        if self.path.startswith("/v3/users") and self.command == "GET":
            first = "marker" not in self.path
            return 200, {"users": [{"id": "1" if first else "2"}], "links": {"next": "more" if first else None}}
        return 403, {"error": {"message": "You are not allowed to."}}

    def log_message(self, *args):
        """Be quiet."""


@pytest.fixture(name="server")
def a_server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.script, server.seen = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def client(server, wait=5, ca_cert="/etc/ssl/certs/ca-certificates.crt", scheme="http", password=PASSWORD):
    auth = {"username": "admin", "password": password, "project_name": "admin"}
    auth |= {"user_domain_name": "Default", "project_domain_name": "Default"}
    auth["url"] = f"{scheme}://127.0.0.1:{server.server_port}/v3"
    return connect({"auth": auth, "ca_cert": ca_cert, "wait": wait})


def test_a_listing_is_read_page_after_page(server):
    assert client(server).list("/users", "users") == [{"id": "1"}, {"id": "2"}]
    assert server.seen == ["POST /v3/auth/tokens", "GET /v3/users", "GET /v3/users?marker=1"]


def test_it_waits_for_a_keystone_that_is_on_its_way(server):
    server.script = [(503, {}), (502, {})]
    assert client(server).list("/users", "users")
    assert server.seen[:3] == ["POST /v3/auth/tokens"] * 3


def test_it_does_not_wait_for_ever(server):
    server.script = [(503, {})] * 9
    with pytest.raises(ResourceError, match="answered 503"):
        client(server, wait=0).list("/users", "users")


def test_wrong_credentials_are_an_error_at_once(server):
    with pytest.raises(ResourceError, match="refuses admin in project admin") as caught:
        client(server, password="wrong-0815").list("/users", "users")
    assert server.seen == ["POST /v3/auth/tokens"]
    assert "wrong-0815" not in str(caught.value)


def test_nothing_that_listens_is_an_error_that_names_the_address(server):
    keystone = client(server, wait=0)
    server.shutdown()
    server.server_close()
    with pytest.raises(ResourceError, match=f"no answer from http://127.0.0.1:{server.server_port}/v3"):
        keystone.list("/users", "users")


def test_a_missing_certificate_file_is_named_at_once(server):
    with pytest.raises(ResourceError, match="ca_cert: cannot use /nowhere.pem"):
        client(server, ca_cert="/nowhere.pem", scheme="https").list("/users", "users")


def test_a_refused_write_is_an_error_in_keystones_words(server):
    with pytest.raises(ResourceError, match="POST /projects answered 403: You are not allowed to"):
        client(server).create("/projects", "project", {"name": "service"})


def test_a_password_is_tried_without_the_administrators_token(server):
    keystone = client(server)
    assert keystone.accepts("glance", "Default", PASSWORD)
    assert not keystone.accepts("glance", "Default", "other")


def test_the_reader_cannot_write(server):
    reader = client(server).reader()
    assert reader.__class__ is KeystoneReader
    assert not any(hasattr(reader, verb) for verb in ("create", "update", "put", "delete"))


def test_keystone_is_to_come_where_it_is_neither_here_nor_there(server, tmp_path, monkeypatch):
    keystone = client(server)
    monkeypatch.setattr(keystone_client, "SERVER", str(tmp_path / "keystone-manage"))
    assert not keystone.is_to_come()
    server.shutdown()
    server.server_close()
    assert keystone.is_to_come()
    (tmp_path / "keystone-manage").touch()
    assert not keystone.is_to_come()
