"""Students who move from one LEA to another, and the credit that they bring (R-72, R-73)."""

import datetime as dt

from django.contrib import messages
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enrollment.full_time.forms.staff import EndForm
from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.actions import MOVING_ROLES
from enrollment.records.models import Student
from enrollment.registration.actions import GOING_ON
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, LEA_ROLES, Membership, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import take_step
from mocap_portal.foundation.ui.words import long_day

from . import actions
from .forms import AnnounceForm, DeclineForm, ReceiveForm
from .models import Transfer, TransferQuerySet, TransferState, students_of
from .tables import CreditTable, TransferTable

ROWS_PER_PAGE = 25
A_DAY = dt.timedelta(days=1)
BACK = AHEAD = dt.timedelta(days=366)  # how far from today a last day may lie


@require_safe
@for_roles(*MOVING_ROLES)
def transfers(request: HatRequest) -> HttpResponse:
    """Whom to receive first, then whom others have to receive, then what is done; newest first."""
    assert request.hat.organization_id is not None  # staff of an LEA
    turn = Case(
        When(state=TransferState.ANNOUNCED, to_lea=request.hat.organization_id, then=Value(0)),
        When(state=TransferState.ANNOUNCED, then=Value(1)),
        default=Value(2),
    )
    rows = transfers_for(request.hat).order_by(turn, "-leaves_on", "-pk")
    page = Pages(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "transfers/transfers.html", {"table": TransferTable(page.object_list), "page": page}
    )


@require_safe
@for_roles(*MOVING_ROLES)
def transfer(request: HatRequest, pk: int) -> HttpResponse:
    """Who moves, from where, which courses go on, and what this side does next."""
    row = get_object_or_404(transfers_for(request.hat), pk=pk)
    waits = row.state == TransferState.ANNOUNCED
    receives = row.to_lea_id == request.hat.organization_id
    context = {
        "transfer": row,
        # What goes on after the move is the new district's business alone.
        "courses": running(row) if waits or (receives and row.state == TransferState.RECEIVED) else [],
        "may_receive": waits and receives,
        "may_take_back": waits and not receives,
        "credit_url": reverse("transfers:credit", args=[row.student_id])
        if Student.objects.visible_to(request.hat).filter(pk=row.student_id).exists()
        else "",
    }
    return render(request, "transfers/transfer.html", context)


@for_roles(*MOVING_ROLES)
def announce(request: HatRequest, pk: int) -> HttpResponse:
    """Says where a student goes."""
    now = timezone.now()
    today = central_date(now)
    student = get_object_or_404(students_of(request.hat), pk=pk)
    assert request.hat.organization_id is not None  # staff of an LEA
    back = reverse("transfers:transfers")
    form = AnnounceForm(
        request.POST or None,
        cancel_url=back,
        but=request.hat.organization_id,
        earliest=today - BACK,
        latest=today + AHEAD,
    )
    return take_step(
        request,
        form,
        lambda: actions.announce(
            pk,
            to_lea_id=form.cleaned_data["to_lea"].pk,
            leaves_on=form.cleaned_data["leaves_on"],
            by=request.hat,
            at=now,
        ),
        title=_("%(student)s leaves your district") % {"student": student},
        intro=_(
            "The new district is told and receives the student. Until then the student stays yours. Virtual courses "
            "that run go on: the new district pays from its first day on."
        ),
        done=_("The new district was told."),
        back=back,
    )


@for_roles(*MOVING_ROLES)
def receive(request: HatRequest, pk: int) -> HttpResponse:
    """The student is here."""
    now = timezone.now()
    row = get_object_or_404(transfers_for(request.hat).filter(to_lea=request.hat.organization_id), pk=pk)
    here = reverse("transfers:transfer", args=[pk])
    if row.state != TransferState.ANNOUNCED:
        messages.info(request, str(actions.AlreadyAnswered.sentence))
        return redirect(here)
    form = ReceiveForm(
        request.POST or None,
        cancel_url=here,
        lea=row.to_lea_id,
        earliest=row.leaves_on + A_DAY,
        latest=central_date(now),
    )
    return take_step(
        request,
        form,
        lambda: actions.receive(
            pk,
            school_id=form.cleaned_data["school"].pk,
            starts_on=form.cleaned_data["starts_on"],
            by=request.hat,
            at=now,
        ),
        title=_("Receive %(student)s") % {"student": row.student},
        intro=_(
            "Born on %(born)s, grade %(grade)s, last day in %(district)s: %(day)s. From the first day with you the "
            "student is yours, and you pay for the virtual courses that go on."
        )
        % {
            "born": long_day(row.student.birth_date),
            "grade": row.student.grade or _("kindergarten"),
            "district": row.from_lea,
            "day": long_day(row.leaves_on),
        },
        done=_("The student is in your district. Family, provider and the old district were told."),
        back=here,
    )


