"""What everybody may read: the programs, and each of them with its policies."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date

from ..models import Program, ProgramPolicy


@login_not_required
@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """The programs that take applications today, by name."""
    today = central_date(timezone.now())
    rows = Program.objects.open_on(today).select_related("host__organization").order_by("name", "pk")
    return render(request, "full_time/programs.html", {"programs": rows})


@login_not_required
@require_safe
def program(request: HttpRequest, pk: int) -> HttpResponse:
    """One program: host, contract, conditions, dates, policies, what it costs (nothing), how decisions are reviewed."""
    today = central_date(timezone.now())
    rows = Program.objects.select_related("host__organization", "provider__organization", "school")
    row = get_object_or_404(rows.open_on(today), pk=pk)
    windows = row.windows.filter(closes_on__gte=today).select_related("term__school_year")
    context = {
        "program": row,
        "policies": ProgramPolicy.objects.on(today).filter(program=row).order_by("kind"),
        "windows": windows.order_by("opens_on", "pk"),
        "input_days": LegalValue.objects.whole(LegalKey.RESIDENT_INPUT_DAYS, on=today),
        "courses": row.provider.courses.on_offer(starting=today).count() if row.provider else 0,
    }
    return render(request, "full_time/program.html", context)
