"""The provider's roster: whom it was sent, what it answers, the file of it, how each course ended."""

import datetime as dt

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, F, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment.part_time.models import LineState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Instruction

from .. import actions
from ..filters import RosterFilter, find
from ..forms.provider import ConfirmForm, FinishForm, RosterSearchForm
from ..models import RosterLine, RosterLineQuerySet, RosterState, Teacher, TeacherQuerySet
from ..roster_file import COLUMNS, roster_csv
from ..tables import RosterTable
from .words import (
    KINDS,
    Act,
    acts_of_both,
    extension_words,
    how_it_stands,
    to_mend,
    told,
    why_due,
)

ROWS_PER_PAGE = 25


@for_roles(*PROVIDER_ROLES)
def roster(request: HatRequest) -> HttpResponse:
    """The provider's own students: those to confirm first, due soonest. Words to look for come by POST (R-31)."""
    today = central_date(timezone.now())
    filters = RosterFilter(request.GET, queryset=roster_for(request.hat), hat=request.hat)
    search = RosterSearchForm(request.POST or None)
    context = {"filter_form": filters.form, "search_form": search, "today": today, "columns": COLUMNS}
    if search.is_valid():
        rows = in_order(find(roster_for(request.hat), search.cleaned_data["words"]))[: ROWS_PER_PAGE + 1]
        table = RosterTable(rows[:ROWS_PER_PAGE])
        context |= {"found": True, "more": len(rows) > ROWS_PER_PAGE}
    else:
        table = RosterTable(in_order(filters.qs))
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "registration/roster.html", context | {"table": table})


@require_POST
@for_roles(*PROVIDER_ROLES)
def download(request: HatRequest) -> HttpResponse:
    """The roster, as the filters in the address cut it, as a file. Each download is logged for each student (R-130)."""
    now = timezone.now()
    filters = RosterFilter(request.GET, queryset=roster_for(request.hat), hat=request.hat)
    with transaction.atomic():
        rows = actions.download_roster(filters.qs.order_by("pk"), by=request.hat, at=now)
        content = roster_csv(rows)
    name = f"roster-{central_date(now).isoformat()}.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@for_roles(*PROVIDER_ROLES)
def confirm(request: HatRequest, pk: int) -> HttpResponse:
    """What the district told about a student; the provider answers with days, section and teacher, and follows it."""
    now = timezone.now()
    today = central_date(now)
    roster_line = get_object_or_404(roster_for(request.hat), pk=pk)
    state = roster_line.state
    context = {
        "roster_line": roster_line,
        "kind": KINDS[state],
        "rows": told(roster_line),
        "why": why_due(roster_line.clock),
        "today": today,
    }
    if state == RosterState.SENT:
        teachers = teachers_of(request.hat)
        form = ConfirmForm(request.POST or None, roster_line=roster_line, teachers=teachers)
        if form.is_valid() and _confirm(request, form, pk, at=now):
            return redirect("registration:confirm", pk)
        context["form"] = form
    elif request.method == "POST":
        is_over = state == RosterState.ENDED
        refusal_of = actions.AlreadyEnded if is_over else actions.AlreadyConfirmed
        messages.info(request, str(refusal_of.sentence))
        return redirect("registration:confirm", pk)
    else:
        context |= {
            "answer": how_it_stands(roster_line),
            "extensions": extension_words(roster_line.line.extensions.order_by("pk")),
            "acts": acts(roster_line),
            "in_the_way": in_the_way(roster_line, hat=request.hat, on=today),
        }
    return render(request, "registration/confirm.html", context)


def _confirm(request: HatRequest, form: ConfirmForm, pk: int, *, at: dt.datetime) -> bool:
    """Puts a new teacher on file if one was entered, and confirms. False: the form says what is wrong."""
    teacher: Teacher | None = form.cleaned_data.get("teacher")
    try:
        with transaction.atomic():
            if (new := form.new_teacher) is not None:
                teacher = actions.add_teacher(by=request.hat, **new)
            actions.confirm(
                pk, by=request.hat, at=at, teacher_id=teacher.pk if teacher else None, **form.place
            )
    except (actions.AlreadyConfirmed, actions.AlreadyEnded) as refusal:
        messages.info(request, str(refusal.sentence))
    except actions.CertificateOnFile as refusal:
        form.add_error("certificate_number", str(refusal.sentence))
        return False
    else:
        messages.success(request, _("The student is confirmed. Family and district were told."))
    return True


@for_roles(*PROVIDER_ROLES)
def finish(request: HatRequest, pk: int) -> HttpResponse:
    """The provider reports how a course ended."""
    now = timezone.now()
    roster_line = get_object_or_404(roster_for(request.hat), pk=pk)
    back = reverse("registration:confirm", args=[pk])
    if roster_line.line.state != LineState.ACTIVE:
        is_over = roster_line.state == RosterState.FINISHED
        refusal_of = actions.AlreadyFinished if is_over else actions.NotRunning
        messages.info(request, str(refusal_of.sentence))
        return redirect(back)
    form = FinishForm(request.POST or None, roster_line=roster_line, today=central_date(now))
    if form.is_valid():
        try:
            actions.finish(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The result is reported. The district confirms the credit."))
        return redirect(back)
    context = {
        "title": _("How did the course end?"),
        "intro": _("%(student)s in “%(course)s”. The district confirms the credit.")
        % {"student": roster_line.student_name, "course": roster_line.line.course.title},
        "form": form,
        "warning": roster_line.returned_because
        and _("The district sent the last report back: %(reason)s")
        % {"reason": roster_line.returned_because},
    }
    return render(request, "components/form_page.html", context)


def roster_for(hat: Membership) -> RosterLineQuerySet:
    return RosterLine.objects.visible_to(hat).select_related(
        "clock",
        "confirmed_by__user",
        "lea__organization",
        "line__course__provider__organization",
        "line__request__claim",
        "line__request__term__school_year",
        "teacher",
    )


def in_order(rows: RosterLineQuerySet) -> RosterLineQuerySet:
    """Those to confirm first, due soonest."""
    to_confirm = Case(When(line__state=LineState.REGISTERED, then=0), default=1)
    return rows.order_by(to_confirm, F("clock__due_on").asc(), "pk")


def teachers_of(hat: Membership) -> TeacherQuerySet:
    return Teacher.objects.visible_to(hat).order_by("name", "pk")


def in_the_way(roster_line: RosterLine, *, hat: Membership, on: dt.date) -> list[object]:
    """What keeps a confirmed course of this student from running, as far as the provider can mend it.

    Before its first day: what would keep it from starting on that day. A learning plan is the district's affair.
    """
    line = roster_line.line
    if roster_line.state != RosterState.CONFIRMED or line.starts_on is None:
        return []
    if line.course.instruction == Instruction.CURRICULUM_ONLY:
        return []
    line.roster_line = roster_line
    ways = actions.what_is_in_the_way(line, on=max(line.starts_on, on))
    ours = [way for way in ways if isinstance(way, actions.TeacherMissing | actions.CertificateNotValid)]
    return list(to_mend(line, ours, hat=hat))


def acts(roster_line: RosterLine) -> list[Act]:
    """What the provider can do about the course now."""
    line, found = roster_line.line, []
    if line.state == LineState.ACTIVE:
        found.append(Act(_("Report how it ended"), reverse("registration:finish", args=[roster_line.pk])))
    if line.state in actions.TEACHING_STATES and line.course.instruction == Instruction.PROVIDER:
        found.append(Act(_("Change the teacher"), reverse("registration:teacher", args=[roster_line.pk])))
    return found + acts_of_both(roster_line)
