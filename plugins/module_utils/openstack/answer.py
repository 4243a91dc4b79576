# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service answered, which may come from something in front of it that speaks no JSON."""

from __future__ import annotations

from typing import Any

from ..resource import Document, ResourceError, UncertainError


class Answered(dict[str, Any]):
    """The document of an answer; an entry that it lacks is an error for people."""

    def __init__(self, document: Document, what: str, is_read: bool) -> None:
        super().__init__(document)
        self._what = what
        self._is_read = is_read

    def __missing__(self, key: str) -> Any:
        raise unreadable(f"{self._what} without {key}", self._is_read)


def answered(verb: str, service: str, path: str, answer: Any) -> Answered:
    """Return the document of a success. Many of them have none."""
    what = f"{service}: {verb} {path.partition('?')[0]} answered {answer.status_code}"
    document = parsed(answer) if answer.content.strip() else {}
    if document is None:
        raise unreadable(f"{what} with what is no JSON document", verb == "GET")
    return Answered(document, what, verb == "GET")


def unreadable(what: str, is_read: bool) -> ResourceError:
    """Say that an answer tells nothing: whether a write was done has to be looked for."""
    if is_read:
        return ResourceError(f"{what}. Check what stands between here and the service.")
    return UncertainError(f"{what}. Run the task again: it finds what was done.")


def parsed(answer: Any) -> Document | None:
    """Return the document of an answer, or None where there is none."""
    try:
        document = answer.json()
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def reason(answer: Any) -> str:
    """Return a service's own reason for an error; what is no document tells none."""
    document = parsed(answer) or {}
    inner = next((value for value in document.values() if isinstance(value, dict)), document)
    return str(inner.get("message") or inner.get("detail") or answer.reason)
