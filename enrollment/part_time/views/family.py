"""What a family follows: its requests, what happens to each, the receipt, the letters."""

import uuid

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, Membership, Role
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.papers.responses import pdf_response
from mocap_portal.foundation.shared.calendar import central_date

from ..models import OPEN_LINES, CourseLine, CourseRequest, Decision, LineState, RequestState
from ..timeline import timeline, waits_for, with_all_it_needs

REQUESTS_PER_PAGE = 20

# The kind of status (foundation/ui) that the state of a course means to its family.
KIND_OF_STATUS = {
    LineState.REQUESTED: "waiting",
    LineState.APPROVED: "good",
    LineState.DENIED: "bad",
    LineState.REGISTERED: "good",
    LineState.CONFIRMED: "good",
    LineState.ACTIVE: "good",
    LineState.FINISHED: "waiting",
    LineState.COMPLETED: "good",
    LineState.CANCELLED: "off",
    LineState.WITHDRAWN: "off",
    LineState.REMOVED: "off",
}


@for_roles(*FAMILY_ROLES)
def requests(request: HatRequest) -> HttpResponse:
    """The family's requests, newest first, each with what it waits for."""
    today = central_date(timezone.now())
    found = with_all_it_needs(CourseRequest.objects.visible_to(request.hat)).order_by("-started_at", "-pk")
    page = Paginator(found, REQUESTS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [(row, next(iter(waits_for(row, on=today)), None)) for row in page]
    return render(request, "part_time/family/requests.html", {"page": page, "rows": rows})


@for_roles(*FAMILY_ROLES)
def status(request: HatRequest, pk: int) -> HttpResponse:
    """One request: each course with its decision and letter, what happened and what comes next."""
    row = get_object_or_404(with_all_it_needs(CourseRequest.objects.visible_to(request.hat)), pk=pk)
    context = {
        "row": row,
        "lines": [(line, KIND_OF_STATUS[LineState(line.state)]) for line in row.lines.all()],
        "entries": timeline(row, on=central_date(timezone.now())),
        "contact": row.lea.contact,
        "why": why(row.clock) if row.clock else None,
        "may_change": row.state == RequestState.SUBMITTED,
        "may_take_back": row.state != RequestState.DRAFT
        and any(line.state in OPEN_LINES for line in row.lines.all()),
        "amendments": row.amendments.order_by("at", "pk") if row.state != RequestState.DRAFT else (),
    }
    return render(request, "part_time/family/status.html", context)


@for_roles(*FAMILY_ROLES)
def receipt(request: HatRequest, pk: int) -> HttpResponse:
    """What was sent, when, and by when the district answers: to print and keep (R-13)."""
    row = get_object_or_404(with_all_it_needs(CourseRequest.objects.visible_to(request.hat)), pk=pk)
    if row.clock is None:
        return redirect("part_time:sign", pk)
    context = {"row": row, "contact": row.lea.contact, "why": why(row.clock)} | who_registers(row)
    return render(request, "part_time/family/receipt.html", context)


def who_registers(row: CourseRequest) -> dict[str, bool]:
    """For a receipt: whether the district registers for a course of this request, and whether the family does."""
    private = [line.is_private for line in row.lines.all()]
    return {"district_registers": not all(private), "family_registers": any(private)}


@for_roles(*Role)
def letter(request: HatRequest, pk: uuid.UUID) -> HttpResponse:
    """A letter as it was sent, for everybody who may see the course it is about; a replaced one says so."""
    return render(request, "part_time/letter.html", {"decision": decision_of_letter(request.hat, pk)})


@for_roles(*Role)
def letter_pdf(request: HatRequest, pk: uuid.UUID) -> FileResponse:
    """The same letter as PDF."""
    letter = decision_of_letter(request.hat, pk).letter
    assert letter is not None  # found by it
    return pdf_response(letter)


def decision_of_letter(hat: Membership, pk: uuid.UUID) -> Decision:
    decisions = Decision.objects.filter(line__in=CourseLine.objects.visible_to(hat))
    related = decisions.select_related("letter", "line__course", "line__request", "superseded_by__letter")
    return get_object_or_404(related, letter=pk)
