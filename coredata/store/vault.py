"""The bytes of a file as they were sent: encrypted while they stream in, and gone for everybody once destroyed.

A file is a row of pieces, each encrypted by itself (AES-GCM) with a key that only this file has and that stands,
encrypted with the portal's own, in its row. A piece is bound to its place, so that none can be moved or left out before
another. Without the row the file is noise; with the file gone so are the bytes.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mocap_portal.foundation.shared.secrets import portal_keys

PIECE = 1 << 20  # bytes encrypted at a time
NONCE, TAG = 12, 16  # bytes of AES-GCM before and after a piece
FOLDER = "core-data"
USE = "coredata.store.vault"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A stored file: its name in the vault, its key (encrypted), its size in bytes and the SHA-256 of what it holds."""

    stored_as: str
    key: bytes
    size: int
    sha256: str


def seal(pieces: Iterable[bytes]) -> Sealed:
    """Store bytes as they come; nothing of them touches a disk in clear. Raises OSError."""
    key, name = AESGCM.generate_key(bit_length=256), f"{uuid.uuid4()}.sealed"
    cipher, digest, size = AESGCM(key), hashlib.sha256(), 0
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for place, piece in enumerate(_of_one_size(pieces)):
            digest.update(piece)
            size += len(piece)
            nonce = os.urandom(NONCE)
            file.write(nonce + cipher.encrypt(nonce, piece, _place(place)))
    return Sealed(name, wrap(key), size, digest.hexdigest())


def opened(stored_as: str, key: bytes) -> bytes:
    """The bytes of a file. Raises OSError when it is gone, InvalidTag when it is not what was stored."""
    cipher, pieces = AESGCM(unwrap(key)), list[bytes]()
    with _path(stored_as).open("rb") as file:
        while sealed := file.read(NONCE + PIECE + TAG):
            pieces.append(cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _place(len(pieces))))
    return b"".join(pieces)


def _place(number: int) -> bytes:
    return number.to_bytes(8, "big")


def destroy(stored_as: str) -> None:
    """Remove a file; nothing happens when it is gone already."""
    _path(stored_as).unlink(missing_ok=True)


def wrap(key: bytes) -> bytes:
    """A key as a row keeps it."""
    return portal_keys(USE).encrypt(key)


def unwrap(encrypted: bytes) -> bytes:
    """Raises InvalidToken for what none of the portal's keys has encrypted."""
    return portal_keys(USE).decrypt(bytes(encrypted))


def _path(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / name


def _of_one_size(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PIECE:
            yield waiting[:PIECE]
            waiting = waiting[PIECE:]
    if waiting:
        yield waiting
