# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and names as certificates hold them, and as people write them."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..resource import ResourceError

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.x509.oid import NameOID
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None

USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def public(key: Any) -> bytes:
    """Return a public key as it can be compared."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pem_of_key(key: Any) -> bytes:
    """Return a private key as servers read it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def common_name_of(name: Any) -> str:
    """Return what a name calls somebody."""
    return "".join(str(part.value) for part in name.get_attributes_for_oid(NameOID.COMMON_NAME))


def name_of(common_name: str) -> Any:
    """Return a name of one part."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def extension(found: Any, kind: Any) -> Any:
    """Return what a certificate says in an extension, if it has it."""
    try:
        return found.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def usage(*names: str) -> Any:
    """Return what a key may be used for."""
    return x509.KeyUsage(**{name: name in names for name in USAGES})


def general_name(text: str) -> Any:
    """Return a name from the form ``DNS:name`` or ``IP:address``."""
    kind, _colon, value = text.partition(":")
    try:
        return x509.IPAddress(ipaddress.ip_address(value)) if kind == "IP" else {"DNS": x509.DNSName}[kind](value)
    except (KeyError, ValueError) as error:
        raise ResourceError(f"alt_names: {text} is neither DNS:name nor IP:address.") from error


def spoken(name: Any) -> str:
    """Return a name in that form, in one spelling for each."""
    kind = {x509.DNSName: "DNS", x509.IPAddress: "IP"}.get(type(name), type(name).__name__)
    return f"{kind}:{name.value}"


def plain(text: str) -> str:
    """Return a name in its one spelling."""
    return spoken(general_name(text))
