"""What was decided on paper: recording it, and handing out the scans."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.papers.responses import document_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.forms import Together

from .. import actions
from ..forms.paper_decision import PaperDecisionForm, PaperOutcomeForm
from ..models import CourseLine, CourseRequest, Decision, LineState
from ..rules import recording_roles
from .paper_rows import ENTERING_ROLES, kept_document, take_upload
from .review.scope import roles_that_decide


@for_roles(*ENTERING_ROLES)
def record(request: HatRequest, pk: int) -> HttpResponse:
    """Records how a paper decides the courses of a request that wait.

    403 for a counselor where the district's policy reserves the decision: there the decider or the coordinator
    records.
    """
    now = timezone.now()
    today = central_date(now)
    requests = CourseRequest.objects.reviewable_by(request.hat)
    row = get_object_or_404(requests.select_related("claim", "term__school_year", "lea__organization"), pk=pk)
    if request.hat.role not in recording_roles(roles_that_decide(row.lea_id, on=today)):
        raise PermissionDenied(str(actions.MayNotRecord.sentence))
    lines = CourseLine.objects.filter(request=row, state=LineState.REQUESTED)
    waiting = list(lines.select_related("course__provider__organization").order_by("position", "pk"))
    if not waiting or row.submitted_at is None:
        messages.info(request, str(actions.AlreadyDecided.sentence))
        return redirect("part_time:review", pk)
    form = PaperDecisionForm(
        request.POST or None,
        request.FILES or None,
        came_on=central_date(row.submitted_at),
        today=today,
        document=kept_document(request.POST.get("kept", ""), hat=request.hat),
    )
    outcomes = [PaperOutcomeForm(request.POST or None, line=line, today=today) for line in waiting]
    if request.method == "POST":
        is_valid = take_upload(form, by=request.hat, at=now)
        answers = [
            outcome.is_valid() for outcome in outcomes
        ]  # each of them, so that each says what is wrong
        if is_valid and all(answers):
            said = [outcome.said for outcome in outcomes]
            try:
                actions.record_paper_decision(
                    pk, [one for one in said if one is not None], form.paper, by=request.hat, at=now
                )
            except actions.AlreadyDecided as refusal:
                messages.info(request, str(refusal.sentence))
                return redirect("part_time:review", pk)
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, _("The decision on paper is recorded."))
                return redirect("part_time:review", pk)
    context = {
        "row": row,
        "form": form,
        "outcomes": outcomes,
        "together": Together(*outcomes, form),
    }
    return render(request, "part_time/paper/decision.html", context)


@require_safe
@for_roles(*Role)
def decision_scan(request: HatRequest, pk: int) -> FileResponse:
    """The scan of a decision on paper, for everybody who may see the course it is about."""
    lines = CourseLine.objects.visible_to(request.hat)
    decision = get_object_or_404(Decision.objects.select_related("scan").filter(line__in=lines), pk=pk)
    return scan_response(decision.scan)


@require_safe
@for_roles(*Role)
def request_scan(request: HatRequest, pk: int) -> FileResponse:
    """The scan of a request on paper, for everybody who may see the request."""
    row = get_object_or_404(CourseRequest.objects.visible_to(request.hat).select_related("scan"), pk=pk)
    return scan_response(row.scan)


def scan_response(scan: Document | None) -> FileResponse:
    if scan is None:
        raise Http404
    return document_response(scan)
