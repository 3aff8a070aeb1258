"""From the bytes of a text file to its text: UTF-8 with or without a mark, UTF-16, and Windows-1252 with a warning."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum

from django.utils.translation import gettext as _

from .refusal import Unusable


class Encoding(StrEnum):
    UTF_8 = "UTF-8"
    UTF_16 = "UTF-16"
    WINDOWS_1252 = "Windows-1252"


def decode(data: bytes) -> tuple[str, Encoding]:
    """The text, its line ends all `\\n`, and the encoding it was found in. Raises Unusable."""
    text, encoding = _decoded(data)
    if "\0" in text:
        line = _line_of(text[: text.index("\0")])
        raise Unusable(
            _("Line %(line)d holds a NUL character, so this is no text file. Export the file again as CSV.")
            % {"line": line}
        )
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, encoding


def _decoded(data: bytes) -> tuple[str, Encoding]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), Encoding.UTF_16
        except UnicodeDecodeError as error:
            raise Unusable(
                _("The file begins as UTF-16 text but does not go on so. Export it again as CSV UTF-8.")
            ) from error
    try:
        return data.decode("utf-8-sig"), Encoding.UTF_8
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), Encoding.WINDOWS_1252
    except UnicodeDecodeError as error:
        line = _line_of(data[: error.start].decode("latin-1"))
        raise Unusable(
            _("Line %(line)d is neither UTF-8 nor Windows-1252 text. Export the file again as CSV UTF-8.")
            % {"line": line},
            rule="V-07",
        ) from error


def _line_of(before: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", before)) + 1
