"""What the office hears of notes, in the mail of the day."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.notices import state_office
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import central_date

RISING = _("Concerns of one kind have become more than they were. The note has the numbers.")


def tell_office(*, at: dt.datetime) -> None:
    """Once a day, however many notes there are."""
    for user in state_office():
        with translation.override(user.language):
            sentence = str(RISING)
        digest.add(
            user, day=central_date(at), key="patterns-rise", sentence=sentence, path=reverse("patterns:notes")
        )
