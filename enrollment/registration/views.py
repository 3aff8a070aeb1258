"""The district sends an approved course to its provider; the provider confirms."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enrollment.part_time.models import CourseLine, LineState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.clocks.why import Why, why
from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day
from providers.models import Agreement

from . import actions
from .actions import REGISTERING_ROLES
from .filters import LineFilter, RosterFilter
from .forms import ConfirmForm
from .models import RosterLine, RosterState
from .tables import LineTable, RosterTable

ROWS_PER_PAGE = 25
CONTACT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)  # who may open state_map:change_contact
AGREEMENT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)  # who may open providers:agreements
APPROVED = (LineState.APPROVED, LineState.REGISTERED, LineState.CONFIRMED)


@dataclass(frozen=True)
class Missing:
    """What keeps a course from being sent, and the page where this hat mends it (empty: a colleague does)."""

    sentence: str
    url: str


@dataclass(frozen=True)
class Waiting:
    """An approved course with what it waits for."""

    line: CourseLine
    missing: list[Missing]


# The district -------------------------------------------------------------------------------------


@require_safe
@for_roles(*REGISTERING_ROLES)
def waiting(request: HatRequest) -> HttpResponse:
    """Approved courses to send, due soonest first, each with what is missing; and those that were sent."""
    now = timezone.now()
    rows = lines_for(request.hat).order_by(
        Case(When(state=LineState.APPROVED, then=0), When(state=LineState.REGISTERED, then=1), default=2),
        F("registration_clock__due_on").asc(nulls_last=True),
        "pk",
    )
    filters = LineFilter(request.GET, queryset=rows)
    page = Paginator(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    to_send = [line for line in page.object_list if line.state == LineState.APPROVED]
    missing = actions.missing_by_line(to_send, at=now)
    found = [
        Waiting(line, to_mend(line, missing.get(line.pk, []), hat=request.hat)) for line in page.object_list
    ]
    context = {
        "table": LineTable(found),
        "page": page,
        "filter_form": filters.form,
        "today": central_date(now),
    }
    return render(request, "registration/waiting.html", context)


@for_roles(*REGISTERING_ROLES)
def line(request: HatRequest, pk: int) -> HttpResponse:
    """What will be told to whom, under which agreement; then the sending. Afterwards what the provider answered."""
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
    roster_line = RosterLine.objects.filter(line=row).select_related("clock", "sent_by__user").first()
    missing = [] if roster_line else actions.what_is_missing(row, at=now)
    agreement = Agreement.objects.data_agreement(
        lea_id=row.request.lea_id, provider_id=row.course.provider_id, on=central_date(now)
    )
    context = {
        "line": row,
        "roster_line": roster_line,
        "rows": told(roster_line) if roster_line else to_tell(row),
        "missing": to_mend(row, missing, hat=request.hat),
        "agreement": agreement.first(),
        "why": why_due(roster_line.clock if roster_line else row.registration_clock),
        "today": central_date(now),
    }
    return render(request, "registration/line.html", context)


def lines_for(hat: Membership) -> QuerySet[CourseLine]:
    return (
        CourseLine.objects.visible_to(hat)
        .filter(state__in=APPROVED)
        .select_related(
            "course__provider__organization",
            "registration_clock",
            "request__claim__student",
            "request__lea__organization",
            "roster_line__clock",
        )
    )


def why_due(clock: Clock | None) -> Why | None:
    """Why a last day is what it is; None once nobody waits for it."""
    return why(clock) if clock is not None and clock.stopped_at is None else None


def to_mend(line: CourseLine, missing: list[Refusal], *, hat: Membership) -> list[Missing]:
    return [Missing(str(refusal.sentence), place_to_mend(refusal, line, hat=hat)) for refusal in missing]


def place_to_mend(refusal: Refusal, line: CourseLine, *, hat: Membership) -> str:
    claim = line.request.claim
    match refusal:
        case actions.StudentNotConfirmed():
            return reverse("records:claim", args=[claim.pk])
        case actions.MosisIdMissing():
            return reverse("records:mosis_id", args=[claim.student_id])
        case actions.ContactMissing() if hat.role in CONTACT_ROLES:
            return reverse("state_map:change_contact")
        case actions.NoDataAgreement() if hat.role in AGREEMENT_ROLES:
            return reverse("providers:agreements")
        case _:
            return ""


def to_tell(line: CourseLine) -> list[dict[str, str]]:
    """What the provider would be told today. The family's words are not told: only a confirmed student is."""
    student, lea = line.request.claim.student, line.request.lea
    unknown = _("Not known yet")
    return told_rows(
        line,
        name=str(student or unknown),
        mosis_id=(student and student.mosis_id) or unknown,
        birth_date=long_day(student.birth_date) if student else unknown,
        grade=grade_words(student.grade) if student else unknown,
        contact=[lea.contact_name or unknown, lea.contact_email, lea.contact_phone],
    )


