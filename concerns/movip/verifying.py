"""Whether a transcript is genuine and stands, for whoever holds its number and code. No name comes out."""

from __future__ import annotations

import re

from enrollment.certification import codes

from .models import Answer, AnswerKind

NUMBER = re.compile(r"\s*T\s*-?\s*([0-9]{1,9})\s*", re.IGNORECASE)


def number_in(typed: str) -> int:
    """The key that a typed number such as T-000123 stands for; 0, which no row has, for anything else."""
    found = NUMBER.fullmatch(typed)
    return int(found[1]) if found else 0


def find(number: str, code: str) -> Answer | None:
    """The transcript with this number and code, with its `recall` if it has one.

    Nothing for an unknown number as for a wrong code, in the same time: what is typed is hashed before anything is
    looked up, however many transcripts the request has.
    """
    key = number_in(number)
    hashes = codes.hashes_of(f"T-{key:06d}", code)
    found = Answer.objects.filter(request=key, kind=AnswerKind.TRANSCRIPT, code_hash__in=hashes)
    return found.select_related("recall").first()
