"""For families of home and private schools, and for courses above a full load: how to buy a course oneself (R-05)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mocap_portal.foundation.shared.calendar import central_date

from ..private_pay import providers_to_ask


@login_not_required
@require_safe
def private_pay(request: HttpRequest) -> HttpResponse:
    """What a family does that pays itself, and whom it can ask. Nothing is sent to a district."""
    providers = providers_to_ask(on=central_date(timezone.now()))
    return render(request, "part_time/family/private_pay.html", {"providers": providers})