@for_roles(*MOVING_ROLES)
def decline(request: HatRequest, pk: int) -> HttpResponse:
    """The student does not come here."""
    row = get_object_or_404(transfers_for(request.hat).filter(to_lea=request.hat.organization_id), pk=pk)
    here = reverse("transfers:transfer", args=[pk])
    if row.state != TransferState.ANNOUNCED:
        messages.info(request, str(actions.AlreadyAnswered.sentence))
        return redirect(here)
    form = DeclineForm(request.POST or None, cancel_url=here)
    return take_step(
        request,
        form,
        lambda: actions.decline(pk, reason=form.cleaned_data["reason"], by=request.hat, at=timezone.now()),
        title=_("%(student)s does not come to your district?") % {"student": row.student},
        intro=_("Nothing changes for the student. The other district is told why."),
        done=_("The other district was told."),
        back=here,
    )


@require_POST
@for_roles(*MOVING_ROLES)
def take_back(request: HatRequest, pk: int) -> HttpResponse:
    """The student stays after all."""
    get_object_or_404(transfers_for(request.hat).filter(from_lea=request.hat.organization_id), pk=pk)
    here = reverse("transfers:transfer", args=[pk])
    try:
        actions.take_back(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.info(request, str(refusal.sentence))
    else:
        messages.success(request, _("It is taken back. The student stays in your district."))
    return redirect(here)


@for_roles(*FAMILY_ROLES, Role.HOST_STAFF)
def end(request: HatRequest, pk: int) -> HttpResponse:
    """How an enrollment in a program ends: the host says, or the family withdraws its own child, whom the resident
    district then receives."""
    now = timezone.now()
    seen = ProgramEnrollment.objects.visible_to(request.hat)
    rows = seen if request.hat.is_family else seen & ProgramEnrollment.objects.run_by(request.hat)
    row = get_object_or_404(rows.select_related("student", "program"), pk=pk)
    back = reverse("full_time:enrollment", args=[pk])
    is_family = request.hat.is_family
    today = central_date(now)
    form = EndForm(
        request.POST or None, today=today, is_family=is_family, cancel_url=back, initial={"last_day": today}
    )
    if form.is_valid():
        how = EnrollmentState.WITHDRAWN if is_family else EnrollmentState(form.cleaned_data["how"])
        try:
            actions.end_enrollment(
                pk,
                how=how,
                on=form.cleaned_data["last_day"],
                why=form.cleaned_data["why"],
                by=request.hat,
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The enrollment has ended. The resident district is told."))
            return redirect(back)
    context = {
        "title": _("Withdraw from %(program)s") % {"program": row.program}
        if is_family
        else _("End the enrollment of %(student)s") % {"student": row.student},
        "intro": _("The resident district is told at once, so that the student can go to school there.")
        if is_family
        else _("For a student who does not take part, the way is notice, help, and only then disenrollment."),
        "rows": [{"term": _("First day with the program"), "value": long_day(row.starts_on)}],
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@require_safe
@for_roles(*LEA_ROLES, *FAMILY_ROLES)
def credit(request: HatRequest, pk: int) -> HttpResponse:
    """What a student earned in MOCAP courses, wherever it was then: accepted, with nothing to decide (R-73)."""
    student = get_object_or_404(Student.objects.visible_to(request.hat), pk=pk)
    lines = (
        CourseLine.objects.filter(
            request__claim__student=student, state=LineState.COMPLETED, credit_earned__gt=0
        )
        .select_related("course__provider__organization", "roster_line__lea__organization")
        .order_by("-ended_on", "pk")
    )
    total = sum(line.credit_earned or 0 for line in lines)
    context = {"student": student, "table": CreditTable(lines), "total": total}
    return render(request, "transfers/credit.html", context)


def transfers_for(hat: Membership) -> TransferQuerySet:
    return Transfer.objects.visible_to(hat).select_related(
        "student",
        "from_lea__organization",
        "to_lea__organization",
        "to_school",
        "announced_by__user",
        "answered_by__user",
    )


def running(row: Transfer) -> QuerySet[RosterLine]:
    """The courses that go on with the student."""
    return (
        RosterLine.objects.filter(line__request__claim__student=row.student_id, line__state__in=GOING_ON)
        .select_related("line__course__provider__organization", "line__request__term", "lea__organization")
        .order_by("line__course__title", "pk")
    )
