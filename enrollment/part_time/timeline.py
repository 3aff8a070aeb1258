"""A request as its family reads it: what happened, in which role, and what comes next, who acts and by when.

Staff appear by their role, never by name. What happened comes from `Step` rows and from moves of the clock; what
comes next from the state of the request and its lines.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.clocks.models import ClockKind, ClockMove, ClockPause
from mocap_portal.foundation.directory.models import Lea, LeaPolicy
from mocap_portal.foundation.ui.words import long_day

from .models import CourseLine, CourseRequest, CourseRequestQuerySet, LineState, RequestState, Step, StepKind
from .rules import deciding_roles


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, for templates/components/timeline.html. `when` is the moment of what is done, else a due day."""

    what: str
    state: Literal["done", "now", "next"]
    when: dt.datetime | dt.date | None = None
    who: str = ""
    more: str = ""
    is_late: bool = False


def with_all_it_needs(requests: CourseRequestQuerySet) -> CourseRequestQuerySet:
    """The requests with what their page shows: lines in order with decisions, clocks, pauses, the district."""
    lines = CourseLine.objects.select_related(
        "course__provider__organization", "registration_clock", "confirmation_clock", "decision"
    )
    return requests.select_related(
        "claim__school",
        "claim__student__lea__organization",
        "term__school_year",
        "lea__organization",
        "clock",
    ).prefetch_related(
        Prefetch("lines", lines.order_by("position")),
        Prefetch("clock__pauses", ClockPause.objects.order_by("pk")),
    )


def timeline(request: CourseRequest, *, on: dt.date) -> list[Entry]:
    """Everything about this request, oldest first; the last entries are still to come.

    `on` is today in Central time. `request` comes from `with_all_it_needs`.
    """
    steps = list(
        request.steps.select_related("by", "line__course__provider__organization").order_by("at", "pk")
    )
    waiting = waits_for(request, on=on, decider=_decider(request, on=on))
    return [*_history(request, steps), *waiting, *_later(request)]


def waits_for(request: CourseRequest, *, on: dt.date, decider: str = "") -> list[Entry]:
    """What the request waits for now; nothing when all is done. Needs no query beyond `with_all_it_needs`.

    `decider` is the role that decides here.
    """
    if request.state == RequestState.DRAFT:
        return [Entry(_("You choose courses, check your answers and sign"), "now", who=_("You"))]
    decision = [_decision(request, on=on, decider=decider)] if request.state == RequestState.SUBMITTED else []
    return decision + [
        _after_approval(line, _looked_after_by(line, request), on=on)
        for line in request.lines.all()
        if line.state == LineState.REGISTERED or _is_to_register(line)
    ]


# What happened ------------------------------------------------------------------------------------


def _history(request: CourseRequest, steps: Iterable[Step]) -> list[Entry]:
    # Each pause was written together with its step, so the first reason belongs to the first such step.
    reasons = iter([pause.reason for pause in request.clock.pauses.all()] if request.clock else [])
    told = [
        (
            step.at,
            Entry(
                _told(step),
                "done",
                when=step.at,
                who=str(Role(step.by.role).label) if step.by else "",
                more=next(reasons, "") if step.kind == StepKind.PAUSED else "",
            ),
        )
        for step in steps
    ]
    moves = ClockMove.objects.filter(clock__in=_clock_keys(request)).select_related("clock", "closed_day")
    told += [(move.moved_at, _moved(move)) for move in moves.order_by("pk")]
    return [entry for _at, entry in sorted(told, key=lambda pair: pair[0])]


def _clock_keys(request: CourseRequest) -> list[int]:
    """The clocks of the decision, of each registration and of each confirmation."""
    keys = [request.clock_id]
    for line in request.lines.all():
        keys += [line.registration_clock_id, line.confirmation_clock_id]
    return [key for key in keys if key is not None]


def _moved(move: ClockMove) -> Entry:
    what = {
        ClockKind.PART_TIME_DECISION: _("The due date moved to %(due)s"),
        ClockKind.COUNSELOR_REVIEW: _("The counselor's last day to advise moved to %(due)s"),
        ClockKind.REGISTRATION: _("The last day to register moved to %(due)s"),
        ClockKind.PROVIDER_CONFIRMATION: _("The provider's last day to confirm moved to %(due)s"),
    }[ClockKind(move.clock.kind)]
    return Entry(
        what % {"due": long_day(move.due_on)},
        "done",
        when=move.moved_at,
        who=_("State office (DESE)"),
        more=_("Schools were closed on %(day)s: %(reason)s. That day does not count.")
        % {"day": long_day(move.closed_day.date), "reason": move.closed_day.reason},
    )


