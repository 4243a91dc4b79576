# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenStack through its front: a read and a small write of the database, and instances that come and go."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

PATIENCE = 2
CALM = 60  # the same for what is not measured
# The same for a login. Keystone works on one that was given up all the same, and passwords cost so much that some of
# these keep it busy until the next ones are given up, too.
LOGIN = 30
PERIOD = 0.2
NAME = "gameday"
CA = "/etc/ssl/certs/ca-certificates.crt"
BIRTH = 90  # seconds that an instance may take to run, and to be gone


class RefusedError(Exception):
    """The cloud said no, or that an instance has failed."""


class Session:
    """A login, and requests that it is good for."""

    errors = (OSError, RefusedError, ValueError, http.client.HTTPException)

    def __init__(self, settings, patience=PATIENCE):
        self.patience = max(patience, LOGIN)
        self.keystone = settings["auth_url"]
        self.trust = ssl.create_default_context(cafile=CA)
        user = {"name": settings["user"], "domain": {"name": "Default"}, "password": settings["user_password"]}
        scope = {"project": {"name": settings["project"], "domain": {"name": "Default"}}}
        methods = {"methods": ["password"], "password": {"user": user}}
        self.headers, self.is_over = {}, False
        asked = {"auth": {"identity": methods, "scope": scope}}
        answer, headers = self.send("POST", f"{self.keystone}/auth/tokens", asked)
        self.patience = patience
        self.headers = {"X-Auth-Token": headers["X-Subject-Token"], "X-OpenStack-Nova-API-Version": "2.74"}
        self.user, self.project = answer["token"]["user"]["id"], answer["token"]["project"]["id"]
        ends = [(service["type"], end) for service in answer["token"]["catalog"] for end in service["endpoints"]]
        self.ends = {kind: end["url"] for kind, end in ends if end["interface"] == "internal"}

    def send(self, verb, url, body=None):
        """Return body and headers of the answer. There is no second try: what is lost here is lost for a user, too."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        request = urllib.request.Request(url, data, headers, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=self.patience, context=self.trust) as answer:
                text = answer.read()
                return (json.loads(text) if text else {}), answer.headers
        except urllib.error.HTTPError as error:
            self.is_over = error.code == http.HTTPStatus.UNAUTHORIZED
            raise RefusedError(f"{verb} {url.partition('://')[2].partition('/')[0]}: {error.code}") from error


# Where services tell which of their parts have reported themselves of late.
REPORTS = {
    "compute": ("/os-services", "services"),
    "network": ("/v2.0/agents", "agents"),
    "volumev3": ("/os-services", "services"),
}


def silent(session):
    """Yield the parts of services that are to report themselves, and do not."""
    for kind, (path, key) in REPORTS.items():
        end = session.ends.get(kind, "").rstrip("/")
        for entry in session.send("GET", end + path)[0][key] if end else ():
            if entry.get("state") == "down" or entry.get("alive") is False:
                yield f"{entry['binary']}@{entry['host']}"


def first(session, url, key, name):
    """Return the id of what has a name."""
    for entry in session.send("GET", url)[0][key]:
        if entry["name"] == name:
            return entry["id"]
    raise RefusedError(f"there is no {name} among the {key}")


def wait_for_server(session, server):
    """Wait until an instance runs; a question that gets no answer is asked again."""
    deadline, status = time.monotonic() + BIRTH, "unknown"
    while time.monotonic() < deadline:
        try:
            answer = session.send("GET", f"{session.ends['compute']}/servers/{server}")[0]
            status = answer["server"]["status"]
        except session.errors:
            status = "unknown"
        if status in ("ACTIVE", "ERROR"):
            break
        time.sleep(1)
    if status != "ACTIVE":
        raise RefusedError(f"an instance is {status}")


class Kind:
    """What all of them have in common."""

    needs, period, errors = "auth_url", PERIOD, Session.errors

    def __init__(self, settings):
        self.settings, self.session = settings, None
        self.patience = settings.get("patience", PATIENCE)

    def open(self, turn):
        """Return a login, which is good for all requests until somebody calls it void.

        Whoever logs in again for each request that failed keeps two cores busy with passwords.
        """
        if self.session is None or self.session.is_over:
            self.session = Session(self.settings, self.patience)
        return self.session

    def calm(self):
        """Log in for what is not measured, such as a list of all that was written."""
        return Session(self.settings, CALM)

    def delete(self, session, addresses):
        """Delete several things, a few at a time."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda address: session.send("DELETE", address), addresses))

    def close(self, connection):
        """Leave; every request was a connection of its own."""

    def found(self):
        """Return nothing, as nothing was written."""
        return {}

    def clear(self):
        """Leave nothing, as nothing was written."""


class Read(Kind):
    """An authenticated GET that reads the database."""

    name = "read"

    def write(self, connection, number):
        """Ask for a user by name."""
        connection.send("GET", f"{connection.keystone}/users?name={connection.user}-{number}")


class Write(Kind):
    """A small write that is not to be done twice: a credential of a kind that nobody uses."""

    name = "write"

    def write(self, connection, number):
        """Return when it is kept."""
        entry = {"type": NAME, "blob": str(number), "user_id": connection.user, "project_id": connection.project}
        connection.send("POST", f"{connection.keystone}/credentials", {"credential": entry})

    def credentials(self, session):
        """Return all of ours."""
        return session.send("GET", f"{session.keystone}/credentials?type={NAME}")[0]["credentials"]

    def found(self):
        """Return the numbers of all."""
        return {"front": [int(entry["blob"]) for entry in self.credentials(self.calm())]}

    def clear(self):
        """Have none."""
        session = self.calm()
        self.delete(session, [f"{session.keystone}/credentials/{entry['id']}" for entry in self.credentials(session)])


class Instances(Kind):
    """Instances without a network, made one after the other with some seconds between, each removed when it runs."""

    name, period = "instances", 20

    def __init__(self, settings):
        super().__init__(settings)
        # What is given up is made all the same, and runs beside the next one until the end.
        self.patience = CALM

    def write(self, connection, number):
        """Make an instance, wait until it runs, and remove it."""
        nova = connection.ends["compute"]
        images = f"{connection.ends['image']}/v2/images?name={self.settings['image']}"
        image = first(connection, images, "images", self.settings["image"])
        flavor = first(connection, f"{nova}/flavors", "flavors", self.settings["flavor"])
        entry = {"name": f"{NAME}-{number}", "imageRef": image, "flavorRef": flavor, "networks": "none"}
        made = connection.send("POST", f"{nova}/servers", {"server": entry})[0]["server"]["id"]
        try:
            wait_for_server(connection, made)
        finally:
            # One that never ran is removed as well: the quota is for ten.
            connection.send("DELETE", f"{nova}/servers/{made}")

    def clear(self):
        """Remove what is left."""
        session = self.calm()
        servers = f"{session.ends['compute']}/servers"
        found = session.send("GET", f"{servers}?name=%5E{NAME}-")[0]["servers"]
        self.delete(session, [f"{servers}/{entry['id']}" for entry in found])


KINDS = (Read, Write, Instances)
