"""The key of a form, signed with the moment it was opened: nobody sends a form that the portal has not shown.

The portal remembers no form that was opened. The same form sent twice is one concern (`Concern.form`).
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core import signing

SALT = "concerns.form"


class Problem(StrEnum):
    FORGED = "forged"
    TOO_FAST = "too_fast"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Seal:
    form: uuid.UUID
    opened_at: dt.datetime

    def problem(self, *, at: dt.datetime) -> Problem | None:
        """What is wrong with sending the form now, if anything. A form from the future is forged."""
        age = (at - self.opened_at).total_seconds()
        if age < -60:  # servers' clocks differ by a little
            return Problem.FORGED
        if age < settings.CONCERN_LEAST_SECONDS:
            return Problem.TOO_FAST
        return Problem.TOO_OLD if age > settings.CONCERN_MOST_HOURS * 3600 else None


def new(*, at: dt.datetime) -> str:
    """A new form, opened at this moment, as its page carries it."""
    return signing.dumps([uuid.uuid4().hex, at.timestamp()], salt=SALT)


def read(text: str) -> Seal | None:
    """The form that came back; None if the portal never made it."""
    try:
        form, opened_at = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Seal(uuid.UUID(form), dt.datetime.fromtimestamp(opened_at, tz=dt.UTC))
