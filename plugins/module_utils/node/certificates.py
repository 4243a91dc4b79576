# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authority and the certificates that it signs, as files in one directory. Keys are made there and stay there."""

from __future__ import annotations

import datetime
import os
from typing import Any

from ..argspec import ArgSpec
from ..resource import Document, Fleet, Plan, ResourceError, Results, Step
from .certificate_parts import (
    IMPORT_ERROR,
    common_name_of,
    extension,
    general_name,
    name_of,
    pem_of_key,
    plain,
    public,
    spoken,
    usage,
)
from .node import Node, NodeReader, name_of_group, name_of_user
from .once import Once

if IMPORT_ERROR is None:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

SPEC = ArgSpec(
    {
        "directory": {"type": "path", "required": True},
        "authority": {
            "type": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "days": {"type": "int", "default": 3650},
            },
        },
        "certificates": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": {"type": "str", "required": True},
                "common_name": {"type": "str", "required": True},
                "alt_names": {"type": "list", "elements": "str", "required": True},
                "client": {"type": "bool", "default": False},
            },
        },
        "days": {"type": "int", "default": 825},
        "renewal_days": {"type": "int", "default": 30},
        "renew": {"type": "bool", "default": False},
    }
)
AUTHORITY = "ca"
KEY_MODE = "0600"
MODE = "0644"
# A node whose clock is a little behind has to trust a certificate at once.
EARLIER = datetime.timedelta(minutes=5)


class Signed:
    """A key and its certificate. ``read`` tells how they are, ``plan`` what is wrong with that."""

    # What is true of the certificate, besides its names, when all is well.
    well = {"of_its_key": True, "ends_soon": False}
    reasons = {"of_its_key": "which is of another key", "ends_soon": "which ends soon"}

    def __init__(self, reader: NodeReader, params: dict[str, Any], stem: str, wanted: Document, days: int) -> None:
        self.path = f"{params['directory']}/{stem}"
        self.name = f"{self.path}.crt"
        self.wanted = wanted
        self.days = days
        self._renewal = datetime.timedelta(days=params["renewal_days"])
        self._reader = reader
        self._new_key = self._sign = self._renew = False
        self.settle = Once(self._write)

    def key(self) -> Any:
        """Return the private key, or None."""
        data = self._reader.content(f"{self.path}.key")
        try:
            return serialization.load_pem_private_key(data, None) if data else None
        except (TypeError, ValueError) as error:
            raise ResourceError(f"{self.path}.key: this is no private key without a password. Move it away.") from error

    def certificate(self) -> Any:
        """Return the certificate, or None."""
        data = self._reader.content(self.name)
        try:
            return x509.load_pem_x509_certificate(data) if data else None
        except ValueError as error:
            raise ResourceError(f"{self.name}: this is no certificate. Move it away.") from error

    def read(self) -> Document | None:
        """Return how both are; what only a certificate can tell is None where there is none."""
        modes = {name: self._mode(suffix) for name, suffix in (("key_mode", "key"), ("mode", "crt"))}
        key, found = self.key(), self.certificate()
        if key is None and found is None:
            return None
        ends = found.not_valid_after_utc if found else None
        soon = datetime.datetime.now(datetime.timezone.utc) + self._renewal
        facts = {
            "ends": ends.date().isoformat() if ends else None,
            "ends_soon": ends < soon if ends else None,
            "of_its_key": bool(key and found and public(key.public_key()) == public(found.public_key())),
        }
        return {**modes, **(self.names(found) if found else dict.fromkeys(self.wanted)), **facts}

    def _mode(self, suffix: str) -> str | None:
        return (self._reader.stat(f"{self.path}.{suffix}") or {}).get("mode")

    def names(self, found: Any) -> Document:
        """Return what the certificate says of whom it is for."""
        return {"common_name": common_name_of(found.subject)}

    def plan(self, current: Document | None) -> Plan:
        """Return the one step that makes what is missing or not as it should be."""
        after = {"key_mode": KEY_MODE, "mode": MODE, **self.wanted, **self.well, "ends": (current or {}).get("ends")}
        if current == after and not self._renew:
            return Plan(current, after)
        self._new_key = not (current and current["key_mode"])
        told = current if current and current["mode"] else None
        whys = [] if told is None else [why for key, why in self.reasons.items() if told[key] != after[key]]
        if told and any(told[key] != wanted for key, wanted in self.wanted.items()):
            whys.append("whose names are others")
        if told and self._renew and not whys:
            whys.append("as was asked for")
        self._sign = told is None or bool(whys)
        if self._sign:
            after["ends"] = None
        return Plan(current, after, (Step("write", self._summary(told, whys), self._submit),))

    def _summary(self, told: Document | None, whys: list[str]) -> str:
        if self._new_key:
            return f"Make {self.name} and its key"
        if self._sign:
            return f"Sign {self.name}{' anew, ' if told else ''}{' and '.join(whys)}"
        return f"Change the mode of {self.name} or its key"

    def _submit(self, writer: Node, results: Results) -> None:
        self.settle(writer)

    def _write(self, writer: Node) -> None:
        """Write the key first: a certificate of a key that was lost is of no use."""
        key = f"{self.path}.key"
        if self._new_key:
            keep(writer, key, pem_of_key(ec.generate_private_key(ec.SECP384R1())), KEY_MODE)
        if self._sign:
            keep(writer, self.name, self.signed(writer, self.key()).public_bytes(serialization.Encoding.PEM), MODE)
        for path, mode in ((key, KEY_MODE), (self.name, MODE)):
            if (writer.stat(path) or {}).get("mode") != mode:
                keep(writer, path, writer.content(path) or b"", mode)

    def signed(self, writer: Node, key: Any) -> Any:
        """Return a new certificate of the key."""
        raise NotImplementedError

    def builder(self, subject: Any, issuer: Any, key: Any) -> Any:
        """Return what all certificates have in common."""
        now = datetime.datetime.now(datetime.timezone.utc)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - EARLIER)
        made = made.not_valid_after(now + datetime.timedelta(days=self.days))
        return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


