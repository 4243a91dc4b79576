# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: a note on the cloud itself of what a run does, so that any later run can finish it.

The note stands in the metadata of a volume or a server. The run that wrote it renews it while it works; whose note
it is may write, all others stop before their next write. The time is that of the service that keeps the note.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from secrets import token_hex
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Plan, ResourceError, Results, Step, UncertainError, UnsentError
from .journal_note import OPERATION, VOLUME_RESTORE, Note, note_on, read_note, read_time, write_note, write_time
from .server_state import runs
from .session import ApiError, UnseenError

SPEC = ArgSpec(
    {
        "when_busy": {"type": "str", "choices": ["wait", "refuse"], "default": "wait"},
        "takeover": {"type": "bool", "default": False},
    }
)
# A run renews its note after this time, and without a sign of life for the longer one it is taken for dead.
BEAT = timedelta(seconds=10)
ALIVE = timedelta(seconds=30)
# How long a run believes that the note is still its own, in seconds: what it reads before a write may take longer.
FRESH = 5
WRITES = ("post", "put", "patch", "send", "delete")
# Looks between writing a note and believing it: of two runs that write in the same moment the later one has it.
LOOKS = 3
# Who has what a failed run has left to the next one: nobody, also where the object has changed just now.
NOBODY = "0" * 16
SERVICES = {"volume": "block-storage", "server": "compute"}


class LostError(UncertainError, UnsentError):
    """The note is another run's: nothing more is sent until it is known what that run does."""


class HeldWriter:
    """A client that asks before each of its writes whether the note is still this run's."""

    def __init__(self, writer: Any, check: Callable[[], None]) -> None:
        self._writer = writer
        self._check = check
        self._checked = time.monotonic()

    def __getattr__(self, name: str) -> Any:
        if name in WRITES and time.monotonic() - self._checked > FRESH:
            self._check()
            self._checked = time.monotonic()
        return getattr(self._writer, name)


