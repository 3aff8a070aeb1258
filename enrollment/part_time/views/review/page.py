"""One request with everything about it, in every state."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from enrollment.records.models import Claim, ClaimState
from enrollment.records.views.staff import KEEPING_ROLES
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import long_day

from ... import actions
from ...findings import findings
from ...forms.review import AssignForm
from ...models import (
    OPEN_LINES,
    REVIEWING_ROLES,
    Amendment,
    CourseLine,
    CourseRequest,
    CourseRequestQuerySet,
    Decision,
    LineState,
    Recommendation,
    RequestState,
    TeamReview,
    standing_advice,
)
from ...rules import recording_roles
from ...suspicions import suspicions
from .scope import ADVICE, PAUSING_ROLES, REGISTERING_ROLES, TEAM_ROLES, requests_for, roles_that_decide

# The kind of status (foundation/ui) that the state of a course means to the district.
KIND_OF_STATUS = {
    LineState.REQUESTED: "todo",
    LineState.APPROVED: "good",
    LineState.DENIED: "bad",
    LineState.REGISTERED: "good",
    LineState.CONFIRMED: "good",
    LineState.ACTIVE: "good",
    LineState.FINISHED: "todo",
    LineState.COMPLETED: "good",
    LineState.CANCELLED: "off",
    LineState.WITHDRAWN: "off",
    LineState.REMOVED: "off",
}
# A course that another one of its provider may take the place of; registration knows until which day.
TAKES_ANOTHER = OPEN_LINES - {LineState.REQUESTED}
DECIDED_ANEW = frozenset({LineState.APPROVED, LineState.DENIED})
EARLIER = [LineState.FINISHED, LineState.COMPLETED, LineState.WITHDRAWN, LineState.REMOVED]


@dataclass(frozen=True)
class Card:
    """A course of the request, and what this hat may do about it."""

    line: CourseLine
    kind: str
    weekly: str
    advice: list[Recommendation]
    replaced: list[Decision]
    may_decide: bool
    may_advise: bool
    may_supersede: bool
    may_register: bool
    may_swap: bool


@require_safe
@for_roles(*REVIEWING_ROLES, *DESE_ROLES)
def review(request: HatRequest, pk: int) -> HttpResponse:
    """Everything about a request. The first look by the district is a step that the family sees."""
    now = timezone.now()
    course_request = get_object_or_404(with_everything(requests_for(request.hat)), pk=pk)
    if course_request.opened_at is None and request.hat.is_lea and request.method == "GET":
        actions.mark_opened(pk, by=request.hat, at=now)
    context = everything(course_request, hat=request.hat, now=now)
    return render(request, "part_time/review/review.html", context)


def with_everything(requests: CourseRequestQuerySet) -> CourseRequestQuerySet:
    lines = CourseLine.objects.select_related(
        "course__provider__organization",
        "reason",
        "replaces__course",
        "replaced_by__course",
        "decision__decided_by__user",
    ).prefetch_related(
        ADVICE,
        Prefetch(
            "decisions",
            Decision.objects.filter(superseded_by__isnull=False)
            .select_related("decided_by__user", "superseded_by")
            .order_by("-decided_at", "-pk"),
        ),
    )
    return requests.select_related(
        "claim__school",
        "claim__student",
        "claim__claimant",
        "entered_by__user",
        "lea__organization",
        "term__school_year",
        "clock",
        "review_clock",
        "assigned_to__user",
    ).prefetch_related(
        Prefetch("lines", lines.order_by("position", "pk")),
        "acknowledgements__statement",
        Prefetch("amendments", Amendment.objects.order_by("-at", "-pk")),
        Prefetch("team_reviews", TeamReview.objects.select_related("by__user").order_by("-at", "-pk")),
    )


def everything(course_request: CourseRequest, *, hat: Membership, now: dt.datetime) -> dict[str, Any]:
    """What the page of a request shows."""
    clock, today = course_request.clock, central_date(now)
    assert clock is not None  # a draft has none, and nobody reviews drafts
    is_waiting = course_request.state == RequestState.SUBMITTED
    may_act = hat.is_lea and is_waiting
    deciding = roles_that_decide(course_request.lea_id, on=today)
    may_decide = hat.is_lea and hat.role in deciding
    return {
        "course_request": course_request,
        "cards": [card(line, hat=hat, may_decide=may_decide) for line in course_request.lines.all()],
        "is_waiting": is_waiting,
        "is_overdue": is_waiting and clock.due_on is not None and clock.due_on < today,
        "pause": clock.pauses.filter(ends_on=None).first() if clock.is_paused else None,
        "why": why(clock),
        "suspicions": suspicions([course_request], at=now).get(course_request.pk, []) if hat.is_lea else [],
        "student_rows": student_rows(course_request, hat=hat),
        "arrival_rows": arrival_rows(course_request),
        "findings": findings(course_request),
        "earlier": earlier_courses(course_request, hat=hat),
        "history": history(course_request),
        "assign_form": assign_form(course_request) if may_act else None,
        "may_record": may_act and hat.role in recording_roles(deciding),
        "may_pause": may_act and hat.role in PAUSING_ROLES,
        "may_resume": may_act and hat.role in TEAM_ROLES,
        "may_take_back": hat.is_lea
        and any(line.state in OPEN_LINES and stayed(line) for line in course_request.lines.all()),
    }


def stayed(line: CourseLine) -> bool:
    """Whether the district of the request still looks after a course that is not over.

    What was sent to a provider goes along with a student who moves to another district (R-72).
    """
    student = line.request.claim.student
    if student is None or line.state in {LineState.REQUESTED, LineState.APPROVED}:
        return True
    return bool(student.lea_id == line.request.lea_id)


def card(line: CourseLine, *, hat: Membership, may_decide: bool) -> Card:
    state = LineState(line.state)
    return Card(
        line=line,
        kind=KIND_OF_STATUS[state],
        weekly=weekly(line.planned_minutes) if line.planned_minutes else "",
        advice=standing_advice(line),
        replaced=list(line.decisions.all()),
        may_decide=may_decide and state == LineState.REQUESTED,
        may_advise=hat.role == Role.COUNSELOR and state == LineState.REQUESTED,
        may_supersede=may_decide and state in DECIDED_ANEW and line.decision_id is not None,
        may_register=hat.role in REGISTERING_ROLES and state == LineState.APPROVED and not line.is_private,
        may_swap=may_decide and state in TAKES_ANOTHER and not line.is_private and stayed(line),
    )


def weekly(minutes: int) -> str:
    """5 hours a week, or 90 minutes a week."""
    hours, rest = divmod(minutes, 60)
    if rest:
        return ngettext("%(count)d minute a week", "%(count)d minutes a week", minutes) % {"count": minutes}
    return ngettext("%(count)d hour a week", "%(count)d hours a week", hours) % {"count": hours}


def student_rows(course_request: CourseRequest, *, hat: Membership) -> list[dict[str, str]]:
    """What the family typed, and whether the district has confirmed who the student is."""
    claim = course_request.claim
    state = {"term": _("Student confirmed"), "value": claim.get_state_display()}
    if hat.is_lea:
        is_open = claim.state == ClaimState.TYPED
        state |= {
            "url": reverse("records:claim", args=[claim.pk]),
            "action": _("Confirm who it is") if is_open else _("Open"),
        }
    in_person = course_request.in_person_courses
    has_plan = {True: _("Yes"), False: _("No"), None: _("Not asked")}[course_request.has_iep_or_504]
    return [
        {"term": _("Name"), "value": claim.full_name},
        {"term": _("Birth date"), "value": long_day(claim.birth_date)},
        {"term": _("Grade and school"), "value": f"{dict(GRADES)[claim.grade]}, {claim.school}"},
        *_other_grade(claim, hat=hat),
        state,
        {"term": _("Asked by"), "value": f"{claim.asked_by}, {claim.get_relationship_display()}"},
        {"term": _("How to reach them"), "value": "\n".join(claim.how_to_reach)},
        {"term": _("Where the student goes to school"), "value": claim.get_enrollment_display()},
        {"term": _("Courses in person"), "value": _("Not asked") if in_person is None else str(in_person)},
        {"term": _("IEP or 504 plan"), "value": has_plan},
    ]


def _other_grade(claim: Claim, *, hat: Membership) -> list[dict[str, str]]:
    """The grade that the district keeps of the student, where the family says another one: a year may have passed."""
    student = claim.student
    if student is None or student.grade == claim.grade or student.lea_id != hat.organization_id:
        return []
    row = {"term": _("Grade on file"), "value": str(dict(GRADES)[student.grade])}
    if hat.role in KEEPING_ROLES:
        row |= {"url": reverse("records:correct_student", args=[student.pk]), "action": _("Correct the data")}
    return [row]


def arrival_rows(course_request: CourseRequest) -> list[dict[str, str]]:
    """How the request came: by whose hand, on which paper, with which words."""
    rows = [{"term": _("How it came"), "value": course_request.get_channel_display()}]
    if course_request.entered_by:
        rows.append({"term": _("Entered by"), "value": course_request.entered_by.user.name})
    if course_request.scan_id:
        address = reverse("part_time:request_scan", args=[course_request.pk])
        rows.append(
            {"term": _("Its paper"), "value": _("A scan is kept."), "url": address, "action": _("Download")}
        )
    if course_request.note:
        rows.append({"term": _("What the family wants you to know"), "value": course_request.note})
    return rows


def earlier_courses(course_request: CourseRequest, *, hat: Membership) -> QuerySet[CourseLine]:
    """How earlier virtual courses of this student went: a decision may weigh it (R-24). Of a confirmed student only."""
    student = course_request.claim.student_id
    lines = CourseLine.objects.visible_to(hat).filter(state__in=EARLIER).exclude(request=course_request)
    found = lines.filter(request__claim__student=student) if student else lines.none()
    return found.select_related("course__provider__organization").order_by("-ended_on", "-pk")


def history(course_request: CourseRequest) -> list[dict[str, Any]]:
    """Every step, by name: colleagues ask each other. The family reads roles."""
    steps = course_request.steps.select_related("by__user", "line__course").order_by("at", "pk")
    return [
        {
            "what": step.get_kind_display(),
            "when": step.at,
            "who": f"{step.by.user.name}, {step.by.get_role_display()}" if step.by else "",
            "more": step.line.course.title if step.line else "",
            "state": "done",
        }
        for step in steps
    ]


def assign_form(course_request: CourseRequest) -> AssignForm:
    return AssignForm(
        claim=course_request.claim,
        action=reverse("part_time:assign", args=[course_request.pk]),
        initial={"to": course_request.assigned_to_id},
    )
