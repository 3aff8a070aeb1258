"""What everybody can read about a district: whom to ask, how it decides, when it is closed (duty to inform, R-143)."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mocap_portal.foundation.directory.models import AppealLadder, DecisionBy, Lea, LeaPolicy
from mocap_portal.foundation.papers.letters import LetterText, typeset
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.home import guide

from ..forms import DistrictSearch
from ..notice import compose, public_address
from ..profile import closed_days_to_come, find, windows
from ..tables import DistrictTable
from .kinds import ROWS_PER_PAGE, today


@login_not_required
@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """Every district and charter school, and one by its name."""
    form = DistrictSearch(request.GET or None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    table = DistrictTable(find(words, on=today()))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "state_map/public/districts.html", {"form": form, "table": table})


@login_not_required
@require_safe
def district(request: HttpRequest, code: str) -> HttpResponse:
    """A district as families know it."""
    lea, on = open_lea(code), today()
    policy = LeaPolicy.objects.on(on).filter(lea=lea).first()
    address = public_address(lea)
    context = {
        "lea": lea,
        "policy": policy,
        "decider_decides": policy is not None and policy.decision_by == DecisionBy.DECIDER,
        "local_appeal": policy is not None and policy.appeal_ladder == AppealLadder.LOCAL,
        "guide": guide.part_time(on),
        "windows": [row for row in windows(lea, on=on) if row.window],
        "closed_days": closed_days_to_come(lea, on=on),
        "start": f"{reverse('part_time:school')}?{urlencode({'q': lea.organization.name})}",
        "languages": settings.LANGUAGES,
        "snippet": render_to_string(
            "state_map/public/snippet.html", {"address": address, "lea": lea}
        ).strip(),
        "today": on,
    }
    return render(request, "state_map/public/district.html", context)


@login_not_required
@require_safe
def notice(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The notice of the right to enroll, to be printed."""
    lea = open_lea(code)
    context = {"lea": lea, "notice": notice_of(lea, language, on=today()), "language": language}
    return render(request, "state_map/public/notice.html", context)


@login_not_required
@require_safe
def notice_pdf(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The same as tagged PDF."""
    lea, on = open_lea(code), today()
    pdf = typeset(notice_of(lea, language, on=on), on)
    name = f"mocap-notice-{lea.state_district_id}-{language}.pdf"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def open_lea(code: str) -> Lea:
    return get_object_or_404(Lea.objects.on(today()).select_related("organization"), state_district_id=code)


def notice_of(lea: Lea, language: str, *, on: dt.date) -> LetterText:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    only_in_windows = LeaPolicy.objects.on(on).filter(lea=lea, window_blocks=True).exists()
    return compose(lea, guide.part_time(on), on=on, language=language, only_in_windows=only_in_windows)