class Journal:
    """What one run knows of the note on one object, and its hold on it. ``kind`` is ``volume`` or ``server``."""

    def __init__(self, reader: Any, kind: str, params: Document) -> None:
        self.reader = reader
        self.kind = kind
        self.service = SERVICES[kind]
        self.waits = params.get("when_busy") != "refuse"
        self.takeover = bool(params.get("takeover"))
        self.owner = token_hex(8)
        self.path = ""
        self.found: Note | None = None
        self.busy: Note | None = None
        self.others: list[Note] = []
        self.now = datetime.now(timezone.utc)
        self._written: datetime | None = None
        self._own: Note | None = None
        self._is_void = False
        # When the operation began that this run has noted last, also after its end.
        self.began: str | None = None

    def look(self, row: Document, server_id: str, beside: Iterable[Document] = ()) -> None:
        """Read the note of an object for a server, and those that its other parts carry."""
        self.path = f"/{self.kind}s/{row['id']}"
        self.now = self.reader.now(self.service)
        note = note_on(row)
        self.found = note if note and note.server == server_id else None
        if self.found and not self.is_mine:
            self._own = None
        notes = [found for found in map(note_on, beside) if found]
        self.others = [other for other in notes if other.server == server_id]
        alive = [other for other in self.others if self._is_alive(other)]
        changed = read_time(row.get("updated"))
        is_busy = self.found and self._is_alive(self.found, changed if self.kind == "server" else None)
        self.busy = self.found if is_busy else alive[0] if alive else None

    def look_around(self, servers: list[Document], volumes: list[Document]) -> None:
        """Read the notes on all servers, and those on volumes that speak of them."""
        known = {server["id"] for server in servers}
        self.now = self.reader.now(self.service)
        noted = [(note_on(row), read_time(row.get("updated"))) for row in (*servers, *volumes)]
        mine = [(note, changed) for note, changed in noted if note and note.server in known]
        self.others = [note for note, changed in mine]
        self.busy = next((note for note, changed in mine if self._is_alive(note, changed)), None)

    def look_away(self) -> None:
        """Know of nothing: the object is gone, and what was noted on it with it."""
        self.found = self.busy = self._own = None
        self.others = []

    def _is_alive(self, note: Note, changed: datetime | None = None) -> bool:
        """Say whether another run is at it. What Nova changed is a sign of life, too: meanwhile it takes no notes."""
        if note.owner in (self.owner, NOBODY) or self.takeover:
            return False
        signs = [sign for sign in (read_time(note.beat), changed) if sign]
        return any(abs(self.now - sign) < ALIVE for sign in signs)

    @property
    def is_mine(self) -> bool:
        """Say whether this run has written the note that was found."""
        return self.found is not None and self.found.owner == self.owner

    @property
    def unfinished(self) -> list[Note]:
        """Return what other runs have noted, on the object or beside it."""
        return [note for note in (self.found, *self.others) if note and note.owner != self.owner]

    def left_of(self, operation: str) -> Note | None:
        """Return what has to be finished: what is noted, or what this run noted and somebody has taken away."""
        left = self.found or self._own
        return left if left and left.operation == operation else None

    def refuse_restore(self, name: str) -> None:
        """Refuse to work on what a run has left half restored."""
        if any(note.operation == VOLUME_RESTORE for note in self.unfinished):
            raise ResourceError(
                f"instance: a restore of {name} was left unfinished. Let conductor.cloud.backup with in_place: true"
                " finish it first."
            )

    def waiting_plan(self, current: Document, what: str) -> Plan | None:
        """Return the plan that waits for another run, or None when there is none; an error where that is not wanted."""
        busy = self.busy
        if busy is None:
            return None
        who = f"run {busy.owner}, which {busy.words} since {busy.since}"
        if not self.waits:
            raise ResourceError(
                f"{what} is busy: {who}, gave its last sign of life at {busy.beat}. Wait for its end, give"
                " when_busy: wait, or takeover: true if you know that it is dead."
            )
        step = Step(
            f"wait for {busy.owner} {busy.beat}",
            f"Wait for another run on {what}",
            lambda writer, results: None,
            (),
            lambda document: self.busy is None,
            f"the end of the {who}",
        )
        return Plan(current, current, (step,), provisional=True)

    def note_steps(self, name: str, note: Note, holds: Callable[[Document], bool]) -> list[Step]:
        """Return the step that notes what is going to happen, or takes over what a dead run has noted.

        What happened between planning and noting makes the plan void: it ``holds`` only for what it was made for.
        """
        self._is_void = False
        if self.is_mine:
            return []
        found, looks = self.found, []
        expected = (self.owner, found.owner if found else None)
        is_first = note.power == "running" and found is None and self._own is None

        def submit(writer: Any, results: Results) -> None:
            standing = self._standing(writer)
            if standing and standing.owner not in expected and self._is_alive(standing):
                raise self._lost(standing)
            if is_first and not runs(writer, note.server):
                # Whoever stopped it since this was planned does not want it started again.
                raise self._lost(standing)
            since = (found or note).since or write_time(writer.now(self.service))
            try:
                self._write(writer, replace(note, since=since))
                return
            except ApiError as error:
                if error.status != 409:
                    raise
            # Nova is at something that another run has asked for, and takes no metadata meanwhile.
            raise self._lost(standing)

        def done(document: Document | None) -> bool:
            looks.append(document)
            self._is_void = document is None or not holds(document)
            return len(looks) >= LOOKS

        verb = f"Take over the {note.title} on" if found and not self.is_mine else f"Note the {note.title} on"
        return [Step("note", f"{verb} {name}", submit, None, done, "the note to be this run's")]

    def hold(self, step: Step) -> Step:
        """Return the step as one that is sent only while the note is this run's, and renews it while it waits."""

        def submit(writer: Any, results: Results) -> Any:
            def check() -> None:
                self._check(writer, step)
                self.beat(writer)

            check()
            try:
                return step.submit(HeldWriter(writer, check), results)
            except ApiError as error:
                if error.status not in (400, 409) and not isinstance(error, UnseenError):
                    raise
                # Somebody else came first, or may have come meanwhile. Whoever still has the note looks again at what
                # is left to do.
                check()
                return step.submit(HeldWriter(writer, check), results)

        def done(document: Document | None) -> bool:
            if self.found is None and step.runs != "always" or self.found and not self.is_mine:
                raise self._lost(self.found)
            return step.done is None or step.done(document)

        return replace(step, submit=submit, done=done, beat=self.beat)

    def give_way(self, step: Step) -> Step:
        """Return the step as one that is sent again after the end of another run that may undo it."""

        def done(document: Document | None) -> bool:
            if self.busy:
                raise self._lost(self.busy)
            return step.done is None or step.done(document)

        return replace(step, done=done)

    def turn(self, writer: Any, note: Note) -> None:
        """Note the next part of the same operation."""
        self._write(writer, replace(note, since=self.began or note.since))

    def end(self, writer: Any, is_whole: bool) -> None:
        """Take the note away, if it is this run's; where something is left to do, leave it to the next run at once."""
        standing = self._standing(writer)
        if standing is None or standing.owner != self.owner:
            return
        if is_whole:
            writer.delete(self.service, f"{self.path}/metadata/{OPERATION}")
            self._own = None
        else:
            self._write(writer, standing, NOBODY)

    def beat(self, writer: Any) -> None:
        """Renew the note when it is time to. That it is lost is noticed before the next write."""
        now = writer.now(self.service)
        if self._written is None or now - self._written < BEAT:
            return
        standing = self._standing(writer)
        if standing is None or standing.owner != self.owner:
            return
        try:
            self._write(writer, standing)
        except UncertainError:
            return
        except ApiError as error:
            if error.status != 409:
                raise
            # While Nova works on a server it takes no metadata.
            self._written = now

    def _check(self, writer: Any, step: Step) -> None:
        standing = self._standing(writer)
        if self._is_void:
            raise self._lost(standing)
        if standing is None and step.runs == "always":
            # What was begun is put back, also when somebody has taken the note away.
            return
        if standing is None or standing.owner != self.owner:
            raise self._lost(standing)

    def _lost(self, standing: Note | None) -> LostError:
        is_other = standing and standing.owner != self.owner
        who = f"run {standing.owner} is at it" if is_other else "another run was at it"
        return LostError(f"{self.path[1:]}: {who}. This run has stopped before its next write.")

    def _standing(self, writer: Any) -> Note | None:
        return read_note(writer.get(self.service, self.path)[self.kind]["metadata"])

    def _write(self, writer: Any, note: Note, owner: str = "") -> None:
        now = writer.now(self.service)
        text = write_note(replace(note, owner=owner or self.owner, beat=write_time(now)))
        if read_note({OPERATION: text}) is None:
            raise ResourceError(f"{self.path[1:]}: what is going to happen cannot be noted there: {text}.")
        writer.post(self.service, f"{self.path}/metadata", {"metadata": {OPERATION: text}})
        self._written = now
        self._own = note
        self.began = note.since
