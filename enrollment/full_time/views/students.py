"""Students of programs: the list, each one's page with the schedule, entry and end. Both districts read it (R-61)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enrollment.records.actions import MOVING_ROLES
from enrollment.registration.models import Teacher
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import (
    DESE_ROLES,
    FAMILY_ROLES,
    HOST_ROLES,
    LEA_ROLES,
)
from mocap_portal.foundation.directory.models import SchoolYear, Term, TermCode
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.forms import Together

from .. import actions
from ..filters.applications import EnrollmentFilter
from ..forms.schedules import CourseFormSet, ScheduleForm, rows_of
from ..forms.staff import SportsNoticeForm
from ..models import ENDED, EnrollmentState, ProgramEnrollment, Schedule, SportsNotice
from ..rules import credits_of, minutes_of_week
from ..stations import full_time_credits
from ..tables.applications import EnrollmentTable, ScheduleTable
from .host import ROWS_PER_PAGE

READING_ROLES = (*FAMILY_ROLES, *LEA_ROLES, *HOST_ROLES, *DESE_ROLES)


@require_safe
@for_roles(*LEA_ROLES, *HOST_ROLES, *DESE_ROLES)
def students(request: HatRequest) -> HttpResponse:
    """The students of the host's programs; of a resident district those who left it for one; for DESE all."""
    rows = ProgramEnrollment.objects.visible_to(request.hat)
    rows = rows.select_related("student", "program", "resident_lea__organization")
    filters = EnrollmentFilter(request.GET, queryset=rows)
    table = EnrollmentTable(filters.qs.order_by("student__last_name", "student__first_name", "pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "full_time/students.html", {"table": table, "filter_form": filters.form})


@require_safe
@for_roles(*READING_ROLES)
def student(request: HatRequest, pk: int) -> HttpResponse:
    """One student of a program: where the move stands, the schedule that holds, earlier versions, the end."""
    row = get_object_or_404(
        ProgramEnrollment.objects.visible_to(request.hat).select_related(
            "student", "program__host__organization", "resident_lea__organization", "application"
        ),
        pk=pk,
    )
    today = central_date(timezone.now())
    day = max(today, row.starts_on)
    versions = list(
        row.schedules.select_related("school_year", "replaced_by__user")
        .order_by("-school_year", "-version")
        .prefetch_related("courses__teacher")
    )
    holding = next(
        (version for version in versions if holds(version, day)), versions[0] if versions else None
    )
    courses = sorted(holding.courses.all(), key=lambda course: course.title) if holding else []
    acts = ProgramEnrollment.objects.run_by(request.hat).filter(pk=pk).exists()
    is_open = row.state not in ENDED
    context: dict[str, Any] = {
        "enrollment": row,
        "schedule": holding,
        "table": ScheduleTable(courses) if courses else None,
        "hours": minutes_of_week(courses, day) / 60,
        "credits": credits_of(courses),
        "needed": full_time_credits(on=day),
        "earlier": [version for version in versions if version is not holding],
        "may_schedule": acts and is_open,
        "may_enter": acts and row.state == EnrollmentState.MOVING and row.starts_on <= today,
        "sports_notice": SportsNotice.objects.filter(enrollment=row)
        .select_related("recorded_by__user")
        .first(),
        "may_record_notice": acts and row.state == EnrollmentState.ENROLLED,
        "may_keep_paper": acts and row.entered_at is not None and row.starts_on <= today,
        "may_end": is_open and (acts or request.hat.is_family),
        "may_move": is_open
        and request.hat.role in MOVING_ROLES
        and request.hat.organization_id == row.resident_lea_id,
        "application_page": {
            True: "full_time:status",
            False: "full_time:resident_application" if request.hat.is_lea else "full_time:review",
        }[request.hat.is_family],
    }
    return render(request, "full_time/student.html", context)


def holds(version: Schedule, day: Any) -> bool:
    return version.valid_from <= day and (version.valid_to is None or version.valid_to >= day)


@for_roles(*HOST_ROLES)
def schedule(request: HatRequest, pk: int) -> HttpResponse:
    """A row for each course. A change makes the next version; the one before stays on file."""
    now = timezone.now()
    rows = ProgramEnrollment.objects.run_by(request.hat).select_related("student", "program__host")
    row = get_object_or_404(rows, pk=pk)
    back = reverse("full_time:enrollment", args=[pk])
    if row.state in ENDED:
        messages.info(request, str(actions.AlreadyOver.sentence))
        return redirect(back)
    day = max(central_date(now), row.starts_on)
    year = SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    if year is None:
        raise Http404
    terms = list(
        Term.objects.filter(school_year=year).exclude(code=TermCode.SU).order_by("starts_on", "-ends_on")
    )
    teachers = Teacher.objects.filter(
        organization__in=[row.program.host_id, row.program.provider_id]
    ).order_by("name", "pk")
    last = row.schedules.filter(school_year=year).order_by("-version").prefetch_related("courses").first()
    form = ScheduleForm(
        request.POST or None,
        last=last,
        initial={"valid_from": day, "expected_graduation": row.expected_graduation},
    )
    formset = CourseFormSet(
        request.POST or None,
        prefix="courses",
        form_kwargs={"terms": terms, "teachers": teachers},
        initial=rows_of(list(last.courses.order_by("title", "pk")) if last else [], terms),
    )
    if request.method == "POST" and all([form.is_valid(), formset.is_valid()]):  # each says what is wrong
        plans = [plan for line in formset if (plan := line.plan(starts_on=row.starts_on)) is not None]
        try:
            actions.make_schedule(
                pk,
                plans,
                school_year=year,
                valid_from=form.cleaned_data.get("valid_from") or max(row.starts_on, year.starts_on),
                change=form.cleaned_data.get("change", ""),
                shortfall=form.cleaned_data["shortfall"],
                expected_graduation=form.cleaned_data["expected_graduation"],
                by=request.hat,
                at=now,
            )
        except Refusal as refusal:
            is_day = isinstance(refusal, actions.GraduatesTooEarly)
            form.add_error("expected_graduation" if is_day else None, str(refusal.sentence))
        else:
            messages.success(request, _("The schedule is stored. The family is told."))
            return redirect(back)
    context = {
        "enrollment": row,
        "form": form,
        "formset": formset,
        "together": Together(form, *formset.forms),
        "year": year,
        "needed": full_time_credits(on=day),
        "back": back,
    }
    return render(request, "full_time/host/schedule.html", context)


@require_POST
@for_roles(*HOST_ROLES)
def enter(request: HatRequest, pk: int) -> HttpResponse:
    """The student is put on the host's roll (R-44)."""
    get_object_or_404(ProgramEnrollment.objects.run_by(request.hat), pk=pk)
    try:
        actions.enter(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The student is enrolled. Family and resident district are told."))
    return redirect("full_time:enrollment", pk)


@for_roles(*HOST_ROLES)
def sports_notice(request: HatRequest, pk: int) -> HttpResponse:
    """The day on which the host sent MSHSAA its notice about the student."""
    now = timezone.now()
    rows = ProgramEnrollment.objects.run_by(request.hat).select_related("student", "program", "application")
    row = get_object_or_404(rows, pk=pk)
    back = reverse("full_time:enrollment", args=[pk])
    if SportsNotice.objects.filter(enrollment=row).exists():
        messages.info(request, _("The notice is recorded already. The day stands on this page."))
        return redirect(back)
    today = central_date(now)
    form = SportsNoticeForm(
        request.POST or None,
        earliest=central_date(row.admitted_at),
        today=today,
        cancel_url=back,
        initial={"sent_on": today},
    )
    if form.is_valid():
        try:
            actions.record_sports_notice(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The notice is recorded. The family is told."))
            return redirect(back)
    asked = row.application.asks_for_sports
    context = {
        "title": _("Notice to MSHSAA about %(student)s") % {"student": row.student},
        "intro": _(
            "MSHSAA decides who may play school sports. Send it the notice first; then record here when you did. The "
            "family and the resident district see the day."
        ),
        "rows": [
            {"term": _("Program"), "value": str(row.program)},
            {
                "term": _("Asked for"),
                "value": _("In the application") if asked else _("Not in the application"),
            },
        ],
        "form": form,
    }
    return render(request, "components/form_page.html", context)
