"""Where DESE's staff find what holds in the whole state."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES

PAGES = (
    ("state_map:legal_values", _("Legal values"), _("Numbers that law or policy sets: days, ages, prices.")),
    ("state_map:codes", _("Codes"), _("What families and districts choose from, and what each word means.")),
    (
        "state_map:terms",
        _("Terms"),
        _("The semesters of each school year, and when families may ask for them."),
    ),
    (
        "state_map:closed_days",
        _("Closed days"),
        _("Days that no legal clock counts, and emergencies to confirm."),
    ),
    (
        "state_map:incomplete",
        _("Public pages of districts"),
        _("Districts whose page lacks what families must find there."),
    ),
)


@for_roles(*DESE_ROLES)
def overview(request: HatRequest) -> HttpResponse:
    """The pages about rules and dates, each with a sentence."""
    return render(request, "state_map/overview.html", {"pages": PAGES})
