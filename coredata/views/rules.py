"""The rules about files, an article for each, and which code to use: for whoever prepares files, signed in or not."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut

from .. import articles
from ..checks import rules as all_rules
from ..coding import CodingBasis, CodingTeacher, coding, delivery
from ..forms import CodingForm, RulesForm
from ..models import Waiver
from ..tables import RuleListTable

PER_PAGE = 25


class PublicRequest(HttpRequest):
    """A request that may come from anybody."""

    hat: Membership | None


@login_not_required
@require_safe
def rules(request: PublicRequest) -> HttpResponse:
    """Every rule, or those about one kind of file."""
    form = RulesForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    table = RuleListTable(articles.rules_about(chosen.get("kind") or "", chosen.get("words") or ""))
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "coredata/rules.html", {"form": form, "table": table})


@login_not_required
@require_safe
def rule(request: PublicRequest, rule: str) -> HttpResponse:
    """What a rule asks, why, where it comes from, and what to do when it is broken."""
    found = all_rules().get(rule)
    if found is None:
        raise Http404
    waivers = (
        Waiver.objects.visible_to(request.hat).filter(rule=rule) if request.hat else Waiver.objects.none()
    )
    context = {
        "rule": found,
        "facts": articles.facts(found),
        "waivers": waivers.in_force(central_date(timezone.now())).select_related("lea__organization"),
        "may_waive": articles.can_be_waived(found) and request.hat is not None and request.hat.is_dese,
    }
    return render(request, "coredata/rule.html", context)


@login_not_required
@require_safe
def which_code(request: PublicRequest) -> HttpResponse:
    """What a course rests on and who teaches it; then the codes of its row."""
    form = CodingForm(request.GET or None)
    answer = None
    if form.is_valid():
        basis, teacher = CodingBasis(form.cleaned_data["basis"]), CodingTeacher(form.cleaned_data["teacher"])
        found = coding(basis, teacher)
        today = central_date(timezone.now())
        answer = {
            "coding": found,
            "rows": [
                {"term": _("Program code"), "value": _named(CodeSet.PROGRAM, found.program, today)},
                {
                    "term": _("Delivery system"),
                    "value": _named(CodeSet.DELIVERY, delivery(found, teacher), today),
                },
                {"term": _("Where"), "value": _("In the row of Course Assignment")},
                {"term": _("Source"), "value": found.source},
            ]
            if found.is_reported
            else [
                {"term": _("Row"), "value": _("None: your district does not report this course")},
                {"term": _("Source"), "value": found.source},
            ],
        }
    return render(request, "coredata/which_code.html", {"form": form, "answer": answer})


def _named(code_set: CodeSet, code: str, today: dt.date) -> str:
    """A code with its meaning today; a word for none."""
    if not code:
        return _("None: leave it empty")
    meaning = CodeMeaning.objects.of(code_set, on=today).filter(code=code).first()
    return f"{code}: {meaning.label}" if meaning else code
