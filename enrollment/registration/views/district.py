"""The district sends an approved course to its provider, follows it, and confirms its credit."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Case, F, Q, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enrollment.part_time.models import APPROVED_LINES, Basis, CourseLine, LineState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Agreement, Instruction

from .. import actions
from ..filters import LineFilter
from ..forms.changes import CreditForm, ReturnForm
from ..models import REGISTERING_ROLES, RosterLine, lines_of
from ..tables import LineTable
from .words import (
    LINE_KINDS,
    Act,
    Missing,
    acts_of_both,
    extension_words,
    how_it_stands,
    to_mend,
    to_tell,
    told,
    why_due,
)

ROWS_PER_PAGE = 25
MOST_URGENT = [
    LineState.APPROVED,
    LineState.FINISHED,
    LineState.REGISTERED,
    LineState.CONFIRMED,
    LineState.ACTIVE,
]


@dataclass(frozen=True)
class Waiting:
    """An approved course with what it waits for."""

    line: CourseLine
    missing: list[Missing]
    waits: bool  # to be sent or to start: "nothing is missing" is worth saying

    @property
    def kind(self) -> str:
        return LINE_KINDS.get(LineState(self.line.state), "off")


@require_safe
@for_roles(*REGISTERING_ROLES)
def waiting(request: HatRequest) -> HttpResponse:
    """Approved courses to send, due soonest first, each with what is missing; and what became of the others."""
    now = timezone.now()
    today = central_date(now)
    urgency = [When(state=state, then=number) for number, state in enumerate(MOST_URGENT)]
    rows = lines_for(request.hat).order_by(
        Case(*urgency, default=len(MOST_URGENT)),
        F("registration_clock__due_on").asc(nulls_last=True),
        "pk",
    )
    filters = LineFilter(request.GET, queryset=rows, today=today)
    page = Pages(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    to_send = [line for line in lines if line.state == LineState.APPROVED]
    held = [line for line in lines if is_held(line, on=today)]
    missing: dict[int, list[Refusal]] = actions.missing_by_line(to_send, at=now) if to_send else {}
    if held:
        missing |= actions.in_the_way_by_line(held, on=today)
    found = [
        Waiting(line, to_mend(line, missing.get(line.pk, []), hat=request.hat), line in [*to_send, *held])
        for line in lines
    ]
    context = {
        "table": LineTable(found),
        "page": page,
        "filter_form": filters.form,
        "today": today,
    }
    return render(request, "registration/waiting.html", context)


@for_roles(*REGISTERING_ROLES)
def line(request: HatRequest, pk: int) -> HttpResponse:
    """What will be told to whom, under which agreement; then the sending. Afterwards how the course stands."""
    now = timezone.now()
    row = get_object_or_404(lines_for(request.hat), pk=pk)
    if request.method == "POST":
        try:
            actions.register(pk, by=request.hat, at=now)
        except actions.AlreadyRegistered as refusal:
            messages.info(request, str(refusal.sentence))
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, _("The course is sent to the provider. The family was told."))
        return redirect("registration:line", pk)
    today = central_date(now)
    roster_line = RosterLine.objects.filter(line=row).select_related(*OF_A_ROSTER_LINE).first()
    context = {
        "line": row,
        "kind": LINE_KINDS.get(LineState(row.state), "off"),
        "roster_line": roster_line,
        "today": today,
        "swap": getattr(row, "swap", None),
        "acts": acts(row, roster_line, hat=request.hat),
    }
    if roster_line is None:
        agreement = Agreement.objects.data_agreement(
            lea_id=row.request.lea_id, provider_id=row.course.provider_id, on=today
        )
        to_send = row.state == LineState.APPROVED
        context |= {
            "rows": to_tell(row),
            "to_send": to_send,
            "missing": to_mend(row, actions.what_is_missing(row, at=now) if to_send else [], hat=request.hat),
            "agreement": agreement.first(),
            "why": why_due(row.registration_clock),
        }
    else:
        roster_line.line = row
        row.roster_line = roster_line
        held = is_held(row, on=today)
        context |= {
            "rows": told(roster_line),
            "answer": how_it_stands(roster_line),
            "extensions": extension_words(row.extensions.order_by("pk")),
            "held": held,
            "in_the_way": to_mend(
                row, actions.what_is_in_the_way(row, on=today) if held else [], hat=request.hat
            ),
            "why": why_due(roster_line.clock),
        }
    return render(request, "registration/line.html", context)


@require_POST
@for_roles(*REGISTERING_ROLES)
def start(request: HatRequest, pk: int) -> HttpResponse:
    """Looks again whether a course that was kept back can start, and starts it."""
    get_object_or_404(lines_for(request.hat), pk=pk)
    now = timezone.now()
    try:
        actions.start(pk, by=request.hat, at=now, on=central_date(now))
    except actions.AlreadyStarted as refusal:
        messages.info(request, str(refusal.sentence))
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The course runs."))
    return redirect("registration:line", pk)


@for_roles(*REGISTERING_ROLES)
def result(request: HatRequest, pk: int) -> HttpResponse:
    """What the provider reported; the district gives the credit, or sends it back on the page beside this one."""
    row = get_object_or_404(lines_for(request.hat), pk=pk)
    roster_line = get_object_or_404(RosterLine.objects.select_related(*OF_A_ROSTER_LINE), line=row)
    if row.state != LineState.FINISHED:
        messages.info(request, str(already(row)))
        return redirect("registration:line", pk)
    roster_line.line = row
    back = reverse("registration:line", args=[pk])
    form = CreditForm(request.POST or None, line=row, result=roster_line.result, cancel_url=back)
    if form.is_valid():
        try:
            actions.confirm_result(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except actions.TooMuchCredit as refusal:
            form.add_error("credit_earned", str(refusal.sentence))
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect("registration:line", pk)
        else:
            messages.success(request, _("The credit is confirmed. Family and provider were told."))
            return redirect("registration:line", pk)
    context = {
        "title": _("Confirm the credit"),
        "intro": _("What the provider reported about %(student)s in “%(course)s”.")
        % {"student": roster_line.student_name, "course": row.course.title},
        "rows": how_it_stands(roster_line),
        "form": form,
        "other": Act(_("Something is wrong: send it back"), reverse("registration:return_result", args=[pk])),
    }
    return render(request, "components/form_page.html", context)


@for_roles(*REGISTERING_ROLES)
def return_result(request: HatRequest, pk: int) -> HttpResponse:
    """The district does not take the result; the provider reads why."""
    row = get_object_or_404(lines_for(request.hat), pk=pk)
    if row.state != LineState.FINISHED:
        messages.info(request, str(already(row)))
        return redirect("registration:line", pk)
    form = ReturnForm(request.POST or None, cancel_url=reverse("registration:result", args=[pk]))
    if form.is_valid():
        try:
            actions.return_result(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The result went back. The provider was told why."))
        return redirect("registration:line", pk)
    context = {
        "title": _("Send the result back"),
        "intro": _("The course runs on until the provider reports again."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


def already(row: CourseLine) -> object:
    """Why there is no result to judge."""
    refusal: type[Refusal] = (
        actions.AlreadyCompleted if row.state == LineState.COMPLETED else actions.NotFinished
    )
    return refusal.sentence


OF_A_ROSTER_LINE = ("clock", "sent_by__user", "confirmed_by__user", "teacher")


def lines_for(hat: Membership) -> QuerySet[CourseLine]:
    """What the district registers: approved lines that it pays for, those that went on from there, and those that came
    with a student."""
    sent_and_taken_back = Q(state=LineState.CANCELLED, roster_line__isnull=False)
    return (
        lines_of(hat)
        .filter(Q(state__in=APPROVED_LINES) | sent_and_taken_back)
        .exclude(basis=Basis.PRIVATE)
        .select_related(
            "course__provider__organization",
            "registration_clock",
            "request__claim__student",
            "request__lea__organization",
            "request__term__school_year",
            "roster_line__clock",
            "roster_line__teacher",
        )
    )


def is_held(row: CourseLine, *, on: dt.date) -> bool:
    """Whether the first day has come and the course does not run."""
    return row.state == LineState.CONFIRMED and row.starts_on is not None and row.starts_on <= on


def acts(row: CourseLine, roster_line: RosterLine | None, *, hat: Membership) -> Collection[Act]:
    """What the district can do about the course now."""
    today = central_date(timezone.now())
    found = []
    if row.state == LineState.FINISHED:
        found.append(Act(_("Confirm the credit"), reverse("registration:result", args=[row.pk])))
    if (
        roster_line is not None
        and row.state in actions.TEACHING_STATES
        and row.course.instruction == Instruction.CURRICULUM_ONLY
    ):
        found.append(
            Act(_("Name the district's teacher"), reverse("registration:teacher", args=[roster_line.pk]))
        )
    if actions.is_swappable(row, on=today) and actions.may_swap(row, by=hat, on=today):
        found.append(Act(_("Exchange it for another course"), reverse("registration:swap", args=[row.pk])))
    if roster_line is not None:
        roster_line.line = row
        found += acts_of_both(roster_line)
    if row.state in actions.SWAPPABLE:  # each of them can be taken back, too
        found.append(
            Act(_("Take it back or withdraw"), reverse("registration:withdraw", args=[row.request_id]))
        )
    return found
