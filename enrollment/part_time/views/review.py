"""The district's part: what waits, one request with everything about it, the decision on a course."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from enrollment.records.models import ClaimState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.directory.models import GRADES, LeaPolicy, LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from .. import actions
from ..filters import RequestFilter, find
from ..forms.review import AssignForm, DecisionForm, FindForm, PauseForm
from ..models import (
    REVIEWING_ROLES,
    CourseLine,
    CourseRequest,
    CourseRequestQuerySet,
    Decision,
    LineState,
    Outcome,
    RequestState,
)
from ..rules import Finding, deciding_roles, eligibility
from ..tables import InboxTable

ROWS_PER_PAGE = 25
REGISTERING_ROLES = (Role.COUNSELOR, Role.COORDINATOR)  # of those who open this page
PAUSING_ROLES = (Role.COUNSELOR, Role.COORDINATOR, Role.SPECIAL_EDUCATION)


def requests_for(hat: Membership) -> CourseRequestQuerySet:
    """What this hat may look at: an LEA's reviewers what they may review, the state office all that was sent."""
    if hat.is_dese:
        return CourseRequest.objects.visible_to(hat)
    return CourseRequest.objects.reviewable_by(hat)


# The inbox ----------------------------------------------------------------------------------------


@for_roles(*REVIEWING_ROLES, *DESE_ROLES)
def inbox(request: HatRequest) -> HttpResponse:
    """What waits for a decision, due soonest first. Words to look for come by POST, for they may be a name."""
    today = central_date(timezone.now())
    requests = requests_for(request.hat)
    form = FindForm(request.POST or None)
    filters = RequestFilter(request.GET, queryset=requests, hat=request.hat, today=today)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    found = as_rows(find(requests, words))[: ROWS_PER_PAGE + 1] if words else as_rows(filters.qs)
    hidden = ("school",) if request.hat.is_dese else ("lea",)
    table = InboxTable(found[:ROWS_PER_PAGE] if words else found, exclude=hidden)
    if words:
        table.empty_text = _("No request has this number or this student's name.")
    else:
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {
        "table": table,
        "filter_form": filters.form,
        "form": form,
        "words": words,
        "more": bool(words) and len(found) > ROWS_PER_PAGE,
        "counts": counts(requests, hat=request.hat, today=today),
        "today": today,
    }
    return render(request, "part_time/review/inbox.html", context)


def as_rows(requests: CourseRequestQuerySet) -> QuerySet[CourseRequest]:
    """Requests as the inbox lists them: due soonest first, paused ones after, decided ones last."""
    return (
        requests.select_related("claim__school", "lea__organization", "clock", "assigned_to__user")
        .annotate(
            courses=Count("lines"),
            undecided=Count("lines", filter=Q(lines__state=LineState.REQUESTED)),
            done=Case(When(state=RequestState.SUBMITTED, then=False), default=True),
        )
        .order_by("done", F("clock__due_on").asc(nulls_last=True), "submitted_at", "pk")
    )


def counts(requests: CourseRequestQuerySet, *, hat: Membership, today: dt.date) -> list[dict[str, Any]]:
    """How many wait, of which kind, each with the filter that shows them."""
    kinds = {
        "waiting": ("", Q()),
        "overdue": ("state=overdue", Q(clock__due_on__lt=today)),
        "paused": ("state=paused", Q(clock__due_on__isnull=True)),
    }
    if not hat.is_dese:
        kinds["mine"] = ("whose=mine", Q(assigned_to__user=hat.user_id))
        kinds["unassigned"] = ("whose=unassigned", Q(assigned_to__isnull=True))
    labels = {
        "waiting": _("wait for a decision"),
        "overdue": _("overdue"),
        "paused": _("clock paused"),
        "mine": _("mine"),
        "unassigned": _("nobody's yet"),
    }
    numbers = requests.filter(state=RequestState.SUBMITTED).aggregate(
        **{kind: Count("pk", filter=condition) for kind, (_query, condition) in kinds.items()}
    )
    return [
        {"kind": kind, "number": numbers[kind], "label": labels[kind], "query": query}
        for kind, (query, _condition) in kinds.items()
    ]


# One request --------------------------------------------------------------------------------------


@require_safe
@for_roles(*REVIEWING_ROLES, *DESE_ROLES)
def review(request: HatRequest, pk: int) -> HttpResponse:
    """Everything about a request. The first look by the district is a step that the family sees."""
    now = timezone.now()
    course_request = get_object_or_404(with_everything(requests_for(request.hat)), pk=pk)
    if course_request.opened_at is None and request.hat.is_lea and request.method == "GET":
        actions.mark_opened(pk, by=request.hat, at=now)
    return render(
        request, "part_time/review/review.html", everything(course_request, hat=request.hat, now=now)
    )


