# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power and flavor of an instance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..resource import Document, ResourceError, Results, Step
from .instance_checks import check_flavor_change
from .instance_steps import nothing, server_action, server_is
from .instance_wanted import Wanted
from .journal_note import FLAVOR_CHANGE, Note
from .server_fault import raise_server_error
from .server_state import is_settled, runs
from .session import ApiError

# Where Nova is on its way to, by what it does now.
GOALS = {
    "powering-off": "SHUTOFF",
    "powering-on": "ACTIVE",
    "resize_prep": "VERIFY_RESIZE",
    "resize_migrating": "VERIFY_RESIZE",
    "resize_migrated": "VERIFY_RESIZE",
    "resize_finish": "VERIFY_RESIZE",
    "resize_reverting": "SHUTOFF",
}
# What a server stays in while Nova does something else, such as to take an image of it.
RESTING = ("ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED")


def settle_steps(reader: Any, current: Document) -> tuple[list[Step], str]:
    """Return the step that waits for what is under way, if anything, and the status it ends in."""
    if is_settled(current):
        return [], current["status"]
    goal = GOALS.get(current["task_state"], current["status"] if current["status"] in RESTING else "ACTIVE")
    done = server_is(reader, goal, f"it was on its way to {goal}")
    what = current["task_state"] or current["status"]
    return [Step("settle", f"Wait for {current['name']} to be {goal} ({what})", nothing, (), done)], goal


def stop_step(reader: Any, current: Document) -> Step:
    """Return the step that stops the server."""
    done = server_is(reader, "SHUTOFF", "it could not be stopped")
    return Step("stop", f"Stop {current['name']}", server_action(current["id"], "os-stop"), None, done)


def start_step(reader: Any, current: Document) -> Step:
    """Return the step that starts the server."""
    done = server_is(reader, "ACTIVE", "it could not be started")
    return Step("start", f"Start {current['name']}", server_action(current["id"], "os-start"), None, done)


def power_steps(reader: Any, state: str, current: Document, status: str) -> list[Step]:
    """Return the steps from ``status`` to the wanted power state."""
    if state == "present":
        return []
    if status not in ("ACTIVE", "SHUTOFF"):
        raise ResourceError(
            f"state: instance {current['name']} is {status}; only an ACTIVE or SHUTOFF instance can become {state}."
        )
    if state == "stopped":
        return [stop_step(reader, current)] if status == "ACTIVE" else []
    if status == "SHUTOFF":
        return [start_step(reader, current)]
    if state == "started":
        return []
    reboot = server_action(current["id"], "reboot", {"type": "SOFT"})
    done = server_is(reader, "ACTIVE", "it could not be restarted")
    return [Step("restart", f"Restart {current['name']}", reboot, None, done, unseen=True)]


def stop_running_step(reader: Any, current: Document) -> Step:
    """Return the step that stops the server unless somebody else has done so since it was planned."""
    stop = stop_step(reader, current)

    def submit(writer: Any, results: Results) -> Any:
        return stop.submit(writer, results) if runs(writer, current["id"]) else None

    return replace(stop, submit=submit)


def flavor_steps(
    reader: Any, journal: Any, wanted: Wanted, current: Document, status: str, is_on: bool
) -> tuple[list[Step], str]:
    """Return the steps of a flavor change, also of one that was left half-way, and the status after them.

    A server that ``is_on`` while it waits to be confirmed was not stopped for that, as other clients do it.
    """
    flavor, left = wanted.flavor, journal.left_of(FLAVOR_CHANGE)
    if flavor is None:
        return [], status
    begun = status == "VERIFY_RESIZE"
    check_begun(wanted, current)
    changes = flavor["name"] != current["flavor"] and not begun
    if changes:
        journal.refuse_restore(current["name"])
        check_flavor_change(wanted, {**current, "status": status})
    elif not begun and left is None:
        return [], status
    # Somebody may have started it since a dead run noted that it was stopped.
    was_running = bool(left and left.power == "running") or status == "ACTIVE"
    restarts = was_running and wanted.state != "stopped"
    note = Note(FLAVOR_CHANGE, current["id"], "running" if restarts else "stopped", flavor=flavor["name"])
    before = (status, current["flavor"])
    noted = journal.note_steps(
        current["name"], note, lambda document: begun or (document["status"], document["flavor"]) == before
    )
    steps = [] if begun else [*noted]
    if changes and status == "ACTIVE":
        steps.append(journal.hold(stop_running_step(reader, current)))
    if changes:
        steps.append(journal.hold(resize_step(reader, wanted, current)))
    if changes or begun:
        steps += confirm_steps(reader, journal, wanted, current, noted if begun else [])
        status = "ACTIVE" if begun and is_on else "SHUTOFF"
    if status == "SHUTOFF" and restarts:
        check_start(wanted, left)
        steps.append(journal.hold(start_again_step(reader, current)))
        status = "ACTIVE"
    return [*steps, forget_step(journal, current, restarts)], status


