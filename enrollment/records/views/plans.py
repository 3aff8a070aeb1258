"""Where the district keeps a student's learning plan (R-08)."""

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
from ..forms.plans import LearningPlanForm
from .staff import KEEPING_ROLES, students_of


@for_roles(*KEEPING_ROLES)
def learning_plan(request: HatRequest, pk: int) -> HttpResponse:
    """Puts a plan on file: its kind, its day, and where it is kept. The plan itself stays there."""
    now = timezone.now()
    student = get_object_or_404(students_of(request.hat), pk=pk)
    form = LearningPlanForm(request.POST or None, student=student, today=central_date(now))
    if form.is_valid():
        try:
            actions.record_learning_plan(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request, _("The learning plan is on file. A course that waited for it starts tonight.")
            )
            return redirect("records:student", pk)
    return render(request, "records/staff/learning_plan.html", {"student": student, "form": form})
