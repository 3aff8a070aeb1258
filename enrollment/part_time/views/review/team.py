"""Whose request it is, and the IEP or 504 team: the pause, and what the team found."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ... import actions
from ...forms.review import AssignForm, PauseForm, TeamForm
from ...models import REVIEWING_ROLES, CourseRequest
from .scope import PAUSING_ROLES, TEAM_ROLES


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


@for_roles(*TEAM_ROLES)
def resume(request: HatRequest, pk: int) -> HttpResponse:
    """The team says what it found, and the days that were left run again (R-17, R-27)."""
    now = timezone.now()
    course_request = get_object_or_404(
        CourseRequest.objects.reviewable_by(request.hat).select_related(
            "claim", "term__school_year", "clock"
        ),
        pk=pk,
    )
    assert course_request.submitted_at is not None  # nobody reviews a draft
    form = TeamForm(
        request.POST or None,
        sent_on=central_date(course_request.submitted_at),
        today=central_date(now),
        cancel_url=reverse("part_time:review", args=[pk]),
    )
    if form.is_valid():
        try:
            actions.resume_after_team(pk, by=request.hat, at=now, **form.cleaned_data)
        except (actions.NotPaused, actions.AlreadyDecided) as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect("part_time:review", pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The clock runs again. The family was told the new due date."))
            return redirect("part_time:review", pk)
    return render(request, "part_time/review/resume.html", {"course_request": course_request, "form": form})
