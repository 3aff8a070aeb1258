"""Mails to the writer of a concern, if they left an address. None says what it is about, nor holds the secret."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.papers import actions as papers

from .models import Concern, Contact, Entry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HOW_TO_READ = _("Open it with its number and your secret:")


def tell_received(concern: Concern, *, at: dt.datetime) -> None:
    """A receipt without the secret, which only the page shows."""
    sentences = [_("The MOCAP office has received what you wrote. Its number is %(number)s."), HOW_TO_READ]
    _tell(concern, "received", _("We have received %(number)s"), sentences, at=at)


def tell_writer(entry: Entry) -> None:
    """That the office has written, asked or closed; what, the page says. Each entry is told once."""
    sentences = [_("There is news about %(number)s, which you wrote to the MOCAP office."), HOW_TO_READ]
    _tell(entry.concern, f"entry:{entry.pk}", _("News about %(number)s"), sentences, at=entry.at)


def language_of(concern: Concern) -> str:
    """The language of mails to the writer: Spanish for who asked for it, else English."""
    return "es" if concern.language == "es" else "en"


def _tell(
    concern: Concern,
    what: str,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    *,
    at: dt.datetime,
) -> None:
    if concern.contact != Contact.EMAIL:
        return
    papers.tell_address(
        concern.email,
        f"concern:{concern.pk}:{what}",
        language=language_of(concern),
        subject=subject,
        sentences=sentences,
        path=reverse("concerns:status"),
        at=at,
        number=concern.number,
    )
