"""The public catalog: the list, one course, some side by side, and the files of it; each as of any day."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.models import FAMILY_ROLES, Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Provider
from mocap_portal.foundation.ui.fragments import render_page

from .. import downloads, prices
from ..choice import terms_of, usual_weekly_minutes
from ..days import CatalogDay
from ..filters import MOST_COMPARED, CatalogSearch, course_ids
from ..models import Course, ProviderProfile, Structure
from ..program_codes import program_code_forbidden
from ..tables import CourseTable
from ..words import assurance_rows, comparison_rows, course_rows, weekly_words

PER_PAGE = 25


class PublicRequest(HttpRequest):
    """A request of anybody, a hat or none."""

    hat: Membership | None


@login_not_required
@require_safe
def catalog(request: PublicRequest) -> HttpResponse:
    """Courses on offer. To htmx it answers with the results alone, and the counts beside the choices."""
    day, day_problem = _day(request)
    search = CatalogSearch(request.GET, day)
    table = CourseTable(search.courses, day=day, compared=search.compared)
    table.cut(request, count=search.count, per_page=PER_PAGE)
    context = {
        "form": search.form,
        "table": table,
        "count": search.count,
        "guesses": search.guesses,
        "kept": search.kept.items(),
        "day": day,
        "day_problem": day_problem,
        "compared": _offered(day, search.compared[:MOST_COMPARED]),
        "back_to_today": _without(request, "on", "page"),
        "files": _without(request, "page", "sort", "course"),
    }
    return render_page(request, "providers/catalog.html", context, fragment="results")


@login_not_required
@require_safe
def course(request: PublicRequest, pk: int) -> HttpResponse:
    """One course that is on offer today, or was on a past day."""
    day, day_problem = _day(request)
    offered = day.courses().select_related("provider__organization")
    course: Course = get_object_or_404(offered, id=pk)
    others = offered.filter(
        provider=course.provider_id, provider_course_code=course.provider_course_code
    ).exclude(id=course.id)
    program = day.rows(CodeMeaning.objects.all()).of(CodeSet.PROGRAM, on=day.on)
    provider = day.rows(Provider.objects.all()).filter(organization=course.provider_id)
    choices = terms_of([course], day)[course.id]
    context = {
        "course": course,
        "provider": (day.is_past and provider.first()) or course.provider,
        "rows": course_rows(course),
        "others": others.order_by("structure"),
        "choices": choices,
        "weekly": weekly_words(course, None if course.weekly_minutes else usual_weekly_minutes(day)),
        "cap": prices.cap(Structure(course.structure), on=day.on, values=day.legal_values()),
        "program": program.filter(code=course.program_code).first(),
        "forbidden": _forbidden(request.hat, course, on=day.on),
        "assurances": assurance_rows(course),
        "profile": day.rows(ProviderProfile.objects.all()).filter(provider=course.provider_id).first(),
        "day": day,
        "day_problem": day_problem,
        "back_to_today": request.path,
        "may_ask": _may_ask(request, day) and any(choice.is_open for choice in choices),
    }
    return render(request, "providers/course.html", context)


@login_not_required
@require_safe
def compare(request: PublicRequest) -> HttpResponse:
    """Up to four courses side by side: `?course=1&course=2`. A fifth is refused in words, the first four are shown."""
    day, day_problem = _day(request)
    asked = course_ids(request.GET.getlist("course"))
    courses = _offered(day, asked[:MOST_COMPARED])
    choices = terms_of(courses, day)
    weekly = usual_weekly_minutes(day)
    caps = {
        structure: prices.cap(structure, on=day.on, values=day.legal_values())
        for structure in {Structure(course.structure) for course in courses}
    }
    here = request.GET.copy()
    columns = []
    for course in courses:
        here.setlist("course", [str(other.id) for other in courses if other != course])
        columns.append(
            {
                "course": course,
                "rows": comparison_rows(
                    course,
                    choices=choices[course.id],
                    weekly_minutes=weekly,
                    cap=caps[Structure(course.structure)],
                ),
                "without": f"?{here.urlencode()}",
                "may_ask": _may_ask(request, day) and any(choice.is_open for choice in choices[course.id]),
            }
        )
    here.setlist("course", [str(course.id) for course in courses])
    context = {
        "columns": columns,
        "too_many": len(asked) > MOST_COMPARED,
        "gone": len(asked[:MOST_COMPARED]) - len(courses),
        "is_full": len(courses) == MOST_COMPARED,
        "most": MOST_COMPARED,
        "add": f"{reverse('providers:catalog')}?{here.urlencode()}",
        "day": day,
        "day_problem": day_problem,
        "back_to_today": _without(request, "on"),
    }
    return render(request, "providers/compare.html", context)


@login_not_required
@require_safe
def catalog_csv(request: PublicRequest) -> StreamingHttpResponse:
    """The courses of a search as a CSV file, with the columns that `import_catalog` reads."""
    day, _problem = _day(request)
    search = CatalogSearch(request.GET, day)
    return _file(downloads.as_csv(search.courses), day, "csv", "text/csv; charset=utf-8")


@login_not_required
@require_safe
def catalog_json(request: PublicRequest) -> StreamingHttpResponse:
    """The courses of a search as one JSON object: docs/catalog.md says what is in it."""
    day, _problem = _day(request)
    search = CatalogSearch(request.GET, day)
    content = downloads.as_json(search.courses, on=day.on, words=search.words, chosen=search.chosen)
    return _file(content, day, "json", "application/json")


def _file(content: Any, day: CatalogDay, ending: str, content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="mocap-catalog-{day.on.isoformat()}.{ending}"'
    return response


def _day(request: HttpRequest) -> tuple[CatalogDay, str]:
    """The day the address asks for; today with a sentence when there is no such day."""
    today = timezone.localdate()
    try:
        return CatalogDay.asked(request.GET.get("on", ""), today=today), ""
    except ValueError:
        sentence = _("There is no catalog of the day you asked for. Write a past day such as 2026-07-01.")
        return CatalogDay(on=today, is_past=False), sentence


def _without(request: HttpRequest, *names: str) -> str:
    """The query of this address without these parts, with its question mark."""
    parts = request.GET.copy()
    for name in names:
        parts.pop(name, None)
    return f"?{parts.urlencode()}"


def _offered(day: CatalogDay, ids: list[int]) -> list[Course]:
    """Those of these courses that are in the catalog of the day, in the order of the ids."""
    if not ids:
        return []
    offered = day.courses().filter(id__in=ids).select_related("provider__organization")
    found = {course.id: course for course in offered}
    return [found[pk] for pk in ids if pk in found]


def _may_ask(request: PublicRequest, day: CatalogDay) -> bool:
    """Whether a request may start here: families, and visitors, who sign in first."""
    return not day.is_past and (request.hat is None or request.hat.role in FAMILY_ROLES)


def _forbidden(hat: Membership | None, course: Course, *, on: dt.date) -> str | Promise:
    """To staff of an LEA: the kind of agreement because of which it reports this course without a program code."""
    if hat is None or not hat.is_lea or hat.organization_id is None:
        return ""
    kind = program_code_forbidden(lea_id=hat.organization_id, provider_id=course.provider_id, on=on)
    return kind.label if kind else ""
