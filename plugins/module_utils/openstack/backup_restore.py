# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a new instance from a backup; the backup and the instance that it was made of are only read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Plan, ResourceError, RivalError, Step
from . import backup_set as sets
from .backup_restore_steps import bootable_step, mark_step, volume_path
from .backup_view import BackupView
from .instance_checks import VOLUME_FAILED, check_creation
from .instance_power import settle_steps
from .instance_prediction import predict
from .instance_rival import TAKEN, first_come, in_vain, marked, without_doomed
from .instance_steps import boot_steps, by_role, floating_ip_steps, kept_or_made
from .instance_wanted import Resolver, Wanted, WantedVolume
from .lookup import check_length
from .rival import others_first
from .server_fault import raise_server_error, raise_volume_error
from .server_quota import usage
from .server_state import INSTANCE, ROLE, describe, find_server, refuse_namesake
from .volume_restore import FINISHED, LONGEST_NAME, Journal, read_journal, write_journal

SPEC = ArgSpec(
    {
        "new_name": {"type": "str"},
        "flavor": {"type": "str"},
        "networks": {"type": "list", "elements": "str"},
        "security_groups": {"type": "list", "elements": "str"},
        "key_name": {"type": "str", "no_log": False},
        "user_data": {"type": "str", "no_log": True},
        "config_drive": {"type": "bool"},
        "floating_ip": {"type": "str"},
        "floating_network": {"type": "str"},
        "volume_type": {"type": "str"},
    }
)
# Stands in the metadata of the new server and names the backup.
RESTORED = "conductor_restored"


@dataclass(frozen=True)
class RestoredVolume(WantedVolume):
    """A volume that is made from one copy of a set."""

    source: str = ""
    method: str = "backup"

    def request(self, instance: str) -> Document:
        """Return the body that creates the volume with the content of its copy, marked."""
        volume = super().request(instance)["volume"]
        volume["description"] = write_journal(Journal(self.source, self.role, instance))
        volume[f"{self.method}_id"] = self.source
        return {"volume": volume}


class RestoreResolver(Resolver):
    """Turns the manifest of a backup, and the options that override it, into a Wanted."""

    def restored(self, name: str, entry: Document, current: Document | None) -> Wanted:
        """Return the instance to make of a set."""
        reader = self.view.reader
        return Wanted(
            name=name,
            flavor=self.lookup.flavor(self.params["flavor"], "flavor"),
            volumes=tuple(self._restored_volume(name, entry, volume) for volume in entry["instance"]["volumes"]),
            networks=self._networks(True),
            security_groups=self._security_groups() or None,
            key_name=self.lookup.keypair(self.params["key_name"])["name"] if self.params["key_name"] else None,
            user_data=self.params["user_data"],
            config_drive=self.params["config_drive"],
            metadata={RESTORED: entry["name"]},
            floating_ip=self.params["floating_ip"],
            compute_usage=usage(reader, "compute"),
            storage_usage=usage(reader, "block-storage"),
            **self._floating_ip(current),
        )

    def floating_ip_only(self, name: str, current: Document) -> Wanted:
        """Return an instance that stays as it is but for its floating IP."""
        return Wanted(name, floating_ip=self.params["floating_ip"], **self._floating_ip(current))

    def _restored_volume(self, name: str, entry: Document, volume: Document) -> RestoredVolume:
        copy = sets.members_by_role(entry)[volume["role"]]
        wanted_type = self.params["volume_type"] or volume["type"]
        if wanted_type:
            wanted_type = self.lookup.volume_type(wanted_type, "volume_type")["name"]
        return RestoredVolume(
            role=volume["role"],
            name=f"{name}-{volume['role']}",
            size=copy["size"],
            type=wanted_type,
            source=copy["id"],
            method=entry["method"],
        )