def check_begun(wanted: Wanted, current: Document) -> None:
    """Refuse another flavor than the one that waits to be confirmed."""
    flavor = (wanted.flavor or {}).get("name")
    if current["status"] == "VERIFY_RESIZE" and flavor != current["flavor"]:
        raise ResourceError(
            f"flavor: instance {wanted.name} waits to be confirmed with {current['flavor']}, not {flavor}. "
            f"Give flavor: {current['flavor']}, or revert that change."
        )


def check_start(wanted: Wanted, left: Note | None) -> None:
    """Refuse to start what a run that was left unfinished has stopped, unless the options of this one allow it."""
    if left and not wanted.stop and wanted.state == "present":
        raise ResourceError(
            f"state: a flavor change that was left unfinished has stopped {wanted.name} and would start it again. "
            "Give stop: true for that, or state: started or stopped."
        )


def resize_step(reader: Any, wanted: Wanted, current: Document) -> Step:
    """Return the step that moves the server to its new flavor."""
    flavor = wanted.flavor or {}
    has_moved = server_is(reader, "VERIFY_RESIZE", "its flavor could not be changed")

    def done(document: Document | None) -> bool:
        if document and document["status"] in ("SHUTOFF", "ACTIVE") and is_settled(document):
            if document["flavor"] != flavor.get("name"):
                raise_server_error(reader, document, f"its flavor stays {document['flavor']}")
            return True
        return has_moved(document)

    move = server_action(current["id"], "resize", {"flavorRef": flavor.get("id")})

    def submit(writer: Any, results: Results) -> Any:
        found = writer.get("compute", f"/servers/{current['id']}")["server"]
        rests = found["status"] == "SHUTOFF" and found.get("OS-EXT-STS:task_state") is None
        return move(writer, results) if rests and found["flavor"]["original_name"] != flavor.get("name") else None

    summary = f"Change the flavor of {current['name']} from {current['flavor']} to {flavor.get('name')}"
    return Step("resize", summary, submit, None, done)


def confirm_steps(reader: Any, journal: Any, wanted: Wanted, current: Document, noted: list[Step]) -> list[Step]:
    """Return the steps that confirm the new flavor, or go back to the old one after a failure."""
    confirm = confirm_step(reader, wanted, current)
    if noted:
        # A server that waits to be confirmed takes no metadata: whoever confirms it first has it.
        return [confirm, *noted]
    return [journal.hold(confirm), journal.hold(revert_step(reader, current))]


def confirm_step(reader: Any, wanted: Wanted, current: Document) -> Step:
    """Return the step that confirms the new flavor."""
    flavor = (wanted.flavor or {}).get("name")
    path = f"/servers/{current['id']}"

    def submit(writer: Any, results: Results) -> Any:
        found = writer.get("compute", path)["server"]["flavor"]["original_name"]
        if found != flavor:
            raise ResourceError(
                f"flavor: the change of {current['name']} that was under way led to {found}, not {flavor}."
            )
        try:
            return writer.post("compute", f"{path}/action", {"confirmResize": None})
        except ApiError as error:
            # An earlier run has asked for the same, and Nova is at it.
            if error.status == 400:
                return None
            raise

    summary = f"Confirm the flavor {flavor} of {current['name']}"
    ends = [server_is(reader, status, "its new flavor could not be confirmed") for status in ("SHUTOFF", "ACTIVE")]

    def done(document: Document | None) -> bool:
        return any(is_end(document) for is_end in ends)

    return Step("confirm", summary, submit, None, done)


def revert_step(reader: Any, current: Document) -> Step:
    """Return the step that goes back to the old flavor after a failure."""
    path = f"/servers/{current['id']}"

    def submit(writer: Any, results: Results) -> Any:
        if writer.get("compute", path)["server"]["status"] == "VERIFY_RESIZE":
            return writer.post("compute", f"{path}/action", {"revertResize": None})
        return None

    def done(document: Document | None) -> bool:
        return bool(document and is_settled(document) and document["status"] not in ("VERIFY_RESIZE", "REVERT_RESIZE"))

    summary = f"Go back to the old flavor of {current['name']}"
    return Step("revert", summary, submit, None, done, runs="after_failure")


def start_again_step(reader: Any, current: Document) -> Step:
    """Return the step that starts a server that was running before, whatever happened since."""
    path = f"/servers/{current['id']}"

    def submit(writer: Any, results: Results) -> Any:
        if writer.get("compute", path)["server"]["status"] == "ACTIVE":
            return None
        return writer.post("compute", f"{path}/action", {"os-start": None})

    done = server_is(reader, "ACTIVE", "it could not be started again")
    return Step("start", f"Start {current['name']} again", submit, None, done, runs="always")


def forget_step(journal: Any, current: Document, restarts: bool) -> Step:
    """Return the step that clears the note, last of all."""
    path = f"/servers/{current['id']}"

    def submit(writer: Any, results: Results) -> None:
        status = writer.get("compute", path)["server"]["status"]
        if status in ("ACTIVE", "SHUTOFF"):
            journal.end(writer, status == "ACTIVE" or not restarts)

    return Step("forget", f"Clear the note on {current['name']}", submit, runs="always")
