"""What the pages call each kind of record. A sentence that is true of all of them stands on the page itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from concerns.models import Concern
from concerns.movip.models import TranscriptRequest

from .models import Table


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences, lazily translated. Those with a count take `years` or `count`.

    `numbers`: what a typed number looks like, its digits in the first group. `page`, `inbox`: names of the address of
    one record, with its number, and of the list of all.
    """

    table: Table
    page: str
    inbox: str
    all_records: Any
    title: Any
    kept: Any
    no_rule: Any
    change_rule: Any
    years: Any
    due: Any
    listed: Any
    confirm: Any
    what_goes: Any
    what_is_left: Any
    left_of: Any
    one: Any
    many: Any
    number: Any
    number_help: Any
    number_wrong: Any
    numbers: re.Pattern[str]
    both: Any
    neither: Any
    everything: Any
    all_held: Any

    def number_of(self, number: int) -> str:
        """As the person was told it."""
        return (Concern if self.table == Table.CONCERNS else TranscriptRequest)(pk=number).number


CONCERNS = Words(
    table=Table.CONCERNS,
    page="concerns:concern",
    inbox="concerns:inbox",
    all_records=_("All concerns"),
    title=_("How long concerns are kept"),
    kept=ngettext_lazy(
        "A concern is kept for one year after it was closed, and longer while it is held.",
        "A concern is kept for %(years)s years after it was closed, and longer while it is held.",
        "years",
    ),
    no_rule=_("No rule says how long concerns are kept. Nothing can be disposed of."),
    change_rule=_("Change how long concerns are kept"),
    years=_("Years after a concern was closed"),
    due=ngettext_lazy(
        "One concern is old enough and not held.",
        "%(count)s concerns are old enough and not held.",
        "count",
    ),
    listed=ngettext_lazy(
        "%(count)d concern is on the list. Another person has to confirm it.",
        "%(count)d concerns are on the list. Another person has to confirm it.",
        "count",
    ),
    confirm=ngettext_lazy(
        "Dispose of %(count)d concern for good?", "Dispose of %(count)d concerns for good?", "count"
    ),
    what_goes=_(
        "Their texts, names, files, mails and history are destroyed. Number, category, days and outcome stay. "
        "Nobody can bring the rest back. What has come under a hold since stays whole."
    ),
    what_is_left=ngettext_lazy(
        "What is left of the one concern that was disposed of",
        "What is left of the %(count)s concerns that were disposed of",
        "count",
    ),
    left_of=_("Of a concern that was disposed of this is all that is left."),
    one=_("Concern"),
    many=_("Concerns"),
    number=_("Number of the concern"),
    number_help=_("Such as C-000123. Leave it empty to hold every concern of a kind."),
    number_wrong=_("Write the number as it is on the receipt, such as C-000123."),
    numbers=re.compile(r"(?:C-)?0*([1-9][0-9]{0,17})", re.IGNORECASE),
    both=_("Give the number of one concern, or say which kind. Not both."),
    neither=_("Give the number of a concern, say which kind, or tick that all are held."),
    everything=_("Hold every concern there is"),
    all_held=_("Every concern"),
)
TRANSCRIPTS = Words(
    table=Table.TRANSCRIPTS,
    page="movip:request",
    inbox="movip:requests",
    all_records=_("Requests for MoVIP transcripts"),
    title=_("How long requests for MoVIP transcripts are kept"),
    kept=ngettext_lazy(
        "A request for a MoVIP transcript is kept for one year after it was answered or closed, and longer while it "
        "is held.",
        "A request for a MoVIP transcript is kept for %(years)s years after it was answered or closed, and longer "
        "while it is held.",
        "years",
    ),
    no_rule=_("No rule says how long requests for transcripts are kept. Nothing can be disposed of."),
    change_rule=_("Change how long requests for MoVIP transcripts are kept"),
    years=_("Years after a request was answered or closed"),
    due=ngettext_lazy(
        "One request for a transcript is old enough and not held.",
        "%(count)s requests for transcripts are old enough and not held.",
        "count",
    ),
    listed=ngettext_lazy(
        "%(count)d request for a transcript is on the list. Another person has to confirm it.",
        "%(count)d requests for transcripts are on the list. Another person has to confirm it.",
        "count",
    ),
    confirm=ngettext_lazy(
        "Dispose of %(count)d request for a transcript for good?",
        "Dispose of %(count)d requests for transcripts for good?",
        "count",
    ),
    what_goes=_(
        "Papers, addresses, searches, mails and history are destroyed. Where something left the office, the log of it "
        "stays, with the student's name, the consent, the identity check and the paper that left. Nobody can bring "
        "the rest back. What has come under a hold since stays whole."
    ),
    what_is_left=ngettext_lazy(
        "What is left of the one request that was disposed of",
        "What is left of the %(count)s requests that were disposed of",
        "count",
    ),
    left_of=_(
        "Of a request for a transcript that was disposed of this stays. Where a record left the office, the log of it "
        "stays, too."
    ),
    one=_("Request"),
    many=_("Requests for transcripts"),
    number=_("Number of the request"),
    number_help=_("Such as T-000123. Leave it empty to hold requests by the days on which they came in."),
    number_wrong=_("Write the number as it is on the receipt, such as T-000123."),
    numbers=re.compile(r"(?:T-)?0*([1-9][0-9]{0,17})", re.IGNORECASE),
    both=_("Give the number of one request, or days on which requests came in. Not both."),
    neither=_("Give the number of a request, days on which requests came in, or tick that all are held."),
    everything=_("Hold every request for a transcript there is"),
    all_held=_("Every request for a transcript"),
)
OF: dict[str, Words] = {words.table: words for words in (CONCERNS, TRANSCRIPTS)}