class RestoredInstance:
    """A new instance with the disks of a backup."""

    def __init__(self, view: BackupView, params: dict[str, Any]) -> None:
        self.name = params["new_name"]
        self.view = view
        self.params = params
        self.wanted: Wanted | None = None
        self.made: dict[str, str] = {}

    def read(self) -> Document | None:
        """Return the new instance; the first time also find the backup and what its manifest names."""
        current = describe(self.view, self.name, find_server(self.view, self.name, "new_name"))
        if self.wanted is None and current and self._is_restored(current):
            self.wanted = RestoreResolver(self.view, self.params).floating_ip_only(self.name, current)
        if self.wanted is None:
            entry = self.view.get(self.params["name"], self.params["instance"])
            if not entry["complete"]:
                raise ResourceError(
                    f"name: the backup {entry['name']} is not complete ({entry['status']}). Only a complete one can be"
                    f" restored; running it with state=present completes it."
                )
            given = {key: self.params[key] for key in SPEC.options if self.params[key] is not None}
            options = {**dict.fromkeys(SPEC.options), **entry["instance"], **given}
            self.wanted = RestoreResolver(self.view, options).restored(self.name, entry, current)
        return current

    def _is_restored(self, current: Document | None) -> bool:
        return bool(current and current["id"] and current["metadata"].get(RESTORED) == self.params["name"])

    def plan(self, current: Document | None) -> Plan:
        """Return the steps that make the instance, or that finish what an earlier run began."""
        if current and current["id"]:
            return self._finish(current)
        wanted, current = self.wanted or Wanted(self.name), without_doomed(current)
        check_length("new_name", self.name, LONGEST_NAME)
        refuse_namesake(self.view, "new_name", self.name)
        self._check_volumes(wanted, current)
        failed = [volume for volume in (current or {}).get("volumes", ()) if volume["status"] in VOLUME_FAILED]
        usable = current and {**current, "volumes": [row for row in current["volumes"] if row not in failed]}
        usable, steps = in_vain(self.view.reader, wanted, usable)
        if usable:
            # Another run may have made a younger one: it holds the same, and goes.
            usable["volumes"] = [volume for volume in usable["volumes"] if volume is by_role(usable, volume["role"])]
        check_creation(wanted, usable)
        steps += [self._drop_step(volume) for volume in failed]
        dropped = tuple(step.key for step in steps)
        volume_ids = kept_or_made(wanted, usable)
        for volume in wanted.volumes:
            steps += self._volume_steps(volume, by_role(usable, volume.role), dropped)
        before_server = tuple(step.key for step in steps)
        boot = boot_steps(self.view.reader, wanted, usable, volume_ids, before_server)
        roles = [volume.role for volume in wanted.volumes]
        steps += [first_come(self.view, wanted, usable, boot[0], *roles), *boot[1:]]
        steps += [self._finish_step(volume.role, by_role(usable, volume.role)) for volume in wanted.volumes]
        return Plan(current, predict(wanted, usable, "ACTIVE"), tuple(steps))

    def _finish(self, current: Document) -> Plan:
        if not self._is_restored(current):
            raise ResourceError(
                f"new_name: there is an instance {self.name} ({current['id']}) that was not restored from"
                f" {self.params['name']}. Choose another new_name."
            )
        if current["status"] == "ERROR":
            raise_server_error(
                self.view.reader, current, "the restored instance is in ERROR; remove it and restore again"
            )
        wanted = self.wanted or Wanted(self.name)
        steps, _status = settle_steps(self.view.reader, current)
        known, back = in_vain(self.view.reader, wanted, current)
        current = known or current
        # What has the role of another one is of a run that takes it back.
        own = [volume for volume in current["volumes"] if volume is by_role(current, volume["role"])]
        unfinished = [volume for volume in own if read_journal(self._raw(volume["id"]))]
        steps += floating_ip_steps(wanted, current)
        after = predict(wanted, current, current["status"] if not steps else "ACTIVE")
        needs = ("settle",) if steps and steps[0].key == "settle" else ()
        steps += [self._finish_step(volume["role"], volume, needs) for volume in unfinished] + back
        return Plan(current, after if steps else current, tuple(steps))

    def _raw(self, volume_id: str) -> Document:
        return next((row for row in self.view.lookup.rows("volume") if row["id"] == volume_id), {})

    def _check_volumes(self, wanted: Wanted, current: Document | None) -> None:
        """Take over no volume that belongs to another restore or to an unfinished instance of that name."""
        sources = {volume.source for volume in wanted.volumes if isinstance(volume, RestoredVolume)}
        for volume in (current or {}).get("volumes", ()):
            journal = read_journal(self._raw(volume["id"]))
            if journal is None or journal.source not in sources:
                raise ResourceError(
                    f"new_name: the volume {volume['name']} ({volume['id']}) is left of another instance {self.name}."
                    f" Remove that one first, or choose another new_name."
                )

    def _drop_step(self, volume: Document) -> Step:
        return Step(
            key=f"drop-{volume['id']}",
            summary=f"Delete the volume {volume['name']}, which an earlier run could not restore ({volume['status']})",
            submit=lambda writer, _results: writer.delete("block-storage", f"/volumes/{volume['id']}"),
            needs=(),
            done=lambda _document: not self._raw(volume["id"]),
            waiting_for=f"the volume {volume['name']} to be gone",
        )

    def _volume_steps(self, wanted: WantedVolume, found: Document | None, needs: tuple[str, ...]) -> list[Step]:
        """Return the steps after which a volume has the content of its copy and the marks of the new instance."""
        steps = []
        if found is None or found["status"] != "available":
            steps.append(self._restore_step(wanted, found, needs))
            needs = (wanted.role,)
        raw = self._raw(found["id"]) if found else {}
        marks = {INSTANCE: self.name, ROLE: wanted.role}
        if steps or {key: raw["metadata"].get(key) for key in marks} != marks:
            steps.append(mark_step(wanted, found, marks, needs))
        if wanted.role == "root" and (steps or raw.get("bootable") != "true"):
            steps.append(bootable_step(wanted, found, needs))
        return steps

    def _restore_step(self, wanted: WantedVolume, found: Document | None, needs: tuple[str, ...]) -> Step:
        body = wanted.request(self.name)
        summary = f"Restore the {wanted.role} volume of {self.params['name']} into {wanted.name} ({wanted.size} GiB)"
        return Step(
            key=wanted.role,
            summary=f"Wait for the volume {wanted.name} to be restored" if found else summary,
            submit=lambda writer, _results: found or self._restore(writer, wanted.role, body),
            needs=needs,
            done=self._is_available(wanted, found),
            waiting_for=f"the volume {wanted.name} to be restored",
        )

    def _restore(self, writer: Any, role: str, body: Document) -> Document:
        """Send the request for a volume; while another run restores the same copy, Cinder refuses it."""
        wanted = self.wanted or Wanted(self.name)

        def is_there() -> bool:
            return bool(marked(wanted, writer.list("block-storage", "/volumes/detail", "volumes"), (role,)))

        try:
            made = writer.post("block-storage", "/volumes", body)["volume"]
        except ResourceError as error:
            raise others_first(f"{self.name}: its {role} volume", error, is_there) from error
        wanted.made.add(made["id"])
        self.made[role] = made["id"]
        return made

    def _is_available(self, wanted: WantedVolume, found: Document | None) -> Callable[[Document | None], bool]:
        def done(document: Document | None) -> bool:
            # Another run may have made a volume of this role, too.
            volume_id = found["id"] if found else self.made.get(wanted.role)
            volumes = (document or {}).get("volumes", ())
            volume = next((entry for entry in volumes if entry["id"] == volume_id), None)
            if volume and volume["status"] in VOLUME_FAILED:
                source = wanted.source if isinstance(wanted, RestoredVolume) else ""
                raise_volume_error(self.view.reader, self.name, volume, "while it was restored", source)
            if found and (volume is None or volume["status"] == "deleting"):
                raise RivalError(f"{self.name}: the {wanted.role} volume was taken back by the run that made it.")
            return bool(volume and volume["status"] in ("available", *TAKEN))

        return done

    def _finish_step(self, role: str, found: Document | None, needs: tuple[str, ...] = ("server",)) -> Step:
        """Close the journal of a volume: from now on its content is the instance's own."""
        body = {"volume": {"description": f"{FINISHED} {self.params['name']}"[:255]}}
        return Step(
            key=f"finish-{role}",
            summary=f"Note that the {role} volume is restored",
            submit=lambda writer, results: writer.put("block-storage", volume_path(role, found, results), body),
            needs=needs,
        )
