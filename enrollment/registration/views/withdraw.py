"""A family, or its district for it, takes courses of a request back: those to come and those that run."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.part_time.models import (
    OPEN_LINES,
    REVIEWING_ROLES,
    CourseLine,
    CourseRequest,
    LineState,
    RequestState,
)
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.changes import WithdrawForm
from ..models import REGISTERING_ROLES
from .words import LINE_KINDS


@for_roles(*FAMILY_ROLES, *actions.WITHDRAWING_ROLES)
def withdraw(request: HatRequest, pk: int) -> HttpResponse:
    """Which courses to take back. What cannot be taken back any more stands below, with how it ended.

    A district that a student moved to finds here the courses that came along, though the request is another's.
    """
    now = timezone.now()
    requests = CourseRequest.objects.select_related("claim", "term__school_year", "lea__organization")
    row = get_object_or_404(requests, pk=pk)
    if not actions.may_withdraw(row, by=request.hat):
        raise Http404
    if row.state == RequestState.DRAFT:
        messages.info(request, str(actions.NotSentYet.sentence))
        return redirect("part_time:discard", pk)
    lines = list(
        actions.lines_to_follow(row, by=request.hat)
        .select_related("course__provider__organization")
        .order_by("position", "pk")
    )
    back = page_of_request(row, hat=request.hat)
    form = WithdrawForm(request.POST or None, lines=lines, today=central_date(now), cancel_url=back)
    if form.is_valid():
        try:
            gone = actions.withdraw(pk, by=request.hat, at=now, **form.answer)
        except actions.LastDayMissing as refusal:
            form.add_error(None, str(refusal.sentence))
        except actions.AlreadyTakenBack as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect(back)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, said(gone))
            return redirect(back)
    context = {
        "row": row,
        "form": form,
        "is_open": any(line.state in OPEN_LINES for line in lines),
        "over": [
            (line, LINE_KINDS.get(LineState(line.state), "off"))
            for line in lines
            if line.state not in OPEN_LINES
        ],
        "back": back,
    }
    return render(request, "registration/withdraw.html", context)


def page_of_request(row: CourseRequest, *, hat: Membership) -> str:
    """Where this hat follows the request, or the courses that came from it."""
    if hat.is_family:
        return reverse("part_time:status", args=[row.pk])
    if hat.role in REVIEWING_ROLES and row.lea_id == hat.organization_id:
        return reverse("part_time:review", args=[row.pk])
    return reverse("registration:waiting" if hat.role in REGISTERING_ROLES else "home")


def said(lines: list[CourseLine]) -> str:
    count = len(lines)
    what = ngettext("%(count)d course is taken back.", "%(count)d courses are taken back.", count)
    return what % {"count": count} + " " + _("The family, the district and the provider hear of it today.")
