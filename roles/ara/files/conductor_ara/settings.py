# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ARA's own settings, with another login."""

from __future__ import annotations

import ara.server.settings as ara

globals().update({name: value for name, value in vars(ara).items() if name.isupper()})

REST_FRAMEWORK = {**ara.REST_FRAMEWORK, "DEFAULT_AUTHENTICATION_CLASSES": ("conductor_ara.login.RecorderLogin",)}
RECORDER_USERNAME = ara.settings.get("RECORDER_USERNAME")
RECORDER_PASSWORD = ara.settings.get("RECORDER_PASSWORD")
