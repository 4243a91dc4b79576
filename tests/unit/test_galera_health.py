# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells fronts how a database server is answers them, and says nothing where one of them hangs up."""

from __future__ import annotations

import sys
import threading
import types
import urllib.error
import urllib.request
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "roles" / "mariadb" / "files" / "galera-health"


@pytest.fixture
def program(monkeypatch):
    database = types.ModuleType("pymysql")
    database.MySQLError = OSError
    monkeypatch.setitem(sys.modules, "pymysql", database)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = types.ModuleType("galera_health")
    SourceFileLoader("galera_health", str(PROGRAM)).exec_module(module)
    return module


@pytest.fixture
def server(program):
    server = program.Server(("127.0.0.1", 0), program.Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("fault", "status", "text"), [("", 200, "ready\n"), ("state 1", 503, "state 1\n")])
def test_a_front_is_told(program, server, monkeypatch, fault, status, text):
    monkeypatch.setattr(program, "fault", lambda: fault)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{server.server_port}/", timeout=5) as answer:
            found = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        found = error.code, error.read().decode()
    assert found == (status, text)


def test_a_front_that_hangs_up_is_no_fault_and_all_else_is(server, capsys):
    for error in (ConnectionResetError("gone"), BrokenPipeError("gone")):
        try:
            raise error
        except OSError:
            server.handle_error(None, ("127.0.0.1", 1))
    assert capsys.readouterr().err == ""
    try:
        raise ValueError("odd")
    except ValueError:
        server.handle_error(None, ("127.0.0.1", 1))
    assert "ValueError: odd" in capsys.readouterr().err
