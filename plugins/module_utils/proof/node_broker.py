# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RabbitMQ: a message that is confirmed by one server comes out of another."""

from __future__ import annotations

import secrets
from typing import Any

from ..resource import ResourceError
from .proof import Proof, expect, new_name, wait_for

try:
    import amqp
except ImportError:
    amqp = None


def connect(server: str, params: dict[str, Any]) -> Any:
    """Sign in to one server."""
    login = {"userid": params["user"], "password": params["password"], "virtual_host": params["virtual_host"]}
    connection = amqp.Connection(f"{server}:5672", confirm_publish=True, connect_timeout=10, **login)
    connection.connect()
    return connection


def prove(node: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Publish on the first server, take the message from the last one."""
    if amqp is None:
        raise ResourceError("python3-amqp is missing on this host.")
    servers, queue, word = params["servers"], new_name(), secrets.token_hex(16)
    try:
        with connect(servers[0], params) as sender, connect(servers[-1], params) as receiver:
            channel, other = sender.channel(), receiver.channel()
            quorum = {"x-queue-type": "quorum", "x-expires": 60000}
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments=quorum)
            try:
                channel.basic_publish(amqp.Message(word), routing_key=queue, timeout=10)
                message = wait_for("the message", lambda: other.basic_get(queue, no_ack=True), 10, 0.2)
                expect(message.body == word, "another message came out than went in.")
            finally:
                channel.queue_delete(queue)
    except (OSError, amqp.exceptions.AMQPError) as error:
        raise ResourceError(f"{' or '.join(servers)}: {error}") from error
    return {"published_at": servers[0], "received_at": servers[-1]}


PROOF = Proof(("Make a quorum queue, publish a message with confirmation, receive it, and remove the queue",), prove)
