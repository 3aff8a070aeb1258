"""The family's way to a program: child, answers, papers, survey, signature; then it follows its application."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment.part_time.forms.family import ChildAgainForm, ChildForm, SchoolSearch
from enrollment.part_time.views.asking.child import schools_found
from enrollment.part_time.views.asking.rows import (
    asks_prior_semester,
    born_by,
    is_student,
    open_terms,
    own_claims,
)
from enrollment.records.actions import add_claim, tell_anew
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, Membership
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.directory.models import GRADES, CodeMeaning, CodeSet, Lea, School
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.fragments import render_page

from .. import actions
from ..forms.family import AnswersForm, PaperForm, ReviewRequestForm, SignForm, SurveyForm, answers_of
from ..models import (
    ApplicationPaper,
    ApplicationState,
    PaperKind,
    Program,
    ProgramApplication,
    Survey,
    Whose,
)
from ..stations import stations
from .rows import with_stations


def applications_of(hat: Membership) -> Any:
    return ProgramApplication.objects.visible_to(hat).select_related(
        "program__host__organization",
        "term__school_year",
        "claim__school__lea__organization",
        "resident_lea__organization",
        "input_clock",
        "survey",
    )


def open_program(pk: int, *, today: dt.date) -> Program:
    rows = Program.objects.open_on(today).select_related("host__organization")
    return get_object_or_404(rows, pk=pk)


# The child -------------------------------------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def applications(request: HatRequest) -> HttpResponse:
    """The family's applications, newest first, each with what it waits for."""
    today = central_date(timezone.now())
    rows = with_stations(ProgramApplication.objects.visible_to(request.hat)).order_by("-started_at", "-pk")
    shown = [
        (row, next((entry for entry in stations(row, on=today) if entry.state == "now"), None))
        for row in rows
    ]
    return render(request, "full_time/family/applications.html", {"rows": shown})


@for_roles(*FAMILY_ROLES)
def apply(request: HatRequest, pk: int) -> HttpResponse:
    """A child that the family told of before, or another one; who told of none goes on to the school."""
    program = open_program(pk, today=central_date(timezone.now()))
    children = (
        own_claims(request.hat).select_related("school__lea__organization").order_by("first_name", "pk")
    )
    if not children:
        return redirect("full_time:apply_school", pk)
    return render(request, "full_time/family/apply.html", {"program": program, "children": children})


@for_roles(*FAMILY_ROLES)
def apply_school(request: HatRequest, pk: int) -> HttpResponse:
    """Finds the resident district by a school of it."""
    today = central_date(timezone.now())
    program = open_program(pk, today=today)
    form = SchoolSearch(request.GET or None)
    form.url = reverse("full_time:apply_school", args=[pk])
    found = schools_found(form, lambda school: reverse("full_time:apply_child", args=[pk, school.pk]))
    context = {"program": program, "form": form, **found}
    return render_page(request, "full_time/family/school.html", context, fragment="schools")


@for_roles(*FAMILY_ROLES)
def apply_child(request: HatRequest, pk: int, school_pk: int) -> HttpResponse:
    """Tells of a student and starts a draft; nothing is stored when the program cannot take the student."""
    now = timezone.now()
    today = central_date(now)
    program = open_program(pk, today=today)
    schools = School.objects.on(today).filter(lea__in=Lea.objects.on(today))
    school = get_object_or_404(schools.select_related("lea__organization"), pk=school_pk)
    form = ChildForm(
        request.POST or None,
        school=school,
        own=is_student(request.hat),
        born_by=born_by(request.hat, today=today),
        terms=open_terms(today),
    )
    if form.is_valid():
        answers = form.answers()
        term_id = answers.pop("term_id")
        try:
            with transaction.atomic():
                claim = add_claim(by=request.hat, school=school, at=now, **answers)
                draft = actions.start_application(
                    claim.pk, program_id=pk, term_id=term_id, by=request.hat, at=now
                )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect(next_page(draft))
    context = {"program": program, "school": school, "form": form, "own": is_student(request.hat)}
    return render(request, "full_time/family/child.html", context)


