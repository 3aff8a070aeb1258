"""What a family may still do with a request that it has sent: change its answers, exchange a course. T0 stays."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.fragments import render_page

from .. import actions
from ..forms.amending import AmendForm, ExchangeForm
from ..forms.family import CourseSearch
from ..models import ENDED_LINES, CourseLine, CourseRequest, LineState, RequestState
from ..rules import courses_on_offer
from .asking.rows import asks_prior_semester, requests_of

OFFERED = 20  # courses to choose from at once; more words find fewer


@for_roles(*FAMILY_ROLES)
def amend(request: HatRequest, pk: int) -> HttpResponse:
    """The answers of a request that waits, to change and sign again."""
    now = timezone.now()
    row = get_object_or_404(requests_of(request.hat), pk=pk)
    if row.state == RequestState.DRAFT:
        return redirect("part_time:sign", pk)
    if row.state != RequestState.SUBMITTED:
        return too_late(request, pk)
    form = AmendForm(
        request.POST or None,
        request=row,
        lines=waiting_lines(row),
        reasons=list(CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=central_date(now))),
        asks_prior_semester=asks_prior_semester(central_date(now)),
    )
    if form.is_valid():
        try:
            actions.amend(pk, by=request.hat, at=now, **form.answers())
        except actions.NotWaiting:
            return too_late(request, pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return done(request, pk)
    return render(request, "part_time/family/amend.html", {"row": row, "form": form})


@for_roles(*FAMILY_ROLES)
def exchange(request: HatRequest, pk: int) -> HttpResponse:
    """Another course in the place of one that is not decided: found by words, chosen, signed."""
    now = timezone.now()
    line = get_object_or_404(undecided(request.hat), pk=pk)
    row = line.request
    if row.state != RequestState.SUBMITTED or line.state != LineState.REQUESTED:
        return too_late(request, row.pk)
    taken = row.lines.exclude(state__in=ENDED_LINES).values("course")
    offer = courses_on_offer(row.term, on=central_date(now)).for_grade(row.claim.grade).exclude(pk__in=taken)
    search = CourseSearch(request.GET or None, url=reverse("part_time:exchange", args=[pk]), courses=offer)
    found = list(search.found()[: OFFERED + 1])
    courses = found[:OFFERED]
    typed = request.POST.get("course_id", "")
    if typed.isascii() and typed.isdigit():  # chosen from an earlier search
        courses += [course for course in offer.filter(pk=typed) if course not in courses]
    form = ExchangeForm(
        request.POST or None,
        courses=[(course.pk, f"{course.title}, {course.provider.organization.name}") for course in courses],
    )
    if form.is_valid():
        try:
            actions.exchange_course(pk, by=request.hat, at=now, **form.cleaned_data)
        except actions.NotWaiting:
            return too_late(request, row.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return done(request, row.pk)
    context = {"line": line, "row": row, "search": search, "form": form, "has_more": len(found) > OFFERED}
    return render_page(request, "part_time/family/exchange.html", context, fragment="found")


def undecided(hat: Membership) -> QuerySet[CourseLine]:
    return (
        CourseLine.objects.visible_to(hat)
        .exclude(request__state=RequestState.DRAFT)
        .select_related(
            "course__provider__organization",
            "request__claim",
            "request__lea__organization",
            "request__term__school_year",
        )
    )


def waiting_lines(row: CourseRequest) -> list[CourseLine]:
    lines = row.lines.filter(state=LineState.REQUESTED)
    return list(lines.select_related("course__provider__organization", "reason").order_by("position"))


def done(request: HatRequest, pk: int) -> HttpResponse:
    messages.success(request, _("Your change is signed and sent. The due date stays."))
    return redirect("part_time:status", pk)


def too_late(request: HatRequest, pk: int) -> HttpResponse:
    messages.info(request, str(actions.NotWaiting.sentence))
    return redirect("part_time:status", pk)
