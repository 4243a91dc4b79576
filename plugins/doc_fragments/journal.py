# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of the modules that note on the cloud what they do."""

from __future__ import annotations


class ModuleDocFragment:
    """What to do where another run is at work."""

    DOCUMENTATION = r"""
options:
  when_busy:
    description:
      - What to do while another run works on the same instance, or on one of a tenant that shall go, which it notes in
        the metadata of the instance or of its volume and renews every 10 seconds. To make or remove a backup is no such
        work.
      - V(wait) waits for its end, for as long as O(timeout) says, and then does what is left to do. V(refuse) is an
        error before the first write.
      - A run that has given no sign of life for 30 seconds is taken for dead, and its work is finished.
    type: str
    choices: [wait, refuse]
    default: wait
  takeover:
    description:
      - Whether to finish at once what another run has begun, also when that gave a sign of life just now. Meant for the
        case that it is known to be dead.
      - A run whose work was taken over stops before its next write.
    type: bool
    default: false
seealso:
  - module: conductor.cloud.operation_info
"""
