"""The district puts right what it keeps of a student."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.correcting import CorrectStudentForm
from .staff import KEEPING_ROLES, students_of


@for_roles(*KEEPING_ROLES)
def correct_student(request: HatRequest, pk: int) -> HttpResponse:
    """Corrects name, birth date, grade or school."""
    row = get_object_or_404(students_of(request.hat), pk=pk)
    form = CorrectStudentForm(request.POST or None, student=row, today=central_date(timezone.now()))
    if form.is_valid():
        try:
            actions.correct_student(pk, by=request.hat, **form.answer)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The student's data are saved."))
            return redirect("records:student", pk)
    context = {
        "title": _("Correct the student's data"),
        "intro": _(
            "Correct what is wrong, or choose the grade of this school year. What families typed stays as they typed "
            "it, and letters that were sent stay as they were sent."
        ),
        "form": form,
    }
    return render(request, "components/form_page.html", context)
