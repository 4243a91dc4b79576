# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write to the database, the message broker and OVN without a pause, and see later whether all of it is there.

load.py write FILE SECONDS   keep in FILE what was acknowledged
load.py compare FILE         read it back from every server, and print the figures

Addresses and passwords come as JSON through standard input.
"""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import threading
import time

import amqp
import pymysql

PAUSE = 0.05
PATIENCE = 2
QUEUE = "load"
CA = "/etc/ssl/certs/ca-certificates.crt"


class Database:
    """Rows, through the address in front of the servers."""

    errors = (pymysql.MySQLError, OSError)

    def __init__(self, settings):
        self.settings = settings

    def connect(self, host):
        """Sign in, with TLS."""
        login = {"user": "proof", "password": self.settings["database_password"], "database": "proof"}
        patience = {"connect_timeout": PATIENCE, "read_timeout": PATIENCE, "write_timeout": PATIENCE}
        return pymysql.connect(host=host, autocommit=True, ssl_ca=CA, **login, **patience)

    def open(self, turn):
        """Return a connection, and have a table."""
        connection = self.connect(self.settings["front"])
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS written (number INT PRIMARY KEY)")
        return connection

    def write(self, connection, number):
        """Return when the number is kept."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES (%s)", (number,))

    def close(self, connection):
        """Leave."""
        connection.close()

    def found(self):
        """Return the numbers of each server, by its address, and clear them away."""
        numbers = {}
        for server in self.settings["servers"]:
            with self.connect(server) as connection, connection.cursor() as cursor:
                cursor.execute("SET SESSION wsrep_sync_wait = 1")
                cursor.execute("SELECT number FROM written")
                numbers[server] = {row[0] for row in cursor.fetchall()}
        self.clear()
        return numbers

    def clear(self):
        """Have no table."""
        with self.connect(self.settings["front"]) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS written")


class Broker:
    """Messages in a quorum queue, through whichever server lets us in."""

    errors = (amqp.exceptions.AMQPError, OSError)

    def __init__(self, settings):
        self.settings = settings

    def open(self, turn):
        """Return a connection, and have a queue."""
        server = self.settings["servers"][turn % len(self.settings["servers"])]
        connection = amqp.Connection(
            f"{server}:5671",
            userid="openstack",
            password=self.settings["broker_password"],
            virtual_host="openstack",
            ssl={"ca_certs": CA, "cert_reqs": ssl.CERT_REQUIRED},
            confirm_publish=True,
            connect_timeout=PATIENCE,
            read_timeout=PATIENCE,
            write_timeout=PATIENCE,
        )
        connection.connect()
        connection.channel(1).queue_declare(
            QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"}
        )
        return connection

    def write(self, connection, number):
        """Return when the message is confirmed."""
        message = amqp.Message(str(number))
        connection.channel(1).basic_publish(message, routing_key=QUEUE, timeout=PATIENCE, confirm_timeout=PATIENCE)

    def close(self, connection):
        """Leave, without a word to a server that may be gone."""
        connection.collect()

    def found(self):
        """Return the numbers of all messages, and clear them away."""
        numbers, connection = set(), self.open(0)
        while message := connection.channel(1).basic_get(QUEUE, no_ack=True):
            numbers.add(int(message.body))
        connection.close()
        self.clear()
        return {"any": numbers}

    def clear(self):
        """Have no queue."""
        connection = self.open(0)
        connection.channel(1).queue_delete(QUEUE)
        connection.close()


class Network:
    """Logical switches in OVN's northbound database, through the list of its servers."""

    errors = (subprocess.CalledProcessError, subprocess.TimeoutExpired)
    PREFIX = "load-"

    def __init__(self, settings):
        self.servers = [f"tcp:{server}:6641" for server in settings["servers"]]

    def command(self, servers, *arguments):
        """Return what ovn-nbctl says; the one that leads is asked, unless there is only one to ask."""
        options = (f"--timeout={PATIENCE}", f"--db={','.join(servers)}", *(["--no-leader-only"] * (len(servers) == 1)))
        done = subprocess.run(["ovn-nbctl", *options, *arguments], check=True, capture_output=True, timeout=2 * PATIENCE)
        return done.stdout.decode().split()

    def open(self, turn):
        """Return whom to ask first."""
        turn %= len(self.servers)
        return [*self.servers[turn:], *self.servers[:turn]]

    def write(self, connection, number):
        """Return when the switch is kept."""
        self.command(connection, "ls-add", f"{self.PREFIX}{number}")

    def close(self, connection):
        """Leave; every command was a connection of its own."""

    def found(self):
        """Return the numbers of each server, by its address, and clear them away."""
        numbers = {}
        for server in self.servers:
            switches = self.command([server], "--bare", "--columns=name", "list", "Logical_Switch")
            ours = [name for name in switches if name.startswith(self.PREFIX)]
            numbers[server] = {int(name[len(self.PREFIX) :]) for name in ours}
        self.clear()
        return numbers

    def clear(self):
        """Have no switches."""
        switches = self.command(self.servers, "--bare", "--columns=name", "list", "Logical_Switch")
        for name in [name for name in switches if name.startswith(self.PREFIX)]:
            self.command(self.servers, "ls-del", name)


def load(kind, seconds, kept):
    """Write until the time is up; keep what was acknowledged, and the longest time between two of them."""
    connection, turn, number, errors = None, 0, 0, {}
    end = time.monotonic() + seconds
    last, gap, acknowledged = time.monotonic(), 0.0, []
    while time.monotonic() < end:
        number += 1
        try:
            connection = connection or kind.open(turn)
            kind.write(connection, number)
        except kind.errors as error:
            errors[str(error)[:120]] = errors.get(str(error)[:120], 0) + 1
            turn += 1
            if connection:
                kind.close(connection)
            connection = None
        else:
            acknowledged.append(number)
            gap, last = max(gap, time.monotonic() - last), time.monotonic()
        time.sleep(PAUSE)
    gap = max(gap, time.monotonic() - last)
    kept[type(kind).__name__.lower()] = {"acknowledged": acknowledged, "gap": round(gap, 2), "errors": errors}


def write(kinds, file, seconds):
    """Load all kinds at the same time, after what an earlier load may have left."""
    kept = {}
    for kind in kinds:
        kind.clear()
    threads = [threading.Thread(target=load, args=(kind, float(seconds), kept)) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(file, "w", encoding="ascii") as stream:
        json.dump(kept, stream)


def compare(kinds, file):
    """Print, for each kind, how much was acknowledged, the longest gap, and how much of it some server lacks."""
    with open(file, encoding="ascii") as stream:
        kept = json.load(stream)
    for kind in kinds:
        entry = kept[type(kind).__name__.lower()]
        acknowledged = set(entry["acknowledged"])
        lost = {server: sorted(acknowledged - found) for server, found in kind.found().items()}
        entry["acknowledged"] = len(acknowledged)
        entry["lost"] = len({number for numbers in lost.values() for number in numbers})
    print(json.dumps(kept))


def main(verb, *arguments):
    """Run the command line."""
    settings = json.load(sys.stdin)
    kinds = (Database(settings), Broker(settings), Network(settings))
    {"write": write, "compare": compare}[verb](kinds, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
