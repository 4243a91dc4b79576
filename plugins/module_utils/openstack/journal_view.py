# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run reads of the notes on an instance and its volumes: what is unfinished, and who is at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from ..resource import Document, Plan, ResourceError, Step
from .instance_steps import nothing
from .journal_note import PLACES, VOLUME_RESTORE, Note, note_on, read_time

# Without a sign of life for this long, a run is taken for dead.
ALIVE = timedelta(seconds=30)
# Who has what a failed run has left to the next one: nobody, also where the object has changed just now.
NOBODY = "0" * 16
SERVICES = {"volume": "block-storage", "server": "compute"}


class JournalView:
    """What is noted on one object, and beside it. ``kind`` is ``volume`` or ``server``."""

    def __init__(self, reader: Any, kind: str, params: Document) -> None:
        self.reader = reader
        self.kind = kind
        self.service = SERVICES[kind]
        self.waits = params.get("when_busy") != "refuse"
        self.takeover = bool(params.get("takeover"))
        # Whom it may take over: those that it saw when it first looked. Of others nobody can know that they are dead.
        self._dead: set[str] | None = None
        self.owner = token_hex(8)
        self.path = ""
        self.found: Note | None = None
        self.busy: Note | None = None
        self.others: list[Note] = []
        # The last sign of Nova's work on the server, where the note is not on the server itself.
        self._beside: datetime | None = None
        # What this run has noted, also when somebody has taken it away.
        self._own: Note | None = None
        # Whether its note has been its alone, so that it may have begun: only then there is something to put back.
        self._has_begun = False

    def look(self, row: Document, server_id: str, beside: Iterable[Document] = ()) -> None:
        """Read the note of an object for a server, and those that its other parts carry."""
        self.path = f"/{self.kind}s/{row['id']}"
        note = note_on(row)
        self.found = note if note and note.server == server_id else None
        if self.found:
            self._own = self.found if self.is_mine else None
        elif not self._has_begun:
            self._own = None
        rows = list(beside)
        server = next((other for other in rows if other["id"] == server_id), {})
        is_at_work = server.get("OS-EXT-STS:task_state") is not None
        self._beside = self.reader.now("compute") if is_at_work else read_time(server.get("updated"))
        notes = [found for found in map(note_on, rows) if found]
        self.others = [other for other in notes if other.server == server_id]
        changed = read_time(row.get("updated"))
        self._meet(self.found, *self.others)
        is_busy = self.found and self._is_alive(self.found, changed if self.kind == "server" else None)
        # A run that has its own note settles by it who goes first.
        self.busy = self.found if is_busy else None if self.is_mine else self._rival()

    def look_around(self, servers: list[Document], volumes: list[Document]) -> None:
        """Read the notes on all servers, and those on volumes that speak of them."""
        known = {server["id"] for server in servers}
        noted = [(note_on(row), read_time(row.get("updated"))) for row in (*servers, *volumes)]
        mine = [(note, changed) for note, changed in noted if note and note.server in known]
        self.others = [note for note, changed in mine]
        self._meet(*self.others)
        self.busy = next((note for note, changed in mine if self._is_alive(note, changed)), None)

    def look_away(self) -> None:
        """Know of nothing: the object is gone, and what was noted on it with it."""
        self.found = self.busy = self._own = None
        self.others = []

    def _meet(self, *notes: Note | None) -> None:
        if self._dead is None:
            self._dead = {note.owner for note in notes if note}

    def _is_alive(self, note: Note, changed: datetime | None = None) -> bool:
        """Say whether another run is at it, by the clock of the service that keeps its note.

        What Nova changed is a sign of life, too: meanwhile it takes no notes.
        """
        if note.owner in (self.owner, NOBODY) or self.takeover and note.owner in (self._dead or ()):
            return False
        signs = [sign for sign in (read_time(note.beat), changed) if sign]
        now = self.reader.now(SERVICES[PLACES[note.operation]])
        return any(abs(now - sign) < ALIVE for sign in signs)

    def _rival(self) -> Note | None:
        """Return the note of a run that is at another part of the same instance: of several the first by owner."""
        signs = [(other, self._beside if PLACES[other.operation] == "server" else None) for other in self.others]
        alive = (other for other, changed in signs if self._is_alive(other, changed))
        return min(alive, key=lambda other: other.owner, default=None)

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
            nothing,
            (),
            lambda document: self.busy is None,
            f"the end of the {who}",
        )
        return Plan(current, current, (step,), provisional=True)
