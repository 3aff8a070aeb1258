"""Why families ask, in numbers: an LEA sees its own, the state office all."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.shared.calendar import central_date

from ..models import REVIEWING_ROLES
from ..reasons import reason_counts, years_asked_for


@require_safe
@for_roles(*REVIEWING_ROLES, Role.LEA_ADMIN, *DESE_ROLES)
def reasons(request: HatRequest) -> HttpResponse:
    """One school year, the newest unless the address names another one of the list."""
    years = years_asked_for(request.hat)
    named = request.GET.get("year", "")
    year = next((year for year in years if str(year.pk) == named), years[0] if years else None)
    today = central_date(timezone.now())
    counts = reason_counts(request.hat, year=year, on=today) if year else []
    context = {"years": years, "year": year, "counts": counts, "all": sum(count.courses for count in counts)}
    return render(request, "part_time/reasons.html", context)
