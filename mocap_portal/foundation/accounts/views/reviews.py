"""The yearly question who keeps which role: what administrators answer, and who of them has."""

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms import ReviewForm
from ..guards import for_roles
from ..middleware import HatRequest
from ..models import ADMIN_ROLES, DESE_ROLES, AccessReview, Membership, MembershipQuerySet
from ..tables import AnswerTable, ReviewTable

ROWS_PER_PAGE = 50
HAT = re.compile(r"hat-([0-9]{1,18})")


@for_roles(*ADMIN_ROLES)
def review(request: HatRequest) -> HttpResponse:
    """The newest review of this administrator: every hat with keep or remove, to be saved half-way or finished."""
    newest = AccessReview.objects.asked_of(request.hat).order_by("-year").first()
    if newest is None or newest.finished_at is not None:
        return render(request, "accounts/review.html", {"review": newest, **counts(newest)})
    page = Paginator(hats_to_answer(newest), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        try:
            save(newest, request)
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        here = reverse("accounts:review")
        return redirect(f"{here}?page={page.number}" if page.number > 1 else here)
    kept = newest.answers.filter(hat__in=[hat.pk for hat in page], keep=True).values_list("hat", flat=True)
    form = ReviewForm(hats=page, kept=kept, own=request.hat.pk)
    context = {
        "review": newest,
        "table": answer_table(page, form, request),
        "page": page,
        "missing": newest.unanswered().count(),
    }
    return render(request, "accounts/review.html", context)


def save(row: AccessReview, request: HatRequest) -> None:
    """What was chosen, whatever page these hats stand on by now; then what the pressed button says.

    Raises Refusal; what was saved before stays.
    """
    now = timezone.now()
    asked = [int(found[1]) for name in request.POST if (found := HAT.fullmatch(name))]
    form = ReviewForm(request.POST, hats=hats_to_answer(row).filter(pk__in=asked), own=request.hat.pk)
    form.full_clean()  # what is no answer is left out, as if it were not chosen
    actions.answer_review(row.pk, keep=form.keep, by=request.hat, at=now)
    if "rest" in request.POST:
        actions.keep_the_rest(row.pk, by=request.hat, at=now)
    if "finish" in request.POST:
        actions.finish_review(row.pk, by=request.hat, at=now)
        messages.success(request, _("The review is done. Thank you."))
    else:
        messages.success(request, _("Your answers are saved."))


def hats_to_answer(row: AccessReview) -> MembershipQuerySet:
    hats = row.hats().active().select_related("user", "organization")
    return hats.order_by("organization__name", "user__name", "pk")


def answer_table(page: Page[Membership], form: ReviewForm, request: HatRequest) -> AnswerTable:
    for hat in page:
        hat.answer = form.answer_of(hat)  # type: ignore[attr-defined]
        hat.is_own = hat.pk == request.hat.pk  # type: ignore[attr-defined]
    elsewhere = () if request.hat.is_dese else ("organization",)
    return AnswerTable(list(page), exclude=elsewhere)


def counts(row: AccessReview | None) -> dict[str, int]:
    """How many roles stayed and went."""
    if row is None:
        return {}
    return row.answers.aggregate(
        kept=Count("pk", filter=Q(keep=True)), removed=Count("pk", filter=Q(keep=False))
    )


@require_safe
@for_roles(*DESE_ROLES)
def reviews(request: HatRequest) -> HttpResponse:
    """Who has not answered this year's review, overdue first."""
    year = AccessReview.objects.aggregate(newest=Max("year"))["newest"]
    today = central_date(timezone.now())
    rows = (
        AccessReview.objects.visible_to(request.hat).filter(year=year)
        if year
        else AccessReview.objects.none()
    )
    table = ReviewTable(rows.board(today))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    numbers: dict[str, Any] = rows.aggregate(
        all=Count("pk"),
        done=Count("pk", filter=Q(finished_at__isnull=False)),
        late=Count("pk", filter=Q(finished_at__isnull=True, due_on__lt=today)),
    )
    return render(request, "accounts/reviews.html", {"table": table, "year": year, **numbers})
