"""Files that strangers send: taken by their bytes, pictures without what a camera wrote, looked at for viruses.

`keep` reads an upload, `scan` asks the scanner. Nothing here stores a file or knows a request: who keeps one writes a
row that names its state, and the page that opens it says what is known.

>>> kept = keep(request.FILES["paper"])
>>> state = scan(kept.bytes)
"""

from __future__ import annotations

import hashlib
import io
import socket
import struct
from contextlib import closing
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from mocap_portal.foundation.papers import documents
from mocap_portal.foundation.papers.actions import FileEmpty, FileTooLarge
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.shared.refusals import Refusal

from .models import ScanState

log = structlog.get_logger(__name__)

TAKEN = (documents.PDF, documents.JPEG, documents.PNG)
# For `accept` of a file field. Asked for these, the phones that take HEIC pictures send a JPEG by themselves.
ACCEPT = ",".join(TAKEN)
LONGEST_NAME = 120
MOST_DOTS = 60_000_000  # a scan at 600 dots an inch has half of that; more is made to fill the memory
JPEG_QUALITY = 90
_FORMATS = {documents.JPEG: "JPEG", documents.PNG: "PNG"}

_PIECE = 64 * 1024  # bytes that are handed to the scanner at once
_LONGEST_ANSWER = 4096


class WrongKind(Refusal):
    sentence = _(
        "This file is not a PDF, a JPEG or a PNG picture, whatever its name says. Scan or photograph the paper and "
        "send that file."
    )


class PhonePicture(Refusal):
    sentence = _(
        "This picture is in the HEIC form of some phones, which cannot be cleaned of the place where it was taken. "
        "Send it as JPEG or as PDF: a screenshot of the picture is enough."
    )


class DamagedPicture(Refusal):
    sentence = _("This picture is damaged or not whole. Take it again, or send a PDF.")


class TooManyDots(Refusal):
    sentence = _("This picture has too many dots to be opened. Take it smaller, or send a PDF.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it will be stored. `name`: what its sender called it, on one line. `sha256` and `size` are of `bytes`.

    A picture was drawn anew: nothing of what a camera or a program wrote beside it is left, the place least of all.
    """

    bytes: bytes
    name: str
    content_type: str
    size: int
    sha256: str

    @property
    def ending(self) -> str:
        """The ending of a stored file's name, without the dot."""
        return documents.ENDINGS[self.content_type]


def keep(upload: File) -> Kept:  # type: ignore[type-arg]
    """What to store of an upload. Its bytes say what it is, never its name nor what the browser claims.

    Raises FileEmpty, FileTooLarge, WrongKind, PhonePicture, DamagedPicture, TooManyDots: each one sentence.
    """
    upload.seek(0)
    data = upload.read(documents.MOST_BYTES + 1)
    if not data:
        raise FileEmpty
    if len(data) > documents.MOST_BYTES:
        raise FileTooLarge
    kind = documents.kind_of(data[: documents.HEAD])
    if kind == documents.HEIC:
        raise PhonePicture
    if kind is None:
        raise WrongKind
    clean = drawn_anew(data, kind) if kind in _FORMATS else data
    return Kept(
        bytes=clean,
        name=one_line(upload.name or "")[-LONGEST_NAME:].strip() or documents.ENDINGS[kind],
        content_type=kind,
        size=len(clean),
        sha256=hashlib.sha256(clean).hexdigest(),
    )


def drawn_anew(data: bytes, kind: str) -> bytes:
    """A picture's dots alone, upright as its camera meant it, in the same format.

    Raises DamagedPicture, TooManyDots.
    """
    try:
        # Only by the reader of this format: another one of the many has no business here.
        picture = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
        is_too_large = picture.width * picture.height > MOST_DOTS
        clean = b"" if is_too_large else _dots_of(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyDots from error
    except Exception as error:  # a stranger made these bytes, and each reader fails in its own way
        raise DamagedPicture from error
    if is_too_large:
        raise TooManyDots
    return clean


def _dots_of(picture: Image.Image, kind: str) -> bytes:
    with picture:
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        # Of all that stands beside the dots only the see-through color belongs to them.
        upright.info = {key: upright.info[key] for key in ("transparency",) if key in upright.info}
        clean = io.BytesIO()
        if kind == documents.JPEG:
            upright.save(clean, "JPEG", quality=JPEG_QUALITY, optimize=True)
        else:
            upright.save(clean, "PNG")
    return clean.getvalue()


def scan(data: bytes) -> ScanState:
    """What the virus scanner says of these bytes: clean or infected. A file nobody looked at is never called clean.

    Unscanned without a scanner (`CLAMD_ADDRESS` is empty); waiting when it gave no answer, to be asked again later.
    """
    if not settings.CLAMD_ADDRESS:
        return ScanState.UNSCANNED
    try:
        answer = _asked(data)
    except (OSError, ValueError) as error:  # not there, too slow, or its address is mistyped
        log.warning("scanner_silent", error=type(error).__name__)
        return ScanState.WAITING
    if answer == b"stream: OK":
        return ScanState.CLEAN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return ScanState.INFECTED
    log.warning("scanner_refused")  # too large for it, or no answer at all
    return ScanState.WAITING


def _asked(data: bytes) -> bytes:
    """The scanner's answer to INSTREAM: pieces with their length before them, an empty one at the end (clamd(8))."""
    with closing(_connect(settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS)) as scanner:
        try:
            scanner.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                scanner.sendall(struct.pack(">I", len(piece)) + piece)
            scanner.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it stops listening when a file is too large for it; why, it has said
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            received = scanner.recv(_LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0\n")


def _connect(address: str, seconds: float) -> socket.socket:
    """A connection to `host:port`, or to a Unix socket by its path. Raises OSError, ValueError."""
    if not address.startswith("/"):
        host, _colon, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(seconds)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection
