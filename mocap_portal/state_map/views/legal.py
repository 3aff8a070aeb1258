"""Legal values and code meanings: DESE's staff read them, its administrators change them."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.tabular import RowError, UnreadableFile

from ..forms import CodeFileForm, CodeMeaningForm, LegalValueForm
from ..tables import (
    CodeChangeTable,
    CodeHistory,
    CodeSetTable,
    CodeTable,
    LegalValueHistory,
    LegalValueTable,
    plain,
)
from .kinds import form_page, list_page, today

MOST_ERRORS = 20  # that are said about a file at once
LONGEST_LOOK = 3600  # seconds between looking at what a file changes and changing it

# Legal values -------------------------------------------------------------------------------------


@for_roles(*DESE_ROLES)
def legal_values(request: HatRequest) -> HttpResponse:
    """What law and policy set, as it holds today."""
    rows = LegalValue.objects.on(today()).order_by("key")
    return list_page(
        request,
        LegalValueTable(rows),
        title=_("Legal values"),
        intro=_("Numbers that law or policy sets. Each holds from a day on and names its source."),
    )


@for_roles(*DESE_ROLES)
def legal_value(request: HatRequest, key: str) -> HttpResponse:
    """Every value of one key, the newest first."""
    legal_key = _legal_key(key)
    return list_page(
        request,
        LegalValueHistory(LegalValue.objects.filter(key=legal_key).order_by("-valid_from")),
        title=legal_key.label,
        intro=_("What was decided under an older value keeps it."),
        change=reverse("state_map:change_legal_value", args=[key]),
    )


@for_roles(Role.DESE_ADMIN)
def change_legal_value(request: HatRequest, key: str) -> HttpResponse:
    """A new value from a day on."""
    legal_key = _legal_key(key)
    back = reverse("state_map:legal_value", args=[key])
    now = LegalValue.objects.on(today()).filter(key=legal_key).first()
    form = LegalValueForm(
        request.POST or None, cancel_url=back, initial={"number": plain(now.number)} if now else None
    )
    return form_page(
        request,
        form,
        lambda: directory.change_legal_value(legal_key, **form.cleaned_data, today=today()),
        title=legal_key.label,
        intro=_("The value that holds until then ends the day before. It stays in the history."),
        back=back,
    )


def _legal_key(key: str) -> LegalKey:
    if key not in LegalKey:
        raise Http404
    return LegalKey(key)


# Codes --------------------------------------------------------------------------------------------


@for_roles(*DESE_ROLES)
def codes(request: HatRequest) -> HttpResponse:
    """The sets of codes, and how many codes of each hold today."""
    held = CodeMeaning.objects.on(today()).order_by().values("code_set").annotate(count=Count("pk"))
    counts = dict(held.values_list("code_set", "count"))
    rows = [
        {"code_set": code_set.value, "label": str(code_set.label), "count": counts.get(code_set, 0)}
        for code_set in CodeSet
    ]
    return list_page(
        request,
        CodeSetTable(rows),
        title=_("Codes and their meanings"),
        intro=_("What forms, letters, reports and core data files call things."),
    )


@for_roles(*DESE_ROLES)
def code_set(request: HatRequest, code_set: str) -> HttpResponse:
    """The codes of one set, as they hold today."""
    known = _code_set(code_set)
    return list_page(
        request,
        CodeTable(CodeMeaning.objects.of(known, on=today())),
        title=known.label,
        intro=_("As they hold today. A link leads to every meaning that a code had, and to a change."),
        change=reverse("state_map:import_codes", args=[code_set]),
        change_words=_("Bring a CSV file"),
    )


@for_roles(Role.DESE_ADMIN)
def import_codes(request: HatRequest, code_set: str) -> HttpResponse:
    """A set of codes from a file: first what it changes, then, if that is meant, the change."""
    known = _code_set(code_set)
    back = reverse("state_map:code_set", args=[code_set])
    if "looked_at" in request.POST:
        return _apply_codes(request, known, back)
    form = CodeFileForm(request.POST or None, request.FILES or None, cancel_url=back)
    context: dict[str, Any] = {"form": form, "title": known.label, "back": back}
    if form.is_valid():
        asked = dict(form.cleaned_data)
        try:
            rows, errors = directory.read_codes(asked.pop("file").read(), known)
        except UnreadableFile as problem:
            form.add_error("file", str(problem))
        else:
            for error in errors[:MOST_ERRORS]:
                form.add_error("file", _("Line %(line)s, %(column)s: %(message)s") % _place(error))
            if not errors:
                plan = directory.plan_codes(known, rows, on=asked["valid_from"], is_whole=asked["is_whole"])
                asked["valid_from"] = asked["valid_from"].isoformat()
                looked_at = {"rows": [asdict(row) for row in rows], **asked}
                context |= {
                    "plan": plan,
                    "table": CodeChangeTable(_changes(plan)),
                    "looked_at": signing.dumps(looked_at, salt=code_set, compress=True),
                    "valid_from": form.cleaned_data["valid_from"],
                }
    return render(request, "state_map/import_codes.html", context)


def _apply_codes(request: HatRequest, code_set: CodeSet, back: str) -> HttpResponse:
    try:
        asked = signing.loads(request.POST["looked_at"], salt=code_set.value, max_age=LONGEST_LOOK)
        plan = directory.change_codes(
            code_set,
            [directory.CodeRow(**row) for row in asked["rows"]],
            valid_from=dt.date.fromisoformat(asked["valid_from"]),
            source=asked["source"],
            is_whole=asked["is_whole"],
            today=today(),
        )
    except signing.BadSignature:
        messages.error(request, _("Too much time has passed. Choose the file again."))
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        words = _("New codes: %(added)d. Changed: %(changed)d. Ended: %(ended)d.")
        counts = {"added": len(plan.added), "changed": len(plan.changed), "ended": len(plan.ended)}
        messages.success(request, words % counts)
    return redirect(back)


def _changes(plan: directory.CodePlan) -> list[dict[str, str]]:
    """What a file changes, in words: what ends, what changes, what is new."""
    rows = [{"what": _("Ends"), "code": row.code, "now": row.label, "then": "–"} for row in plan.ended]
    rows += [
        {
            "what": _("Changes"),
            "code": row.code,
            "now": _words(now),
            "then": _words(row),
        }
        for now, row in plan.changed
    ]
    return rows + [
        {"what": _("New"), "code": row.code, "now": "–", "then": _words(row)} for row in plan.added
    ]


def _words(row: CodeMeaning | directory.CodeRow) -> str:
    said = (row.label, row.meaning, row.group, row.label_es, row.meaning_es)
    return " · ".join(part for part in said if part)


def _place(error: RowError) -> dict[str, str]:
    return {
        "line": "–" if error.row is None else str(error.row),
        "column": error.column or _("whole row"),
        "message": error.message,
    }


def _code_set(name: str) -> CodeSet:
    if name not in CodeSet:
        raise Http404
    return CodeSet(name)


@for_roles(*DESE_ROLES)
def code(request: HatRequest, code_set: str, code: str) -> HttpResponse:
    """Every meaning of one code, the newest first."""
    newest = _newest_meaning(code_set, code)
    rows = CodeMeaning.objects.filter(code_set=code_set, code=code).order_by("-valid_from")
    return list_page(
        request,
        CodeHistory(rows),
        title=newest.label,
        intro=_("Letters and requests keep the words that held on their day."),
        change=reverse("state_map:change_code", args=[code_set, code]),
    )


@for_roles(Role.DESE_ADMIN)
def change_code(request: HatRequest, code_set: str, code: str) -> HttpResponse:
    """Another name or meaning from a day on."""
    newest = _newest_meaning(code_set, code)
    back = reverse("state_map:code", args=[code_set, code])
    words = {name: getattr(newest, name) for name in ("label", "label_es", "meaning", "meaning_es")}
    form = CodeMeaningForm(request.POST or None, cancel_url=back, initial=words)
    return form_page(
        request,
        form,
        lambda: directory.change_code_meaning(CodeSet(code_set), code, **form.cleaned_data, today=today()),
        title=newest.label,
        intro=_("The meaning that holds until then ends the day before. It stays in the history."),
        back=back,
    )


def _newest_meaning(code_set: str, code: str) -> CodeMeaning:
    rows = CodeMeaning.objects.filter(code_set=code_set, code=code).order_by("-valid_from")
    newest = rows.first()
    if newest is None:
        raise Http404
    return newest
