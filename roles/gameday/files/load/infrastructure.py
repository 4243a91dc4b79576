# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What services stand on: the database through its front, the brokers, and OVN."""

from __future__ import annotations

import ssl
import subprocess
import time

import amqp
import pymysql

PATIENCE = 2
PERIOD = 0.2
LASTS = 60  # seconds, as sessions of services do (connection_recycle_time)
NAME = "gameday"
TLS_PORT = 5671
CA = "/etc/ssl/certs/ca-certificates.crt"


class Database:
    """Rows, through the address in front of the servers."""

    name, needs, period = "database", "database_servers", PERIOD
    errors = (pymysql.MySQLError, OSError)

    def __init__(self, settings):
        self.settings = settings
        self.since = 0

    def connect(self, host):
        """Sign in, with TLS where there is a cluster."""
        login = {"user": NAME, "password": self.settings["database_password"], "database": NAME}
        patience = {"connect_timeout": PATIENCE, "read_timeout": PATIENCE, "write_timeout": PATIENCE}
        trust = {"ssl_ca": CA} if len(self.settings["database_servers"]) > 1 else {}
        return pymysql.connect(host=host, autocommit=True, **trust, **login, **patience)

    def open(self, turn):
        """Return a connection, and have a table."""
        connection = self.connect(self.settings["front"])
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS written (number INT PRIMARY KEY)")
        self.since = time.monotonic()
        return connection

    def write(self, connection, number):
        """Return when the number is kept. A session that neither rests nor ends would keep a server from a drain."""
        if time.monotonic() - self.since > LASTS:
            connection.close()
            connection.connect()
            self.since = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES (%s)", (number,))

    def close(self, connection):
        """Leave, also a server that has left."""
        if connection.open:
            connection.close()

    def found(self):
        """Return the numbers of each server, by its address."""
        numbers = {}
        for server in self.settings["database_servers"]:
            with self.connect(server) as connection, connection.cursor() as cursor:
                cursor.execute("SET SESSION wsrep_sync_wait = 1")
                cursor.execute("SELECT number FROM written")
                numbers[server] = [row[0] for row in cursor.fetchall()]
        return numbers

    def clear(self):
        """Have no table."""
        with self.connect(self.settings["front"]) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS written")


class Broker:
    """Messages in a quorum queue, by the way that services take to the brokers."""

    name, needs, period = "broker", "brokers", PERIOD
    errors = (amqp.exceptions.AMQPError, OSError)

    def __init__(self, settings):
        self.settings = settings
        self.seen = set()

    def open(self, turn):
        """Return a connection, and have a queue."""
        brokers, port = self.settings["brokers"], int(self.settings["broker_port"])
        connection = amqp.Connection(
            f"{brokers[turn % len(brokers)]}:{port}",
            userid="openstack",
            password=self.settings["broker_password"],
            virtual_host="openstack",
            ssl={"ca_certs": CA, "cert_reqs": ssl.CERT_REQUIRED} if port == TLS_PORT else False,
            confirm_publish=True,
            connect_timeout=PATIENCE,
            read_timeout=PATIENCE,
            write_timeout=PATIENCE,
        )
        connection.connect()
        connection.channel(1).queue_declare(NAME, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        return connection

    def write(self, connection, number):
        """Return when the message is confirmed."""
        message = amqp.Message(str(number))
        connection.channel(1).basic_publish(message, routing_key=NAME, timeout=PATIENCE, confirm_timeout=PATIENCE)

    def close(self, connection):
        """Leave, without a word to a server that may be gone."""
        connection.collect()

    def found(self):
        """Return the numbers of all messages. A queue does not know who was told of them, so that it has each once.

        A message that was got is in the queue no more: another try goes on from here.
        """
        connection = self.open(0)
        while message := connection.channel(1).basic_get(NAME, no_ack=True):
            self.seen.add(int(message.body))
        connection.close()
        return {"any": self.seen}

    def clear(self):
        """Have no queue."""
        connection = self.open(0)
        connection.channel(1).queue_delete(NAME)
        connection.close()


class Network:
    """Logical switches in OVN's northbound database, through the list of its servers."""

    # Northd works through each of them, so that more would slow down what is measured.
    name, needs, period = "network", "network_servers", 0.5
    errors = (subprocess.CalledProcessError, subprocess.TimeoutExpired)

    def __init__(self, settings):
        self.servers = [f"tcp:{server}:6641" for server in settings["network_servers"]]

    def command(self, servers, *arguments):
        """Return what ovn-nbctl says; the one that leads is asked, unless there is only one to ask."""
        options = (f"--timeout={PATIENCE}", f"--db={','.join(servers)}", *(["--no-leader-only"] * (len(servers) == 1)))
        command = ["ovn-nbctl", *options, *arguments]
        done = subprocess.run(command, check=True, capture_output=True, timeout=2 * PATIENCE)
        return done.stdout.decode().split()

    def switches(self, servers):
        """Return the names of our switches."""
        names = self.command(servers, "--bare", "--columns=name", "list", "Logical_Switch")
        return [name for name in names if name.startswith(f"{NAME}-")]

    def open(self, turn):
        """Return whom to ask first."""
        turn %= len(self.servers)
        return [*self.servers[turn:], *self.servers[:turn]]

    def write(self, connection, number):
        """Return when the switch is kept."""
        self.command(connection, "ls-add", f"{NAME}-{number}")

    def close(self, connection):
        """Leave; every command was a connection of its own."""

    def found(self):
        """Return the numbers of each server, by its address."""
        return {server: [int(name.rpartition("-")[2]) for name in self.switches([server])] for server in self.servers}

    def clear(self):
        """Have no switches. Many go with one command."""
        names = self.switches(self.servers)
        for first in range(0, len(names), 100):
            words = [word for name in names[first : first + 100] for word in ("--", "--if-exists", "ls-del", name)]
            self.command(self.servers, *words[1:])


KINDS = (Database, Broker, Network)
