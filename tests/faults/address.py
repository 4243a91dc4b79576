# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks the database from the node that has the internal address is told when that goes to another node.

Such a connection has both of its ends on the node. Without ``end-connections``, who waits for an answer there learns of
it when the kernel has asked three times in vain, after 11 s.
"""

from __future__ import annotations

import subprocess
import time
from typing import Any

from tests.faults.watch import holder, internal_address, on, shell

LONGEST = 4  # seconds, with those that the restart of keepalived takes
# Half of the clients wait for an answer, the other half ask all the time. It ends when all of them have been told.
ASKER = """exec timeout 40 python3 -uc '
import configparser, threading, pymysql
from urllib.parse import unquote, urlsplit
options = configparser.RawConfigParser(strict=False)
options.read("/etc/neutron/neutron.conf")
place = urlsplit(options["database"]["connection"])
known = dict(host=place.hostname, user=place.username, password=unquote(place.password), database=place.path[1:])
trust = dict(ca="/etc/ssl/certs/ca-certificates.crt")
clients = [pymysql.connect(ssl=trust, **known) for _ in range(40)]
def ask(client, statement):
    try:
        while True:
            client.query(statement)
    except (OSError, pymysql.MySQLError):
        pass
threads = [threading.Thread(target=ask, args=(client, "DO SLEEP(%s)" % (number % 2 * 30 or 0.05)))
           for number, client in enumerate(clients)]
for thread in threads: thread.start()
print(place.hostname)
for thread in threads: thread.join()
print("all")
'"""


def told(trial: Any, node: str, address: str) -> float:
    """Have the address go from a node; return how many seconds later all who asked there had been told."""
    with subprocess.Popen(shell(trial, node, ASKER), stdout=subprocess.PIPE, text=True) as asker:
        if asker.stdout.readline().strip() != address:
            raise SystemExit(f"nobody on {node} asks at {address}")
        begun = time.monotonic()
        on(trial, node, "systemctl restart keepalived")
        if asker.stdout.read().strip() != "all":
            raise SystemExit(f"the address went from {node}, and not all who asked there have been told after 40 s")
        return time.monotonic() - begun


def address_moves(trial: Any) -> None:
    """Have the address go from its holder while somebody asks there, on two nodes that have it in turn."""
    address = internal_address(trial)
    for nth in ("first", "second"):
        node = trial.until(lambda: holder(trial), "a node has the internal address")[0]
        words = f"the address goes from {node}, its {nth} holder: all who asked there are told"
        seconds = trial.step(words, lambda node=node: told(trial, node, address))
        if seconds > LONGEST:
            raise SystemExit(f"it took {seconds:.1f} s until all were told, and {LONGEST} are allowed")
        trial.until(lambda node=node: set(holder(trial)) - {node}, f"another node than {node} has the address")
