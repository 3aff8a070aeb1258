"""The bytes of a file as they were sent: encrypted while they stream in, and gone for everybody once destroyed.

A file is a row of pieces, each encrypted by itself (AES-GCM) with a key that only this file has and that stands,
encrypted with the portal's own, in its row. A piece is bound to its place, so that none can be moved or left out before
another. Without the row the file is noise; with the file gone so are the bytes.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable
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


class Sealing:
    """A file that is being stored, piece by piece; nothing of it touches a disk in clear. Raises OSError."""

    def __init__(self) -> None:
        self.name, self.size = f"{uuid.uuid4()}.sealed", 0
        self._key = AESGCM.generate_key(bit_length=256)
        self._cipher, self._digest = AESGCM(self._key), hashlib.sha256()
        self._waiting, self._places = b"", 0
        path = _path(self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) >= PIECE:
            self._seal(self._waiting[:PIECE])
            self._waiting = self._waiting[PIECE:]

    def finish(self) -> Sealed:
        if self._waiting:
            self._seal(self._waiting)
        self._file.close()
        return Sealed(self.name, wrap(self._key), self.size, self._digest.hexdigest())

    def give_up(self) -> None:
        """Nothing of it stays."""
        self._file.close()
        destroy(self.name)

    def _seal(self, piece: bytes) -> None:
        nonce = os.urandom(NONCE)
        self._file.write(nonce + self._cipher.encrypt(nonce, piece, _place(self._places)))
        self._places += 1


def seal(pieces: Iterable[bytes]) -> Sealed:
    """Store bytes as they come. Raises what their source raises, and OSError; then nothing stays."""
    sealing = Sealing()
    try:
        for piece in pieces:
            sealing.write(piece)
        return sealing.finish()
    except BaseException:
        sealing.give_up()
        raise


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
