# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What calls and answers look like without what is in them, so that two clouds can be compared."""

from __future__ import annotations

import re
from typing import Any

Calls = dict[str, dict[str, dict[str, list[str]]]]

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
BEFORE_VERSION = re.compile(r"^.*?(?=/v\d)")
OF_PROJECT = re.compile(r"(?<=^/v3)/\.\.\.(?=/)")
# Objects whose keys are data.
FREE = ("metadata", "addresses", "properties", "extra_specs", "options", "volume_image_metadata", "user_data")
# Objects in which each cloud has its own services, limits and quotas.
OWN = ("catalog", "absolute", "quota_set", "quota", "access", "links")


def called(method: str, path: str) -> str:
    """Return a call without host, ids and query. Some clouds have the project in the address of a service."""
    place = ID.sub("...", BEFORE_VERSION.sub("", path.partition("?")[0]))
    return f"{method} {OF_PROJECT.sub('', place)}"


def fields(document: Any, place: str = "") -> dict[str, set[str]]:
    """Return the fields of an answer by their places, with the kinds of what stands there."""
    if isinstance(document, list):
        found: dict[str, set[str]] = {}
        for entry in document:
            for key, kinds in fields(entry, f"{place}[]").items():
                found.setdefault(key, set()).update(kinds)
        return found
    if not isinstance(document, dict):
        return {place: {type(document).__name__}}
    found = {place: {"dict"}} if place else {}
    for key, value in document.items():
        name = f"{place}.{key}" if place else key
        found.update({name: {type(value).__name__}} if key in FREE + OWN else fields(value, name))
    return found


def add(calls: Calls, call: str, status: int, document: Any) -> None:
    """Add an answer to what is known of a call."""
    known = calls.setdefault(call, {}).setdefault(str(status), {})
    for place, kinds in fields(document).items():
        known[place] = sorted({*known.get(place, ()), *kinds})


def merge(calls: Calls, more: Calls) -> None:
    """Add all that other calls show."""
    for call, answers in more.items():
        for status, places in answers.items():
            known = calls.setdefault(call, {}).setdefault(status, {})
            for place, kinds in places.items():
                known[place] = sorted({*known.get(place, ()), *kinds})


def changes(newer: Calls, older: Calls) -> list[str]:
    """Say which fields of the older answers are no longer there: of calls and statuses that both have seen."""
    return [
        f"{call}: {status}: there is no {place} any more"
        for call, answers in older.items()
        for status, places in answers.items()
        if status in newer.get(call, {})
        for place in places
        if place not in newer[call][status]
    ]


def differences(fake: Calls, real: Calls) -> list[str]:
    """Say where a fake cloud answers what the real one does not: calls and statuses that both have seen."""
    said = []
    for call, answers in fake.items():
        for status, places in answers.items():
            known = real.get(call, {}).get(status)
            if known is None:
                if call in real and not set(answers) & set(real[call]):
                    said.append(f"{call} answers {status}, really {', '.join(sorted(real[call]))}")
                continue
            for place, kinds in places.items():
                if place not in known:
                    said.append(f"{call}: {status}: there is no {place}")
                elif not {*kinds, *known[place]} & {"NoneType"} and not set(kinds) <= set(known[place]):
                    said.append(f"{call}: {status}: {place} is {kinds}, really {known[place]}")
    return said
