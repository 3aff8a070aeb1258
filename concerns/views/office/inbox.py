"""The list of concerns, and the same as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.fragments import render_page
from mocap_portal.foundation.ui.switch import switch

from ...downloads import MOST_ROWS, concerns_csv
from ...forms.office import InboxForm
from ...inbox import MOST_COUNTED, PER_PAGE, FirstPages, Whose, chosen, whose_now
from ...models import BulkStep, ConcernQuerySet
from ...tables import ConcernTable
from ...words import category_words


@require_safe
@for_roles(*DESE_ROLES)
def inbox(request: HatRequest) -> HttpResponse:
    """What waits, due soonest; mine, nobody's, all; whatever the filters in the address leave of it.

    While somebody searches, htmx is given the list alone.
    """
    categories, whose = category_words(), whose_now(request.GET)
    form = InboxForm(request.GET, categories=categories)
    table = ConcernTable(
        rows_of(request, form).select_related(*ConcernTable.RELATED).only(*ConcernTable.FIELDS),
        categories=categories,
        today=central_date(timezone.now()),
    )
    table.paginate(paginator_class=FirstPages, per_page=PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "table": table,
        "count": table.paginator.count,
        "is_more": table.paginator.is_more,
        "views": switch(request, "whose", [(one.value, str(one.label)) for one in Whose], now=whose),
        "is_filtered": any(form.data.get(name) for name in form.fields if name != "whose"),
        "query": query.urlencode(),
        "undo": _last_step(request),
        "most_counted": MOST_COUNTED,
        "most_rows": f"{MOST_ROWS:,}",
        "label": _("Whose concerns"),
    }
    return render_page(request, "concerns/office/inbox.html", context, fragment="results")


@require_safe
@for_roles(*DESE_ROLES)
def download(request: HatRequest) -> HttpResponse:
    """The list as the address cuts it: numbers, dates, categories, parties; no name and no word of anybody."""
    form = InboxForm(request.GET, categories=category_words())
    content = concerns_csv(rows_of(request, form))
    name = f"concerns-{central_date(timezone.now()).isoformat()}.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def rows_of(request: HatRequest, form: InboxForm) -> ConcernQuerySet:
    """What the filters in the address leave. A filter that is none, of an old address, leaves everything."""
    asked = form.cleaned_data if form.is_valid() else {}
    return chosen(request.hat, asked, whose=whose_now(request.GET))


def _last_step(request: HatRequest) -> str:
    """The page that undoes the step that this address tells of; empty for none and for one that is undone."""
    key = request.GET.get("undo", "")
    if not key.isdecimal() or len(key) > 18:
        return ""
    step = BulkStep.objects.filter(pk=key, undone_at__isnull=True).first()
    return reverse("concerns:undo_together", args=[step.pk]) if step else ""
