"""Students who are not engaged: who they are, what was done, and the next step (R-55 to R-57)."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.steps import ask_first, take_step

from .. import actions
from ..forms.engagement import DisenrollForm, InterventionForm
from ..models import EngagementNotice, Flag, FlagQuerySet
from ..tables import FlagTable

ROWS_PER_PAGE = 25


@dataclass(frozen=True)
class Step:
    """What can be done next: words of the button, and the page."""

    label: str
    url: str


@require_safe
@for_roles(*HOST_ROLES)
def engagement(request: HatRequest) -> HttpResponse:
    """Who is flagged now, the oldest flag first, with the next step of each."""
    flags = flags_for(request.hat).open().annotate(tried=Count("interventions"))
    table = FlagTable(flags.order_by("opened_on", "pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "attendance/engagement.html", {"table": table})


@require_safe
@for_roles(*HOST_ROLES)
def flag(request: HatRequest, pk: int) -> HttpResponse:
    """One flag: what was found, the notice, what was tried, what is missing, the next step."""
    row = get_object_or_404(flags_for(request.hat), pk=pk)
    notice = _notice(row)
    missing = actions.missing_steps(row, on=central_date(timezone.now())) if row.closed_on is None else []
    context = {
        "flag": row,
        "notice": notice,
        "interventions": row.interventions.select_related("recorded_by__user").order_by("held_on", "pk"),
        "missing": [str(refusal.sentence) for refusal in missing],
        "steps": _steps(row, notice, bool(missing)),
    }
    return render(request, "attendance/flag.html", context)


@for_roles(*HOST_ROLES)
def notify(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then writes to the family."""
    row = get_object_or_404(flags_for(request.hat), pk=pk)
    return ask_first(
        request,
        lambda: actions.notify_family(pk, by=request.hat, at=timezone.now()),
        title=_("Write to the family of %(student)s?") % {"student": row.enrollment.student},
        text=_(
            "The family gets a dated letter that says what was missed and what it can do, and a mail about it."
        ),
        button=_("Write to the family"),
        done=_("The letter is kept, and the family was told."),
        back=reverse("attendance:flag", args=[pk]),
    )


@for_roles(*HOST_ROLES)
def intervene(request: HatRequest, pk: int) -> HttpResponse:
    """What was tried since the notice."""
    now = timezone.now()
    row = get_object_or_404(flags_for(request.hat), pk=pk)
    here, notice = reverse("attendance:flag", args=[pk]), _notice(row)
    if notice is None or row.closed_on is not None:
        refusal = actions.NotFlagged if row.closed_on else actions.NoticeMissing
        messages.info(request, str(refusal.sentence))
        return redirect(here)
    form = InterventionForm(
        request.POST or None,
        cancel_url=here,
        earliest=central_date(notice.sent_at),
        latest=central_date(now),
    )
    title = _("What was tried with %(student)s") % {"student": row.enrollment.student}
    return take_step(
        request,
        form,
        lambda: actions.record_intervention(pk, by=request.hat, at=now, **form.cleaned_data),
        title=title,
        intro=_("A call, a meeting, help with a course: what you did since the notice, on which day."),
        done=_("It is saved."),
        back=here,
    )


@for_roles(*HOST_ROLES)
def disenroll(request: HatRequest, pk: int) -> HttpResponse:
    """The end, once nothing is missing."""
    now = timezone.now()
    row = get_object_or_404(flags_for(request.hat), pk=pk)
    here, today = reverse("attendance:flag", args=[pk]), central_date(now)
    missing = [actions.NotFlagged()] if row.closed_on else actions.missing_steps(row, on=today)
    if missing:
        messages.info(request, str(missing[0].sentence))
        return redirect(here)
    form = DisenrollForm(
        request.POST or None, cancel_url=here, earliest=row.enrollment.starts_on, latest=today
    )
    return take_step(
        request,
        form,
        lambda: actions.disenroll(pk, by=request.hat, at=now, **form.cleaned_data),
        title=_("Disenroll %(student)s") % {"student": row.enrollment.student},
        intro=_(
            "The family gets a letter with the way to have this looked at again. The resident district gets a written "
            "notice at the same moment and places the student."
        ),
        done=_("The student is disenrolled. Family and resident district were told."),
        back=here,
    )


def flags_for(hat: Membership) -> FlagQuerySet:
    return Flag.objects.run_by(hat).select_related(
        "enrollment__student", "enrollment__program", "enrollment__resident_lea__organization", "notice"
    )


def _notice(row: Flag) -> EngagementNotice | None:
    return EngagementNotice.objects.select_related("sent_by__user").filter(flag=row).first()


def _steps(row: Flag, notice: EngagementNotice | None, is_missing: bool) -> list[Step]:
    """The next step first."""
    if row.closed_on is not None:
        return []
    if notice is None:
        return [Step(_("Write to the family"), reverse("attendance:notify", args=[row.pk]))]
    steps = [Step(_("Record what was tried"), reverse("attendance:intervene", args=[row.pk]))]
    if not is_missing:
        steps.append(Step(_("Disenroll"), reverse("attendance:disenroll", args=[row.pk])))
    return steps
