"""The ring of secret keys: the newest signs and seals, any of them verifies and opens."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class BadKey(ValueError):
    """A key that is not 32 bytes in base64url."""


class CannotOpen(ValueError):
    """A sealed field that no key of the ring opens, or that was moved from another place."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Secret keys, newest first; it never shows them."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Ring({', '.join(key_id(key).hex() for key in self.keys)})"

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """One key a purpose, so that no key serves two."""
        return tuple(hmac.digest(key, purpose.encode(), hashlib.sha256) for key in self.keys)


def key_id(key: bytes) -> bytes:
    """Four bytes that name a key and say nothing about it."""
    return hmac.digest(key, b"key id", hashlib.sha256)[:4]


def read_ring(text: str) -> Ring:
    """A ring from comma-separated base64url, newest first."""
    keys = []
    for part in text.split(","):
        try:
            key = base64.urlsafe_b64decode(part.strip() + "=" * (-len(part.strip()) % 4))
        except ValueError:
            raise BadKey from None
        if len(key) != KEY_BYTES:
            raise BadKey
        keys.append(key)
    return Ring(tuple(keys))


def own_ring(folder: Path) -> Ring:
    """The key kept in the folder, made at the first start and readable by its owner only."""
    path = folder / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_ring(path.read_text())
    with os.fdopen(descriptor, "w") as out:
        out.write(base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("="))
        out.flush()
        os.fsync(out.fileno())
    return read_ring(path.read_text())


class Sealer:
    """Seals short fields with AES-256-GCM; the place of a field is part of the seal."""

    def __init__(self, ring: Ring) -> None:
        self._keys: Sequence[bytes] = ring.derived("field")

    def seal(self, text: str, place: str) -> bytes:
        key, nonce = self._keys[0], os.urandom(NONCE_BYTES)
        aad = key_id(key) + place.encode()
        return key_id(key) + nonce + AESGCM(key).encrypt(nonce, text.encode(), aad)

    def open(self, sealed: bytes, place: str) -> str:
        """The text again, or `CannotOpen` when the bytes, the key or the place do not fit."""
        name, nonce, body = sealed[:4], sealed[4:16], sealed[16:]
        for key in self._keys:
            if key_id(key) == name:
                try:
                    return AESGCM(key).decrypt(nonce, body, name + place.encode()).decode()
                except InvalidTag:
                    break
        raise CannotOpen(name.hex())


class Letters:
    """Seals the words of messages that are kept only until they are sent: no page of the database shows them."""

    def __init__(self, ring: Ring) -> None:
        self._sealer = Sealer(ring)

    def seal(self, params: Mapping[str, Any], row_id: int) -> dict[str, Any]:
        """What is stored in place of a call's parameters; it opens in this row of the outbox alone."""
        sealed = self._sealer.seal(json.dumps(params), f"outbox:{row_id}")
        return {"sealed": base64.b64encode(sealed).decode()}

    def open(self, params: Mapping[str, Any], row_id: int) -> dict[str, Any]:
        """The parameters again, or `CannotOpen`."""
        sealed = base64.b64decode(params["sealed"])
        opened: dict[str, Any] = json.loads(self._sealer.open(sealed, f"outbox:{row_id}"))
        return opened