class Authority(Signed):
    """Whom all nodes of a cloud trust."""

    def __init__(self, reader: NodeReader, params: dict[str, Any]) -> None:
        option = params["authority"]
        super().__init__(reader, params, AUTHORITY, {"common_name": option["name"]}, option["days"])

    def signed(self, writer: Node, key: Any) -> Any:
        """Return a certificate that the authority gives itself."""
        subject = name_of(self.wanted["common_name"])
        made = self.builder(subject, subject, key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
        return made.sign(key, hashes.SHA256())


class Certificate(Signed):
    """What a server proves with who it is, and a client, too, where that is wanted."""

    well = {**Signed.well, "of_this_authority": True}
    reasons = {**Signed.reasons, "of_this_authority": "which is of another authority"}

    def __init__(
        self, reader: NodeReader, params: dict[str, Any], option: dict[str, Any], authority: Authority | None
    ) -> None:
        wanted = {key: option[key] for key in ("common_name", "client")}
        wanted["alt_names"] = sorted({plain(name) for name in option["alt_names"]})
        super().__init__(reader, params, option["name"], wanted, params["days"])
        self._renew = params["renew"]
        self._above = Signed(reader, params, AUTHORITY, {}, 0)
        self._authority = authority

    def names(self, found: Any) -> Document:
        """Return names, addresses, and what it may be used for."""
        alt_names = extension(found, x509.SubjectAlternativeName) or ()
        purposes = extension(found, x509.ExtendedKeyUsage) or ()
        return {
            **super().names(found),
            "client": ExtendedKeyUsageOID.CLIENT_AUTH in purposes,
            "alt_names": sorted(spoken(name) for name in alt_names),
        }

    def read(self) -> Document | None:
        """Return how both are, and whether the authority of today has signed it."""
        document = super().read()
        return None if document is None else {**document, "of_this_authority": self._is_of_authority()}

    def _is_of_authority(self) -> bool:
        found, above, key = self.certificate(), self._above.certificate(), self._above.key()
        if not (found and above and key) or public(key.public_key()) != public(above.public_key()):
            return False
        if self._authority and self._authority.wanted != self._authority.names(above):
            return False
        try:
            found.verify_directly_issued_by(above)
        except (InvalidSignature, TypeError, ValueError):
            return False
        return True

    def signed(self, writer: Node, key: Any) -> Any:
        """Return a certificate of the authority."""
        if self._authority:
            self._authority.settle(writer)
        above, above_key = self._above.certificate(), self._above.key()
        if above is None or above_key is None:
            raise ResourceError(f"authority: {self._above.name} and its key are not there. Have them made first.")
        made = self.builder(name_of(self.wanted["common_name"]), above.subject, key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(usage("digital_signature"), critical=True)
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH] + [ExtendedKeyUsageOID.CLIENT_AUTH] * self.wanted["client"]
        made = made.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        made = made.add_extension(x509.SubjectAlternativeName(list(map(general_name, self.wanted["alt_names"]))), False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key())
        return made.add_extension(issuer, critical=False).sign(above_key, hashes.SHA256())


def keep(writer: Node, path: str, content: bytes, mode: str) -> None:
    """Write a file that belongs to whoever runs this, who need not be root on a controller."""
    writer.write(path, content, name_of_user(os.getuid()), name_of_group(os.getgid()), mode)


def certificates(reader: NodeReader, params: dict[str, Any]) -> Fleet:
    """Return the resources of a task."""
    if IMPORT_ERROR is not None:
        raise ResourceError(f"cryptography is missing for this Python: {IMPORT_ERROR}")
    authority = Authority(reader, params) if params["authority"] else None
    signed = [Certificate(reader, params, option, authority) for option in params["certificates"]]
    return Fleet([*([authority] if authority else []), *signed])
