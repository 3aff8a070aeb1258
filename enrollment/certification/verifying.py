"""Whether the facts of a letter still stand, for whoever holds its number and code. No name comes out (R-154)."""

import datetime as dt
import re
from enum import StrEnum
from typing import Any

from . import codes
from .facts import CombinedWords, gather
from .models import Certification

NUMBER = re.compile(r"\s*AL\s*-?\s*([0-9]{1,9})\s*", re.IGNORECASE)

OF_THE_PROGRAM = ("program", "school", "issuer", "issuer_kind", "code", "interaction", "attendance", "basis")
OF_THE_PERSON = ("student", "birth_date")
OF_THE_SCHEDULE = ("minutes", "weeks", "credits", "out")  # on the letter's own day, as the rows say now


class Change(StrEnum):
    """A kind of change since the letter. What exactly changed, the school says."""

    LEFT = "left"
    DATES = "dates"
    SCHEDULE = "schedule"
    PROGRAM = "program"
    PERSON = "person"


def find(number: str, code: str) -> Certification | None:
    """The letter with this number and code; nothing for an unknown number as for a wrong code, in the same time."""
    typed = NUMBER.fullmatch(number)
    key = int(typed[1]) if typed else 0
    rows = Certification.objects.select_related(
        "request__student__school",
        "request__lea__organization",
        "request__enrollment__program__school",
        "request__enrollment__program__host__organization",
    )
    found = rows.filter(request=key).first()
    known = codes.is_code(f"AL-{key:06d}", code, found.code_hash if found else "")
    return found if known else None


def changes(certification: Certification, *, on: dt.date) -> list[Change]:
    """What changed since the letter was written; nothing while its facts stand. A new month is no change."""
    request, stated = certification.request, certification.facts
    words = CombinedWords(stated["attendance"], stated["interaction"], stated["basis"])
    then = gather(request, on=dt.date.fromisoformat(stated["day"]), words=words).to_json()
    now = gather(request, on=on, words=words).to_json()
    found = {
        Change.LEFT: stated["last_on"] is None and now["last_on"] is not None,
        Change.DATES: stated["entered_on"] != now["entered_on"]
        or (stated["last_on"] is not None and stated["last_on"] != now["last_on"]),
        Change.SCHEDULE: _differ(stated, then, OF_THE_SCHEDULE)
        or (now["last_on"] is None and _differ(stated, now, ("minutes", "findings"))),
        Change.PROGRAM: _differ(stated, now, (*OF_THE_PROGRAM, "is_correspondence")),
        Change.PERSON: _differ(stated, now, OF_THE_PERSON),
    }
    return [change for change in Change if found[change]]


def _differ(stated: dict[str, Any], found: dict[str, Any], keys: tuple[str, ...]) -> bool:
    return any(stated[key] != found[key] for key in keys)
