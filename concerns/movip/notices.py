"""Mails about a request for an old transcript, if an address was left. None names anybody, nor holds the secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.papers import actions as papers

from .models import Entry, TranscriptRequest
from .rules import Step

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HOW_TO_READ = _("Open the page of your request with its number and your secret:")

# What is told of each step; the person learns of the others on the page of the request.
_TOLD: dict[str, StrOrPromise] = {
    Step.RECEIVE: _("The MOCAP office has received your request for a MoVIP transcript, number %(number)s."),
    Step.ASK_PROOF: _("The office needs one more paper for your request %(number)s before it can go on."),
    Step.ISSUE: _("The transcript of your request %(number)s is issued."),
    Step.MISS: _("The office has looked for the records of your request %(number)s. Its answer is a letter."),
    Step.SEND_ON: _("The office has sent your request %(number)s on to the school of credit."),
    Step.HAND_OUT: _("The paper of your request %(number)s has left the office."),
    Step.RECALL: _("The office has recalled the transcript of your request %(number)s. The page says why."),
    Step.CLOSE: _("The office has closed your request %(number)s. The page says why."),
    Step.REOPEN: _("The office has opened your request %(number)s again."),
}


def tell(entry: Entry) -> None:
    """The person who asked, of this step of their request; each entry once."""
    request: TranscriptRequest = entry.request
    saved_it_themselves = entry.step == Step.HAND_OUT and entry.by is None
    if not request.email or entry.step not in _TOLD or saved_it_themselves:
        return
    papers.tell_address(
        request.email,
        f"transcript:{entry.pk}",
        language=request.language,
        subject=_("Your request %(number)s for a MoVIP transcript"),
        sentences=[_TOLD[entry.step], HOW_TO_READ],
        path=reverse("movip:status"),
        at=entry.at,
        number=request.number,
    )
