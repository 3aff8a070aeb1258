"""Step 3: the courses, why the family asks for each, and who pays above a full load."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    LegalKey,
    LegalValue,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.fragments import render_page

from ... import actions
from ...forms.family import (
    CourseSearch,
    CoursesForm,
)
from ...models import CourseLine, CourseRequest, RequestState
from ...rules import courses_on_offer, why_gone
from .rows import (
    already_sent,
    lines_of,
    requests_of,
    who_pays_is_open,
)

COURSES_PER_PAGE = 10


@for_roles(*FAMILY_ROLES)
def courses(request: HatRequest, pk: int) -> HttpResponse:
    """The list of chosen courses and the catalog below; every button stores the list as it then is."""
    now = timezone.now()
    today = central_date(now)
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    lines = lines_of(draft)
    reasons = list(CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=today))
    form = CoursesForm(
        request.POST or None,
        lines=lines,
        reasons=reasons,
        initial={"in_person_courses": draft.in_person_courses},
    )
    if "keep" in request.POST:
        return keep_courses(request, draft, lines, reasons, form, at=now)
    if form.is_valid():
        if form.goes_on and not lines:
            form.add_error(None, _("Choose at least one course. Press “Add” at a course in the list below."))
        else:
            try:
                return choose(request, draft, lines, form, at=now)
            except actions.AlreadySent:
                return already_sent(request, pk)
            except actions.CourseNotOnOffer as refusal:
                form.add_error(None, str(refusal.sentence))
    offer = courses_on_offer(draft.term, on=today).for_grade(draft.claim.grade)
    search = CourseSearch(request.GET or None, url=reverse("part_time:courses", args=[pk]), courses=offer)
    context = {
        **list_context(draft, lines, form, on=today),
        "search": search,
        "page": Paginator(search.found(), COURSES_PER_PAGE).get_page(request.GET.get("page")),
        "chosen": {line.course_id for line in lines},
    }
    return render_page(request, "part_time/family/courses.html", context, fragment="found")


def list_context(
    draft: CourseRequest, lines: list[CourseLine], form: CoursesForm, *, on: dt.date
) -> dict[str, Any]:
    """What the list of chosen courses shows."""
    return {
        "row": draft,
        "lines": lines,
        "form": form,
        "full_load": LegalValue.objects.whole(LegalKey.FULL_LOAD, on=on),
        "is_over": any(line.over_full_load for line in lines),
    }


def keep_courses(
    request: HatRequest,
    draft: CourseRequest,
    lines: list[CourseLine],
    reasons: list[CodeMeaning],
    form: CoursesForm,
    *,
    at: dt.datetime,
) -> HttpResponse:
    """Keeps what was typed so far, and answers with the list as it then is: the number may lift a course above a full
    load. A course that left the catalog stays until somebody presses a button.
    """
    if not form.is_valid():
        context = list_context(draft, lines, form, on=central_date(at))
        return render(request, "part_time/family/courses.html#list", context)
    in_person = form.cleaned_data["in_person_courses"]
    try:
        actions.choose_courses(
            draft.pk,
            course_ids=None,
            in_person_courses=draft.in_person_courses if in_person is None else in_person,
            told=form.told(),
            at=at,
        )
    except actions.AlreadySent:
        return already_sent(request, draft.pk)
    draft.refresh_from_db()
    lines = lines_of(draft)
    form = CoursesForm(lines=lines, reasons=reasons, initial={"in_person_courses": draft.in_person_courses})
    context = {**list_context(draft, lines, form, on=central_date(at)), "at": at}
    return render(request, "part_time/family/courses.html#list", context)


def choose(
    request: HatRequest, draft: CourseRequest, lines: list[CourseLine], form: CoursesForm, *, at: dt.datetime
) -> HttpResponse:
    """Stores the list after one press of a button. Raises AlreadySent, CourseNotOnOffer.

    A course that left the catalog since it was chosen leaves the list too, and the family is told.
    """
    add, remove = form.cleaned_data["add"], form.cleaned_data["remove"]
    in_person = form.cleaned_data["in_person_courses"]
    offered = courses_on_offer(draft.term, on=central_date(at)).in_bulk([line.course_id for line in lines])
    lost = [line.course_id for line in lines if line.course_id not in offered and line.course_id != remove]
    gone = why_gone(lost, draft.term) if lost else []
    kept = [line.course_id for line in lines if line.course_id in offered and line.course_id != remove]
    actions.choose_courses(
        draft.pk,
        course_ids=kept if add is None else [*kept, add],
        in_person_courses=draft.in_person_courses if in_person is None else in_person,
        told=form.told(),
        at=at,
    )
    for one in gone:
        sentence = _("We took “%(course)s” off your list. %(why)s")
        messages.warning(request, sentence % {"course": one.course.title, "why": one.why})
    if form.goes_on and not gone:
        if who_pays_is_open(lines_of(draft)):
            messages.warning(request, str(actions.WhoPaysNotSaid.sentence))
            return redirect(f"{reverse('part_time:courses', args=[draft.pk])}#your-courses")
        return redirect("part_time:sign", draft.pk)
    here = reverse("part_time:courses", args=[draft.pk])
    place = "your-courses" if add is None else f"course-{add}"
    return redirect(f"{here}?{request.GET.urlencode()}#{place}")