def with_everything(requests: CourseRequestQuerySet) -> CourseRequestQuerySet:
    lines = CourseLine.objects.select_related("course__provider__organization", "decision__decided_by__user")
    return requests.select_related(
        "claim__school",
        "claim__claimant",
        "lea__organization",
        "term__school_year",
        "clock",
        "assigned_to__user",
    ).prefetch_related(Prefetch("lines", lines.order_by("position", "pk")), "acknowledgements__statement")


def everything(course_request: CourseRequest, *, hat: Membership, now: dt.datetime) -> dict[str, Any]:
    """What the page of a request shows."""
    clock, today = course_request.clock, central_date(now)
    assert clock is not None  # a draft has none, and nobody reviews drafts
    is_waiting = course_request.state == RequestState.SUBMITTED
    may_act = hat.is_lea and is_waiting
    return {
        "course_request": course_request,
        "is_waiting": is_waiting,
        "is_overdue": is_waiting and clock.due_on is not None and clock.due_on < today,
        "pause": clock.pauses.filter(ends_on=None).first() if clock.is_paused else None,
        "why": why(clock),
        "student_rows": student_rows(course_request, may_judge=hat.is_lea),
        "findings": findings(course_request),
        "history": history(course_request),
        "assign_form": assign_form(course_request) if may_act else None,
        "may_decide": may_act and hat.role in roles_that_decide(course_request, on=today),
        "may_pause": may_act and hat.role in PAUSING_ROLES,
        "may_register": hat.role in REGISTERING_ROLES,
    }


def student_rows(course_request: CourseRequest, *, may_judge: bool) -> list[dict[str, str]]:
    """What the family typed, and whether the district has confirmed who the student is."""
    claim = course_request.claim
    state = {"term": _("Student confirmed"), "value": claim.get_state_display()}
    if may_judge:
        is_open = claim.state == ClaimState.TYPED
        state |= {
            "url": reverse("records:claim", args=[claim.pk]),
            "action": _("Confirm who it is") if is_open else _("Open"),
        }
    has_plan = _("Yes") if course_request.has_iep_or_504 else _("No")
    return [
        {"term": _("Name"), "value": claim.full_name},
        {"term": _("Birth date"), "value": long_day(claim.birth_date)},
        {"term": _("Grade and school"), "value": f"{dict(GRADES)[claim.grade]}, {claim.school}"},
        state,
        {"term": _("Asked by"), "value": f"{claim.asked_by}, {claim.get_relationship_display()}"},
        {"term": _("How to reach them"), "value": "\n".join(claim.how_to_reach)},
        {"term": _("Where the student goes to school"), "value": claim.get_enrollment_display()},
        {"term": _("Courses in person"), "value": str(course_request.in_person_courses)},
        {"term": _("IEP or 504 plan"), "value": has_plan},
    ]


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


def findings(course_request: CourseRequest) -> list[Finding]:
    """What the rules ask, as it stood on the day the request was sent."""
    assert course_request.submitted_at is not None
    sent_on = central_date(course_request.submitted_at)
    full_load = LegalValue.objects.whole(LegalKey.FULL_LOAD, on=sent_on)
    over = sum(line.over_full_load for line in course_request.lines.all())
    return [
        *eligibility(course_request.claim, on=sent_on),
        Finding(
            "R-07",
            _("Within a full load of %(count)d courses") % {"count": full_load},
            over == 0,
            ngettext(
                "%(over)d course lies above a full load: the district need not pay for it.",
                "%(over)d courses lie above a full load: the district need not pay for them.",
                over,
            )
            % {"over": over},
        ),
    ]


@require_POST
@for_roles(*REVIEWING_ROLES)
def assign(request: HatRequest, pk: int) -> HttpResponse:
    """To me, to a colleague, or to nobody."""
    course_request = get_object_or_404(
        CourseRequest.objects.reviewable_by(request.hat).select_related("claim__school"), pk=pk
    )
    form = AssignForm(request.POST, claim=course_request.claim)
    if not form.is_valid():
        messages.error(request, str(form.errors["to"][0]))
    elif to := form.cleaned_data["to"]:
        try:
            actions.assign(pk, to=to)
        except actions.NotAReviewer as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, _("This is now the request of %(name)s.") % {"name": to.user.name})
    else:
        actions.assign(pk, to=None)
        messages.success(request, _("This is now nobody's request."))
    return redirect("part_time:review", pk)


