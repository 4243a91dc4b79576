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
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, ResourceError, Results, RivalError, Step, UncertainError, UnsentError
from .instance_steps import nothing
from .journal_note import OPERATION, Note, read_note, write_note, write_time
from .journal_view import NOBODY, JournalView
from .server_state import runs
from .session import ApiError, UnseenError

SPEC = ArgSpec(
    {
        "when_busy": {"type": "str", "choices": ["wait", "refuse"], "default": "wait"},
        "takeover": {"type": "bool", "default": False},
    }
)
# A run renews its note after this time.
BEAT = timedelta(seconds=10)
# How long a run believes that the note is still its own, in seconds: what it reads before a write may take longer.
FRESH = 5
WRITES = ("post", "put", "patch", "send", "delete")
# Looks between writing a note and believing it: of two runs that write in the same moment the later one has it.
LOOKS = 3
# Of runs that note different parts of one instance, the first by owner goes on. It waits for the others to withdraw; a
# run that shall not wait gives up after this many seconds, as the other one has begun by then.
PATIENCE = 10


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


class Journal(JournalView):
    """What one run knows of the note on one object, and its hold on it."""

    def __init__(self, reader: Any, kind: str, params: Document) -> None:
        super().__init__(reader, kind, params)
        self._written: datetime | None = None
        self._is_void = False
        # Whether no other run was at the same instance after this one had noted what it does.
        self._is_settled = False
        # Whether it noted something new, and not what a dead run has left to do.
        self._is_new = False
        # When the operation began that this run has noted last, also after its end.
        self.began: str | None = None

    def note_steps(self, name: str, note: Note, holds: Callable[[Document], bool]) -> list[Step]:
        """Return the step that notes what is going to happen, or takes over what a dead run has noted.

        What happened between planning and noting makes the plan void: it ``holds`` only for what it was made for.
        """
        self._is_void = False
        if self.is_mine:
            return [] if self._is_settled else [self._settle_step(name, "Look for other runs on", nothing, holds)]
        found = self.found
        expected = (self.owner, found.owner if found else None)
        self._is_new = found is None and self._own is None
        is_first = note.power == "running" and self._is_new

        def submit(writer: Any, results: Results) -> None:
            standing = self._standing(writer)
            is_new = standing and standing.owner not in expected
            if is_new and (standing.server == note.server or self._is_alive(standing)):
                # What a run that has failed meanwhile has left is planned for, too, and not written over.
                raise self._lost(standing)
            if is_first and not runs(writer, note.server):
                # Whoever stopped it since this was planned does not want it started again.
                raise self._lost(standing)
            since = (found or note).since or write_time(writer.now(self.service))
            self._is_settled = False
            # What it has begun stays begun, also where its note has to be written again.
            self._has_begun = self._has_begun and self._own is not None
            try:
                self._write(writer, replace(note, since=since))
                return
            except ApiError as error:
                if error.status != 409:
                    raise
            # Nova is at something that another run has asked for, and takes no metadata meanwhile.
            raise self._lost(standing)

        verb = f"Take over the {note.title} on" if found else f"Note the {note.title} on"
        return [self._settle_step(name, verb, submit, holds)]

    def _settle_step(self, name: str, verb: str, submit: Any, holds: Callable[[Document], bool]) -> Step:
        """Return the step of a note, which ends when no other run is at the same instance, or withdraws it."""
        looks: list[float] = []

        def done(document: Document | None) -> bool:
            looks.append(time.monotonic())
            self._is_void = document is None or not holds(document)
            self._is_settled = len(looks) >= LOOKS and not (self.is_mine and self._rival())
            self._has_begun = self._has_begun or self._is_settled and self.is_mine
            return self._is_settled

        def beat(writer: Any) -> None:
            rival = self._rival() if self.is_mine else None
            is_too_long = not self.waits and looks and time.monotonic() - looks[0] > PATIENCE
            if rival and (rival.owner < self.owner or is_too_long):
                self._withdraw(writer, rival)
            self.beat(writer)

        return Step("note", f"{verb} {name}", submit, None, done, "the note to be this run's alone", beat=beat)

    def _withdraw(self, writer: Any, rival: Note) -> None:
        """Take back a note before anything was done; what a dead run has left to do stays noted."""
        try:
            self.end(writer, self._is_new)
        except ApiError as error:
            if error.status != 409:
                raise
            # While Nova works on a server its notes stay as they are.
            return
        self._is_void = True
        hint = "" if self.waits else " Give when_busy: wait, and it waits for the other one's end."
        raise RivalError(f"{self._lost(rival)}{hint}")

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
        """Take the note away, if it is this run's; where something is left to do, leave it to the next run at once.

        Where this run has begun nothing, there is nothing left to do but what a dead run has noted.
        """
        standing = self._standing(writer)
        if standing is None or standing.owner != self.owner:
            return
        # A plan that holds no more may have been noted over what another run has begun.
        if is_whole or self._is_new and not (self._has_begun or self._is_void):
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
        if self._is_void or not self._has_begun:
            raise self._lost(standing)
        if standing is None and step.runs == "always" and self._own:
            # What this run has begun is put back, also when somebody has taken the note away.
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