@for_roles(*FAMILY_ROLES)
def apply_again(request: HatRequest, pk: int, claim_pk: int) -> HttpResponse:
    """A child that the family told of before: the term is asked, and what changes with the years."""
    now = timezone.now()
    today = central_date(now)
    program = open_program(pk, today=today)
    claim = get_object_or_404(own_claims(request.hat).select_related("school"), pk=claim_pk)
    form = ChildAgainForm(
        request.POST or None, claim=claim, own=is_student(request.hat), terms=open_terms(today)
    )
    if form.is_valid():
        answers = dict(form.cleaned_data)
        term_id = answers.pop("term_id")
        try:
            with transaction.atomic():
                tell_anew(claim.pk, **answers)
                draft = actions.start_application(
                    claim.pk, program_id=pk, term_id=term_id, by=request.hat, at=now
                )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect(next_page(draft))
    context = {
        "title": _("Apply to %(program)s for %(child)s") % {"program": program, "child": claim.full_name},
        "intro": _("Choose the grade of this school year and the term to begin with."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


def next_page(application: ProgramApplication) -> str:
    """Where a family goes on with its draft; a sent application has its own page."""
    if application.state != ApplicationState.DRAFT:
        return reverse("full_time:status", args=[application.pk])
    if application.has_iep_or_504 is None:
        return reverse("full_time:answers", args=[application.pk])
    return reverse("full_time:papers", args=[application.pk])


# The draft -------------------------------------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def answers(request: HatRequest, pk: int) -> HttpResponse:
    """What the program has to know."""
    now = timezone.now()
    draft = get_object_or_404(applications_of(request.hat), pk=pk)
    if draft.state != ApplicationState.DRAFT:
        return already_sent(request, pk)
    form = AnswersForm(
        request.POST or None,
        asks_prior_semester=asks_prior_semester(central_date(now)),
        initial=answers_of(draft),
    )
    if form.is_valid():
        try:
            actions.answer_draft(pk, **form.answers(), at=now)
        except actions.AlreadySent:
            return already_sent(request, pk)
        return redirect("full_time:papers", pk)
    return render(request, "full_time/family/answers.html", {"application": draft, "form": form})


@for_roles(*FAMILY_ROLES)
def papers(request: HatRequest, pk: int) -> HttpResponse:
    """Documents: each is stored as it comes. None of them holds the signature up."""
    now = timezone.now()
    row = get_object_or_404(applications_of(request.hat), pk=pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            actions.add_paper(
                pk,
                form.cleaned_data["document"],
                kind=PaperKind(form.cleaned_data["kind"]),
                by=request.hat,
                at=now,
            )
        except actions.AlreadyDecided as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect("full_time:status", pk)
        except Refusal as refusal:
            form.add_error("document", str(refusal.sentence))
        else:
            messages.success(request, _("The document is added."))
            return redirect("full_time:papers", pk)
    context = {
        "application": row,
        "form": form,
        "papers": row.papers.select_related("document").order_by("added_at", "pk"),
        "is_draft": row.state == ApplicationState.DRAFT,
        "missing": missing_papers(row),
    }
    return render(request, "full_time/family/papers.html", context)


@require_POST
@for_roles(*FAMILY_ROLES)
def remove_paper(request: HatRequest, pk: int) -> HttpResponse:
    """Takes a document out of a draft."""
    rows = ApplicationPaper.objects.filter(application__in=ProgramApplication.objects.visible_to(request.hat))
    row = get_object_or_404(rows, pk=pk)
    try:
        actions.remove_paper(pk, at=timezone.now())
    except actions.AlreadySent:
        return already_sent(request, row.application_id)
    messages.success(request, _("The document is gone."))
    return redirect("full_time:papers", row.application_id)


def missing_papers(application: ProgramApplication) -> list[str]:
    """What programs usually ask for and is not there yet; a homeless student's papers hold nothing up (R-40)."""
    asked = [PaperKind.BIRTH, PaperKind.RESIDENCY, PaperKind.TRANSCRIPT, PaperKind.IMMUNIZATION]
    if not application.is_homeless:
        asked.insert(0, PaperKind.GUARDIAN_ID)
    if application.has_iep_or_504:
        asked.append(PaperKind.SPECIAL_EDUCATION)
    there = set(application.papers.values_list("kind", flat=True))
    return [str(kind.label) for kind in asked if kind not in there]


@for_roles(*FAMILY_ROLES)
def survey(request: HatRequest, pk: int) -> HttpResponse:
    """Why the student and the parent choose the program; asked before the program decides (R-39)."""
    now = timezone.now()
    row = get_object_or_404(applications_of(request.hat), pk=pk)
    back = next_page(row)
    answered: Survey | None = getattr(row, "survey", None)
    form = SurveyForm(
        request.POST or None,
        reasons=list(CodeMeaning.objects.of(CodeSet.SURVEY_REASON, on=central_date(now))),
        asked=[Whose.STUDENT] if row.is_homeless else list(Whose),
        cancel_url=back,
        initial=given(answered),
    )
    if form.is_valid():
        try:
            actions.answer_survey(pk, **form.answers(), by=request.hat, at=now)
        except actions.AlreadyDecided as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect("full_time:status", pk)
        messages.success(request, _("Thank you. Your reasons are stored."))
        return redirect("full_time:sign" if row.state == ApplicationState.DRAFT else "full_time:status", pk)
    return render(request, "full_time/family/survey.html", {"application": row, "form": form})


def given(answered: Survey | None) -> dict[str, Any]:
    if answered is None:
        return {}
    reasons = list(answered.reasons.values_list("whose", "reason"))
    chosen = {whose.value: [reason for who, reason in reasons if who == whose] for whose in Whose}
    return chosen | {"words": answered.words}


@for_roles(*FAMILY_ROLES)
def sign(request: HatRequest, pk: int) -> HttpResponse:
    """All answers to check, the release of records, the signature; then the application is sent."""
    now = timezone.now()
    draft = get_object_or_404(applications_of(request.hat), pk=pk)
    if draft.state != ApplicationState.DRAFT:
        return already_sent(request, pk)
    if draft.has_iep_or_504 is None:
        return redirect("full_time:answers", pk)
    form = SignForm(request.POST or None)
    if form.is_valid():
        try:
            actions.submit(pk, by=request.hat, at=now, **form.cleaned_data)
        except actions.AlreadySent:
            return already_sent(request, pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Your application is signed and sent. This page is your receipt."))
            return redirect("full_time:status", pk)
    context = {
        "application": draft,
        "form": form,
        "answers": summary(draft),
        "missing": missing_papers(draft),
    }
    return render(request, "full_time/family/sign.html", context)


def summary(application: ProgramApplication) -> list[dict[str, str]]:
    """What the family answered, as rows of a summary list, with a way to change what can be changed."""
    claim = application.claim
    to_answers = reverse("full_time:answers", args=[application.pk])
    to_papers = reverse("full_time:papers", args=[application.pk])
    to_survey = reverse("full_time:survey", args=[application.pk])
    yes_no = {True: _("Yes"), False: _("No"), None: "–"}
    papers_there = [paper.get_kind_display() for paper in application.papers.order_by("added_at", "pk")]
    rows = [
        (_("Student"), claim.full_name, ""),
        (_("Birth date"), date_format(claim.birth_date), ""),
        (_("Grade"), str(dict(GRADES)[claim.grade]), ""),
        (_("School"), f"{claim.school.name}\n{claim.school.lea.organization.name}", ""),
        (_("Program"), f"{application.program}\n{application.program.host}", ""),
        (_("Term"), str(application.term), ""),
        (_("Homeless, applies alone"), yes_no[application.is_homeless], to_answers),
        (_("In foster care"), yes_no[application.is_in_foster_care], to_answers),
        (_("IEP or 504 plan"), yes_no[application.has_iep_or_504], to_answers),
        (_("Courses in a building"), application.in_person_courses or "–", to_answers),
        (_("School sports"), yes_no[application.asks_for_sports], to_answers),
        (_("Documents"), "\n".join(map(str, papers_there)) or "–", to_papers),
        (
            _("Survey of reasons"),
            _("Answered") if hasattr(application, "survey") else _("Not yet"),
            to_survey,
        ),
    ]
    return [{"term": term, "value": value, "url": url, "action": _("Change")} for term, value, url in rows]


@for_roles(*FAMILY_ROLES)
def discard(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then throws a draft away."""
    draft = get_object_or_404(applications_of(request.hat), pk=pk)
    if draft.state != ApplicationState.DRAFT:
        return already_sent(request, pk)
    if request.method == "POST":
        try:
            actions.discard_draft(pk)
        except actions.AlreadySent:
            return already_sent(request, pk)
        messages.success(request, _("The draft is gone."))
        return redirect("full_time:applications")
    return render(request, "full_time/family/discard.html", {"application": draft})


# What was sent ---------------------------------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def status(request: HatRequest, pk: int) -> HttpResponse:
    """One application: what happened, what comes next, the policies, the letters, and what the family may do."""
    row = get_object_or_404(with_stations(ProgramApplication.objects.visible_to(request.hat)), pk=pk)
    if row.state == ApplicationState.DRAFT:
        return redirect(next_page(row))
    context = {
        "application": row,
        "entries": stations(row, on=central_date(timezone.now())),
        "why": why(row.input_clock) if row.input_clock else None,
        "receipts": row.receipts.select_related("policy").order_by("policy__kind", "pk"),
        "unread": row.receipts.filter(read_at__isnull=True).exists(),
        "answers": [line | {"url": ""} for line in summary(row)],
        "letters": row.determinations.select_related("letter").order_by("decided_at", "pk"),
        "may_change": row.state == ApplicationState.APPLIED,
        "may_ask_again": row.state == ApplicationState.REFUSED and not row.reviews.all(),
    }
    return render(request, "full_time/family/status.html", context)


@require_POST
@for_roles(*FAMILY_ROLES)
def policies_read(request: HatRequest, pk: int) -> HttpResponse:
    """The family says that it has read the policies."""
    row = get_object_or_404(ProgramApplication.objects.visible_to(request.hat), pk=pk)
    actions.note_reading(row.pk, by=request.hat, at=timezone.now())
    messages.success(request, _("Thank you. It is noted that you have read the policies."))
    return redirect("full_time:status", pk)


@for_roles(*FAMILY_ROLES)
def cancel(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then takes an application back."""
    row = get_object_or_404(applications_of(request.hat), pk=pk)
    if row.state == ApplicationState.DRAFT:
        return redirect("full_time:discard", pk)
    if request.method == "POST":
        try:
            actions.cancel(pk, at=timezone.now())
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("Your application is taken back."))
        return redirect("full_time:status", pk)
    return render(request, "full_time/family/cancel.html", {"application": row})


@for_roles(*FAMILY_ROLES)
def ask_review(request: HatRequest, pk: int) -> HttpResponse:
    """The family asks the host to look at a refusal again (R-71)."""
    row = get_object_or_404(applications_of(request.hat), pk=pk)
    form = ReviewRequestForm(request.POST or None, cancel_url=reverse("full_time:status", args=[pk]))
    if form.is_valid():
        try:
            actions.ask_for_review(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The program was asked to look again."))
            return redirect("full_time:status", pk)
    context = {
        "title": _("Ask the program to look again"),
        "intro": row.program.review_process,
        "form": form,
    }
    return render(request, "components/form_page.html", context)


def already_sent(request: HatRequest, pk: int) -> HttpResponse:
    messages.info(request, str(actions.AlreadySent.sentence))
    return redirect("full_time:status", pk)