def _told(step: Step) -> str:
    words = {
        StepKind.STARTED: _("The request was started"),
        StepKind.ENTERED: _("The district entered the request for the family"),
        StepKind.SUBMITTED: _("The request was signed and sent to the district"),
        StepKind.OPENED: _("The district opened the request"),
        StepKind.CORRECTED: _("The family corrected the request; the due date stays"),
        StepKind.AMENDED: _("The family changed the request; the due date stays"),
        StepKind.RECOMMENDED: _("A counselor gave advice about “%(course)s”"),
        StepKind.APPROVED: _("“%(course)s” was approved"),
        StepKind.DENIED: _("“%(course)s” was denied"),
        StepKind.SUPERSEDED: _("The decision about “%(course)s” was replaced by another"),
        StepKind.PAUSED: _("The clock was paused"),
        StepKind.RESUMED: _("The clock runs again"),
        StepKind.REGISTERED: _("The district registered the student for “%(course)s”"),
        StepKind.CONFIRMED: _("%(provider)s confirmed the place in “%(course)s”"),
        StepKind.SWAPPED: _("“%(course)s” was exchanged for another course"),
        StepKind.RUNNING: _("“%(course)s” started"),
        StepKind.EXTENDED: _("The last day of “%(course)s” moved"),
        StepKind.FINISHED: _("%(provider)s said how “%(course)s” ended"),
        StepKind.COMPLETED: _("The district gave credit for “%(course)s”"),
        StepKind.CANCELLED: _("“%(course)s” was taken back"),
        StepKind.WITHDRAWN: _("The student stopped “%(course)s”"),
        StepKind.REMOVED: _("“%(course)s” was ended: it did not serve the student"),
    }[StepKind(step.kind)]
    return words % _names(step.line) if step.line else words


# What it waits for --------------------------------------------------------------------------------


def _decision(request: CourseRequest, *, on: dt.date, decider: str) -> Entry:
    clock = request.clock
    assert clock is not None  # submitted requests have one
    count = sum(line.state == LineState.REQUESTED for line in request.lines.all())
    if clock.due_on is None:
        reason = [pause.reason for pause in clock.pauses.all()][-1]
        return Entry(
            _("The school's IEP or 504 team does its part; the clock stands still"),
            "now",
            who=str(Role.SPECIAL_EDUCATION.label),
            more=_("Reason: %(reason)s. You get a new due date when the days to answer go on.")
            % {"reason": reason.rstrip(".")},
        )
    what = ngettext(
        "The district decides about %(count)d course", "The district decides about %(count)d courses", count
    ) % {"count": count}
    if clock.due_on >= on:
        return Entry(what, "now", when=clock.due_on, who=decider)
    late = _(
        "The due date has passed. Silence neither approves nor denies a course: the district still owes you an "
        "answer in writing. Ask %(contact)s. The state office (DESE) is told about late answers."
    )
    return Entry(
        what,
        "now",
        when=clock.due_on,
        who=decider,
        more=late % {"contact": request.lea.contact},
        is_late=True,
    )


def _looked_after_by(line: CourseLine, request: CourseRequest) -> Lea:
    """Whom to ask about an approved course: once it is sent, the district that the student is of now (R-72)."""
    student = request.claim.student
    return request.lea if student is None or line.state == LineState.APPROVED else student.lea


def _after_approval(line: CourseLine, lea: Lea, *, on: dt.date) -> Entry:
    if line.state == LineState.APPROVED:
        what, who = _("The district registers the student for “%(course)s”"), Role.COORDINATOR
        clock = line.registration_clock
    else:
        what, who = _("%(provider)s confirms the place in “%(course)s”"), Role.PROVIDER_STAFF
        clock = line.confirmation_clock
    due = clock.due_on if clock else None
    is_late = due is not None and due < on
    more = _("This is late. Ask %(contact)s.") % {"contact": lea.contact} if is_late else ""
    return Entry(what % _names(line), "now", when=due, who=str(who.label), more=more, is_late=is_late)


def _later(request: CourseRequest) -> list[Entry]:
    """What follows once the present waiting is over."""
    register = Entry(
        _("The district registers the student for each approved course"),
        "next",
        who=str(Role.COORDINATOR.label),
    )
    confirm = Entry(
        _("The provider confirms the place, and the course can start"),
        "next",
        who=str(Role.PROVIDER_STAFF.label),
    )
    lines = request.lines.all()
    if request.state == RequestState.SUBMITTED:
        return [register, confirm]
    coming = [confirm] if any(_is_to_register(line) for line in lines) else []
    return coming + [
        _to_come(line) for line in lines if line.state in {LineState.CONFIRMED, LineState.ACTIVE}
    ]


def _is_to_register(line: CourseLine) -> bool:
    return line.state == LineState.APPROVED and not line.is_private


def _to_come(line: CourseLine) -> Entry:
    """The first day of a confirmed course, the last one of a running course."""
    if line.state == LineState.CONFIRMED:
        return Entry(_("“%(course)s” starts") % _names(line), "next", when=line.starts_on)
    return Entry(
        _("%(provider)s says how “%(course)s” ended") % _names(line),
        "next",
        when=line.ends_on,
        who=str(Role.PROVIDER_STAFF.label),
    )


def _decider(request: CourseRequest, *, on: dt.date) -> str:
    """The role of whoever decides in this district (R-19)."""
    policy = LeaPolicy.objects.on(on).filter(lea=request.lea_id).first()
    roles = deciding_roles(policy)
    return str((Role.COUNSELOR if Role.COUNSELOR in roles else Role.DECIDER).label)


def _names(line: CourseLine) -> dict[str, str]:
    return {"course": line.course.title, "provider": line.course.provider.organization.name}
