"""Records of an applicant: the host asks, the resident district answers, the family sees what was sent."""

from django.contrib import messages
from django.db.models import F
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import (
    DESE_ROLES,
    FAMILY_ROLES,
    HOST_ROLES,
    LEA_ROLES,
    Membership,
)
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.papers.responses import document_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from ..actions import records as actions
from ..actions.sides import ApplicationOver
from ..filters.records import RecordsFilter
from ..forms.records import AnswerForm, AskForm
from ..models import ApplicationPaper, ProgramApplication, RecordsRequest, RecordsRequestQuerySet
from ..notices.people import SENDING_ROLES
from ..tables.records import RecordsTable
from .rows import acted_on_by, applications_for

ROWS_PER_PAGE = 25
BOTH_SIDES = HOST_ROLES | frozenset(SENDING_ROLES)
HOLDING_ROLES = FAMILY_ROLES | HOST_ROLES | LEA_ROLES  # whose application it is: they may open its papers


@require_safe
@for_roles(*BOTH_SIDES)
def requests(request: HatRequest) -> HttpResponse:
    """Records asked of a resident district, or those that a host asked for; what is due first stands first."""
    today = central_date(timezone.now())
    rows = requests_for(request.hat).order_by(F("answered_at").asc(nulls_first=True), "clock__due_on", "pk")
    filters = RecordsFilter(request.GET, queryset=rows, hat=request.hat, today=today)
    answers = request.hat.role in SENDING_ROLES
    table = RecordsTable(filters.qs, answers=answers, today=today)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {
        "title": _("Records asked of us") if answers else _("Records we asked for"),
        "answers": answers,
        "table": table,
        "filter_form": filters.form,
    }
    return render(request, "full_time/records/requests.html", context)


@require_safe
@for_roles(*HOLDING_ROLES, *DESE_ROLES)
def records(request: HatRequest, pk: int) -> HttpResponse:
    """What was asked for about one applicant, by when it is due, and what came."""
    application = get_object_or_404(applications_for(request.hat), pk=pk)
    asked = (
        application.records_requests.select_related("clock", "asked_by__user", "answered_by__user")
        .prefetch_related("files__paper__document")
        .order_by("-asked_at", "-pk")
    )
    others = acted_on_by(request.hat).filter(pk=pk).exists()
    context = {
        "application": application,
        "asked": asked,
        "today": central_date(timezone.now()),
        "may_ask": request.hat.role in HOST_ROLES and others,
        "may_answer": request.hat.role in SENDING_ROLES and others,
        "may_open": request.hat.role in HOLDING_ROLES,
        "may_list": request.hat.role in BOTH_SIDES,
    }
    return render(request, "full_time/records/records.html", context)


@for_roles(*HOST_ROLES)
def ask(request: HatRequest, pk: int) -> HttpResponse:
    """The host says which records it needs."""
    application = get_object_or_404(acted_on_by(request.hat), pk=pk)
    back = reverse("full_time:records", args=[pk])
    form = AskForm(request.POST or None, cancel_url=back)
    if form.is_valid():
        try:
            actions.ask_for_records(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("The resident district was asked."))
        return redirect(back)
    context = {
        "application": application,
        "back": back,
        "lives_here": True,
        "title": _("Ask for records"),
        "intro": _("%(district)s is told at once and reminded until it answers.")
        % {"district": application.current_resident_lea.organization.name},
        "form": form,
    }
    return render(request, "full_time/records/act.html", context)


@for_roles(*SENDING_ROLES)
def answer(request: HatRequest, pk: int) -> HttpResponse:
    """The resident district sends files, or says why something is not there."""
    others = ProgramApplication.objects.about_others(request.hat)
    row = get_object_or_404(requests_for(request.hat).filter(application__in=others), pk=pk)
    # A family that has moved since takes the application along; the request stays with whom it asks.
    lives_here = applications_for(request.hat).filter(pk=row.application_id).exists()
    back = (
        reverse("full_time:records", args=[row.application_id])
        if lives_here
        else reverse("full_time:records_requests")
    )
    if row.answered_at is not None:
        messages.info(request, str(actions.AnsweredAlready.sentence))
        return redirect(back)
    form = AnswerForm(request.POST or None, request.FILES or None, kinds=row.kinds, cancel_url=back)
    if form.is_valid():
        try:
            actions.answer_records(
                pk, by=request.hat, at=timezone.now(), files=form.uploads, words=form.cleaned_data["words"]
            )
        except (actions.AnsweredAlready, ApplicationOver) as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect(back)
        except Refusal as refusal:
            form.add_error("words", str(refusal.sentence))
        else:
            messages.success(request, _("The answer is sent. It stands in the log of the student's record."))
            return redirect(back)
    context = {
        "row": row,
        "application": row.application,
        "back": back,
        "lives_here": lives_here,
        "title": _("Send the records of %(student)s") % {"student": row.application.claim.full_name},
        "intro": _("%(program)s asked for them on %(day)s. The family's signed application releases them.")
        % {"program": row.application.program.name, "day": long_day(row.asked_at)},
        "why": why(row.clock),
        "is_unknown": row.application.claim.student_id is None,
        "today": central_date(timezone.now()),
        "form": form,
    }
    return render(request, "full_time/records/answer.html", context)


@require_safe
@for_roles(*HOLDING_ROLES)
def paper(request: HatRequest, pk: int) -> FileResponse:
    """A paper of an application, for its family and its two districts alone."""
    papers = ApplicationPaper.objects.filter(
        application__in=ProgramApplication.objects.visible_to(request.hat)
    ).select_related("document")
    return document_response(get_object_or_404(papers, pk=pk).document)


def requests_for(hat: Membership) -> RecordsRequestQuerySet:
    return RecordsRequest.objects.visible_to(hat).select_related(
        "clock__lea__organization", "application__claim", "application__program"
    )