def told(roster_line: RosterLine) -> list[dict[str, str]]:
    """What the provider was told, as it was told."""
    return told_rows(
        roster_line.line,
        name=f"{roster_line.first_name} {roster_line.last_name}",
        mosis_id=roster_line.mosis_id,
        birth_date=long_day(roster_line.birth_date),
        grade=grade_words(roster_line.grade),
        contact=[roster_line.contact_name, roster_line.contact_email, roster_line.contact_phone],
    )


def told_rows(
    line: CourseLine, *, name: str, mosis_id: str, birth_date: str, grade: str, contact: list[str]
) -> list[dict[str, str]]:
    course = line.course
    return [
        {"term": _("Student"), "value": name},
        {"term": _("MOSIS ID"), "value": mosis_id},
        {"term": _("Birth date"), "value": birth_date},
        {"term": _("Grade"), "value": grade},
        {"term": _("Course"), "value": f"{course.title}\n{course.provider_course_code}"},
        {"term": _("Contact in the district"), "value": "\n".join(filter(None, contact))},
    ]


def grade_words(grade: int) -> str:
    return str(dict(GRADES)[grade])


# The provider -------------------------------------------------------------------------------------


@require_safe
@for_roles(*PROVIDER_ROLES)
def roster(request: HatRequest) -> HttpResponse:
    """The provider's own students: those to confirm first, due soonest."""
    filters = RosterFilter(request.GET, queryset=roster_for(request.hat))
    rows = filters.qs.order_by(
        Case(When(state=RosterState.SENT, then=0), default=1), F("clock__due_on").asc(), "pk"
    )
    table = RosterTable(rows)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {"table": table, "filter_form": filters.form, "today": central_date(timezone.now())}
    return render(request, "registration/roster.html", context)


@for_roles(*PROVIDER_ROLES)
def confirm(request: HatRequest, pk: int) -> HttpResponse:
    """What the district told about a student; the provider answers with first day, section and teacher."""
    now = timezone.now()
    roster_line = get_object_or_404(roster_for(request.hat), pk=pk)
    context: dict[str, Any] = {
        "roster_line": roster_line,
        "rows": told(roster_line),
        "why": why_due(roster_line.clock),
        "today": central_date(now),
    }
    if roster_line.state == RosterState.SENT:
        context["form"] = form = ConfirmForm(request.POST or None, roster_line=roster_line)
        if form.is_valid():
            try:
                actions.confirm(pk, by=request.hat, at=now, **form.cleaned_data)
            except actions.AlreadyConfirmed as refusal:
                messages.info(request, str(refusal.sentence))
            else:
                messages.success(request, _("The student is confirmed. Family and district were told."))
            return redirect("registration:confirm", pk)
    elif request.method == "POST":
        messages.info(request, str(actions.AlreadyConfirmed.sentence))
        return redirect("registration:confirm", pk)
    return render(request, "registration/confirm.html", context)


def roster_for(hat: Membership) -> QuerySet[RosterLine]:
    return RosterLine.objects.visible_to(hat).select_related(
        "clock",
        "confirmed_by__user",
        "lea__organization",
        "line__course",
        "line__request__term__school_year",
    )
