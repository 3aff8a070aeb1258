"""Full-time students and their days: for the host, the resident district and the family (R-61)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.full_time.models import EnrollmentState, Program, ProgramEnrollment, ProgramEnrollmentQuerySet
from enrollment.records.forms.staff import StudentSearchForm
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, HOST_ROLES, LEA_ROLES, Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from .. import actions
from ..filters import StudentFilter, find
from ..forms.days import DayForm, WhichDayForm
from ..models import AttendanceDay, EngagementNotice, Placement
from ..off import YearSoFar
from ..rules import ONE_DAY, last_school_days, school_days
from ..tables import StudentTable
from ..weeks import mondays, weeks

ROWS_PER_PAGE = 25
WEEKS_PER_PAGE = 8
READING = HOST_ROLES | LEA_ROLES | FAMILY_ROLES


@for_roles(*HOST_ROLES, *LEA_ROLES)
def students(request: HatRequest) -> HttpResponse:
    """Students of the host, or those of the resident district that are elsewhere. Words to look for come by POST
    (R-31)."""
    today = central_date(timezone.now())
    so_far = YearSoFar(today - ONE_DAY)
    rows = students_for(request.hat)
    filters = StudentFilter(
        request.GET,
        queryset=rows,
        hat=request.hat,
        since=partial(_since, so_far),
    )
    search = StudentSearchForm(request.POST or None)
    context = {"filter_form": filters.form, "search_form": search}
    if search.is_valid():
        found = in_order(find(rows, search.cleaned_data["words"]))[: ROWS_PER_PAGE + 1]
        table = StudentTable(found[:ROWS_PER_PAGE])
        context |= {"found": True, "more": len(found) > ROWS_PER_PAGE}
    else:
        table = StudentTable(in_order(filters.qs))
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    shown = [row.record for row in table.paginated_rows]
    table.quiet = _quiet(shown, so_far)
    return render(request, "attendance/students.html", context | {"table": table})


@for_roles(*READING)
def student(request: HatRequest, pk: int) -> HttpResponse:
    """A student's weeks: planned and recorded minutes. The host's staff may enter a day."""
    today = central_date(timezone.now())
    enrollment = get_object_or_404(students_for(request.hat), pk=pk)
    may_record = ProgramEnrollment.objects.run_by(request.hat).filter(pk=pk).exists()
    page = Paginator(mondays(enrollment, today), WEEKS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "enrollment": enrollment,
        "page": page,
        "weeks": weeks(enrollment, list(page), today=today),
        "may_record": may_record,
        "has_list": request.hat.role in HOST_ROLES | LEA_ROLES,
        "notices": EngagementNotice.objects.filter(flag__enrollment=pk).order_by("sent_at", "pk"),
        "placement": Placement.objects.visible_to(request.hat).filter(enrollment=pk).first(),
    }
    if may_record:
        last = min(today, enrollment.ended_on or today)
        form = WhichDayForm(
            request.POST if request.method == "POST" else None, first=enrollment.starts_on, last=last
        )
        if form.is_valid():
            return redirect("attendance:day", pk, form.cleaned_data["day"].isoformat())
        context["form"] = form
    return render(request, "attendance/student.html", context)


@for_roles(*HOST_ROLES)
def day(request: HatRequest, pk: int, date: str) -> HttpResponse:
    """The whole of a student's day, to enter or to correct."""
    now = timezone.now()
    enrollment = get_object_or_404(
        ProgramEnrollment.objects.run_by(request.hat).select_related("student"), pk=pk
    )
    on = _date(date)
    back = reverse("attendance:student", args=[pk])
    record = AttendanceDay.objects.filter(enrollment=pk, day=on).select_related("by__user", "file").first()
    kinds = CodeMeaning.objects.of(CodeSet.ACTIVITY, on=on)
    form = DayForm(
        request.POST or None,
        entries=record.entries if record else [],
        courses=actions.courses_on(pk, on),
        activities=list(kinds.values_list("code", "label")),
        cancel_url=back,
    )
    if form.is_valid():
        try:
            actions.record_day(pk, on, form.entries, by=request.hat, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The day is saved."))
            return redirect(back)
    title = _("%(student)s on %(day)s") % {"student": enrollment.student, "day": long_day(on)}
    return render(request, "attendance/day.html", {"title": title, "form": form, "record": record})


def students_for(hat: Membership) -> ProgramEnrollmentQuerySet:
    """The students who have entered a program, as far as this hat may see them."""
    return (
        ProgramEnrollment.objects.visible_to(hat)
        .exclude(state=EnrollmentState.MOVING)
        .filter(entered_at__isnull=False)
        .select_related("student", "program", "resident_lea__organization")
    )


def in_order(students: ProgramEnrollmentQuerySet) -> ProgramEnrollmentQuerySet:
    """By name, each with the last day on which something was done."""
    days = AttendanceDay.objects.active().filter(enrollment=OuterRef("pk")).order_by().values("enrollment")
    last = days.annotate(last=Max("day")).values("last")
    return students.annotate(last_active=Subquery(last)).order_by(
        "student__last_name", "student__first_name", "pk"
    )


def _since(so_far: YearSoFar, count: int) -> dict[int, dt.date]:
    """By host: the first of its last so many school days, as flags count them. A host whose school year has had fewer
    yet is left out."""
    days = {
        host: last_school_days(count, since=so_far.since, until=so_far.until, off=so_far.off(host))
        for host in set(Program.objects.values_list("host", flat=True))
    }
    return {host: found[0] for host, found in days.items() if len(found) == count}


def _quiet(shown: Iterable[ProgramEnrollment], so_far: YearSoFar) -> Mapping[int, int]:
    """By enrollment: the school days without activity since the last one with, or since the first day there, in this
    school year, as flags count them."""
    enrollments = [row for row in shown if row.state == EnrollmentState.ENROLLED]
    if not enrollments:
        return {}
    off = {host: so_far.off(host) for host in {row.program.host_id for row in enrollments}}
    since = {
        row.pk: max(so_far.since, (getattr(row, "last_active", None) or row.starts_on - ONE_DAY) + ONE_DAY)
        for row in enrollments
    }
    return {
        row.pk: len(school_days(since[row.pk], so_far.until, off[row.program.host_id])) for row in enrollments
    }


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
