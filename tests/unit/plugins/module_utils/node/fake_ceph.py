# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Ceph cluster in memory, behind the verbs of our client."""

from __future__ import annotations

from ansible_collections.conductor.cloud.plugins.module_utils.resource import ResourceError


class Stopped(BaseException):
    """The process died."""


class FakeCeph:
    """Holds pools, users, settings and modules. It counts the writes and can stop before any."""

    def __init__(self):
        self.pools, self.users, self.settings = {}, {}, {}
        self.modules = ["iostat", "restful"]
        self.reads, self.writes = [], []
        self.stop_before = None
        self.osds, self.dump = {}, []

    def reader(self):
        """Return the cluster."""
        return self

    def forget(self):
        """Nothing is kept."""

    def ask(self, prefix, **arguments):
        """Answer the reading commands that are in use."""
        self.reads.append(prefix)
        if prefix == "osd pool ls":
            return list(self.pools.values())
        if prefix == "auth ls":
            return {"auth_dump": [{"entity": name, **user} for name, user in self.users.items()]}
        if prefix == "osd dump":
            return {"osds": self.dump}
        if prefix == "mgr module ls":
            return {"enabled_modules": self.modules}
        return [{"section": who, "name": key, "value": value} for (who, key), value in self.settings.items()]

    def order(self, prefix, given="", **arguments):
        """Do what a writing command does."""
        if self.stop_before is not None and len(self.writes) >= self.stop_before:
            raise Stopped
        self.writes.append(prefix)
        return getattr(self, "_" + prefix.replace(" ", "_").replace("-", "_"))(given, **arguments)

    def _osd_pool_create(self, given, pool, pool_type, yes_i_really_mean_it, **settings):
        settings["pg_autoscale_mode"] = settings.pop("autoscale_mode", "on")
        defaults = {"size": 3, "min_size": 2, "pg_num": 32}
        self.pools[pool] = {"pool_name": pool, "application_metadata": {}, **defaults, **settings}

    def _osd_pool_set(self, given, pool, var, val, **confirm):
        if (var, val) == ("size", "1") and not confirm:
            raise ResourceError("ceph osd pool set: configuring pool size as 1 is disabled by default")
        self.pools[pool][var] = int(val) if val.isdigit() else val

    def _osd_pool_application_enable(self, given, pool, app):
        self.pools[pool]["application_metadata"][app] = {}

    def _auth_import(self, given):
        name, key, *caps = given.strip().splitlines()
        pairs = [line.removeprefix("caps ").split(" = ", 1) for line in caps]
        self.users[name.strip("[]")] = {"key": key.split(" = ")[1], "caps": {on: cap.strip('"') for on, cap in pairs}}

    def _auth_get_or_create(self, given, entity, caps):
        self.users[entity] = {"key": "made-by-the-cluster", "caps": dict(zip(caps[::2], caps[1::2]))}

    def _auth_caps(self, given, entity, caps):
        self.users[entity]["caps"] = dict(zip(caps[::2], caps[1::2]))

    def _auth_rm(self, given, entity):
        del self.users[entity]

    def _mgr_module_disable(self, given, module):
        self.modules.remove(module)

    def _config_set(self, given, who, name, value):
        self.settings[who, name] = value

    def _osd_new(self, given, uuid):
        return '{"osdid": %d}' % self.osds.setdefault(uuid, len(self.osds))
