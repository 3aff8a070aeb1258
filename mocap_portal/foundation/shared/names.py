"""Names as people type them, and as others then read them."""

import unicodedata
from typing import Any

from django import forms

JOINERS = (
    "\u200c\u200d"  # nobody sees them either, but they are part of words in Persian and in Indian languages
)


def one_line(text: str) -> str:
    """One line without control characters, among them those that turn the direction of writing around."""
    kept = (" " if sign.isspace() else sign for sign in text)
    return "".join(sign for sign in kept if sign in JOINERS or unicodedata.category(sign)[0] != "C").strip()


class NameField(forms.CharField):
    """A name, cleaned to what one sees of it, each letter in its usual form.

    So a name does not change what stands beside it on a page, and two that look alike are alike.
    """

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFC", one_line(super().to_python(value) or ""))
