"""Filling in the June list: what was typed is saved, proposals are taken over, and that is undone."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.forms import Problem
from mocap_portal.foundation.ui.steps import ask_first
from mocap_portal.foundation.ui.words import grouped

from ...views.own import SENDING_ROLES
from .. import actions
from ..actions import Saved
from ..expected import Proposal, Shown, expected_june
from ..forms import AcceptForm, RowForm, WhoForm, typed_rows
from ..models import Acceptance
from .lists import filling_table, grades_of, list_page
from .own import place_of


@require_POST
@for_roles(*SENDING_ROLES)
def save(request: HatRequest, lea_id: int, year: int) -> HttpResponse:
    """Save the rows of a page. Those that could not be saved come back, each with the reason, and nothing is lost."""
    lea, school_year = place_of(request, lea_id, year)
    back, boxes = _back(request, lea, school_year), typed_rows(request.POST)
    if not all(box.is_valid() for box in boxes):
        messages.error(
            request, _("This page could not be read, so nothing was saved. Type it once more here.")
        )
        return redirect(back)
    entries = [box.entry for box in boxes if not box.gives_way]
    try:
        saved = actions.save_outcomes(lea, school_year, entries, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect(back)
    _say(request, saved, has_given_way=len(entries) < len(boxes))
    if not saved.is_whole:
        return _unsaved(request, lea, school_year, boxes, saved)
    asked = WhoForm({"who": request.POST["who"]}) if request.POST.get("who") else None
    return list_page(request, lea, school_year, asked) if asked else redirect(f"{back}#list")


def _back(request: HatRequest, lea: Lea, year: SchoolYear) -> str:
    """The part and page of the list on which it was typed."""
    asked = {name: request.POST.get(name, "") for name in ("shown", "page")}
    kept = {
        "shown": asked["shown"] if asked["shown"] in Shown.values else "",
        "page": asked["page"] if asked["page"].isdecimal() else "",
    }
    query = urlencode({name: value for name, value in kept.items() if value})
    here = reverse("june:june", args=[lea.pk, year.pk])
    return f"{here}?{query}" if query else here


def _say(request: HatRequest, saved: Saved, *, has_given_way: bool) -> None:
    if saved.written:
        sentence = ngettext("%(count)d row is saved.", "%(count)d rows are saved.", saved.written)
        messages.success(request, sentence % {"count": saved.written})
    elif saved.is_whole:
        kept = (
            _("The other value stays as it is.")
            if has_given_way
            else _("Nothing was changed, so nothing was saved.")
        )
        messages.info(request, kept)


def _unsaved(
    request: HatRequest, lea: Lea, year: SchoolYear, boxes: list[RowForm], saved: Saved
) -> HttpResponse:
    """The rows that were not saved, with what was typed and why."""
    found = expected_june(lea, year, on=central_date(timezone.now()))
    if found is None:  # taken back a moment ago
        return redirect(_back(request, lea, year))
    typed = {box.key: box for box in boxes}
    rows = found.rows(keys=[*saved.conflicts, *saved.refused])[:]
    again = []
    for number, row in enumerate(rows):
        box = RowForm.of(row, number, typed=typed[row.key].cells, theirs=saved.conflicts.get(row.key))
        again.append(box.put(saved.refused.get(row.key, [])))
    wrong = [
        Problem(f"{row.student}, {row.title} {row.semester}: {one.sentence}", box[one.field].id_for_label)
        for row, box in zip(rows, again, strict=True)
        for of_cell in box.problems.values()
        for one in of_cell
        if one.is_error
    ]
    table = filling_table(found, rows, again)
    table.caption = _("Rows that are not saved")
    context = {
        "lea": lea,
        "year": year,
        "back": _back(request, lea, year),
        "wrong": wrong,
        "conflicts": len(saved.conflicts),
        "gone": [typed[key] for key in sorted(saved.gone)],
        "table": table if rows else None,
        "grades": grades_of(found),
        "shown": request.POST.get("shown", ""),
        "page_number": request.POST.get("page", ""),
        "who": request.POST.get("who", ""),
    }
    return render(request, "june/unsaved.html", context)


@for_roles(*SENDING_ROLES)
def accept(request: HatRequest, lea_id: int, year: int) -> HttpResponse:
    """What would be taken over of a part of the list; then all of it."""
    lea, school_year = place_of(request, lea_id, year)
    now = timezone.now()
    found = expected_june(lea, school_year, on=central_date(now))
    form = AcceptForm(request.POST or None, cancel_url="")
    asked = request.POST if request.method == "POST" else request.GET
    shown = asked.get("shown", "") if asked.get("shown", "") in Shown.values else ""
    here = reverse("june:june", args=[lea_id, year])
    back = f"{here}?{urlencode({'shown': shown})}" if shown else here
    if found is None or found.certified is not None:
        messages.error(
            request, str((actions.NoOctober if found is None else actions.JuneIsCertified).sentence)
        )
        return redirect(back)
    if form.is_valid():
        try:
            step = actions.accept_proposals(
                lea, school_year, shown, seen=form.cleaned_data["seen"], by=request.hat, at=now
            )
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(f"{request.path}?{urlencode({'shown': shown})}")
        sentence = ngettext(
            "%(count)d proposal is taken over.", "%(count)d proposals are taken over.", step.count
        )
        messages.success(request, sentence % {"count": step.count})
        return redirect(back)
    proposals = found.proposals(shown)
    if not proposals:
        messages.info(request, str(actions.NothingProposed.sentence))
        return redirect(back)
    seen = {"seen": actions.fingerprint(proposals), "shown": shown}
    return render(
        request,
        "components/form_page.html",
        {
            "title": _question(len(proposals)),
            "intro": _intro(shown),
            "rows": _by_grade(proposals),
            "form": AcceptForm(initial=seen, cancel_url=back),
        },
    )


def _question(count: int) -> str:
    sentence = ngettext("Take over %(count)s proposal?", "Take over %(count)s proposals?", count)
    return sentence % {"count": grouped(count)}


def _intro(shown: str) -> str:
    part = Shown(shown).label if shown else _("The whole list")
    return _(
        "Of “%(part)s”, the rows that are still empty and have a proposal. What is typed already stays as it is. "
        "You can undo it afterwards."
    ) % {"part": part}


def _by_grade(proposals: list[Proposal]) -> list[dict[str, Any]]:
    counts = Counter(one.grade for one in proposals)
    return [{"term": grade, "value": grouped(number)} for grade, number in sorted(counts.items())]


@for_roles(*SENDING_ROLES)
def undo(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then empties again what was taken over in one step."""
    steps = Acceptance.objects.filter(draft__lea=request.hat.organization_id)
    step = get_object_or_404(steps.select_related("draft"), pk=pk)
    return ask_first(
        request,
        lambda: actions.undo_acceptance(pk, by=request.hat, at=timezone.now()),
        title=_undo_question(step.count),
        text=_("These rows are empty again. What somebody has changed since stays as it is now."),
        button=_("Undo it"),
        done=_undone,
        back=reverse("june:june", args=[step.draft.lea_id, step.draft.school_year_id]),
    )


def _undo_question(count: int) -> str:
    sentence = ngettext(
        "Undo taking over %(count)s proposal?", "Undo taking over %(count)s proposals?", count
    )
    return sentence % {"count": grouped(count)}


def _undone(step: Acceptance) -> str:
    restored = step.restored or 0
    sentence = ngettext("%(count)d row is empty again.", "%(count)d rows are empty again.", restored)
    changed = step.count - restored
    more = ngettext(
        "%(count)d was changed since and stays.", "%(count)d were changed since and stay.", changed
    )
    said = sentence % {"count": restored}
    return f"{said} {more % {'count': changed}}" if changed else said
