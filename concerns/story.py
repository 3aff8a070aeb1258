"""A concern as its writer reads it: where it stands, what happened, what comes next, what they wrote (R-120).

Nothing that only the office may read comes out: of what the other side was asked and answered only that it was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import long_day

from .models import FOR_WRITER, Concern, ConcernState, Entry, EntryKind
from .questions import told

# Without the words, which are for others.
ONLY_THAT = (
    EntryKind.ASKED,
    EntryKind.ANSWERED,
    EntryKind.ASKED_NO_MORE,
    EntryKind.JOINED,
    EntryKind.SEPARATED,
)

HAPPENED = {
    EntryKind.RECEIVED: gettext_lazy("We have received it"),
    EntryKind.SORTED: gettext_lazy("We have taken it up"),
    EntryKind.ASSIGNED: gettext_lazy("A reviewer looks into it"),
    EntryKind.TO_WRITER: gettext_lazy("We wrote to you"),
    EntryKind.ASKED_WRITER: gettext_lazy("We asked you"),
    EntryKind.FROM_WRITER: gettext_lazy("You wrote"),
    EntryKind.CONSENT: gettext_lazy("You said whether we may name you"),
    EntryKind.CLOSED: gettext_lazy("Closed"),
    EntryKind.REOPENED: gettext_lazy("Opened again"),
    EntryKind.RATED: gettext_lazy("You rated our answer"),
    EntryKind.ASKED: gettext_lazy("We asked the other side"),
    EntryKind.ANSWERED: gettext_lazy("The other side has answered us"),
    EntryKind.ASKED_NO_MORE: gettext_lazy("We need no answer of the other side any more"),
    EntryKind.JOINED: gettext_lazy("We look into it together with others about the same"),
    EntryKind.SEPARATED: gettext_lazy("We look into it by itself again"),
}
BY_WRITER = {EntryKind.FROM_WRITER, EntryKind.CONSENT, EntryKind.RATED}

STANDS = {
    ConcernState.RECEIVED: ("waiting", gettext_lazy("Received. Nobody has read it yet.")),
    ConcernState.SORTED: ("waiting", gettext_lazy("We have read it and decide who looks into it.")),
    ConcernState.ASSIGNED: ("waiting", gettext_lazy("A reviewer looks into it.")),
    ConcernState.AWAITING: ("waiting", gettext_lazy("We have asked the other side and wait for its answer.")),
    ConcernState.RESPONDED: (
        "waiting",
        gettext_lazy("The other side has answered. We look at what it says."),
    ),
    ConcernState.CLOSED: ("good", gettext_lazy("Closed")),
    ConcernState.REOPENED: ("waiting", gettext_lazy("Open again. We look into it once more.")),
    ConcernState.MERGED: (
        "info",
        gettext_lazy(
            "We look into it together with others about the same, and tell you here what comes of it."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline (components/timeline.html)."""

    what: str
    when: dt.date | dt.datetime | None
    who: str = ""
    more: str = ""
    state: str = "done"


def entries_for(concern: Concern) -> list[Entry]:
    """What the writer may know of, oldest first."""
    return list(concern.entries.filter(kind__in=[*FOR_WRITER, *ONLY_THAT]).order_by("at", "pk"))


def timeline(concern: Concern, entries: list[Entry]) -> list[Told]:
    """What happened, then what is due."""
    done = [_told(entry) for entry in entries]
    return [*done, *(Told(what, due_on, state="next") for what, due_on in to_come(concern))]


def to_come(concern: Concern) -> list[tuple[str, dt.date]]:
    """What the office still has to do, each with its last day."""
    if concern.state in {ConcernState.CLOSED, ConcernState.MERGED}:
        return []
    due = [
        (_("Somebody takes it up"), concern.acknowledge_clock),
        (_("It is clear who looks into it"), concern.sort_clock),
        (_("We write you a first reply here"), concern.reply_clock),
    ]
    return [(what, clock.due_on) for what, clock in due if _is_running(clock) and clock and clock.due_on]


def open_question(entries: list[Entry]) -> Entry | None:
    """What the office has asked the writer last, if they have not written since and it is not closed."""
    said = [
        entry
        for entry in entries
        if entry.kind in {EntryKind.ASKED_WRITER, EntryKind.FROM_WRITER, EntryKind.CLOSED}
    ]
    return said[-1] if said and said[-1].kind == EntryKind.ASKED_WRITER else None


def stands(concern: Concern, *, asked: bool) -> tuple[str, str]:
    """The kind of a status tag and one sentence. `asked`: the office waits for the writer."""
    if asked:
        return "todo", _("We wait for your answer.")
    kind, words = STANDS[ConcernState(concern.answered_in.state if concern.over_at else concern.state)]
    if concern.over_at:
        return kind, _("Closed: %(outcome)s") % {"outcome": concern.answered_in.get_outcome_display()}
    return kind, str(words)


def category_of(concern: Concern) -> CodeMeaning | None:
    """What it is about, as that was called on the day it came."""
    rows = CodeMeaning.objects.of(CodeSet.CONCERN_CATEGORY, on=central_date(concern.received_at))
    return rows.filter(code=concern.category).first()


def what_was_written(concern: Concern, category: CodeMeaning | None) -> list[dict[str, str]]:
    """The writer's own words as rows of a summary list; what was left empty is left out."""
    about = [concern.lea, concern.provider, concern.program, concern.course_title]
    span = " – ".join(long_day(day) for day in (concern.happened_from, concern.happened_to) if day)
    rows: list[tuple[str, Any]] = [
        (_("What it is about"), category.local_label if category else concern.category),
        (_("You are"), concern.get_writer_display()),
        (_("Your name"), _("Not given") if concern.is_anonymous else concern.name),
        (_("Email"), concern.email),
        (_("Telephone"), concern.phone),
        (_("Whom it is about"), "\n".join(str(row) for row in about if row)),
        (_("Part-time or full-time"), concern.get_track_display()),
        (_("Student"), concern.student_name),
        *told(concern.category, concern.answers),
        (_("When"), span),
        (_("What happened"), concern.what_happened),
        (_("What you have tried"), concern.tried),
        (_("What would put it right"), concern.wanted),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def _told(entry: Entry) -> Told:
    kind = EntryKind(entry.kind)
    if kind in ONLY_THAT:
        return Told(str(HAPPENED[kind]), entry.at)
    if kind == EntryKind.RECEIVED:
        return Told(str(HAPPENED[kind]), entry.at, more=entry.text)
    if kind == EntryKind.ASSIGNED and entry.to_id is None:
        return Told(_("We decide anew who looks into it"), entry.at, _("MOCAP office"), entry.text)
    by_writer = kind in BY_WRITER or (kind in {EntryKind.CLOSED, EntryKind.REOPENED} and entry.by_id is None)
    who = _("You") if by_writer else _("MOCAP office")
    return Told(str(HAPPENED[kind]), entry.at, who, entry.text)


def _is_running(clock: Clock | None) -> bool:
    return clock is not None and clock.stopped_at is None
