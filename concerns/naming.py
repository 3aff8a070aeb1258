"""Whether who is complained of may know who wrote (R-119), and what in a text would tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from .models import Concern, IdentityConsent

SHORTEST = 3  # letters of a word of a name that are looked for: "Li" stands in too many words
EMAIL_OR_PHONE_DIGITS = 7  # so many digits in a row are a telephone number


def may_be_named(concern: Concern) -> bool:
    """Whether the latest that the writer has said about it is a yes."""
    latest = IdentityConsent.objects.filter(concern=concern).order_by("-at", "-pk").first()
    return latest is not None and latest.is_given and not concern.is_anonymous


def identity(concern: Concern) -> list[str]:
    """Name, mail address, telephone, as far as the writer gave them."""
    return [text for text in (concern.name, concern.email, concern.phone) if text]


def tells_who_wrote(text: str, concern: Concern) -> bool:
    """Whether the text holds the whole name, the mail address or the telephone number of the writer."""
    plain, digits = _plain(text), re.sub(r"\D", "", text)
    phone = re.sub(r"\D", "", concern.phone)
    return any(_plain(one) in plain for one in (concern.name, concern.email) if one) or (
        len(phone) >= EMAIL_OR_PHONE_DIGITS and phone[-10:] in digits
    )


def names_in(text: str, concern: Concern) -> list[str]:
    """Words of the writer's or the student's name that stand in the text, as they stand in the name."""
    names = [concern.name, concern.student_name, str(concern.student) if concern.student else ""]
    found = [word for name in names for word in _words(name) if _pattern(word).search(text)]
    return list(dict.fromkeys(found))


def veiled(text: str, concern: Concern) -> str:
    """The text for who is complained of: without consent, what names the writer is covered, whoever wrote it there."""
    if may_be_named(concern):
        return text
    cover = _("[name withheld]")
    for secret in sorted({*identity(concern), *_words(concern.name)}, key=len, reverse=True):
        text = _pattern(secret).sub(cover, text)
    return text


def _words(name: str) -> Iterable[str]:
    return [word for word in re.split(r"[\s,.]+", name) if len(word) >= SHORTEST]


def _pattern(words: str) -> re.Pattern[str]:
    """These words as whole words, whatever their case and however far apart."""
    inside = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){inside}(?!\w)", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