@for_roles(*PAUSING_ROLES)
def pause(request: HatRequest, pk: int) -> HttpResponse:
    """Stops the clock while the IEP or 504 team works: the only pause there is (R-17)."""
    course_request = get_object_or_404(CourseRequest.objects.reviewable_by(request.hat), pk=pk)
    form = PauseForm(request.POST or None, cancel_url=reverse("part_time:review", args=[pk]))
    if form.is_valid():
        try:
            actions.pause_for_team(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The clock stands still. The family was told why."))
            return redirect("part_time:review", pk)
    return render(request, "part_time/review/pause.html", {"course_request": course_request, "form": form})


@require_POST
@for_roles(*PAUSING_ROLES)
def resume(request: HatRequest, pk: int) -> HttpResponse:
    """The team is done: the days that were left run again."""
    get_object_or_404(CourseRequest.objects.reviewable_by(request.hat), pk=pk)
    try:
        actions.resume_after_team(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The clock runs again. The family was told the new due date."))
    return redirect("part_time:review", pk)


# The decision -------------------------------------------------------------------------------------


@for_roles(Role.COUNSELOR, Role.DECIDER)
def decide(request: HatRequest, pk: int) -> HttpResponse:
    """Approves or denies one course, in two steps: the letter as it will be sent, then the sending.

    403 for a counselor where the district's policy reserves the decision (R-19).
    """
    now = timezone.now()
    line = get_object_or_404(lines_to_decide(request.hat), pk=pk)
    if request.hat.role not in roles_that_decide(line.request, on=central_date(now)):
        raise PermissionDenied(str(actions.MayNotDecide.sentence))
    if line.state != LineState.REQUESTED:
        return already_decided(request, pk)
    back = reverse("part_time:review", args=[line.request_id])
    form = DecisionForm(request.POST or None, on=central_date(now), cancel_url=back)
    if form.is_valid() and "change" not in request.POST:
        if "send" not in request.POST:
            context = {"line": line, "form": form, "letter": letter(line, form, by=request.hat, at=now)}
            return render(request, "part_time/review/preview.html", context)
        try:
            send(line, form, by=request.hat, at=now)
        except actions.AlreadyDecided:
            return already_decided(request, pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done(form, line))
            return redirect(next_page(line.request_id))
    return render(request, "part_time/review/decide.html", {"line": line, "form": form})


def lines_to_decide(hat: Membership) -> QuerySet[CourseLine]:
    return CourseLine.objects.reviewable_by(hat).select_related(
        "course__provider__organization",
        "request__claim__school",
        "request__lea__organization",
        "request__term__school_year",
        "request__clock",
    )


def roles_that_decide(course_request: CourseRequest, *, on: dt.date) -> frozenset[Role]:
    return deciding_roles(LeaPolicy.objects.on(on).filter(lea=course_request.lea_id).first())


def letter(line: CourseLine, form: DecisionForm, *, by: Membership, at: dt.datetime) -> str:
    outcome = Outcome(form.cleaned_data["outcome"])
    said = form.denial if outcome == Outcome.DENIED else {}
    return actions.preview_letter(line, by=by, at=at, outcome=outcome, **said)


def send(line: CourseLine, form: DecisionForm, *, by: Membership, at: dt.datetime) -> Decision:
    considered = form.cleaned_data["in_person_considered"]
    if form.cleaned_data["outcome"] == Outcome.APPROVED:
        return actions.approve(line.pk, by=by, at=at, in_person_considered=considered)
    return actions.deny(line.pk, by=by, at=at, in_person_considered=considered, **form.denial)


def done(form: DecisionForm, line: CourseLine) -> str:
    sentence = (
        _("%(course)s is approved. The letter is sent to the family.")
        if form.cleaned_data["outcome"] == Outcome.APPROVED
        else _("%(course)s is denied. The letter is sent to the family.")
    )
    return sentence % {"course": line.course.title}


def next_page(request_id: int) -> str:
    """The next course that waits, else the request."""
    waiting = CourseLine.objects.filter(request=request_id, state=LineState.REQUESTED)
    following = waiting.order_by("position", "pk").first()
    if following is not None:
        return reverse("part_time:decide", args=[following.pk])
    return reverse("part_time:review", args=[request_id])


def already_decided(request: HatRequest, pk: int) -> HttpResponse:
    """The second decider reads the decision. Who clicked twice goes on as after one click."""
    decision = get_object_or_404(
        Decision.objects.select_related("line__course", "line__request", "decided_by__user"),
        line=pk,
        superseded_by=None,
    )
    if request.method == "POST" and decision.decided_by_id == request.hat.pk:
        return redirect(next_page(decision.line.request_id))
    status = 409 if request.method == "POST" else 200
    return render(request, "part_time/review/already_decided.html", {"decision": decision}, status=status)
