"""The host's own programs: what families read about them, policies by version, the dates for applications."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, HOST_ROLES, Role
from mocap_portal.foundation.directory.models import Term, TermCode
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.programs import CloseProgramForm, OpenProgramForm, PolicyForm, ProgramForm, WindowForm
from ..models import PolicyKind, Program, ProgramPolicy
from ..tables.applications import PolicyTable


@require_safe
@for_roles(*HOST_ROLES)
def own_programs(request: HatRequest) -> HttpResponse:
    """The programs of the host; with one, that one."""
    rows = list(Program.objects.run_by(request.hat).order_by("name", "pk"))
    if len(rows) == 1:
        return redirect("full_time:own_program", rows[0].pk)
    return render(request, "full_time/host/programs.html", {"programs": rows})


@for_roles(Role.DESE_ADMIN)
def open_program(request: HatRequest) -> HttpResponse:
    """The state office enters a program. Families find it once its host has posted the enrollment policy (R-36)."""
    form = OpenProgramForm(
        request.POST or None,
        cancel_url=reverse("full_time:programs"),
        initial={"active_from": central_date(timezone.now())},
    )
    if form.is_valid():
        try:
            program = actions.open_program(**form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The program is entered. Its host posts the policies now."))
            return redirect("full_time:state_program", program.pk)
    context = {
        "title": _("Enter a full-time program"),
        "intro": _("The host can change the description later. Host and school stay."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@for_roles(*DESE_ROLES)
def state_programs(request: HatRequest) -> HttpResponse:
    """All programs, closed ones too, with what each has not posted."""
    today = central_date(timezone.now())
    in_force = Prefetch("policies", ProgramPolicy.objects.on(today))
    rows = Program.objects.select_related("host__organization").prefetch_related(in_force)
    shown = []
    for row in rows.order_by("name", "pk"):
        posted = {policy.kind for policy in row.policies.all()}
        shown.append((row, [kind.label for kind in PolicyKind if kind not in posted]))
    context = {"programs": shown, "may_change": request.hat.role == Role.DESE_ADMIN}
    return render(request, "full_time/state_programs.html", context)


@for_roles(Role.DESE_ADMIN)
def state_program(request: HatRequest, pk: int) -> HttpResponse:
    """The last day on which families can apply to a program."""
    row = get_object_or_404(Program, pk=pk)
    back = reverse("full_time:state_programs")
    initial = {"last_day": row.active_to or central_date(timezone.now())}
    form = CloseProgramForm(request.POST or None, cancel_url=back, initial=initial)
    if form.is_valid():
        try:
            actions.close_program(pk, on=form.cleaned_data["last_day"])
        except Refusal as refusal:
            form.add_error("last_day", str(refusal.sentence))
        else:
            messages.success(request, _("The last day is stored. Students of the program stay."))
            return redirect(back)
    context = {
        "title": str(row),
        "intro": _(
            "After its last day the program takes no applications. Its students stay until each leaves."
        ),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@require_safe
@for_roles(*HOST_ROLES)
def own_program(request: HatRequest, pk: int) -> HttpResponse:
    """What is missing before families can apply, policies by version, the dates of each term to come."""
    today = central_date(timezone.now())
    row = get_object_or_404(Program.objects.run_by(request.hat).select_related("host__organization"), pk=pk)
    policies = list(row.policies.order_by("kind", "-valid_from"))
    in_force = {policy.kind for policy in ProgramPolicy.objects.on(today).filter(program=row)}
    windows = {window.term_id: window for window in row.windows.all()}
    terms = (
        Term.objects.filter(ends_on__gte=today)
        .exclude(code=TermCode.SU)
        .select_related("school_year")
        .order_by("starts_on", "pk")[:6]
    )
    context = {
        "program": row,
        "table": PolicyTable(policies),
        "missing": [kind.label for kind in PolicyKind if kind not in in_force],
        "terms": [(term, windows.get(term.pk)) for term in terms],
        "is_open": Program.objects.open_on(today).filter(pk=pk).exists(),
    }
    return render(request, "full_time/host/program.html", context)


@for_roles(*HOST_ROLES)
def describe(request: HatRequest, pk: int) -> HttpResponse:
    """What families read about the program, and what letters print."""
    row = get_object_or_404(Program.objects.run_by(request.hat), pk=pk)
    back = reverse("full_time:own_program", args=[pk])
    form = ProgramForm(request.POST or None, instance=row, cancel_url=back)
    if form.is_valid():
        actions.describe(pk, **form.cleaned_data)
        messages.success(request, _("The description is saved."))
        return redirect(back)
    context = {
        "title": _("Describe %(program)s") % {"program": row},
        "intro": _("Families read this."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@for_roles(*HOST_ROLES)
def policy(request: HatRequest, pk: int) -> HttpResponse:
    """Publishes a version of a policy."""
    row = get_object_or_404(Program.objects.run_by(request.hat), pk=pk)
    back = reverse("full_time:own_program", args=[pk])
    today = central_date(timezone.now())
    form = PolicyForm(request.POST or None, cancel_url=back, initial={"valid_from": today})
    if form.is_valid():
        answers = form.cleaned_data | {"kind": PolicyKind(form.cleaned_data["kind"])}
        try:
            actions.publish_policy(pk, **answers)
        except Refusal as refusal:
            form.add_error("valid_from", str(refusal.sentence))
        else:
            messages.success(request, _("The version is published. The one before stays on file."))
            return redirect(back)
    context = {
        "title": _("Publish a policy of %(program)s") % {"program": row},
        "intro": _("Families get the version that holds on the day on which they apply."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@for_roles(*HOST_ROLES)
def window(request: HatRequest, pk: int, term_pk: int) -> HttpResponse:
    """The days on which the program takes applications for a term."""
    row = get_object_or_404(Program.objects.run_by(request.hat), pk=pk)
    term = get_object_or_404(Term.objects.exclude(code=TermCode.SU).select_related("school_year"), pk=term_pk)
    back = reverse("full_time:own_program", args=[pk])
    there = row.windows.filter(term=term).first()
    initial = {"opens_on": there.opens_on, "closes_on": there.closes_on} if there else {}
    form = WindowForm(request.POST or None, cancel_url=back, initial=initial)
    if form.is_valid():
        actions.set_window(pk, term_id=term.pk, **form.cleaned_data)
        messages.success(request, _("The dates are saved."))
        return redirect(back)
    context = {
        "title": _("Dates for applications: %(term)s") % {"term": term},
        "intro": _("Without dates, families can apply all year."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@require_POST
@for_roles(*HOST_ROLES)
def lift_window(request: HatRequest, pk: int, term_pk: int) -> HttpResponse:
    """Families can apply for the term all year."""
    get_object_or_404(Program.objects.run_by(request.hat), pk=pk)
    actions.lift_window(pk, term_id=term_pk)
    messages.success(request, _("Families can apply for this term all year."))
    return redirect("full_time:own_program", pk)
