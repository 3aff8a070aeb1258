"""The June list of a district: in numbers, row by row, to be filled in, and as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import grouped

from ...layouts import Cycle
from ...models import Upload, UploadState
from ...report_summaries import labels
from ...views.own import READING_ROLES, SENDING_ROLES, lea_of
from .. import actions
from ..cells import problems_of
from ..expected import OF_A_JUNE_FILE, UNLIKE, Expected, JuneList, Shown, expected_june
from ..forms import RowForm, ShownForm, WhoForm
from ..models import Acceptance, Draft, TypedOutcome
from ..tables import FillingTable, JuneTable, UnexpectedTable, UnlikeTable
from .own import PER_PAGE, attached, place_of

MOST_FOUND = 100  # rows of the students that somebody looks for
LAST_STEPS = 3


@require_safe
@for_roles(*SENDING_ROLES)
def own(request: HatRequest) -> HttpResponse:
    """On to the list of the last school year of which the district has certified October, else of this one."""
    certified = Upload.objects.filter(
        lea=lea_of(request), state=UploadState.CERTIFIED, collection__cycle=Cycle.OCTOBER
    )
    year = certified.order_by("-collection__school_year").values_list("collection__school_year", flat=True)
    begun = SchoolYear.objects.filter(starts_on__lte=central_date(timezone.now())).order_by("-year")
    latest = year.first() or begun.values_list("year", flat=True).first()
    if latest is None:
        raise Http404
    return redirect("june:june", lea_of(request), latest)


@for_roles(*READING_ROLES)
def june(request: HatRequest, lea_id: int, year: int) -> HttpResponse:
    """The list in numbers and row by row. A student is asked for by POST: who it is stays out of addresses."""
    lea, school_year = place_of(request, lea_id, year)
    return list_page(request, lea, school_year, WhoForm(request.POST or None))


def list_page(request: HatRequest, lea: Lea, year: SchoolYear, asked: WhoForm) -> HttpResponse:
    """The page of the list, or of those whom somebody looks for."""
    found = expected_june(lea, year, on=central_date(timezone.now()))
    context: dict[str, Any] = {"lea": lea, "year": year, "is_own": request.hat.is_lea, "found": found}
    draft = Draft.objects.visible_to(request.hat).filter(lea=lea, school_year=year).first()
    if found is None:
        kept = TypedOutcome.objects.filter(draft=draft).exclude(grade_earned="")
        context["kept"] = kept.count() if draft else 0
    else:
        context |= _of_list(request, found, asked)
        context |= _of_draft(request, found, draft) if draft else {}
    return render(request, "june/june.html", context)


def _of_list(request: HatRequest, found: JuneList, asked: WhoForm) -> dict[str, Any]:
    form = ShownForm(request.GET, has_june=found.june is not None)
    shown = form.cleaned_data["shown"] if form.is_valid() else ""
    page: Page[Expected] | None = None
    if asked.is_valid():
        whole = found.rows(who=asked.cleaned_data["who"])
        rows, is_cut = whole[:MOST_FOUND], len(whole) > MOST_FOUND
    else:
        page = Paginator(found.rows(shown), PER_PAGE).get_page(request.GET.get("page"))
        rows, is_cut = list(page.object_list), False
    may_type = request.hat.role in actions.TYPING_ROLES and found.certified is None
    return {
        "counts": found.counts,
        "summary": _summary(found),
        "form": form,
        "shown": shown,
        "who_form": asked,
        "who": asked.cleaned_data["who"] if asked.is_valid() else "",
        "is_cut": is_cut,
        "most": MOST_FOUND,
        "may_type": may_type,
        "table": filling_table(found, rows) if may_type else _table(found, rows),
        "grades": grades_of(found) if may_type else [],
        "page": page,
    }


def _of_draft(request: HatRequest, found: JuneList, draft: Draft) -> dict[str, Any]:
    unexpected = found.unexpected()
    context: dict[str, Any] = {"unexpected": UnexpectedTable(unexpected) if unexpected else None}
    if found.certified is None:
        steps = Acceptance.objects.filter(draft=draft, undone_at=None).select_related("by__user")
        context["steps"] = list(steps.order_by("-pk")[:LAST_STEPS])
        return context
    against = found if found.june == found.certified else replace(found, june=found.certified)
    page = Paginator(against.rows(UNLIKE), PER_PAGE).get_page(request.GET.get("unlike"))
    context |= {"unlike": page, "unlike_table": UnlikeTable(list(page.object_list))}
    return context


def _table(found: JuneList, rows: list[Expected]) -> JuneTable:
    table = JuneTable(rows, exclude=() if found.june else ("in_june",))
    table.statuses = labels(CodeSet.ENROLLMENT_STATUS)
    return table


def filling_table(found: JuneList, rows: list[Expected], boxes: list[RowForm] | None = None) -> FillingTable:
    """The rows with their boxes, those that are given or those that stand; with what is wrong in what was typed."""
    if boxes is None:
        boxes = [RowForm.of(row, number) for number, row in enumerate(rows)]
        problems = problems_of(found, {row.key: row.cells for row in rows})
        for row, box in zip(rows, boxes, strict=True):
            box.put(problems.get(row.key, []))
    asks_more = any(row.lacks_assignment or row.lacks_school or row.lacks_level for row in rows)
    left_out = [name for name, is_there in (("in_june", found.june), ("others", asks_more)) if not is_there]
    table = FillingTable(rows, exclude=left_out)
    table.statuses = labels(CodeSet.ENROLLMENT_STATUS)
    table.boxes = {row.key: box for row, box in zip(rows, boxes, strict=True)}
    return table


def grades_of(found: JuneList) -> list[str]:
    """The grades of the school year, for the browser to offer."""
    held = CodeMeaning.objects.filter(code_set=CodeSet.GRADE_EARNED, valid_from__lte=found.year.ends_on)
    still = held.exclude(valid_to__lt=found.year.starts_on)
    return list(still.order_by("code").values_list("code", flat=True).distinct())


@require_safe
@for_roles(*SENDING_ROLES)
def june_csv(request: HatRequest, lea_id: int, year: int) -> HttpResponseBase:
    """The list in the layout of Student Course Completion. Who took it is noted first."""
    lea, school_year = place_of(request, lea_id, year)
    now = timezone.now()
    found = expected_june(lea, school_year, on=central_date(now))
    if found is None:
        return redirect("june:june", lea_id, year)
    lines = actions.download_list(found, by=request.hat, at=now)
    return attached(lines, f"june-{lea.state_district_id}-{year}.csv")


def _summary(found: JuneList) -> list[dict[str, Any]]:
    """The list in numbers, each with the way to its rows."""
    here, counts = reverse("june:june", args=[found.lea.pk, found.year.pk]), found.counts
    filled = {"filled": grouped(counts.filled), "whole": grouped(counts.whole)}
    rows: list[dict[str, Any]] = [{"term": _("Filled in"), "value": _("%(filled)s of %(whole)s") % filled}]
    for shown in Shown:
        if shown in OF_A_JUNE_FILE and found.june is None:
            continue
        number = getattr(counts, shown)
        row = {"term": str(shown.label), "value": grouped(number)}
        if number:
            row |= {"url": f"{here}?shown={shown}", "action": _("Show")}
        rows.append(row)
    return rows
