"""What pages of both sides show of a request: its story, its log, its papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from mocap_portal.foundation.ui.words import long_day

from ..models import Answer, AnswerKind, Asker, Delivery, Disclosure, TranscriptRequest, Way
from ..rules import OPEN, State, Step

# Which kind of status a state is, for whoever waits for the office.
STATUS = {
    State.REQUESTED: "waiting",
    State.CHECKED: "waiting",
    State.SEARCHING: "waiting",
    State.SENT: "good",
    State.NOT_FOUND: "info",
    State.SENT_ON: "info",
    State.CLOSED: "off",
}
# Business of the office alone.
INSIDE = (Step.ASSIGN, Step.CHOOSE)


def story(request: TranscriptRequest, *, of_office: bool) -> list[dict[str, Any]]:
    """The entries for components/timeline.html, oldest first; names of staff for the office only."""
    rows = request.entries.select_related("by__user").order_by("at", "pk")
    if not of_office:
        rows = rows.exclude(step__in=INSIDE)
    entries: list[dict[str, Any]] = []
    for entry in rows:
        office = entry.by.user.name if of_office and entry.by else _("MOCAP office")
        person = _("Who asked") if of_office else _("You")
        entries.append(
            {
                "what": entry.get_step_display(),
                "when": entry.at,
                "who": office if entry.by else person,
                "more": entry.text,
                "state": "done",
            }
        )
    if request.state in OPEN:
        entries.append(
            {
                "what": _("The office answers"),
                "when": request.due_on,
                "who": _("MOCAP office"),
                "more": "",
                "state": "next",
            }
        )
    return entries


def log(disclosures: Iterable[Disclosure]) -> Iterator[dict[str, str]]:
    """What left the office: rows for the log (R-130, R-131)."""
    for row in disclosures:
        yield {
            "what": _(row.what),
            "why": _(row.why),
            "to_whom": row.to_whom,
            "way": row.get_way_display(),
            "on": long_day(row.on),
            "who": row.by.user.name if row.by else "",
        }


def disclosures_of(request: TranscriptRequest) -> list[dict[str, str]]:
    return list(log(request.disclosures.select_related("by__user").order_by("at", "pk")))


def left_to(request: TranscriptRequest) -> list[dict[str, str]]:
    """To whom the transcript that stands has left, and how to reach them: rows for components/summary_list.html."""
    gone = Disclosure.objects.filter(request=request, answer__recall__isnull=True)
    gone = gone.filter(answer__kind=AnswerKind.TRANSCRIPT)
    # Somebody may have saved it many times.
    times = gone.order_by("on", "to_whom", "way").values_list("to_whom", "on", "way").distinct()
    lines = [f"{to_whom}: {long_day(on)}. {Way(way).label}" for to_whom, on, way in times]
    if not lines:
        return [{"term": _("Who has got it"), "value": _("Nobody, as far as it is recorded.")}]
    rows = [
        (_("Who has got it"), "\n".join(lines)),
        (_("Goes to"), _goes_to(request)),
        (_("Email"), request.email),
        (_("Phone"), request.phone),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def facts(request: TranscriptRequest) -> list[dict[str, str]]:
    """What the person wrote, as rows for components/summary_list.html."""
    rows = [
        (_("Name then"), request.former_name),
        (_("Name now"), request.current_name),
        (_("Date of birth"), long_day(request.birth_date)),
        (_("Years"), request.years),
        (_("School then"), request.school_then),
        (_("Courses, as remembered"), request.courses),
        (_("Asked for by"), _asker(request)),
        (_("Email"), request.email),
        (_("Phone"), request.phone),
        (_("Goes to"), _goes_to(request)),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def consent(request: TranscriptRequest) -> list[dict[str, str]]:
    """The consent of the former student; empty where none is needed."""
    if request.consent_signed_on is None:
        return []
    rows = [
        (_("Records"), request.consent_records),
        (_("Purpose"), request.consent_purpose),
        (_("Recipient"), request.consent_recipient),
        (_("Signed by"), request.consent_signed_name),
        (_("Signed on"), long_day(request.consent_signed_on)),
    ]
    return [{"term": term, "value": value} for term, value in rows]


def _asker(request: TranscriptRequest) -> str:
    if request.asker == Asker.OTHER:
        return _("%(name)s, for the former student") % {"name": request.asker_name}
    return _("The former student")


def _goes_to(request: TranscriptRequest) -> str:
    if request.delivery == Delivery.SELF:
        return _("The person who asks, to be saved from the page of the request")
    return f"{request.recipient}\n{request.recipient_address}".strip()


def answer_for_person(request: TranscriptRequest) -> Answer | None:
    """The answer that the request stands at, if there is one."""
    answers = {
        State.SENT: AnswerKind.TRANSCRIPT,
        State.NOT_FOUND: AnswerKind.NOT_FOUND,
        State.SENT_ON: AnswerKind.SENT_ON,
    }
    kind = answers.get(State(request.state))
    if kind is None:
        return None
    standing = request.answers.filter(kind=kind, recall__isnull=True)
    return standing.select_related("letter").order_by("-at", "-pk").first()
