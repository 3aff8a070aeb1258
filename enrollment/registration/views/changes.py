"""What changes in a course that goes on: its teacher, another course in its place, its last day, an early end."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.forms import StepForm
from mocap_portal.foundation.ui.words import long_day
from providers.models import Instruction

from .. import actions
from ..forms.changes import ExtendForm, RemoveForm, SwapForm
from ..forms.teachers import NameTeacherForm
from ..models import REGISTERING_ROLES, RosterLine, RosterState
from .district import lines_for
from .provider import roster_for, teachers_of
from .words import Act, names_teacher

BOTH_SIDES = REGISTERING_ROLES | PROVIDER_ROLES
DECIDING_ROLES = (
    Role.COUNSELOR,
    Role.DECIDER,
)  # where the decision is reserved, the action refuses counselors


@for_roles(*DECIDING_ROLES)
def swap(request: HatRequest, pk: int) -> HttpResponse:
    """Whoever decides exchanges a course for another one of the same provider. Another provider needs the family."""
    now = timezone.now()
    today = central_date(now)
    line = get_object_or_404(lines_for(request.hat), pk=pk)
    back = place_of(line.pk, request.hat, request_id=line.request_id)
    if not actions.may_swap(line, by=request.hat, on=today):
        raise PermissionDenied(str(actions.OnlyDecidersSwap.sentence))
    if not actions.is_swappable(line, on=today):
        last_day = actions.last_day_to_swap(line)
        is_late = line.state in actions.SWAPPABLE and last_day is not None
        refusal = actions.TooLateToSwap(last_day) if is_late and last_day else actions.NotSwappable()
        messages.info(request, str(refusal.sentence))
        return redirect(back)
    courses = actions.courses_to_swap_for(line, on=today).order_by("title", "pk")
    form = SwapForm(request.POST or None, courses=courses, cancel_url=back)
    if form.is_valid():
        course = form.cleaned_data.pop("course")
        try:
            new = actions.swap(pk, by=request.hat, at=now, course_id=course.pk, **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect(back)
        messages.success(
            request, _("The course is exchanged and the letter is sent. Register the new course next.")
        )
        return redirect(place_of(new.pk, request.hat, request_id=new.request_id))
    return act(
        request,
        form,
        title=_("Exchange “%(course)s” for another course") % {"course": line.course.title},
        intro=_(
            "Only courses of %(provider)s are here. The family named the provider and signed for it: for a course of "
            "another provider it sends a new request."
        )
        % {"provider": line.course.provider},
    )


@for_roles(*BOTH_SIDES)
def teacher(request: HatRequest, pk: int) -> HttpResponse:
    """Who teaches a student: the district says it of a curriculum, the provider of any other course (R-99)."""
    roster_line = roster_line_for(request.hat, pk)
    back = page_of(roster_line, request.hat)
    if not names_teacher(roster_line.line, request.hat):
        is_curriculum = roster_line.line.course.instruction == Instruction.CURRICULUM_ONLY
        messages.info(
            request,
            _("The district's own teacher teaches this course. The district names that teacher.")
            if is_curriculum
            else _("The provider's teacher teaches this course. The provider names that teacher."),
        )
        return redirect(back)
    if roster_line.line.state not in actions.TEACHING_STATES:
        messages.info(request, str(actions.CourseOver.sentence))
        return redirect(back)
    form = NameTeacherForm(
        request.POST or None,
        teachers=teachers_of(request.hat),
        cancel_url=back,
        initial={"teacher": roster_line.teacher_id},
    )
    if form.is_valid():
        chosen = form.cleaned_data["teacher"].pk
        try:
            actions.name_teacher(pk, by=request.hat, at=timezone.now(), teacher_id=chosen)
        except actions.CertificateNotValidToday as refusal:
            form.add_error("teacher", str(refusal.sentence))
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(back)
        else:
            messages.success(request, _("The teacher is named."))
            return redirect(back)
    return act(
        request,
        form,
        title=_("Who teaches “%(course)s”?") % {"course": roster_line.line.course.title},
        intro=_("The course of %(student)s runs only while this teacher's Missouri certificate is valid.")
        % {"student": roster_line.student_name},
        other=Act(
            _("The teacher is not in the list: put the teacher on file"), reverse("registration:add_teacher")
        ),
    )


@for_roles(*BOTH_SIDES)
def extend(request: HatRequest, pk: int) -> HttpResponse:
    """The last day moves to a later one, with a reason and who agreed."""
    roster_line = roster_line_for(request.hat, pk)
    back = page_of(roster_line, request.hat)
    line = roster_line.line
    if roster_line.state not in {RosterState.CONFIRMED, RosterState.RUNNING} or line.ends_on is None:
        messages.info(request, str(actions.NotRunning.sentence))
        return redirect(back)
    form = ExtendForm(request.POST or None, line=line, cancel_url=back)
    if form.is_valid():
        try:
            actions.extend(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The last day moved. Family, district and provider were told."))
        return redirect(back)
    return act(
        request,
        form,
        title=_("Move the last day of “%(course)s”") % {"course": line.course.title},
        intro=_("The course of %(student)s ends on %(day)s now.")
        % {"student": roster_line.student_name, "day": long_day(line.ends_on)},
    )


@for_roles(*BOTH_SIDES)
def remove(request: HatRequest, pk: int) -> HttpResponse:
    """District or provider ends a course that does not serve the student; the family reads why."""
    now = timezone.now()
    roster_line = roster_line_for(request.hat, pk)
    back = page_of(roster_line, request.hat)
    if roster_line.state not in {RosterState.CONFIRMED, RosterState.RUNNING}:
        refusal_of = actions.AlreadyEnded if roster_line.state == RosterState.ENDED else actions.NotRunning
        messages.info(request, str(refusal_of.sentence))
        return redirect(back)
    form = RemoveForm(request.POST or None, line=roster_line.line, today=central_date(now), cancel_url=back)
    if form.is_valid():
        try:
            actions.remove(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The course is ended. Family, district and provider were told."))
        return redirect(back)
    return act(
        request,
        form,
        title=_("End “%(course)s” for this student?") % {"course": roster_line.line.course.title},
        intro=_(
            "Only when the course does not serve %(student)s. If the family wants to stop, it withdraws instead. "
            "This cannot be undone."
        )
        % {"student": roster_line.student_name},
    )


def act(request: HatRequest, form: StepForm | NameTeacherForm, **context: Any) -> HttpResponse:
    return render(request, "components/form_page.html", {"form": form, **context})


def roster_line_for(hat: Membership, pk: int) -> RosterLine:
    """A roster line of this district or provider; 404 for anybody else's."""
    return get_object_or_404(roster_for(hat), pk=pk)


def page_of(roster_line: RosterLine, hat: Membership) -> str:
    """The page of the course on this hat's side."""
    if hat.is_provider:
        return reverse("registration:confirm", args=[roster_line.pk])
    return reverse("registration:line", args=[roster_line.line_id])


def place_of(line_id: int, hat: Membership, *, request_id: int) -> str:
    """Where somebody who decides follows a course: whoever does not register has the page of the request."""
    if hat.role in REGISTERING_ROLES:
        return reverse("registration:line", args=[line_id])
    return reverse("part_time:review", args=[request_id])
