# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What errors tell, and what they keep to themselves."""

from __future__ import annotations

import html
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.reasons import sign_in_error, without
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.session import connect
from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError
from keystoneauth1 import exceptions as auth_errors

from tests.fake.server import FakeCloud
from tests.module import run_module

SECRETS = ("plain-one", "two  spaces", "a <tag>", 'umläut"quote', "it's\"both", "new\nline", "a&b/c?d=e", "back\\")
WAYS = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON, not only in ASCII": lambda secret: json.dumps(secret, ensure_ascii=False),
    "Python": repr,
    "Python, as bytes": lambda secret: repr(secret.encode()),
    "a path": quote,
    "a query": quote_plus,
    "a value of a query": lambda secret: quote(secret, safe=""),
    "a value of a query, in small letters": lambda secret: quote(secret, safe="").lower(),
    "HTML": html.escape,
    "JSON in a query": lambda secret: quote(json.dumps(secret)),
}
REPEATS = "the request was {request}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_goes_in_every_spelling(secret: str, way: str) -> None:
    """What is left between the asterisks are the quotation marks."""
    told = without(f"Field user: {WAYS[way](secret)} is too long", {secret})
    assert "********" in told
    assert len(told) <= len("Field user: b'********' is too long") + 4


def test_where_there_is_no_secret_nothing_goes() -> None:
    """An empty password stands between all letters."""
    assert without("No such project", {""}) == "No such project"


@pytest.mark.parametrize("secret", ["two  spaces", "a <tag> in it"])
def test_a_secret_goes_before_a_text_is_made_readable(cloud: FakeCloud, secret: str) -> None:
    """Nobody would know it again without its spaces."""
    cloud.state.break_write(0, 400, message=f"<b>Bad</b> password {secret}!")
    with pytest.raises(ResourceError, match=r"answered 400: Bad password \*{8}!"):
        connect(cloud.params()).post("identity", "/v3/users", {"user": {"name": "one", "password": secret}})


def clouds_yaml(cloud: FakeCloud, folder: Path, monkeypatch: pytest.MonkeyPatch, password: Any) -> None:
    """Write down how to sign in: what stands there, Ansible does not know as a secret."""
    auth = {**cloud.params()["auth"], "password": password}
    (folder / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"mine": {"auth": auth}}}))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(folder / "clouds.yaml"))


@pytest.mark.parametrize("password", ["known to a file", 12345678])
@pytest.mark.parametrize("status", [400, 500])
def test_a_refused_sign_in_keeps_the_password(
    cloud: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: Any, status: int
) -> None:
    """And says that the cloud did answer."""
    clouds_yaml(cloud, tmp_path, monkeypatch, password)
    cloud.state.break_route("POST .*/auth/tokens", status, message=REPEATS)
    told = run_module("operation_info", {"cloud": "mine"})["msg"]
    assert f"{cloud.url}/identity/v3 does not sign in: the request was" in told
    assert f"HTTP {status}" in told
    assert "no answer" not in told
    assert not [way for way in WAYS.values() if way(str(password)) in told]


def test_a_password_that_is_tried_is_kept(cloud: FakeCloud) -> None:
    """It is nobody's who signs in for good."""
    session = connect(cloud.params())
    assert session.project_id
    cloud.state.break_route("POST .*/auth/tokens", 400, message=REPEATS)
    with pytest.raises(ResourceError, match="does not sign in") as error:
        session.accepts("0815", "tried in vain")
    assert "in vain" not in str(error.value)


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("certificate verify failed: certificate has expired", "has expired"),
        ("certificate verify failed: unable to get local issuer certificate", "Give its CA in ca_cert"),
    ],
)
def test_advice_fits_what_is_wrong_with_a_certificate(said: str, advice: str) -> None:
    """No CA helps against an old one."""
    config = SimpleNamespace(auth={"auth_url": "https://cloud:5000"})
    told = str(sign_in_error(config, auth_errors.SSLError(said)))
    assert advice in told
    assert ("ca_cert" in told) == ("issuer" in said)


@pytest.mark.parametrize(("status", "words"), [(400, "does not sign in"), (401, "network refuses the session")])
def test_a_session_that_is_not_renewed(cloud: FakeCloud, status: int, words: str) -> None:
    """The refusal is Keystone's, not that of the service that was asked."""
    auth = {**cloud.params()["auth"], "password": "changed meanwhile"}
    for row in cloud.state.table("passwords").values():
        row["password"] = auth["password"]
    session = connect({"auth": auth})
    session.get("network", "/v2.0/networks")
    cloud.state.tokens.clear()
    cloud.state.break_route("POST .*/auth/tokens", status, message=REPEATS)
    with pytest.raises(ResourceError, match=words) as error:
        session.get("network", "/v2.0/networks")
    assert "meanwhile" not in str(error.value)
