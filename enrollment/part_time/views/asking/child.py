"""Steps 1 and 2: the school, the student and the term.

With JavaScript what is typed is kept while one types: there is no draft yet, so as the unsent answers of the page.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from enrollment.records.actions import add_claim, tell_anew
from enrollment.records.models import Enrollment
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES
from mocap_portal.foundation.directory.models import (
    Lea,
    School,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.fragments import render_page
from providers.models import Course

from ... import actions
from ...forms.family import (
    ChildAgainForm,
    ChildForm,
    CorrectChildForm,
    SchoolSearch,
    typed,
)
from ...models import CourseRequest, RequestState, Unfinished
from ...rules import courses_on_offer
from .rows import (
    already_sent,
    born_by,
    is_student,
    lines_of,
    may_correct,
    open_terms,
    own_claims,
    requests_of,
)

WISHES = "courses"  # in the session: what was chosen in the catalog before there was a draft
MOST_WISHES = 6
SCHOOLS_SHOWN = 25


@for_roles(*FAMILY_ROLES)
def start(request: HatRequest) -> HttpResponse:
    """A child that the family told of before, or another one; who told of none goes on to the school."""
    remember_wish(request)
    children = (
        own_claims(request.hat).select_related("school__lea__organization").order_by("first_name", "pk")
    )
    if not children:
        return redirect("part_time:school")
    schools = {child.school_id: child for child in children}  # of each school the child told of last
    context = {"children": children, "schools": list(schools.values()), "own": is_student(request.hat)}
    return render(request, "part_time/family/start.html", context)


@for_roles(*FAMILY_ROLES)
def school(request: HatRequest) -> HttpResponse:
    """Finds the school: by words or codes, in a plain request or while one types."""
    form = SchoolSearch(request.GET or None)
    context = {
        "form": form,
        **schools_found(form, lambda school: reverse("part_time:child", args=[school.pk])),
    }
    return render_page(request, "part_time/family/school.html", context, fragment="schools")


def schools_found(form: SchoolSearch, leads_to: Callable[[School], str]) -> dict[str, Any]:
    """The schools that fit, for family/schools.html, each with the address it leads to."""
    found = form.found(on=central_date(timezone.now()))[: SCHOOLS_SHOWN + 1]
    rows = [(school, leads_to(school)) for school in found[:SCHOOLS_SHOWN]]
    return {"rows": rows, "has_more": len(found) > SCHOOLS_SHOWN}


@for_roles(*FAMILY_ROLES)
def child(request: HatRequest, pk: int) -> HttpResponse:
    """Tells of a student of this school and starts a draft; nothing is stored when the student is not eligible."""
    now = timezone.now()
    today = central_date(now)
    schools = School.objects.on(today).filter(lea__in=Lea.objects.on(today))
    row = get_object_or_404(schools.select_related("lea__organization"), pk=pk)
    page = f"child:{pk}"
    form = ChildForm(
        request.POST or None,
        school=row,
        own=is_student(request.hat),
        born_by=born_by(request.hat, today=today),
        terms=open_terms(today),
    )
    if "keep" in request.POST:
        actions.keep_page(request.hat.user, page, unsent_answers(request), at=now)
        return render(request, "part_time/family/kept.html", {"at": now})
    if form.is_valid():
        answers = form.answers()
        term_id = answers.pop("term_id")
        if answers["enrollment"] != Enrollment.PUBLIC:
            actions.forget_page(request.hat.user, page)
            return redirect("part_time:private_pay")
        try:
            with transaction.atomic():
                claim = add_claim(by=request.hat, school=row, at=now, **answers)
                draft = actions.start_request(claim.pk, by=request.hat, term_id=term_id, at=now)
                actions.forget_page(request.hat.user, page)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            add_wish(request, draft, at=now)
            return redirect("part_time:courses", draft.pk)
    if request.method != "POST":
        form.initial = initial_of(request, form, page=page)
    elif form.errors:
        actions.keep_page(request.hat.user, page, unsent_answers(request), at=now)
    context = {"form": form, "school": row, "own": is_student(request.hat)}
    return render(request, "part_time/family/child.html", context)


def unsent_answers(request: HatRequest) -> dict[str, list[str]]:
    """What stands in the boxes of a page, without what the page itself adds."""
    return {
        name: request.POST.getlist(name)
        for name in request.POST
        if name not in {"csrfmiddlewaretoken", "keep"}
    }


def initial_of(request: HatRequest, form: ChildForm, *, page: str) -> dict[str, Any]:
    """What somebody typed here before and did not send; else what a brother or sister has in common (`?like=`)."""
    kept = Unfinished.objects.filter(user=request.hat.user_id, page=page).first()
    if kept is not None:
        typed_before = MultiValueDict(kept.answers)
        return {
            name: field.widget.value_from_datadict(typed_before, MultiValueDict(), name)
            for name, field in form.fields.items()
        }
    like = request.GET.get("like", "")
    sibling = (
        own_claims(request.hat).filter(pk=int(like)).first() if like.isascii() and like.isdigit() else None
    )
    if sibling is None:
        return {}
    return {
        "last_name": sibling.last_name,
        "relationship": sibling.relationship,
        "enrollment": sibling.enrollment,
        "missouri_resident": sibling.missouri_resident,
    }


def remember_wish(request: HatRequest) -> None:
    """A course that somebody chose in the catalog before they began (`?course=`); it waits until there is a draft."""
    wishes = [wish for wish in request.GET.getlist("course") if wish.isascii() and wish.isdigit()]
    if wishes:
        request.session[WISHES] = wishes[:MOST_WISHES]


def add_wish(request: HatRequest, draft: CourseRequest, *, at: dt.datetime) -> None:
    """Puts the courses chosen in the catalog on the draft, as far as they fit it; says which do not."""
    wishes = [int(wish) for wish in request.session.pop(WISHES, [])]
    if not wishes:
        return
    offer = courses_on_offer(draft.term, on=central_date(at)).for_grade(draft.claim.grade).in_bulk(wishes)
    for course in Course.objects.filter(pk__in=set(wishes) - set(offer)).order_by("title"):
        sentence = _("“%(course)s” is not for this grade or this term. Look for another one below.")
        messages.warning(request, sentence % {"course": course.title})
    chosen = [line.course_id for line in lines_of(draft)]
    wanted = [*chosen, *(wish for wish in wishes if wish in offer and wish not in chosen)]
    if wanted != chosen:
        actions.choose_courses(draft.pk, course_ids=wanted, in_person_courses=draft.in_person_courses, at=at)


@for_roles(*FAMILY_ROLES)
def child_again(request: HatRequest, pk: int) -> HttpResponse:
    """A child that the family told of before: the term is asked, and what changes with the years."""
    now = timezone.now()
    claim = get_object_or_404(own_claims(request.hat).select_related("school__lea__organization"), pk=pk)
    form = ChildAgainForm(
        request.POST or None, claim=claim, own=is_student(request.hat), terms=open_terms(central_date(now))
    )
    if form.is_valid():
        answers = dict(form.cleaned_data)
        term_id = answers.pop("term_id")
        if answers["enrollment"] != Enrollment.PUBLIC:
            return redirect("part_time:private_pay")
        try:
            with transaction.atomic():
                tell_anew(claim.pk, **answers)
                draft = actions.start_request(claim.pk, by=request.hat, term_id=term_id, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            add_wish(request, draft, at=now)
            return redirect("part_time:courses", draft.pk)
    return render(request, "part_time/family/child_again.html", {"form": form, "claim": claim})


@for_roles(*FAMILY_ROLES)
def child_correct(request: HatRequest, pk: int) -> HttpResponse:
    """Mends what was typed about the child of a draft."""
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    if not may_correct(draft.claim):
        messages.info(request, _("The district has this student's data already. Ask it to correct them."))
        return redirect("part_time:sign", pk)
    form = CorrectChildForm(
        request.POST or None,
        cancel_url=reverse("part_time:sign", args=[pk]),
        school=draft.claim.school,
        own=is_student(request.hat),
        born_by=born_by(request.hat, today=central_date(timezone.now())),
        initial=typed(draft.claim),
    )
    if form.is_valid():
        try:
            actions.correct_child(pk, **form.answers())
        except actions.AlreadySent:
            return already_sent(request, pk)
        return redirect("part_time:sign", pk)
    return render(request, "part_time/family/child_correct.html", {"form": form, "row": draft})
