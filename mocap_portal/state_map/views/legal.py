"""Legal values and code meanings: DESE's staff read them, its administrators change them."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue

from ..forms import CodeMeaningForm, LegalValueForm
from ..tables import CodeHistory, CodeTable, LegalValueHistory, LegalValueTable, plain
from .kinds import form_page, list_page, today

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
    """The codes of every set, as they hold today."""
    rows = list(CodeMeaning.objects.on(today()).order_by("position", "code"))
    tables = [
        CodeTable([row for row in rows if row.code_set == code_set], caption=str(code_set.label))
        for code_set in CodeSet
    ]
    return list_page(
        request,
        *tables,
        title=_("Codes and their meanings"),
        intro=_("What forms, letters and reports call things."),
    )


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
    form = CodeMeaningForm(
        request.POST or None, cancel_url=back, initial={"label": newest.label, "meaning": newest.meaning}
    )
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
