"""The teachers of a provider or a district, and their Missouri certificates (R-32)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.teachers import CertificateForm, TeacherForm
from ..models import Teacher
from ..tables import TeacherTable

ROWS_PER_PAGE = 25


@require_safe
@for_roles(*actions.KEEPING_TEACHERS)
def teachers(request: HatRequest) -> HttpResponse:
    """Everybody on file, whose certificate ends first stands first."""
    table = TeacherTable(Teacher.objects.visible_to(request.hat).order_by("valid_to", "name", "pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    today = central_date(timezone.now())
    context = {"table": table, "today": today, "soon": today + actions.SOON}
    return render(request, "registration/teachers.html", context)


@for_roles(*actions.KEEPING_TEACHERS)
def add(request: HatRequest) -> HttpResponse:
    """A teacher who is not on file yet."""
    form = TeacherForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_teacher(by=request.hat, **form.cleaned_data)
        except actions.CertificateOnFile as refusal:
            form.add_error("certificate_number", str(refusal.sentence))
        else:
            messages.success(request, _("The teacher is on file."))
            return redirect("registration:teachers")
    context = {
        "title": _("Put a teacher on file"),
        "intro": _("A course runs only while its teacher holds a valid Missouri certificate."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@for_roles(*actions.KEEPING_TEACHERS)
def renew(request: HatRequest, pk: int) -> HttpResponse:
    """What the renewed certificate says; the courses of the teacher follow."""
    teacher = get_object_or_404(Teacher.objects.visible_to(request.hat), pk=pk)
    fields = ("certificate_number", "certificate_kind", "valid_from", "valid_to")
    form = CertificateForm(request.POST or None, initial={name: getattr(teacher, name) for name in fields})
    if form.is_valid():
        try:
            actions.renew_certificate(pk, by=request.hat, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("certificate_number", str(refusal.sentence))
        else:
            messages.success(request, _("The certificate is saved."))
            return redirect("registration:teachers")
    context = {
        "title": _("Certificate of %(teacher)s") % {"teacher": teacher.name},
        "intro": _("Enter what the renewed certificate says."),
        "form": form,
    }
    return render(request, "components/form_page.html", context)
