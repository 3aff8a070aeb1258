"""What the files say of one student: before a clerk asks why a row is wrong in one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest

from ..forms import StudentForm
from ..models import Upload
from ..store.lookup import of_student
from ..tables import SaidTable
from .own import READING_ROLES


@for_roles(*READING_ROLES)
def student(request: HatRequest) -> HttpResponse:
    """The rows of a student in every file that counts now. The MOSIS ID comes by POST: it stays out of addresses."""
    form = StudentForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        said = of_student(form.cleaned_data["mosis_id"], Upload.objects.visible_to(request.hat))
        context |= {
            "mosis_id": form.cleaned_data["mosis_id"],
            "found": [(one, SaidTable(one)) for one in said],
        }
    return render(request, "coredata/student.html", context)
