# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARA's API over HTTP, and what people read when it does not answer."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.conductor.cloud.plugins.module_utils.ara import journal
from ansible_collections.conductor.cloud.plugins.module_utils.ara.api import Ara
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError

PASSWORD = base64.b64encode(b"recorder:right").decode()


class Server(BaseHTTPRequestHandler):
    """The runs ``long`` and ``short`` of 203 and 3 playbooks, each with a host that has two results."""

    def do_GET(self):
        """Answer a list, page by page."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        kind, limit, offset = url.path.rsplit("/", 1)[1], int(query["limit"]), int(query.get("offset", 0))
        last = 203 if query.get("label") == "long" else 3
        rows = {
            "playbooks": [{"id": n, "path": f"/{n}.yml", "status": "completed"} for n in range(1, last + 1)],
            "hosts": [{"id": 5, "name": "node-1"}],
            "results": [{"id": 1}, {"id": 2}],
        }[kind]
        more = "more" if offset + limit < len(rows) else None
        self.answer(200, {"count": len(rows), "next": more, "results": rows[offset:offset + limit]})

    def do_POST(self):
        """Take what has the right password."""
        self.rfile.read(int(self.headers["Content-Length"]))
        right = self.headers.get("Authorization") == f"Basic {PASSWORD}"
        self.answer(201 if right else 401, {"id": 9} if right else {"detail": "Wrong user name or password."})

    def answer(self, status, document):
        """Send JSON."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Say nothing."""


@pytest.fixture(name="server")
def fixture_server():
    """Return the address of a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_all_pages_of_a_list_are_read(server):
    assert [row["id"] for row in Ara(server).pages("playbooks", label="long")] == list(range(1, 204))


def test_the_playbooks_of_a_run_are_read_without_the_one_that_asks(server):
    found = journal.recorded(Ara(server), "short", asking="/2.yml")
    assert list(found) == [1, 3]
    assert found[3]["path"] == "/3.yml" and found[3]["status"] == "completed"
    assert found[3]["results"] == {"node-1": 2}
    assert found[3]["url"] == f"{server}/playbooks/3.html"


def test_writing_takes_the_password(server):
    assert Ara(server, "recorder", "right").post("records", {"key": "plan"}) == {"id": 9}
    with pytest.raises(ResourceError, match="ARA refused POST .*: 401"):
        Ara(server, "recorder", "wrong").post("records", {"key": "plan"})


def test_a_server_that_is_away_is_named():
    with pytest.raises(ResourceError, match="ARA at http://127.0.0.1:1 does not answer"):
        Ara("http://127.0.0.1:1").get("playbooks")
