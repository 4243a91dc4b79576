# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two brokers that remember a partition for good, though all see each other: one starts anew, and both forget it.

RabbitMQ leaves that behind where a node is taken for gone while a partition is being healed. When that happens cannot
be chosen, so that it is written into the memory of the brokers.
"""

from __future__ import annotations

from typing import Any

from tests.faults.watch import NODES, on

FIRST, LAST = NODES[:2]
# The field of the monitor's state after the name of its record and the processes that it watches.
REMEMBER = """rabbitmqctl --quiet eval '
Remember = fun(State) -> [] = element(3, State), setelement(3, State, [list_to_atom("rabbit@{other}")]) end,
sys:replace_state(rabbit_node_monitor, Remember).
'"""
SEEN = """rabbitmqctl --quiet eval '
[] == rabbit_node_monitor:partitions() andalso {count} == length(rabbit_nodes:list_running()).
' || true"""
PROCESS = "systemctl show --property MainPID --value rabbitmq-server.service"


def remembered(trial: Any) -> None:
    """Have two brokers remember that they lost each other."""
    before = {node: on(trial, node, PROCESS) for node in NODES}
    for node, other in ((FIRST, LAST), (LAST, FIRST)):
        on(trial, node, REMEMBER.format(other=other))

    def is_forgotten() -> bool:
        seen = SEEN.format(count=len(NODES))
        is_new = before[LAST] != on(trial, LAST, PROCESS)
        return is_new and all(on(trial, node, seen).strip() == "true" for node in NODES)

    words = f"{FIRST} and {LAST} remember a partition: the broker of {LAST} starts anew, and all is forgotten"
    trial.step(words, lambda: trial.until(is_forgotten, words))
    others = [node for node in NODES if node != LAST and before[node] != on(trial, node, PROCESS)]
    if others:
        raise SystemExit(f"The brokers of {', '.join(others)} have started anew as well; that of {LAST} was enough")
